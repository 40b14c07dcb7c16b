"""Rooms our last process left: where somebody still waits and no worker came back, the talk is taken up again."""

import asyncio
from collections.abc import Callable, Container, Coroutine
from typing import Any, Protocol

import structlog

from engine.conversation import SessionRef
from server.calls.lines import HeldLine, MakeWay, Onlooker, Place
from server.calls.ports import RoomTrouble, Waiting
from server.calls.rooms import RoomPlaces
from server.kit.errors import ApiError
from server.sessions.host import SessionHost
from server.sessions.live import LiveSession

RETURNED = 5.0
"""Seconds after our start in which workers that still hold lines have come back with them."""
COME = 30.0
"""Seconds a worker has to come for lines that have none."""

Onlooking = Callable[[LiveSession], Onlooker]
"""Who looks on at a visitor's line."""

log = structlog.get_logger()


class Lines(Protocol):
    """What is asked of `server.calls.service.CallService` from here."""

    host: SessionHost

    @property
    def held(self) -> Container[str]:
        """The sessions that have a line."""
        ...

    async def begin(
        self,
        live: LiveSession,
        takes: str,
        way: MakeWay,
        *,
        ends: bool,
        onlookers: tuple[Onlooker, ...] = (),
        call: str = "",
        place: Place | None = None,
    ) -> HeldLine:
        """A line for a session."""
        ...

    def found(self, held: HeldLine) -> None:
        """The line of a call has come back."""

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside."""


class LeftRooms:
    """Looks once, after our start."""

    def __init__(self, lines: Lines, places: RoomPlaces, onlooking: Onlooking | None) -> None:
        self._lines = lines
        self._places = places
        self._onlooking = onlooking

    async def take_up(self, patience: float = RETURNED) -> None:
        """Once the workers that live are back: every room of ours in which somebody waits gets an agent again."""
        await asyncio.sleep(patience)
        try:
            waiting = await self._places.waiting()
        except RoomTrouble as error:
            log.warning("rooms not looked at", why=str(error))
            return
        for left in waiting:
            if left.session not in self._lines.held:
                self._lines.spawn(self._resume(left))

    async def _resume(self, left: Waiting) -> None:
        place = Place(left.room, left.caller, left.agent)
        row = await self._lines.host.find(left.session)
        if row is None:
            return
        try:
            await self._worker()
            live = await self._lines.host.open(SessionRef(row.organization_id, row.id))
            if left.session in self._lines.held:
                return
            log.info("somebody waits in a room", session=left.session, room=left.room)
            held = await self._lines.begin(
                live,
                "room",
                self._places.way(place),
                ends=row.channel == "phone",
                onlookers=(self._onlooking(live),) if self._onlooking is not None and not left.call else (),
                call=left.call,
                place=place,
            )
        except (ApiError, TimeoutError) as error:
            log.warning("nobody for who waits in a room", room=left.room, why=str(error) or "no worker came")
            await self._places.close(place)
            return
        if left.call:
            self._lines.found(held)

    async def _worker(self) -> None:
        """Until some worker has room; raises ``TimeoutError``."""
        async with asyncio.timeout(COME):
            while not self._places.able:
                await asyncio.sleep(0.1)
