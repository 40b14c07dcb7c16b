"""What the emulated vendors have in common: a loopback server, one right key, and misbehaviour on demand."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

RIGHT_KEY = "sk-the-right-key-0123456789"


@dataclass
class Script:
    """How a vendor behaves.

    ``hears`` are the words of one utterance after another (the last one again and again). ``latency`` is in
    seconds before every answer. ``trouble`` is one of: ``refuse`` (403), ``limit`` (429), ``broken`` (500),
    ``silent`` (accepts, never answers), ``cut`` (hangs up in the middle of an answer), ``garbage`` (answers
    nobody can read), ``reordered`` (an old message again after a newer one). It holds for the first
    ``troubled`` requests, for all when that is None.
    """

    hears: tuple[str, ...] = ("hello world",)
    latency: float = 0.0
    trouble: str = ""
    troubled: int | None = None
    retry_after: str = ""
    cut_after: int = 3
    begun: int = field(default=0, repr=False)

    def next_trouble(self) -> str:
        """Of the request that begins now."""
        self.begun += 1
        return self.trouble if self.troubled is None or self.begun <= self.troubled else ""


class Emulator:
    """``async with DeepgramEmulator(Script()) as vendor: vendor.url``."""

    def __init__(self, script: Script | None = None, key: str = RIGHT_KEY) -> None:
        self.script = script or Script()
        self.key = key
        self.url = ""
        self.requests: list[Any] = []
        self.messages: list[Any] = []
        self.changed = asyncio.Condition()
        self.open_sockets = 0
        self._said = 0

    def routes(self) -> list[web.RouteDef]:
        """Of the vendor."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**26)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()

    def next_words(self) -> str:
        """What is heard next."""
        words = self.script.hears[min(self._said, len(self.script.hears) - 1)]
        self._said += 1
        return words

    async def note(self, message: Any) -> None:
        """A client said this."""
        async with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait, 30 s at most, until what the emulator saw makes it true."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(holds), 30)

    def given_key(self, request: web.Request) -> str:
        """Of the request."""
        return request.headers.get("Authorization", "").partition(" ")[2]

    async def admit(self, request: web.Request) -> str:
        """Lets a request in and says which trouble it will meet; raises what an HTTP server would answer."""
        async with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
        trouble = self.script.next_trouble()
        if self.given_key(request) != self.key:
            raise web.HTTPUnauthorized(text=f'{{"error":{{"message":"bad key {self.given_key(request)}"}}}}')
        if trouble == "refuse":
            raise web.HTTPForbidden(text='{"error":{"message":"no"}}')
        if trouble == "limit":
            headers = {"Retry-After": self.script.retry_after} if self.script.retry_after else {}
            raise web.HTTPTooManyRequests(headers=headers, text='{"error":{"message":"slow down"}}')
        if trouble == "broken":
            raise web.HTTPInternalServerError(text="it broke")
        return trouble

    async def think(self) -> None:
        """As long as the script says."""
        if self.script.latency:
            await asyncio.sleep(self.script.latency)

    async def socket(
        self, request: web.Request, serve: Callable[[web.WebSocketResponse, str], Awaitable[None]]
    ) -> web.WebSocketResponse:
        """A WebSocket, from the handshake to its end."""
        trouble = await self.admit(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.open_sockets += 1
        try:
            await serve(socket, trouble)
        except ConnectionResetError:
            pass
        finally:
            async with self.changed:
                self.open_sockets -= 1
                self.changed.notify_all()
        return socket


def hang_up(request: web.Request) -> None:
    """In the middle, without a word."""
    if request.transport is not None:
        request.transport.abort()
