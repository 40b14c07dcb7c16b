"""Lines in rooms: LiveKit dispatches, the server says whose line it is, the caller is heard."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from livekit import api

from engine.conversation.voice import Speech
from server.workers import wire
from server.workers.lines import LineWorker
from tests.livekit.harness import LiveKit, until
from tests.livekit.hub import Hub, Known
from tests.livekit.visitor import Visitor

AGENT = "parley"


class House:
    """A hub, a LiveKit server, and the workers a test starts in this very loop."""

    def __init__(self, livekit: LiveKit, hub: Hub) -> None:
        self.livekit = livekit
        self.hub = hub
        self.workers: list[LineWorker] = []
        self.visitors: list[Visitor] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def worker(self, name: str = "one", **settings: object) -> LineWorker:
        """A worker that is registered at both."""
        worker = LineWorker(self.hub.settings(self.livekit, **settings), name)
        rooms = worker.meet_in(self.livekit.url, self.livekit.key, self.livekit.secret)
        self.workers.append(worker)
        self._tasks.append(asyncio.create_task(rooms.run()))
        await until(rooms.registered.is_set, "registration at LiveKit")
        self._tasks.append(asyncio.create_task(worker.client.run()))
        await until(worker.client.connected.is_set, "registration at the server")
        return worker

    async def visitor(self, room: str, identity: str = "visitor", **kind: str) -> Visitor:
        """Somebody in a room."""
        visitor = await Visitor.comes(self.livekit, room, identity, **kind)
        self.visitors.append(visitor)
        return visitor

    async def dispatch(self, room: str, seat: str, metadata: str = "") -> None:
        """Ask LiveKit for an agent."""
        async with self.livekit.api() as lives:
            await lives.agent_dispatch.create_dispatch(
                api.CreateAgentDispatchRequest(
                    agent_name=AGENT, room=room, metadata=metadata or f'{{"seat":"{seat}"}}'
                )
            )

    async def tells_its_load(self, worker: LineWorker) -> None:
        """LiveKit hears how full a worker is now, as it does every 2.5 s."""
        assert worker.rooms is not None
        server = worker.rooms._server
        server._worker_load = worker.rooms._load()
        await server._update_worker_status()

    async def line(self, room: str, seat: str, *, stale: str = "", caller: str = "visitor") -> Known:
        """A line that is up."""
        await self.dispatch(room, seat)
        known, _ = await self.hub.heard(wire.JobTaken, seat=seat)
        await known.tell(self.take(room, seat, caller=caller, stale=stale))
        await self.hub.heard(wire.Joined, seat=seat)
        return known

    def take(self, room: str, seat: str, *, caller: str = "visitor", stale: str = "") -> wire.Take:
        """The server's word for it."""
        return wire.Take(seat, wire.RoomWay(self.livekit.url, room, caller, stale), wire.Speaking())

    async def close(self) -> None:
        """Send everybody home."""
        for visitor in self.visitors:
            await visitor.leaves()
        for worker in self.workers:
            await worker.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest_asyncio.fixture
async def house(livekit: LiveKit) -> AsyncIterator[House]:
    """A house without workers yet."""
    async with Hub() as hub:
        made = House(livekit, hub)
        yield made
        await made.close()


@pytest.fixture
def room() -> str:
    """A room of the test's own."""
    return f"room-{secrets.token_hex(4)}"


def speech(number: int, text: str = "Good morning dear visitor, how are you today?") -> tuple[Speech]:
    return (Speech(number, number, text),)


