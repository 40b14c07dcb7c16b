"""Coming back: lines that outlived this server's last process, and those that did not."""

import asyncio
from collections.abc import Container, Iterable

import structlog

from engine.conversation import SessionRef
from server.calls.lines import HeldLine, MakeWay, Place
from server.calls.ports import CallFacts, Telephones
from server.calls.rooms import RoomPlaces
from server.kit.errors import ApiError
from server.sessions.host import SessionHost
from server.workers import wire

FORSAKEN = 25.0
"""Seconds after our start in which the workers have come back, each with the calls it still has."""

log = structlog.get_logger()


class Returning:
    """Opens sessions from the log for lines that workers still hold."""

    def __init__(
        self,
        host: SessionHost,
        telephones: Telephones,
        places: RoomPlaces | None,
        patience: float = FORSAKEN,
    ) -> None:
        self._host = host
        self._telephones = telephones
        self._places = places
        self._patience = patience

    async def line(self, take: wire.Take, number: int) -> HeldLine | None:
        """The line a worker was told to hold; None when its session is over, or was never kept."""
        row = await self._host.find(take.seat.partition(":")[0])
        found = self._way(take.way)
        if row is None or found is None:
            return None
        takes, way, call, place = found
        try:
            live = await self._host.open(SessionRef(row.organization_id, row.id))
        except ApiError as error:
            log.info("a line has no session any more", seat=take.seat, why=error.message)
            return None
        ends = row.channel == "phone"
        held = HeldLine(live, takes, way, take.speaking, ends=ends, call=call, place=place, number=number)
        if place is not None:
            assert isinstance(take.way, wire.RoomWay)
            held.identity = take.way.agent
        return held

    def _way(self, way: wire.Way) -> tuple[str, MakeWay, str, Place | None] | None:
        """How it is held, where, for which call. The sound of an audio socket came through us: it is gone."""
        if isinstance(way, wire.LegWay):
            return "leg", lambda _: way, way.call, None
        if isinstance(way, wire.RoomWay) and self._places is not None:
            place = Place(way.room, way.caller)
            return "room", self._places.way(place), way.call, place
        return None

    async def gone(self, seat: str, by: str, reason: str) -> None:
        """A line ended while we were away."""
        row = await self._host.find(seat.partition(":")[0])
        if row is not None and row.channel == "phone":
            await self._end(SessionRef(row.organization_id, row.id), by, reason)

    async def end_forsaken(self, left: Iterable[CallFacts], known: Container[str]) -> None:
        """Of the calls that were ``left`` when our last process ended, those no worker brings back are over."""
        await asyncio.sleep(self._patience)
        for call in left:
            if call.id not in known:
                log.info("call did not outlive us", call=call.id)
                await self._telephones.call_ended(call.id, "edge_lost", 0)
                await self._end(SessionRef(call.organization_id, call.session), "line", "edge_lost")

    async def _end(self, ref: SessionRef, by: str, reason: str) -> None:
        try:
            live = await self._host.open(ref)
        except ApiError:
            return
        if not live.conversation.ended and live.voice is None:
            await live.conversation.hang_up(by, reason)
