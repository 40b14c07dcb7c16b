"""A worker's socket: what is said is said once, in order, whatever becomes of the connection."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.workers import client as sockets
from server.workers import wire
from server.workers.client import NotAdmitted, WorkerClient
from tests.livekit.hub import Hub
from tests.phone.edges import until


class Diary:
    """A worker without lines (`server.workers.client.Duty`)."""

    def __init__(self) -> None:
        self.held: tuple[str, ...] = ()
        self.reports: tuple[wire.ProviderReport, ...] = ()
        self.messages: list[wire.FromServer] = []
        self.absences = 0
        self.forsakings = 0

    def register(self) -> wire.Register:
        return wire.Register("w1", "1", ("media",), 2, lines=self.held)

    def seats(self) -> tuple[str, ...]:
        return self.held

    def providers(self) -> tuple[wire.ProviderReport, ...]:
        return self.reports

    async def told(self, message: wire.FromServer) -> None:
        self.messages.append(message)

    def away(self) -> None:
        self.absences += 1

    def forsaken(self) -> None:
        self.forsakings += 1


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as made:
        yield made


@pytest.fixture
async def running(hub: Hub) -> AsyncIterator[tuple[WorkerClient, Diary]]:
    diary = Diary()
    client = WorkerClient(hub.url, hub.token, diary)
    task = asyncio.create_task(client.run())
    await until(client.connected.is_set)
    yield client, diary
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_registers_beats_and_is_told(hub: Hub, running: tuple[WorkerClient, Diary]) -> None:
    client, diary = running
    diary.held = ("ses_a:1",)
    client.draining = True
    await until(lambda: hub.beats.get("w1") and hub.beats["w1"].draining)
    assert hub.beats["w1"].seats == ("ses_a:1",)
    await hub.workers[0].tell(wire.Drop("ses_a:1"))
    await until(lambda: len(diary.messages) == 2)
    assert diary.messages == [wire.Welcome(1000), wire.Drop("ses_a:1")]


async def test_what_is_said_while_the_server_is_away_is_said_when_it_is_back(
    hub: Hub, running: tuple[WorkerClient, Diary]
) -> None:
    client, diary = running
    await hub.stop()
    await until(lambda: diary.absences == 1)
    for number in range(5):
        client.send(wire.Heard("ses_a:1", "began", (number,)))
    diary.held = ("ses_a:1",)
    await hub.start()
    await hub.heard(wire.Heard, 5)
    assert [said.args for _, said in hub.said if isinstance(said, wire.Heard)] == [(n,) for n in range(5)]
    assert hub.workers[0].facts.lines == ("ses_a:1",)


async def test_nonsense_of_the_server_is_passed_over(hub: Hub, running: tuple[WorkerClient, Diary]) -> None:
    _, diary = running
    await hub.workers[0].socket.send(b"\xc1 no such thing")
    await hub.workers[0].socket.send("text")
    await hub.workers[0].tell(wire.Drop("ses_b:1"))
    await until(lambda: diary.messages[-1] == wire.Drop("ses_b:1"))


async def test_a_wrong_token_is_not_tried_again(hub: Hub) -> None:
    client = WorkerClient(hub.url, "wrong", Diary())
    with pytest.raises(NotAdmitted, match="PARLEY_WORKER_TOKEN"):
        await asyncio.wait_for(client.run(), 30)


async def test_too_much_that_waits_drops_the_oldest() -> None:
    client = WorkerClient("http://127.0.0.1:1", "token", Diary())
    for number in range(sockets.QUEUE + 3):
        client.send(wire.Heard("ses_a:1", "began", (number,)))
    waiting = [client._out.get_nowait() for _ in range(sockets.QUEUE)]
    assert isinstance(waiting[0], wire.Heard) and waiting[0].args == (3,)


async def test_lines_are_given_up_when_the_server_stays_away(hub: Hub) -> None:
    diary = Diary()
    client = WorkerClient(hub.url, hub.token, diary, patience=0.2)
    task = asyncio.create_task(client.run())
    await until(client.connected.is_set)
    await hub.stop()
    await until(lambda: diary.forsakings == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_how_the_providers_do_comes_with_the_beats_that_have_news_of_it(
    hub: Hub, running: tuple[WorkerClient, Diary]
) -> None:
    _, diary = running
    diary.reports = (wire.ProviderReport("voice", "local", "espeak-ng", requests=1),)
    await until(lambda: any(beat.providers for beat in hub.beats.values()))
    await until(lambda: not any(beat.providers for beat in hub.beats.values()))
