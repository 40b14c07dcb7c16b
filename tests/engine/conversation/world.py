"""A world for conversations in tests: a log in memory, a clock by hand, services by table, a channel that remembers."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from engine.conversation import Busy, Conversation, Duplicate, Fenced, Outcome, SessionRef
from engine.kinds.program import Program
from engine.protocol import Header, HttpRequest, Record, Speak
from engine.runtime import bind

REF = SessionRef("org", "s1")


class Log:
    """An event log in memory."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.keys: dict[str, int] = {}
        self.epoch = 1
        self.busy = False
        self.commits: list[int] = []

    async def append(
        self, session: SessionRef, epoch: int, records: Sequence[Record], *, key: str = ""
    ) -> None:
        await asyncio.sleep(0)
        if epoch != self.epoch:
            raise Fenced
        if self.busy:
            raise Busy
        if key and key in self.keys:
            raise Duplicate(self.keys[key])
        if key:
            self.keys[key] = records[0].seq
        self.records += records
        self.commits.append(records[0].seq)

    async def read(self, session: SessionRef, after: int = 0) -> list[Record]:
        return [r for r in self.records if r.seq > after]


class Clock:
    """Time moves when the test says so."""

    def __init__(self) -> None:
        self.ms = 1_000_000
        self.timers: list[tuple[int, Callable[[], Any], Handle]] = []

    def now_ms(self) -> int:
        return self.ms

    def call_later(self, ms: int, callback: Callable[[], Any]) -> "Handle":
        handle = Handle()
        self.timers.append((self.ms + ms, callback, handle))
        return handle

    def advance(self, ms: int) -> None:
        self.ms += ms
        due = [t for t in self.timers if t[0] <= self.ms]
        self.timers = [t for t in self.timers if t[0] > self.ms]
        for _, callback, handle in due:
            if not handle.cancelled:
                callback()

    @property
    def running(self) -> int:
        return sum(not handle.cancelled for _, _, handle in self.timers)


class Handle:
    """A timer that was set."""

    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Channel:
    """Remembers what was delivered, and that it had been committed by then."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.delivered: list[tuple[Record, str]] = []

    def deliver(self, record: Record, key: str) -> None:
        assert self.log.commits[-1] >= record.seq, "delivered before it was durable"
        self.delivered.append((record, key))

    @property
    def said(self) -> list[str]:
        return [e.text for r, _ in self.delivered for e in r.effects if isinstance(e, Speak)]


class Tools:
    """Answers when the test lets it."""

    def __init__(self) -> None:
        self.asked: list[tuple[HttpRequest, str]] = []
        self.answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    async def http(self, request: HttpRequest, key: str) -> Outcome:
        self.asked.append((request, key))
        return await asyncio.shield(self.answer)


class World:
    """Everything one conversation needs."""

    def __init__(self, program: Program, modality: str = "text") -> None:
        self.program = program
        self.log = Log()
        self.clock = Clock()
        self.channel = Channel(self.log)
        self.tools = Tools()
        self.header = Header("s1", program.hash, 1, 7, "2026-11-20T10:00", modality=modality)

    def conversation(self, epoch: int = 1) -> Conversation:
        """A new owner of the same session."""
        run = bind(self.program, self.header)
        return Conversation(run, REF, epoch, self.log, self.channel, self.tools, self.clock, 1_000_000)


async def until(condition: Callable[[], bool]) -> None:
    """Let other tasks run until something holds."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)
