"""The worker's end of its socket: registers, beats, does what it is told, and waits out a server that is away."""

import asyncio
import random
from typing import Protocol

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from server.workers import wire

BEAT = 1.0
REPORT = 5
"""Every so many beats it is looked whether there is news of the providers."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
AWAY = 60.0
"""Seconds without a server after which the lines that are up are ended with an apology."""
QUEUE = 4096
FRAME = 8 * 1024 * 1024

log = structlog.get_logger()


class NotAdmitted(Exception):
    """The server does not know our token; trying again makes no sense."""


class Duty(Protocol):
    """What a worker does with what it is told."""

    def register(self) -> wire.Register:
        """Who we are, and what we hold now."""
        ...

    def seats(self) -> tuple[str, ...]:
        """The seats held now."""
        ...

    def providers(self) -> tuple[wire.ProviderReport, ...]:
        """How the providers do."""
        ...

    async def told(self, message: wire.FromServer) -> None:
        """A message of the server's; must not raise."""

    def away(self) -> None:
        """The server is gone, perhaps for a moment."""

    def forsaken(self) -> None:
        """The server has been away for too long: end every line."""


class WorkerClient:
    """One socket, for as long as the worker lives. Messages sent while it is closed wait, up to a bound;
    ``patience`` is how many seconds the lines wait for a server that is away."""

    def __init__(self, address: str, token: str, duty: Duty, patience: float = AWAY) -> None:
        self._address = "ws" + address.rstrip("/").removeprefix("http") + wire.PATH
        self._token = token
        self._duty = duty
        self._patience = patience
        self._out: asyncio.Queue[wire.FromWorker] = asyncio.Queue(QUEUE)
        self._unsent: wire.FromWorker | None = None
        self.connected = asyncio.Event()
        self.draining = False

    def send(self, message: wire.FromWorker) -> None:
        """Next to be sent; the oldest is dropped when too much waits."""
        if self._out.full():
            self._out.get_nowait()
        self._out.put_nowait(message)

    async def run(self) -> None:
        """Until cancelled. Raises `NotAdmitted`."""
        pause, away_since = FIRST_PAUSE, asyncio.get_running_loop().time()
        loop = asyncio.get_running_loop()
        while True:
            try:
                headers = {"Authorization": f"Bearer {self._token}"}
                async with connect(
                    self._address, additional_headers=headers, max_size=FRAME, compression=None, proxy=None
                ) as socket:
                    await self._serve(socket)
            except (InvalidStatus, ConnectionClosed) as error:
                code = getattr(getattr(error, "rcvd", None), "code", 0) or getattr(
                    getattr(error, "response", None), "status_code", 0
                )
                if code in (4401, 401, 403):
                    raise NotAdmitted(
                        "The server does not admit this worker: check PARLEY_WORKER_TOKEN."
                    ) from None
            except (OSError, TimeoutError, InvalidHandshake):
                pass
            finally:
                if self.connected.is_set():
                    pause, away_since = FIRST_PAUSE, loop.time()
                    self.connected.clear()
                    self._duty.away()
            if loop.time() - away_since > self._patience:
                away_since = loop.time()
                self._duty.forsaken()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _serve(self, socket: ClientConnection) -> None:
        await socket.send(wire.encode(self._duty.register()))
        tasks = [asyncio.create_task(work) for work in (self._beat(socket), self._write(socket))]
        try:
            async for frame in socket:
                if isinstance(frame, str):
                    continue
                try:
                    message = wire.from_server(frame)
                except msgspec.DecodeError as error:
                    log.warning("the server speaks another language", why=str(error))
                    continue
                if isinstance(message, wire.Welcome):
                    self.connected.set()
                    log.info("worker connected", server=self._address)
                await self._duty.told(message)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _beat(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        due, beats = loop.time(), 0
        known: tuple[wire.ProviderReport, ...] = ()
        while True:
            late = max(0, int((loop.time() - due) * 1000))
            news = self._duty.providers() if beats % REPORT == 0 else known
            changed, known = (news if news != known else ()), news
            await socket.send(wire.encode(wire.Beat(self._duty.seats(), late, self.draining, changed)))
            due, beats = loop.time() + BEAT, beats + 1
            await asyncio.sleep(BEAT)

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            # What was not sent because the socket closed is sent by the next one.
            self._unsent = self._unsent or await self._out.get()
            await socket.send(wire.encode(self._unsent))
            self._unsent = None