async def test_a_caller_is_met_and_leaves(house: House, room: str) -> None:
    worker = await house.worker()
    assert (await house.hub.heard(wire.Register))[1].takes == ("media", "room")
    visitor = await house.visitor(room)
    known = await house.line(room, "ses_a:1")
    assert (await house.hub.heard(wire.Joined))[1].identity == "agent_ses_a:1"
    await until(lambda: visitor.agents() == ["agent_ses_a:1"], "an agent")
    await known.tell(wire.Tell("ses_a:1", "speak", speech(1)))
    await visitor.hears()
    await house.hub.heard(wire.Heard, call="finished")
    await visitor.room.local_participant.publish_dtmf(code=5, digit="5")
    assert (await house.hub.heard(wire.Heard, call="key"))[1].args == ("5",)
    await visitor.room.disconnect()
    assert (await house.hub.heard(wire.Heard, call="gone"))[1].args == ("caller", "caller_hung_up")
    assert worker.rooms is not None
    await until(lambda: worker.rooms and worker.rooms.taken == 0, "a free seat")
    assert worker.seats() == ()


async def test_when_the_agent_hangs_up_the_caller_is_sent_home(house: House, room: str) -> None:
    await house.worker()
    visitor = await house.visitor(room)
    known = await house.line(room, "ses_a:1")
    await known.tell(wire.Tell("ses_a:1", "hang_up", ("agent_hung_up",)))
    assert (await house.hub.heard(wire.Heard, call="gone"))[1].args == ("agent", "agent_hung_up")
    await until(visitor.gone.is_set, "an end for the visitor")


async def test_a_telephone_caller_brought_by_an_edge(house: House, room: str) -> None:
    await house.worker()
    visitor = await house.visitor(room, "sip_4930123", kind="sip")
    known = await house.line(room, "ses_a:1", caller="sip_4930123")
    # Keys sent to somebody who does not know the sender yet are lost.
    await until(lambda: visitor.agents() == ["agent_ses_a:1"], "an agent")
    await known.tell(wire.Tell("ses_a:1", "press", ("12#",)))
    await until(lambda: visitor.keys == "12#", "keys at the caller's")
    await visitor.room.disconnect()
    assert (await house.hub.heard(wire.Heard, call="gone"))[1].args == ("caller", "caller_hung_up")


async def test_of_a_burst_as_many_are_taken_as_there_are_seats(house: House) -> None:
    worker = await house.worker(seats=4)
    names = [f"burst-{secrets.token_hex(4)}" for _ in range(7)]
    await asyncio.gather(*(house.dispatch(name, f"ses_{i}:1") for i, name in enumerate(names)))
    await house.hub.heard(wire.JobTaken, 4)
    taken = [said for _, said in house.hub.said if isinstance(said, wire.JobTaken)]
    assert len({job.room for job in taken}) == 4
    assert worker.rooms is not None and worker.rooms.taken == 4
    await house.tells_its_load(worker)
    # What was refused is not remembered by LiveKit: the server asks again once a seat is free.
    known = house.hub.workers[0]
    await house.visitor(taken[0].room)
    await known.tell(house.take(taken[0].room, taken[0].seat))
    await house.hub.heard(wire.Joined, seat=taken[0].seat)
    await known.tell(wire.Drop(taken[0].seat))
    await until(lambda: worker.rooms and worker.rooms.taken == 3, "a free seat")
    left = next(i for i, name in enumerate(names) if name not in {job.room for job in taken})
    await house.dispatch(names[left], f"ses_{left}:2")
    await house.hub.heard(wire.JobTaken, seat=f"ses_{left}:2")


async def test_the_last_seat_is_given_as_well_when_livekit_knows_of_the_others(house: House) -> None:
    worker = await house.worker(seats=4)
    for number in range(4):
        await house.dispatch(f"seat-{secrets.token_hex(4)}", f"ses_{number}:1")
        await house.hub.heard(wire.JobTaken, number + 1)
        await house.tells_its_load(worker)


