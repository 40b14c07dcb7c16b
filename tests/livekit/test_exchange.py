"""The exchange does for LiveKit SIP what an edge does for itself: it dials, hangs up, transfers, and says how calls
stand. Rooms are real; who is called is a participant that a LiveKit SIP of the test's own brings in."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any

import pytest
import pytest_asyncio

from server.adapters.livekit import LiveKitRooms
from server.calls.exchange import NO_WARM, Arrival, Exchange
from server.calls.hub import Hub
from server.calls.ports import NotPlaced
from server.calls.rooms import RoomPlaces
from server.channels.phone.port import Registration, Trunk
from server.kit.crypto import Keys
from server.workers import wire
from tests.livekit.harness import LiveKit, until
from tests.livekit.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRUNK = Trunk("trk_1", "Provider", "203.0.113.9", way="livekit")
DIAL = wire.Dial("call_1", "trk_1", "+12025550199")


class Telephone:
    """A LiveKit SIP: `server.calls.ports.Sip`. Who is called answers when ``answers`` is set."""

    def __init__(self, livekit: LiveKit) -> None:
        self.livekit = livekit
        self.answers = asyncio.Event()
        self.refuses: NotPlaced | None = None
        self.callee: Visitor | None = None
        self.served: list[tuple[Trunk, ...]] = []

    def trunk_of(self, id: str) -> str:
        return {"ST_1": "trk_1"}.get(id, "")

    async def serve(self, trunks: tuple[Trunk, ...]) -> dict[str, str]:
        self.served.append(trunks)
        return {}

    async def dial(self, room: str, identity: str, trunk: Trunk, to: str, **how: Any) -> None:
        self.callee = await Visitor.comes(self.livekit, room, identity, kind="sip")
        await self.answers.wait()
        if self.refuses is not None:
            raise self.refuses

    async def aclose(self) -> None:
        if self.callee is not None:
            await self.callee.leaves()


class Ledger:
    """The book of calls, and how trunks stand."""

    def __init__(self) -> None:
        self.states: list[wire.CallState] = []
        self.transfers: list[wire.Referred] = []
        self.offers: list[tuple[wire.Offered, Arrival | None]] = []
        self.standing: tuple[Registration, ...] = ()

    async def offered(self, edge: Exchange, call: wire.Offered, at: Arrival | None = None) -> None:
        self.offers.append((call, at))

    def state(self, news: wire.CallState) -> None:
        self.states.append(news)

    def referred(self, message: wire.Referred) -> None:
        self.transfers.append(message)

    def session_of(self, call: str) -> str:
        return "ses_1"

    def registered(self, registrations: tuple[Registration, ...]) -> None:
        self.standing = registrations

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is none of the exchange's business")


class Office:
    """An exchange, and what is around it."""

    def __init__(self, livekit: LiveKit) -> None:
        rooms = LiveKitRooms(livekit.url, "", livekit.key, livekit.secret)
        self.places = RoomPlaces(rooms, Hub(Keys(b"k" * 32)), "parley")
        self.sip = Telephone(livekit)
        self.book = Ledger()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.exchange = Exchange(self.book, self.places, self.sip, self.book, self.spawn)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def dialed(self) -> Visitor:
        """Somebody is being called, and rings."""
        self.exchange.send(DIAL)
        await until(lambda: self.sip.callee, "who is called")
        assert self.sip.callee is not None
        return self.sip.callee

    async def stands(self, state: str, reason: str = "") -> wire.CallState:
        """Wait until the call stands so."""
        await until(lambda: self.book.states and self.book.states[-1].state == state, state)
        assert self.book.states[-1].reason == reason
        return self.book.states[-1]


@pytest_asyncio.fixture(loop_scope="module")
async def office(livekit: LiveKit) -> AsyncIterator[Office]:
    """An exchange that has one trunk."""
    made = Office(livekit)
    made.exchange.start()
    made.exchange.serve((TRUNK,))
    await until(lambda: made.exchange.settled, "trunks at LiveKit")
    yield made
    await made.exchange.stop()
    await asyncio.gather(*made.tasks)
    await made.places.aclose()


async def test_who_answers_is_up_and_hung_up_on(office: Office) -> None:
    callee = await office.dialed()
    assert office.book.states == []
    office.sip.answers.set()
    await office.stands("up")
    place = office.exchange.place("call_1")
    assert place is not None and place.caller == "callee_call_1"
    office.exchange.send(wire.HangUp("call_1", "we_hung_up"))
    await office.stands("ended", "we_hung_up")
    await until(callee.gone.is_set, "the end of the room")


async def test_who_was_called_and_leaves_is_not_taken_for_a_caller(office: Office) -> None:
    await office.dialed()
    office.sip.answers.set()
    await office.stands("up")
    office.exchange.send(wire.HangUp("call_1", "caller_hung_up"))
    await office.stands("ended", "callee_hung_up")


async def test_a_call_that_is_called_off_does_not_come_up(office: Office) -> None:
    callee = await office.dialed()
    office.exchange.send(wire.HangUp("call_1", "cancelled"))
    await office.stands("ended", "cancelled")
    await until(callee.gone.is_set, "the end of the room")
    office.sip.answers.set()
    await until(lambda: not office.tasks, "an end of the attempt")
    assert len(office.book.states) == 1


async def test_who_does_not_answer_is_told_by_name(office: Office) -> None:
    office.sip.refuses = NotPlaced("busy", 486)
    await office.dialed()
    office.sip.answers.set()
    assert (await office.stands("ended", "busy")).code == 486


async def test_transfers_are_answered_for(office: Office) -> None:
    await office.dialed()
    office.sip.answers.set()
    await office.stands("up")
    office.exchange.send(wire.Consult("call_1", "e1", "+1", "", "en-US", wire.Speaking(), 1000))
    assert office.book.transfers == [wire.Referred("call_1", "e1", "error", NO_WARM)]
    # A LiveKit without LiveKit SIP cannot transfer anybody; the caller stays.
    office.exchange.send(wire.Refer("call_1", "e2", "+12025550111", 1000))
    await until(lambda: len(office.book.transfers) == 2, "an outcome")
    assert office.book.transfers[1].outcome == "error" and office.book.transfers[1].detail
    assert office.exchange.place("call_1") is not None


@pytest.mark.parametrize(
    ("trunk", "facts"), [("trk_1", {}), ("", {"sip.trunkID": "ST_1"})], ids=["named by the rule", "by LiveKit's id"]
)  # fmt: skip
async def test_a_caller_is_offered_with_what_livekit_sip_says_of_her(
    office: Office, trunk: str, facts: Mapping[str, str]
) -> None:
    attributes = {"sip.phoneNumber": "+1202", "sip.trunkPhoneNumber": "+1303", "sip.h.x-a": "b", **facts}
    worker: Any = object()
    await office.exchange.arrived(worker, wire.Arrived("room", "job", "sip_+1202", trunk, attributes))
    [(call, at)] = office.book.offers
    assert (call.trunk, call.caller, call.callee, call.headers) == ("trk_1", "+1202", "+1303", {"x-a": "b"})
    assert at is not None and (at.place.room, at.place.caller, at.worker) == ("room", "sip_+1202", worker)


async def test_trunks_are_told_again_when_they_change(office: Office) -> None:
    office.exchange.serve(())
    await until(lambda: office.exchange.settled, "trunks at LiveKit")
    assert office.sip.served == [(TRUNK,), ()] and not office.exchange.has("trk_1")
