"""Flows call the public internet, and private places only when they are listed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpcore2
import httpx2
import pytest

from server.kit.http_guard import (
    Blocked,
    GuardedBackend,
    GuardedClient,
    TooLarge,
    is_public,
    parse_endpoint,
    resolve,
)

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(answer: bytes | Handler) -> AsyncIterator[int]:
    """A tiny web server; yields its port."""

    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            if callable(answer):
                await answer(reader, writer)
            else:
                writer.write(answer)
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*(task for task in serving if task))


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def calling(client: GuardedClient) -> AsyncIterator[GuardedClient]:
    try:
        yield client
    finally:
        await client.close()


async def get(client: GuardedClient, url: str, timeout: float = 30, method: str = "GET") -> tuple[int, bytes]:
    answer = await client.request(method, url, headers={}, content=None, timeout=timeout)
    return answer.status, answer.body


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f.1/", "http://127.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
        "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://0.0.0.0/", "http://[fd00::1]/",
        "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:1::1]/",
        "http://224.0.0.1/", "http://240.0.0.1/", "http://8.8.8.8:22/", "http://8.8.8.8:8080/",
        "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/",
    ],
)  # fmt: skip
async def test_private_places_are_blocked_however_they_are_written(url: str) -> None:
    async with calling(GuardedClient()) as client:
        with pytest.raises(Blocked):
            await get(client, url)


async def test_a_name_with_one_private_address_is_blocked() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    async with calling(GuardedClient(resolver=resolver)) as client:
        with pytest.raises(Blocked, match="PARLEY_HTTP_ALLOW"):
            await get(client, "http://rebound.example/")


async def test_the_connection_goes_to_the_address_that_was_vetted() -> None:
    asked: list[str] = []

    class Recorder(httpcore2.AsyncNetworkBackend):
        async def connect_tcp(
            self, host: str, *args: object, **kwargs: object
        ) -> httpcore2.AsyncNetworkStream:
            asked.append(host)
            raise httpcore2.ConnectError("far away")

        async def sleep(self, seconds: float) -> None:
            asked.append(f"sleep {seconds}")

    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    backend = GuardedBackend(Recorder(), resolver=resolver)
    with pytest.raises(httpcore2.ConnectError):
        await backend.connect_tcp("shop.example", 443)
    await backend.sleep(0)
    with pytest.raises(Blocked):
        await backend.connect_unix_socket("/run/x")
    assert asked == ["93.184.216.34", "sleep 0"]


async def test_a_name_without_an_address_is_an_ordinary_failure() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        return []

    backend = GuardedBackend(httpcore2.AnyIOBackend(), resolver=nowhere)
    with pytest.raises(OSError, match="no address"):
        await backend.connect_tcp("shop.example", 443)


async def test_a_listed_place_is_called_and_no_other_port_of_it() -> None:
    async with (
        listening(http("200 OK", b"hello")) as port,
        listening(http("200 OK")) as other,
        calling(GuardedClient([("127.0.0.1", port)])) as client,
    ):
        assert await get(client, f"http://127.0.0.1:{port}/") == (200, b"hello")
        with pytest.raises(Blocked):
            await get(client, f"http://127.0.0.1:{other}/")


async def test_a_redirect_is_vetted_like_a_call() -> None:
    answer = http("302 Found", b"", "Location: http://127.0.0.1:1/secret")
    async with listening(answer) as port, calling(GuardedClient([("127.0.0.1", port)])) as client:
        with pytest.raises(Blocked):
            await get(client, f"http://127.0.0.1:{port}/")


async def test_redirects_are_followed_a_few_times_and_post_becomes_get() -> None:
    seen: list[bytes] = []

    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http("200 OK", b"end"))

    async with (
        listening(end) as last,
        listening(http("303 See Other", b"", f"Location: http://localhost:{last}/")) as first,
    ):
        allow = [("127.0.0.1", first), ("localhost", last)]
        async with calling(GuardedClient(allow)) as client:
            answer = await client.request(
                "POST",
                f"http://127.0.0.1:{first}/",
                headers={"Authorization": "secret"},
                content=b"x",
                timeout=30,
            )
    assert (answer.status, answer.body, seen) == (200, b"end", [])


async def test_a_name_with_several_addresses_is_called_at_the_one_that_answers() -> None:
    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http("200 OK", b"here"))

    async def both(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with (
        listening(end) as port,
        calling(GuardedClient([("two.example", port)], both)) as client,
    ):
        assert await get(client, f"http://two.example:{port}/") == (200, b"here")


async def test_a_redirect_in_a_circle_ends() -> None:
    async with (
        listening(http("302 Found", b"", "Location: /again")) as port,
        calling(GuardedClient([("127.0.0.1", port)])) as client,
    ):
        with pytest.raises(Blocked, match="redirects"):
            await get(client, f"http://127.0.0.1:{port}/")


async def test_a_redirect_without_a_target_is_an_answer() -> None:
    async with listening(http("302 Found")) as port, calling(GuardedClient([("127.0.0.1", port)])) as client:
        assert (await get(client, f"http://127.0.0.1:{port}/"))[0] == 302


async def test_an_endless_answer_is_cut() -> None:
    async with (
        listening(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 4096) as port,
        calling(GuardedClient([("127.0.0.1", port)], max_bytes=1024)) as client,
    ):
        with pytest.raises(TooLarge):
            await get(client, f"http://127.0.0.1:{port}/")


async def test_an_answer_that_says_it_is_too_large_is_not_waited_for() -> None:
    async with (
        listening(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\na little") as port,
        calling(GuardedClient([("127.0.0.1", port)], max_bytes=1024)) as client,
    ):
        with pytest.raises(TooLarge, match="1024 bytes"):
            await get(client, f"http://127.0.0.1:{port}/")


async def test_a_silent_server_is_given_up() -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()

    async with listening(silent) as port, calling(GuardedClient([("127.0.0.1", port)])) as client:
        with pytest.raises(TimeoutError):
            await get(client, f"http://127.0.0.1:{port}/", timeout=0.2)
        gone.set()


async def test_names_are_resolved_by_the_system() -> None:
    assert "127.0.0.1" in await resolve("localhost", 80)
    with pytest.raises((Blocked, httpx2.ConnectError, OSError)):
        async with calling(GuardedClient()) as client:
            await get(client, "http://no-such-name.invalid/")


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_endpoints_are_host_and_port() -> None:
    assert parse_endpoint("CRM.internal:8080") == ("crm.internal", 8080)
    assert parse_endpoint("[::1]:8080") == ("::1", 8080)
    for wrong in ("crm.internal", "crm.internal:0", "crm.internal:99999", ":80", "http://a:80", "a b:80"):
        with pytest.raises(ValueError, match="host:port"):
            parse_endpoint(wrong)
