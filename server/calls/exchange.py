"""LiveKit SIP, spoken to as to an edge: the same messages go to it, the same news come from it.

Its callers are participants of rooms, and what happens to their lines is told by the workers that hold them.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

import msgspec
import structlog

from server.calls.hub import Worker
from server.calls.lines import Place
from server.calls.ports import NotPlaced, RoomTrouble, Sip, Telephones
from server.calls.rooms import RoomPlaces
from server.channels.phone.port import Registration, Trunk
from server.kit.ids import new_id
from server.workers import wire

AGAIN = 15.0
"""Seconds after which LiveKit is asked again when it could not be."""
LOOK = 300.0
"""Seconds after which it is looked whether LiveKit still has our trunks: its Redis may have been emptied."""
NO_LIVEKIT = "This server knows no LiveKit: set LIVEKIT_URL, or let the trunk go by the edge."
NO_WARM = "LiveKit SIP announces no transfers; let the trunk go by the edge, or transfer without a briefing."
HEADER = "sip.h."

log = structlog.get_logger()


class Arrival(msgspec.Struct, frozen=True):
    """A caller in a room of LiveKit SIP's, and the worker that is in there."""

    place: Place
    worker: Worker


class Book(Protocol):
    """What is asked of `server.calls.telephone.PhoneCalls` from here."""

    async def offered(self, edge: "Exchange", call: wire.Offered, at: Arrival | None = None) -> None:
        """Somebody calls."""

    def state(self, news: wire.CallState) -> None:
        """A call stands elsewhere."""

    def referred(self, message: wire.Referred) -> None:
        """What came of a transfer."""

    def session_of(self, call: str) -> str:
        """Whose call it is; empty when it is over."""
        ...


class Exchange:
    """All calls that come and go by LiveKit SIP."""

    free = 1
    """There is always room here; the workers know better."""

    def __init__(
        self,
        book: Book,
        places: RoomPlaces,
        sip: Sip,
        telephones: Telephones,
        spawn: Callable[[Coroutine[Any, Any, Any]], None],
    ) -> None:
        self._book = book
        self._places = places
        self._sip = sip
        self._telephones = telephones
        self._spawn = spawn
        self._trunks: dict[str, Trunk] = {}
        self._changed = asyncio.Event()
        self._at: dict[str, Place] = {}
        self._placed: set[str] = set()
        self._keeping: asyncio.Task[None] | None = None
        self.settled = False
        """Whether LiveKit has our trunks as they are now."""

    def start(self) -> None:
        """Begin to keep LiveKit's trunks as ours."""
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Let go; what LiveKit has stays there."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._sip.aclose()

    def serve(self, trunks: tuple[Trunk, ...]) -> None:
        """These are the trunks from now on."""
        self._trunks = {trunk.id: trunk for trunk in trunks}
        self.settled = False
        self._changed.set()

    def has(self, trunk: str) -> bool:
        """Whether calls of a trunk go this way."""
        return trunk in self._trunks

    def place(self, call: str) -> Place | None:
        """Where the far side of a call is."""
        return self._at.get(call)

    def found(self, call: str, place: Place) -> None:
        """A call has outlived our last process."""
        self._at[call] = place

    # Callers.

    async def arrived(self, worker: Worker, message: wire.Arrived) -> None:
        """A worker has met a caller whom a dispatch rule of ours let in."""
        facts = message.attributes
        call = wire.Offered(
            new_id("call"),
            message.trunk or self._sip.trunk_of(facts.get("sip.trunkID", "")),
            facts.get("sip.phoneNumber", ""),
            facts.get("sip.trunkPhoneNumber", ""),
            {name.removeprefix(HEADER): value for name, value in facts.items() if name.startswith(HEADER)},
        )
        place = self._at[call.call] = Place(message.room, message.caller)
        await self._book.offered(self, call, Arrival(place, worker))
        if call.call in self._at:
            await self._places.mark(place, self._book.session_of(call.call), call.call)
            self._book.state(wire.CallState(call.call, "up", answered_by="person"))

    # What the server wants (as `server.workers.calls.Telephone.told`).

    def send(self, message: wire.FromServer) -> None:
        """Next to be done."""
        if isinstance(message, wire.Dial):
            self._spawn(self._dial(message))
        elif isinstance(message, wire.Refer):
            self._spawn(self._refer(message))
        elif isinstance(message, wire.Consult):
            self._book.referred(wire.Referred(message.call, message.effect, "error", NO_WARM))
        elif isinstance(message, wire.HangUp):
            self._over(message.call, message.reason)
        elif isinstance(message, wire.Refuse):
            self._over(message.call, message.reason, message.code)

    async def _dial(self, wanted: wire.Dial) -> None:
        trunk = self._trunks.get(wanted.trunk)
        session = self._book.session_of(wanted.call)
        if trunk is None or not session:
            self._book.state(wire.CallState(wanted.call, "ended", "failed"))
            return
        try:
            place = await self._places.open(session, f"callee_{wanted.call}", wanted.call)
            self._at[wanted.call] = place
            self._placed.add(wanted.call)
            await self._sip.dial(
                place.room,
                place.caller,
                trunk,
                wanted.to,
                caller_id=wanted.caller_id,
                ring=wanted.ring_ms / 1000,
                longest=wanted.longest_ms / 1000,
                headers=wanted.headers,
            )
        except NotPlaced as error:
            log.warning("call not placed", call=wanted.call, why=str(error))
            self._over(wanted.call, error.reason, error.code)
        except RoomTrouble as error:
            log.warning("no room for a call", call=wanted.call, why=str(error))
            self._book.state(wire.CallState(wanted.call, "ended", "trunk_unreachable"))
        else:
            if wanted.call in self._at:
                self._book.state(wire.CallState(wanted.call, "up", answered_by="person"))

    async def _refer(self, wanted: wire.Refer) -> None:
        place = self._at.get(wanted.call)
        if place is None:
            outcome, detail = "error", "The call is over."
        else:
            outcome, detail = await self._places.transfer(place, wanted.to, wanted.timeout_ms / 1000)
        self._book.referred(wire.Referred(wanted.call, wanted.effect, outcome, detail))

    def _over(self, call: str, reason: str, code: int = 0) -> None:
        """The far side goes, and so does the room."""
        place = self._at.pop(call, None)
        if place is None:
            return
        if call in self._placed:
            self._placed.discard(call)
            reason = "callee_hung_up" if reason == "caller_hung_up" else reason
        self._spawn(self._places.close(place))
        self._book.state(wire.CallState(call, "ended", reason, code))

    # Trunks.

    async def _keep(self) -> None:
        while True:
            self._changed.clear()
            pause = await self._tell()
            try:
                async with asyncio.timeout(pause):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _tell(self) -> float | None:
        """Let LiveKit know our trunks; answers with the seconds until that is to be done again."""
        trunks = tuple(self._trunks.values())
        try:
            troubles = await self._sip.serve(trunks)
        except RoomTrouble as error:
            if not trunks:
                return None
            log.warning("trunks not at LiveKit", why=str(error))
            troubles = {trunk.id: str(error) for trunk in trunks}
        self._telephones.registered(standing(trunks, troubles))
        self.settled = not troubles and not self._changed.is_set()
        return AGAIN if troubles else LOOK if trunks else None


def standing(trunks: tuple[Trunk, ...], troubles: Mapping[str, str]) -> tuple[Registration, ...]:
    """How trunks stand that go by LiveKit."""
    return tuple(
        Registration(trunk.id, "failed" if trunk.id in troubles else "off", troubles.get(trunk.id, ""))
        for trunk in trunks
    )
