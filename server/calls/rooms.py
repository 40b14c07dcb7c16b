"""Callers in LiveKit rooms: a room for each line, an agent asked into it, and asked again when none comes."""

import asyncio
import secrets
from collections.abc import Mapping

import msgspec
import structlog

from server.calls.hub import Hub, Worker
from server.calls.lines import HeldLine, MakeWay, Place
from server.calls.ports import Rooms, RoomTrouble, Waiting
from server.workers import wire

COMES = 8.0
"""Seconds an agent has to take a dispatch. LiveKit promises nothing, and tells nobody when none can come."""
ARRIVES = 30.0
"""Seconds the caller has to be in the room."""

log = structlog.get_logger()


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """The metadata of a room of ours: whose it is (the house's agent name), for which session and which call."""

    house: str
    session: str
    call: str = ""


class RoomPlaces:
    """The rooms of this server's lines. ``agent_name`` is what workers register at LiveKit as."""

    def __init__(self, rooms: Rooms, hub: Hub, agent_name: str) -> None:
        self._rooms = rooms
        self._hub = hub
        self._agent_name = agent_name

    @property
    def url(self) -> str:
        """Where workers find LiveKit."""
        return self._rooms.url

    @property
    def public_url(self) -> str:
        """Where browsers do."""
        return self._rooms.public_url

    @property
    def able(self) -> bool:
        """Whether some worker has room for a line."""
        return any(
            "room" in w.facts.takes and w.facts.agent_name == self._agent_name and w.free > 0
            for w in self._hub.workers.values()
        )

    async def open(self, session: str, caller: str, call: str = "") -> Place:
        """A room for a line of a session. Raises `RoomTrouble`."""
        room = f"{session}-{secrets.token_hex(4)}"
        await self._rooms.create(room, self._mark(session, call))
        return Place(room, caller)

    async def mark(self, place: Place, session: str, call: str) -> None:
        """A room that LiveKit SIP has made is for this session."""
        try:
            await self._rooms.mark(place.room, self._mark(session, call))
        except RoomTrouble as error:
            log.warning("room not marked", room=place.room, why=str(error))

    async def waiting(self) -> list[Waiting]:
        """Rooms of ours with somebody in them. Raises `RoomTrouble`."""
        found = []
        for room, metadata, people, agents in await self._rooms.people():
            mark = _read(metadata)
            if mark is not None and mark.house == self._agent_name and people:
                found.append(Waiting(room, mark.session, mark.call, people[0], agents[0] if agents else ""))
        return found

    def _mark(self, session: str, call: str) -> str:
        return msgspec.json.encode(Mark(self._agent_name, session, call)).decode()

    def way(self, place: Place) -> MakeWay:
        """Where a line of that room is."""
        return lambda held: wire.RoomWay(self.url, place.room, place.caller, held.identity, held.call)

    def visitor_token(self, place: Place) -> str:
        """Lets a browser in."""
        return self._rooms.visitor_token(place.room, place.caller, "")

    def caller_token(self, place: Place, attributes: Mapping[str, str]) -> str:
        """Lets a telephone caller in."""
        return self._rooms.caller_token(place.room, place.caller, attributes)

    async def fetch(self, held: HeldLine) -> Worker | None:
        """Ask an agent into the line's room; None when nobody comes."""
        assert held.place is not None
        taken = held.offer()
        seat = held.seat
        try:
            metadata = msgspec.json.encode({"seat": seat}).decode()
            await self._rooms.dispatch(held.place.room, self._agent_name, metadata)
            async with asyncio.timeout(COMES):
                return await taken
        except RoomTrouble as error:
            log.warning("no agent asked for", seat=seat, why=str(error))
        except TimeoutError:
            log.warning("no agent came", seat=seat, room=held.place.room)
        return None

    async def transfer(self, place: Place, to: str, seconds: float) -> tuple[str, str]:
        """Give a caller of LiveKit SIP to somebody else; outcome and detail."""
        return await self._rooms.transfer(place.room, place.caller, to, seconds)

    async def close(self, place: Place) -> None:
        """Everybody goes home."""
        try:
            await self._rooms.delete(place.room)
        except RoomTrouble as error:
            log.warning("room not closed", room=place.room, why=str(error))

    async def aclose(self) -> None:
        """Let connections go."""
        await self._rooms.aclose()


def _read(metadata: str) -> Mark | None:
    """The mark of a room; None for a stranger's."""
    try:
        return msgspec.json.decode(metadata, type=Mark)
    except msgspec.DecodeError:
        return None


def caller_of(call: str) -> str:
    """The identity of a telephone caller whom an edge of ours brings into a room."""
    return f"sip_{call}"


def attributes_of(call: wire.Offered) -> dict[str, str]:
    """What a participant tells of a caller, by the names LiveKit's own SIP service uses."""
    return {
        "sip.callID": call.call,
        "sip.callStatus": "ringing",
        "sip.phoneNumber": call.caller,
        "sip.trunkPhoneNumber": call.callee,
        "sip.trunkID": call.trunk,
        **{f"sip.h.{name.lower()}": value for name, value in call.headers.items()},
    }
