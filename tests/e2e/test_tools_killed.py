"""The server is killed while a tool is at work: what it does is done once, and the talk says what came of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from aiohttp import web

from tests.e2e.serving import PATIENCE, Server
from tests.loopback import on_loopback
from tests.server import flows
from tests.server.running import Owner, Running
from tests.server.tools.mcp_peer import TOKEN, Peer

BOOK = {"name": "book", "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}}}


class Desk(Peer):
    """A service that books, reached as a web service and as an MCP server. It books at once and answers when it is
    ``open``; the same key twice is one booking."""

    def __init__(self) -> None:
        super().__init__()
        self.tools = [BOOK]
        self.keys: list[str] = []
        self.open = asyncio.Event()

    async def book(self, request: web.Request) -> web.Response:
        """As a web service."""
        self.keys.append(request.headers["Idempotency-Key"])
        await self.open.wait()
        return web.json_response({"state": "booked"})

    async def _answer(self, request: web.Request, how: str, id: Any, result: Any) -> web.StreamResponse:
        if len(self.calls) > len(self.keys):
            self.keys.append(self.calls[-1]["_meta"]["parley/idempotency-key"])
            await self.open.wait()
        return await super()._answer(request, how, id, result)

    async def asked(self, times: int) -> None:
        """Wait until it was asked so often."""
        async with asyncio.timeout(PATIENCE):
            while len(self.keys) < times:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    here = Desk()
    here.result = {"content": [], "structuredContent": {"state": "booked"}}
    app = web.Application()
    app.router.add_route("*", "/mcp", here.take)
    app.router.add_post("/book", here.book)
    async with on_loopback(app) as here.url:
        try:
            yield here
        finally:
            here.open.set()


def booking(**how: Any) -> dict[str, Any]:
    """Asks for a name and books; each way out says its name."""
    ways = {name: f"n_{name}" for name in ("ok", "error", "timeout", "unknown")}
    nodes: dict[str, Any] = {
        "n_name": {
            "kind": "ask",
            "type": "text",
            "prompt": {"en-US": "For whom?"},
            "save": "name",
            "out": {"understood": "n_book", "gives_up": "n_error"},
        },
        "n_book": {"kind": "tool", "function": "book", "arguments": {"name": "name"}, "out": ways},
        **{
            node: {"kind": "end", "outcome": name, "text": {"en-US": f"It came to {name}."}}
            for name, node in ways.items()
        },
    }
    flow = flows.document("n_name", nodes, {"name": {"type": "text"}})
    function = {"description": "Books.", "inputs": {"name": {"type": "text"}}, "timeout": 60_000, **how}
    return {**flow, "functions": {"book": function}}


class There(Running):
    """The server's process, seen from the test."""

    def __init__(self, server: Server, client: httpx.AsyncClient) -> None:
        self.owner = Owner(client, server.token)
        self.url = server.origin


@pytest.mark.asyncio
@pytest.mark.parametrize("replay", ["safe", "never"])
@pytest.mark.parametrize("way", ["http", "mcp"])
async def test_a_tool_at_work_when_the_server_is_killed_does_it_once(
    tmp_path: Path, way: str, replay: str
) -> None:
    async with desk() as there:
        server = Server(tmp_path / "data", PARLEY_HTTP_ALLOW=there.endpoint, PARLEY_VOICE="0")
        how = {"url": f"{there.url}/book", "method": "POST"} if way == "http" else {"tool": "mcp.book"}
        try:
            await asyncio.to_thread(server.start)
            async with httpx.AsyncClient(base_url=server.origin, timeout=PATIENCE) as client:
                before = There(server, client)
                agent = await before.owner.agent(booking(**how, replay=replay), publish=False)
                if way == "mcp":
                    config = {"address": f"{there.url}/mcp", "token": TOKEN}
                    path = f"/agents/{agent['id']}/tools/mcp"
                    put = await before.owner.ask("PUT", path, json={"config": config})
                    assert put.status_code == 200 and not put.json()["problem"], put.text
                published = await before.owner.ask("POST", f"/agents/{agent['id']}/publish")
                assert published.status_code == 200, published.text
                assert "T001" not in published.text
                async with before.visitor(agent["public_id"]) as visitor:
                    await visitor.text("m1", "Ada")
                    await there.asked(1)
                    await asyncio.to_thread(server.kill)
            there.open.set()
            await asyncio.to_thread(server.start)
            async with httpx.AsyncClient(base_url=server.origin, timeout=PATIENCE) as client:
                after = There(server, client)
                outcome = "ok" if replay == "safe" else "unknown"
                async with after.connect(visitor.session, last_seq=0) as again:
                    said = [m.get("text") for m in again.welcome.get("messages", [])]
                    if f"It came to {outcome}." not in said:
                        await again.says(f"It came to {outcome}.")
                session = await after.owner.ask("GET", f"/sessions/{visitor.session['session_id']}")
                assert session.json()["outcome"] == outcome
        finally:
            await asyncio.to_thread(server.stop)
        assert len(set(there.keys)) == 1, "one key, so one booking"
        assert len(there.keys) == (2 if replay == "safe" else 1)
