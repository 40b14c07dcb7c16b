"""Whether a worker is ready, for who watches over processes: ``GET /health/ready``."""

import asyncio
import contextlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from server.workers.lines import LineWorker

LONGEST = 8192
READ_WITHIN = 5.0


class Health:
    """A page that says what a worker does. It listens on every address: a watcher is elsewhere."""

    def __init__(self, worker: "LineWorker") -> None:
        self._worker = worker
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen, unless the port is 0; raises ``OSError`` when it is taken."""
        if port:
            self._server = await asyncio.start_server(self._answer, None, port, limit=LONGEST)
            self.port = port

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def state(self) -> dict[str, Any]:
        """``ready``: new lines may be given to it."""
        worker = self._worker
        rooms = worker.rooms
        registered = rooms is None or rooms.connected
        connected = worker.client.connected.is_set()
        return {
            "ready": registered and connected and not worker.client.draining,
            "registered": registered,
            "connected": connected,
            "draining": worker.client.draining,
            "seats": worker.settings.seats,
            "lines": len(worker.seats()),
        }

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(READ_WITHIN):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._page(request.split(b" ")[1] if b" " in request else b""))
                await writer.drain()
        writer.close()

    def _page(self, path: bytes) -> bytes:
        state = self.state()
        if path not in (b"/health", b"/health/live", b"/health/ready"):
            status, body = HTTPStatus.NOT_FOUND, b"{}"
        else:
            unready = path == b"/health/ready" and not state["ready"]
            status = HTTPStatus.SERVICE_UNAVAILABLE if unready else HTTPStatus.OK
            body = msgspec.json.encode(state)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body
