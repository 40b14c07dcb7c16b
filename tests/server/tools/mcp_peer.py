"""An MCP server for tests, on loopback, written without the library: it can also do all that a server must not."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.loopback import on_loopback

TOKEN = "token-of-the-peer"
LOOK = {
    "name": "look_up",
    "description": "Looks an order up.",
    "inputSchema": {
        "type": "object",
        "properties": {"number": {"type": "integer", "minimum": 1}, "weight": {"type": "number"}},
        "required": ["number"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": True},
}
CANCEL = {
    "name": "cancel",
    "description": "Cancels an order.",
    "inputSchema": {"type": "object", "properties": {"number": {"type": "integer"}}},
}
LARGE = 50 * 1024 * 1024


class Peer:
    """``tools`` is what it offers; ``how`` is how it answers a call: ``json``, ``stream``, ``error`` (of the protocol),
    ``failed`` (of the tool), ``slow``, ``cut``, ``garbage``, ``html``, ``large``, ``packed``, ``endless``, ``down``,
    ``away`` (leads elsewhere), ``clinging`` (does not let go afterwards)."""

    def __init__(self) -> None:
        self.url = ""
        self.tools: list[Any] = [LOOK, CANCEL]
        self.how = "json"
        self.listing = "json"
        self.seen: Counter[str] = Counter()
        self.calls: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}
        self.result: dict[str, Any] = {
            "content": [{"type": "text", "text": '{"state": "sent", "weight": 1.5}'}]
        }

    @property
    def endpoint(self) -> str:
        return self.url.removeprefix("http://")

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One message."""
        self.seen[request.method] += 1
        if request.method == "DELETE":
            if self.how == "clinging":
                await asyncio.Event().wait()
            return web.Response(status=204)
        if request.method == "GET":
            return web.Response(status=405)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        self.headers = dict(request.headers)
        message = await request.json()
        method, id = message["method"], message.get("id")
        self.seen[method] += 1
        if id is None:
            return web.Response(status=202)
        if method == "initialize":
            offer = {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "peer", "version": "1"},
            }
            return _json(id, offer, {"Mcp-Session-Id": "session-1"})
        if request.headers.get("Mcp-Session-Id") != "session-1":
            return _error(id, -32601, "Method not found", 404)
        if method == "tools/list":
            return await self._answer(request, self.listing, id, {"tools": self.tools})
        self.calls.append(message["params"])
        return await self._answer(request, self.how, id, self.result)

    async def _answer(self, request: web.Request, how: str, id: Any, result: Any) -> web.StreamResponse:
        if how in ("json", "clinging"):
            return _json(id, result)
        if how == "error":
            return _error(id, -32602, "Unknown tool")
        if how == "failed":
            words = [{"type": "text", "text": "The order was sent already."}]
            return _json(id, {"content": words, "isError": True})
        if how == "slow":
            await asyncio.Event().wait()
        if how == "cut":
            assert request.transport is not None
            request.transport.abort()
        if how == "garbage":
            return web.Response(text='{"jsonrpc": 7', content_type="application/json")
        if how == "html":
            return web.Response(text="<p>Welcome!", content_type="text/html")
        if how == "down":
            return web.Response(status=503)
        if how == "away":
            return web.Response(status=307, headers={"Location": "http://127.0.0.1:9/mcp"})
        if how == "packed":
            return web.Response(
                body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}, content_type="application/json"
            )
        return await self._stream(request, how, id, result)

    async def _stream(self, request: web.Request, how: str, id: Any, result: Any) -> web.StreamResponse:
        """Piece by piece, as events or as one large body."""
        kind = "application/json" if how == "large" else "text/event-stream"
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        try:
            if how == "large":
                for _ in range(LARGE // 65536):
                    await response.write(b" " * 65536)
            while how == "endless":
                await response.write(
                    b'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}\n\n'
                )
            note = {
                "jsonrpc": "2.0",
                "method": "notifications/message",
                "params": {"level": "info", "data": "x"},
            }
            for message in (note, {"jsonrpc": "2.0", "id": id, "result": result}):
                await response.write(f"event: message\ndata: {json.dumps(message)}\n\n".encode())
        except (ConnectionError, RuntimeError):
            self.seen["hung up"] += 1
        return response


def _json(id: Any, result: Any, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"jsonrpc": "2.0", "id": id, "result": result}, headers=headers)


def _error(id: Any, code: int, words: str, status: int = 200) -> web.Response:
    body = {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": words}}
    return web.json_response(body, status=status)


@asynccontextmanager
async def peer() -> AsyncIterator[Peer]:
    """While it is up."""
    here = Peer()
    app = web.Application()
    app.router.add_route("*", "/mcp", here.take)
    async with on_loopback(app) as here.url:
        yield here
