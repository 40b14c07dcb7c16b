"""Every error has one shape, a code of the registry, and a place in the API's description."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.kit.errors import ErrorCode
from tests.server.running import Owner, application, settings_for

SERVER = Path(__file__).parents[2] / "server"


def raised_codes() -> set[str]:
    """Every code named in the server's source outside the registry."""
    named = set()
    for path in SERVER.rglob("*.py"):
        if path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "ErrorCode"
            ):
                named.add(node.attr)
    return named


async def test_every_code_that_is_raised_is_described(owner: Owner) -> None:
    document = (await owner.client.get("/openapi.json")).json()
    described = " ".join(
        response["description"]
        for path in document["paths"].values()
        for route in path.values()
        for response in route["responses"].values()
    )
    assert not {code for code in raised_codes() if f"`{code}`" not in described}
    assert set(document["components"]["schemas"]["ErrorCode"]["enum"]) == {code.value for code in ErrorCode}


def test_every_code_of_the_registry_is_raised_somewhere() -> None:
    assert {code.name for code in ErrorCode} == raised_codes()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("GET", "/api/v1/nowhere", 404, "NOT_FOUND"),
        ("DELETE", "/health", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/api/v1/agents", 401, "AUTHENTICATION_REQUIRED"),
        ("GET", "/api/v1/agents/ag_x%00", 401, "AUTHENTICATION_REQUIRED"),
        ("GET", "/demo", 404, "NOT_FOUND"),
    ],
)
async def test_errors_without_a_token(owner: Owner, method: str, path: str, status: int, code: str) -> None:
    answer = await owner.client.request(method, path)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert set(error) == {"code", "message", "details", "timestamp", "request_id"}
    assert error["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "INVALID_JSON"),
        (b"\xff\xfe", 400, "INVALID_JSON"),
        (b"[" * 100_000, 400, ("INVALID_JSON", "BAD_REQUEST")),
        (b'{"name": ""}', 422, "INVALID_REQUEST"),
        (b'{"name": 7}', 422, "INVALID_REQUEST"),
        (b'{"name": "a\\u0000b"}', 422, "INVALID_REQUEST"),
        (b'{"name": "' + b"a" * 300 + b'"}', 422, "INVALID_REQUEST"),
        (b"null", 422, "INVALID_REQUEST"),
        (b'{"name": "' + b"a" * 2_000_000 + b'"}', 413, "PAYLOAD_TOO_LARGE"),
    ],
    ids=["cut", "bytes", "deep", "empty", "number", "nul", "long", "null", "huge"],
)
async def test_bad_bodies(owner: Owner, body: bytes, status: int, code: str | tuple[str, ...]) -> None:
    answer = await owner.ask("POST", "/agents", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"] in code


async def test_a_body_is_counted_as_it_comes(owner: Owner) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 65536

    answer = await owner.ask(
        "POST", "/agents", content=endless(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.json()["error"]["details"] == {"limit_bytes": 1024 * 1024}


async def test_a_given_request_id_is_kept_and_a_strange_one_replaced(owner: Owner) -> None:
    kept = await owner.client.get("/health/live", headers={"X-Request-ID": "trace-7"})
    replaced = await owner.client.get("/health/live", headers={"X-Request-ID": "a b<script>"})
    assert kept.headers["x-request-id"] == "trace-7"
    assert replaced.headers["x-request-id"].startswith("req_")


async def test_answers_carry_the_careful_headers(owner: Owner) -> None:
    headers = (await owner.client.get("/api/v1/agents")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "private, no-store"
    assert "strict-transport-security" not in headers


async def test_https_is_insisted_on_where_it_is_served(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path, public_url="https://talk.example")) as (_, owner):
        assert "max-age" in (await owner.client.get("/health/live")).headers["strict-transport-security"]


async def test_nobody_learns_what_broke(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path)) as (app, owner):

        async def broken() -> None:
            raise RuntimeError("the secret plan")

        app.add_api_route("/broken", broken)
        answer = await owner.client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "INTERNAL_ERROR"
    assert "secret plan" not in answer.text


async def test_unauthenticated_requests_are_counted_by_address(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path, rest_limit=3, token_limit=5)) as (_, owner):
        statuses = [(await owner.client.get("/api/v1/agents")).status_code for _ in range(4)]
        refused = await owner.client.get("/api/v1/agents", headers={"Authorization": "Bearer own_wrong"})
        known = [(await owner.ask("GET", "/agents")).status_code for _ in range(6)]
        alive = await owner.client.get("/health/live")
    assert statuses == [401, 401, 401, 429]
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert known == [200] * 5 + [429]
    assert alive.status_code == 200