async def test_a_line_dropped_leaves_the_caller_to_the_next_agent(house: House, room: str) -> None:
    await house.worker("one", seats=1)
    visitor = await house.visitor(room)
    first = await house.line(room, "ses_a:1")
    await house.worker("two", seats=1)
    await first.tell(wire.Drop("ses_a:1"))
    second = await house.line(room, "ses_a:2", stale="agent_ses_a:1")
    await until(lambda: visitor.agents() == ["agent_ses_a:2"], "the next agent alone")
    await second.tell(wire.Tell("ses_a:2", "speak", speech(1)))
    await visitor.hears()
    assert not visitor.gone.is_set()


async def test_an_agent_that_died_is_put_out(house: House, room: str) -> None:
    await house.worker()
    visitor = await house.visitor(room)
    zombie = await house.livekit.join(room, "agent_ses_a:1")
    await until(lambda: visitor.agents() == ["agent_ses_a:1"], "a zombie")
    await house.line(room, "ses_a:2", stale="agent_ses_a:1")
    await until(lambda: visitor.agents() == ["agent_ses_a:2"], "the next agent alone")
    await zombie.disconnect()


async def test_a_job_of_a_dispatch_rule_names_its_caller_once_she_is_there(house: House, room: str) -> None:
    await house.worker()
    await house.visitor(room, "somebody")
    await house.dispatch(room, "", metadata='{"trunk":"trk_1","of":"somebody"}')
    await house.visitor(room, "sip_1", kind="sip")
    known, met = await house.hub.heard(wire.Arrived)
    assert (met.room, met.caller, met.trunk) == (room, "sip_1", "trk_1")
    await known.tell(house.take(room, "ses_b:1", caller="sip_1"))
    assert (await house.hub.heard(wire.Joined))[1].identity.startswith("agent_AJ_")


async def test_no_job_is_taken_for_a_server_that_is_away(house: House, room: str) -> None:
    worker = await house.worker()
    await house.hub.stop()
    await until(lambda: not worker.client.connected.is_set(), "a closed socket")
    await house.dispatch(room, "ses_a:1")
    async with house.livekit.api() as lives:
        listed = await lives.agent_dispatch.list_dispatch(room)
    assert all(not dispatch.state.jobs for dispatch in listed if dispatch.agent_name == AGENT)
    assert worker.rooms is not None and worker.rooms.taken == 0


async def test_a_line_outlives_a_restart_of_the_server(house: House, room: str) -> None:
    worker = await house.worker()
    visitor = await house.visitor(room)
    await house.line(room, "ses_a:1")
    await house.hub.stop()
    # Nobody decides now; the caller hears that we are at work.
    await until(lambda: not worker.client.connected.is_set(), "a closed socket")
    visitor.loudest = 0
    await until(lambda: visitor.loudest > 500, "the sound of waiting")
    await visitor.room.local_participant.publish_dtmf(code=7, digit="7")
    await house.hub.start()
    known, facts = await house.hub.heard(wire.Register, 2)
    assert facts.lines == ("ses_a:1",)
    assert (await house.hub.heard(wire.Heard, call="key"))[1].args == ("7",)
    await known.tell(wire.Tell("ses_a:1", "speak", speech(1)))
    await visitor.hears()


async def test_a_seat_given_to_others_meanwhile_is_dropped(house: House, room: str) -> None:
    worker = await house.worker()
    await house.visitor(room)
    await house.line(room, "ses_a:1")
    house.hub.lost = ("ses_a:1",)
    await house.hub.stop()
    await house.hub.start()
    await until(lambda: worker.seats() == (), "a dropped line")
    assert not [said for _, said in house.hub.said if isinstance(said, wire.Heard) and said.call == "gone"]


async def test_a_server_that_stays_away_is_apologised_for(house: House, room: str) -> None:
    worker = await house.worker()
    visitor = await house.visitor(room)
    await house.line(room, "ses_a:1")
    await house.hub.stop()
    visitor.loudest = 0
    worker.forsaken()
    await visitor.hears()
    await until(visitor.gone.is_set, "an end for the visitor")
    await until(lambda: worker.seats() == (), "a line that is over")
