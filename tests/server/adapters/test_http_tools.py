"""Requests of flows: whatever happens, the engine gets an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from engine.conversation import Outcome
from engine.protocol import HttpRequest
from server.adapters.http_tools import DemoDoor, HttpTools
from server.kit.http_guard import GuardedClient
from tests.server.kit.test_http_guard import Handler, http, listening


@asynccontextmanager
async def tools(answer: bytes | Handler) -> AsyncIterator[tuple[HttpTools, str]]:
    async with listening(answer) as port:
        outside, door = GuardedClient([("127.0.0.1", port)]), DemoDoor()
        door.open(f"http://127.0.0.1:{port}", "/demo/api")
        yield HttpTools(outside, door), f"http://127.0.0.1:{port}"
        await outside.close()
        await door.close()


def request(url: str, **more: Any) -> HttpRequest:
    return HttpRequest("1:1", "n_a", more.pop("method", "GET"), url, **more)


async def test_json_arrives_as_plain_values() -> None:
    body = b'{"total": 2.50, "many": 7, "list": [1.0, null, "x"]}'
    async with tools(http("200 OK", body)) as (them, url):
        outcome = await them.http(request(url), "k")
    assert outcome == Outcome(
        "ok", {"status": 200, "body": {"total": "2.50", "many": 7, "list": ["1.0", None, "x"]}}
    )


@pytest.mark.parametrize(
    ("body", "read"), [(b"", None), (b"plain words", "plain words"), (b"\xff{", "\ufffd{")]
)
async def test_other_bodies_arrive_as_text_or_nothing(body: bytes, read: Any) -> None:
    async with tools(http("404 Not Found", body)) as (them, url):
        outcome = await them.http(request(url), "k")
    assert outcome.value == {"status": 404, "body": read}


async def test_what_is_sent() -> None:
    seen: list[bytes] = []

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(100))
        writer.write(http("200 OK"))

    async with tools(record) as (them, url):
        await them.http(
            request(url, method="POST", body={"name": "Änne"}, headers={"user-agent": "Mine"}), "ses:1:1"
        )
    assert seen == ['{"name":"Änne"}'.encode()]


async def test_a_failure_that_may_pass_is_tried_again() -> None:
    answers = [http("503 Service Unavailable"), http("200 OK", b"1")]

    async def flaky(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async with tools(flaky) as (them, url):
        outcome = await them.http(request(url, retries=2), "k")
    assert outcome.value == {"status": 200, "body": 1} and answers == []


async def test_what_must_happen_once_is_not_tried_again() -> None:
    count = 0

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        writer.close()

    async with tools(cut) as (them, url):
        once = await them.http(request(url, retries=3, replay="never"), "k")
        assert (once.outcome, count) == ("unknown", 1)
        again = await them.http(request(url, retries=1), "k")
        assert (again.outcome, count) == ("error", 3)


async def test_silence_is_a_timeout_or_unknown() -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()

    async with tools(silent) as (them, url):
        assert (await them.http(request(url, timeout=100), "k")).outcome == "timeout"
        assert (await them.http(request(url, timeout=100, replay="never"), "k")).outcome == "unknown"
        gone.set()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://10.0.0.1/", "private address"),
        ("not an address", "Only http"),
        ("", "Only http"),
        ("demo:orders/1", "plain path"),
        ("demo:/orders/../../api/v1/agents", "plain path"),
        ("demo:/orders/%2e%2e/x", "plain path"),
        ("demo://other.example/x", "plain path"),
    ],
)
async def test_what_cannot_be_called_is_an_error_that_says_why(url: str, why: str) -> None:
    async with tools(http("200 OK")) as (them, _):
        outcome = await them.http(request(url, retries=3), "k")
    assert outcome.outcome == "error"
    assert why.lower() in outcome.detail.lower()


async def test_nobody_listening_is_an_error() -> None:
    async with listening(http("200 OK")) as port:
        pass
    client = GuardedClient([("127.0.0.1", port)])
    outcome = await HttpTools(client, DemoDoor()).http(request(f"http://127.0.0.1:{port}/"), "k")
    await client.close()
    assert outcome.outcome == "error" and "connection" in outcome.detail.lower()


async def test_a_strange_header_is_an_error_too() -> None:
    async with tools(http("200 OK")) as (them, url):
        outcome = await them.http(request(url, headers={"X": "a\r\nInjected: 1"}), "k")
    assert outcome.outcome == "error"


async def test_demo_addresses_lead_to_the_demo_only_while_it_is_open() -> None:
    async with tools(http("200 OK", b"true")) as (them, _):
        assert (await them.http(request("demo:/orders/1?a=b"), "k")).outcome == "ok"
    closed = HttpTools(GuardedClient(), DemoDoor())
    outcome = await closed.http(request("demo:/orders/1"), "k")
    assert outcome.outcome == "error" and "--demo" in outcome.detail
