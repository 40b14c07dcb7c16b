"""The book of turns: each session's are measured here, and written in the background.

What a turn took is no part of the talk: nobody waits for it to be stored, and a process that is killed loses
the last seconds of it.
"""

import asyncio
import time
from collections.abc import Callable
from itertools import groupby
from typing import Any

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.conversation import SessionRef
from engine.conversation.voice import TurnTimes
from engine.protocol import BargeIn, Digit, Heard, Record, Result, Speak
from server.kit.clock import Clock
from server.kit.database import Database
from server.kit.ids import new_id
from server.turns.facts import TurnFacts
from server.turns.models import TurnRow
from server.turns.repository import TurnRepository

EVERY = 2.0
"""Seconds between two writes."""
MOST = 10_000
"""Turns that may wait for a disk that takes none."""

log = structlog.get_logger()


class TurnBook:
    """All sessions of this process. Whoever is in ``seen`` is told of each turn that is over."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.seen: list[Callable[[TurnFacts], None]] = []
        self._waiting: list[TurnFacts] = []
        self._open: dict[int, SessionTurns] = {}
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Write what waits, and stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for turns in tuple(self._open.values()):
            turns.close()
        await self.flush()

    def of(self, ref: SessionRef) -> "SessionTurns":
        """What measures one session."""
        return SessionTurns(self, ref)

    def opened(self, turns: "SessionTurns") -> None:
        """A session has a turn that may still grow."""
        self._open[id(turns)] = turns

    def closed(self, turns: "SessionTurns", facts: TurnFacts) -> None:
        """A turn is over."""
        self._open.pop(id(turns), None)
        self._waiting.append(facts)
        if len(self._waiting) > MOST:
            del self._waiting[0]
        for see in self.seen:
            see(facts)

    async def flush(self) -> None:
        """Write what waits; a disk that takes nothing is tried again later."""
        async with self._writing:
            taken, self._waiting = self._waiting, []
            for organization, facts in groupby(sorted(taken, key=_house), key=_house):
                kept = list(facts)
                try:
                    async with self.database.write(organization) as session:
                        TurnRepository(session).add(_row(one) for one in kept)
                except (SQLAlchemyError, OSError) as error:
                    log.warning("turns not stored", turns=len(kept), why=type(error).__name__)

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._waiting:
                await self.flush()


class SessionTurns:
    """The turns of one session (`server.sessions.live.Turns`).

    A spoken turn stays open until the next one begins or the line is over: its answer may go on, cost more, and
    be cut in on. What models took since the caller spoke belongs to the turn that is measured next. A greeting that a
    voice had to speak is a turn without times.
    """

    def __init__(self, book: TurnBook, ref: SessionRef) -> None:
        self._book = book
        self._ref = ref
        self._asked: float | None = None
        self._turn: TurnFacts | None = None
        self._thought: list[dict[str, Any]] = []
        self._coming = False

    def asked(self) -> None:
        """A visitor has written something."""
        self._asked = time.monotonic()

    def recorded(self, record: Record, waiting: bool) -> None:
        """A record was committed; ``waiting``: its answer comes from outside."""
        if self._turn is not None and isinstance(record.event, BargeIn):
            self._turn.barged_in = True
        if isinstance(record.event, Digit) or (isinstance(record.event, Heard) and record.event.spoken):
            self._coming = True
        self._think(record)
        if self._asked is not None and (_speaks(record) or not waiting):
            asked, self._asked = self._asked, None
            if _speaks(record):
                self._end()
                self._coming = False
                self._turn = self._facts("text", decision=int((time.monotonic() - asked) * 1000))
                self._book.opened(self)
        if self._turn is not None and self._turn.modality == "text" and not waiting:
            self.close()

    def _think(self, record: Record) -> None:
        """What a model took for this turn; what it took before the turn was measured is its as well."""
        usage = _usage(record)
        if usage:
            self._thought.append(usage)
        if self._turn is not None and not (self._coming and self._turn.modality == "voice"):
            self._charge(self._turn)

    def _charge(self, turn: TurnFacts) -> None:
        for one in self._thought:
            _charge(turn, one)
        self._thought = []

    def measured(self, times: TurnTimes) -> None:
        """The times of a spoken turn, or (without any) what was spoken beside one."""
        if times.decision is None and times.transcript is None and self._turn is not None:
            self._turn.characters += times.spoken_characters
            self._turn.cost_micros += times.cost_micros
            return
        self._end()
        self._turn = self._facts(
            "voice",
            transcript=times.transcript,
            decision=times.decision,
            audio=times.audio,
            stt=times.stt,
            tts=times.tts,
            prepared=times.prepared,
            heard_ms=times.heard_ms,
            characters=times.spoken_characters,
            cost_micros=times.cost_micros,
        )
        self._coming = False
        self._charge(self._turn)
        self._book.opened(self)

    def close(self) -> None:
        """The open turn is over, and none comes after it."""
        if self._turn is not None:
            self._charge(self._turn)
        self._end()

    def _end(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            self._book.closed(self, turn)

    def _facts(self, modality: str, **facts: int | str | bool | None) -> TurnFacts:
        now = self._book.clock.now_ms()
        return TurnFacts(self._ref.organization, self._ref.session, modality, now, **facts)  # type: ignore[arg-type]


def _speaks(record: Record) -> bool:
    return any(isinstance(effect, Speak) for effect in record.effects)


def _usage(record: Record) -> dict[str, Any]:
    """What a model took, where the record holds its answer."""
    event = record.event
    value = event.value if isinstance(event, Result) else None
    usage = value.get("usage") if isinstance(value, dict) else None
    return usage if isinstance(usage, dict) else {}


def _charge(turn: TurnFacts, usage: dict[str, Any]) -> None:
    turn.model = f"{usage.get('provider', '')}/{usage.get('model', '')}".strip("/") or turn.model
    turn.read += _whole(usage.get("input"))
    turn.written += _whole(usage.get("output"))
    turn.cost_micros += _whole(usage.get("cost_micros"))


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _house(facts: TurnFacts) -> str:
    return facts.organization_id


def _row(facts: TurnFacts) -> TurnRow:
    return TurnRow(id=new_id("turn"), **msgspec.structs.asdict(facts))
