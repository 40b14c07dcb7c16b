"""Lines: which worker holds which session's, and who watches."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from engine.conversation.line import VoiceLine
from engine.conversation.voice import TurnTimes
from server.calls.hub import Worker
from server.sessions.live import LiveSession
from server.workers import wire

MakeWay = Callable[["HeldLine"], wire.Way]
"""From a line that has its seat to where the caller's sound is."""


class Place(msgspec.Struct, frozen=True):
    """Where a caller is who is in a LiveKit room: its name, and hers in there. ``agent`` is one who was in there
    before us."""

    room: str
    caller: str
    agent: str = ""


class Onlooker(Protocol):
    """Who looks on at a line: a screen, or the book of turns. Nothing here blocks or raises."""

    def caption(self, who: str, text: str, final: bool) -> None:
        """Words as they are heard or spoken."""

    def state(self, name: str) -> None:
        """``listening``, ``thinking`` or ``speaking``."""

    def turn(self, times: TurnTimes) -> None:
        """The times of a turn."""

    def over(self, by: str, reason: str) -> None:
        """The line is over."""


class Watch:
    """Hands what happens on a line to everybody who looks on (`engine.conversation.line.LineWatch`)."""

    def __init__(self) -> None:
        self.onlookers: list[Onlooker] = []

    def _all(self, call: str, *args: Any) -> None:
        for onlooker in tuple(self.onlookers):
            getattr(onlooker, call)(*args)

    def caption(self, who: str, text: str, final: bool) -> None:
        """Words."""
        self._all("caption", who, text, final)

    def state(self, name: str) -> None:
        """What the agent does."""
        self._all("state", name)

    def turn(self, times: TurnTimes) -> None:
        """The times of a turn."""
        self._all("turn", times)

    def over(self, by: str, reason: str) -> None:
        """The line is over."""
        self._all("over", by, reason)


class HeldLine:
    """A session's line. ``number`` grows with each worker that takes it; what an older seat says is stale.
    ``place`` is where the caller is, when that is a room; ``identity`` the agent's in there. ``opened``: it has
    been spoken on; ``seating``: a worker is being looked for."""

    def __init__(
        self,
        live: LiveSession,
        takes: str,
        way: MakeWay,
        speaking: wire.Speaking,
        *,
        ends: bool,
        call: str = "",
        place: Place | None = None,
        number: int = 0,
    ) -> None:
        self.live = live
        self.takes = takes
        self.way = way
        self.speaking = speaking
        self.ends = ends
        self.call = call
        self.place = place
        self.number = number
        self.opened = False
        self.seating = False
        self.worker: Worker | None = None
        self.line: VoiceLine | None = None
        self.watch = Watch()
        self.identity = place.agent if place is not None else ""
        self.joined: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.taken: asyncio.Future[Worker] | None = None
        self.over = False
        self.watchdog: asyncio.TimerHandle | None = None

    @property
    def session(self) -> str:
        """The session's id."""
        return self.live.ref.session

    @property
    def seat(self) -> str:
        """The seat it has now."""
        return f"{self.session}:{self.number}"

    def offer(self) -> "asyncio.Future[Worker]":
        """A new seat, for whoever LiveKit sends: told here."""
        self.rise()
        self.number += 1
        self.taken = asyncio.get_running_loop().create_future()
        return self.taken

    def sit(self, worker: Worker) -> None:
        """Another worker takes it; on the seat that was offered, when one was."""
        if self.taken is None:
            self.rise()
            self.number += 1
        self.taken = None
        self.worker = worker
        worker.seats.add(self.seat)
        self.joined = asyncio.get_running_loop().create_future()

    def back(self, worker: Worker) -> None:
        """The worker that had this seat has it again."""
        self.worker = worker
        worker.seats.add(self.seat)
        self.opened = True

    def recording(self, action: str) -> None:
        """The flow records from here on (``on``), or not: a worker that takes over goes on with that."""
        self.speaking = msgspec.structs.replace(self.speaking, recorded=action == "on")

    def rise(self) -> None:
        """Its worker no longer holds it."""
        if self.line is not None:
            self.line.close()
            self.line = None
        if self.worker is not None:
            self.worker.seats.discard(self.seat)
            self.worker = None
        self.taken = None
        if not self.joined.done():
            self.joined.set_result("left")
