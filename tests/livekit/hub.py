"""The server's end of a worker's socket, as far as a test needs it: it notes what workers say and tells them."""

import asyncio
import secrets
from types import TracebackType
from typing import Any, TypeVar

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from server.settings import Settings
from server.workers import wire
from tests.livekit.harness import WAIT, LiveKit
from tests.ports import free_port

T = TypeVar("T")


class Known:
    """One worker's connection."""

    def __init__(self, socket: ServerConnection, facts: wire.Register) -> None:
        self.socket = socket
        self.facts = facts

    async def tell(self, message: wire.FromServer) -> None:
        """Say something to it."""
        await self.socket.send(wire.encode(message))


class Hub:
    """Listens at an address that stays the same when it is stopped and started again. ``said`` is everything
    that is no beat, in order, with who said it."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(16)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said: list[tuple[Known, wire.FromWorker]] = []
        self.workers: list[Known] = []
        self.beats: dict[str, wire.Beat] = {}
        self.lost: tuple[str, ...] = ()
        self._changed = asyncio.Event()
        self._server: Server | None = None

    async def __aenter__(self) -> "Hub":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen."""
        self._server = await serve(self._serve, "127.0.0.1", self.port, process_request=self._admit)

    async def stop(self) -> None:
        """Close every socket, and listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def settings(self, livekit: LiveKit | None = None, **more: Any) -> Settings:
        """What a worker of this hub is started with."""
        rooms = (
            {"livekit_url": livekit.url, "livekit_api_key": livekit.key, "livekit_api_secret": livekit.secret}
            if livekit is not None
            else {}
        )
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            server_url=self.url,
            worker_token=self.token,  # type: ignore[arg-type]
            **{"seats": 4, "phone": False, **rooms, **more},  # type: ignore[arg-type]
        )

    def environment(self, livekit: LiveKit, **more: str) -> dict[str, str]:
        """The same for a process."""
        return {
            "PARLEY_SERVER_URL": self.url,
            "PARLEY_WORKER_TOKEN": self.token,
            "PARLEY_LIVEKIT_URL": livekit.url,
            "PARLEY_LIVEKIT_API_KEY": livekit.key,
            "PARLEY_LIVEKIT_API_SECRET": livekit.secret,
            "PARLEY_LOG_FORMAT": "console",
            **more,
        }

    async def heard(self, kind: type[T], count: int = 1, **facts: object) -> tuple[Known, T]:
        """Wait for the ``count``-th message of a kind with these facts; who said it, and what."""
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    found = [
                        (who, said)
                        for who, said in self.said
                        if isinstance(said, kind) and all(getattr(said, k) == v for k, v in facts.items())
                    ]
                    if len(found) >= count:
                        return found[count - 1]
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise TimeoutError(
                f"no {kind.__name__} {facts} among {[said for _, said in self.said]}"
            ) from None

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return connection.respond(401, "")
        return None if request.path == wire.PATH else connection.respond(404, "")

    async def _serve(self, socket: ServerConnection) -> None:
        who: Known | None = None
        try:
            async for frame in socket:
                said = wire.from_worker(frame if isinstance(frame, bytes) else frame.encode())
                if isinstance(said, wire.Register):
                    who = Known(socket, said)
                    self.workers.append(who)
                    await who.tell(wire.Welcome(1000, self.lost))
                assert who is not None
                if isinstance(said, wire.Beat):
                    self.beats[who.facts.name] = said
                else:
                    self.said.append((who, said))
                self._changed.set()
        except ConnectionClosed:
            pass
        finally:
            if who is not None:
                self.workers.remove(who)
            self._changed.set()
