"""The workers' socket: who is there, who is alive, and what each says."""

import asyncio
import hmac
from typing import Protocol

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from server.kit.crypto import Keys
from server.workers import wire

BEAT = 1.0
SILENT = 3.0
"""Seconds without a beat, our own lateness not counted, after which a worker is dead."""
QUEUE = 4096
"""Frames that may wait for a worker; one that does not read is as good as dead."""
GREETING = 10.0
UNAUTHORIZED, PROTOCOL, REPLACED, DEAD = 4401, 4400, 4409, 4408

log = structlog.get_logger()


class Worker:
    """A connected worker."""

    def __init__(self, facts: wire.Register) -> None:
        self.facts = facts
        self.name = facts.name
        self.seats: set[str] = set()
        self.calls: set[str] = set(facts.calls)
        self.draining = False
        self.late_ms = 0
        self.providers: tuple[wire.ProviderReport, ...] = ()
        self.silent = 0.0
        self._queue: asyncio.Queue[wire.FromServer | None] = asyncio.Queue(QUEUE)

    @property
    def free(self) -> int:
        """Lines it can still take."""
        return 0 if self.draining else self.facts.seats - len(self.seats)

    def send(self, message: wire.FromServer) -> None:
        """Next to be sent."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        """End its socket."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self) -> wire.FromServer | None:
        """What to send next; None to close."""
        return await self._queue.get()


class HubListener(Protocol):
    """Who is told. Nothing here blocks or raises."""

    async def worker_joined(self, worker: Worker) -> wire.Welcome:
        """It has registered; answers with what it is told."""
        ...

    def worker_lost(self, worker: Worker) -> None:
        """It is gone."""

    def worker_said(self, worker: Worker, message: wire.FromWorker) -> None:
        """A message."""


class Hub:
    """The ASGI application behind `wire.PATH`."""

    def __init__(self, keys: Keys) -> None:
        self._token = keys.worker_token()
        self.listener: HubListener
        self.workers: dict[str, Worker] = {}
        self._watch: asyncio.Task[None] | None = None

    @property
    def token(self) -> str:
        """What workers show."""
        return self._token

    def admits(self, authorization: str) -> bool:
        """Whether a header opens what is for workers only."""
        shown = authorization.removeprefix("Bearer ").encode("utf-8", "replace")
        return hmac.compare_digest(shown, self._token.encode())

    def pick(self, way: str, avoid: Worker | None = None) -> Worker | None:
        """The least busy worker that takes such lines and has room."""
        able = [w for w in self.workers.values() if way in w.facts.takes and w.free > 0 and w is not avoid]
        return max(able, key=lambda w: w.free / w.facts.seats, default=None)

    def start(self) -> None:
        """Begin to watch over the workers."""
        self._watch = asyncio.create_task(self._watch_beats())

    def stop(self) -> None:
        """Close every socket; the workers come back when we do."""
        if self._watch is not None:
            self._watch.cancel()
        for worker in tuple(self.workers.values()):
            worker.close()

    async def _watch_beats(self) -> None:
        """Count each worker's silence in beats of our own, so that a stall of ours kills nobody."""
        while True:
            await asyncio.sleep(BEAT)
            for worker in tuple(self.workers.values()):
                worker.silent += BEAT
                if worker.silent > SILENT:
                    log.warning("worker is silent", worker=worker.name)
                    worker.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one worker."""
        await receive()
        header = next((v for k, v in scope["headers"] if k == b"authorization"), b"")
        if not self.admits(header.decode("latin-1")):
            await send({"type": "websocket.close", "code": UNAUTHORIZED})
            return
        await send({"type": "websocket.accept"})
        worker = await self._greet(receive)
        if worker is None:
            await send({"type": "websocket.close", "code": PROTOCOL, "reason": "register first"})
            return
        old = self.workers.get(worker.name)
        if old is not None:
            old.close()
            self._lose(old)
        self.workers[worker.name] = worker
        worker.send(await self.listener.worker_joined(worker))
        log.info("worker joined", worker=worker.name, takes=worker.facts.takes, seats=worker.facts.seats)
        writing = asyncio.create_task(self._write(worker, send))
        reading = asyncio.create_task(self._read(worker, receive))
        try:
            await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writing, reading):
                task.cancel()
            await asyncio.gather(writing, reading, return_exceptions=True)
            self._lose(worker)

    def _lose(self, worker: Worker) -> None:
        if self.workers.get(worker.name) is worker:
            del self.workers[worker.name]
            log.info("worker lost", worker=worker.name, seats=len(worker.seats))
            self.listener.worker_lost(worker)

    async def _greet(self, receive: Receive) -> Worker | None:
        try:
            async with asyncio.timeout(GREETING):
                message = await receive()
            facts = wire.from_worker(message.get("bytes") or b"")
        except (TimeoutError, msgspec.DecodeError):
            return None
        if not isinstance(facts, wire.Register) or facts.protocol != wire.PROTOCOL or facts.seats < 1:
            return None
        return Worker(facts)

    async def _read(self, worker: Worker, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            try:
                said = wire.from_worker(message.get("bytes") or b"")
            except msgspec.DecodeError as error:
                log.warning("worker speaks another language", worker=worker.name, why=str(error))
                return
            worker.silent = 0.0
            if isinstance(said, wire.Beat):
                worker.draining, worker.late_ms = said.draining, said.late_ms
                worker.providers = said.providers or worker.providers
            else:
                self.listener.worker_said(worker, said)

    async def _write(self, worker: Worker, send: Send) -> None:
        try:
            while (message := await worker.next()) is not None:
                await send({"type": "websocket.send", "bytes": wire.encode(message)})
            await send({"type": "websocket.close", "code": DEAD})
        except (OSError, RuntimeError):
            return
