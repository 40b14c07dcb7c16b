"""The server, a worker or a socket goes away in the middle of a talk, and the talk goes on."""

import asyncio
from pathlib import Path

from server.calls.returning import Returning
from server.settings import Settings
from server.workers import wire
from tests.server.calls.client import connected, rehearse
from tests.server.calls.worker import ScriptedWorker, worker
from tests.server.flows import greeting
from tests.server.running import WAIT, Frame, Running, serving, settings_for

NUMBER = "+12025550123"
QUESTION = "What is your name?"


def settings(folder: Path) -> Settings:
    return settings_for(folder, rest_limit=0, token_limit=0)


async def number(running: Running) -> str:
    """An agent that a number reaches; answers with its trunk."""
    agent = await running.owner.agent(greeting())
    trunk: Frame = (await running.owner.ask("POST", "/trunks", json={"name": "Provider"})).json()
    body = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": NUMBER}
    assert (await running.owner.ask("POST", "/numbers", json=body)).status_code == 201
    return str(trunk["id"])


async def called(held: ScriptedWorker, trunk: str) -> wire.Take:
    """Somebody calls, and hears the question."""
    await held.send(wire.Offered("call_1", trunk, "+12025550199", NUMBER))
    take = await held.take()
    await held.send(wire.CallState("call_1", "up"))
    assert await held.spoken(1) == [QUESTION]
    return take


async def call(running: Running) -> Frame:
    """The call, once it is over."""
    async with asyncio.timeout(WAIT):
        while True:
            found: Frame = (await running.owner.ask("GET", "/calls/call_1")).json()
            if found["state"] == "ended":
                return found
            await asyncio.sleep(0.05)


async def outcome(running: Running, session: str) -> str:
    """How the session ended."""
    async with asyncio.timeout(WAIT):
        while True:
            found: Frame = (await running.owner.ask("GET", f"/sessions/{session}")).json()
            if found["status"] == "ended":
                return str(found["outcome"])
            await asyncio.sleep(0.05)


async def test_a_call_outlives_the_server(tmp_path: Path) -> None:
    async with serving(settings(tmp_path)) as running, worker(running) as held:
        take = await called(held, await number(running))
    async with (
        serving(settings(tmp_path)) as running,
        worker(running, lines=(take.seat,), held=(take,), calls=("call_1",)) as held,
    ):
        assert (await held.until(wire.Welcome)).lost == ()
        words = await held.spoken(2)
        assert "line was gone" in words[0] and words[1] == QUESTION
        # What was on its way from the line's first life means nothing in its second.
        await held.send(wire.Heard(take.seat, "finished", (1,)))
        await held.hears(take.seat, "Anna")
        assert (await held.spoken(3))[2] == "Thank you, Anna."
        await held.until(wire.Tell, call="hang_up")
        await held.send(wire.Heard(take.seat, "gone", ("agent", "agent_hung_up")))
        await held.send(wire.CallState("call_1", "ended", "agent_hung_up"))
        assert (await call(running))["reason"] == "agent_hung_up"
        assert await outcome(running, take.seat.partition(":")[0]) == "met"


async def test_a_call_that_came_back_can_be_ended_and_transferred_by_its_edge(tmp_path: Path) -> None:
    async with serving(settings(tmp_path)) as running, worker(running) as held:
        take = await called(held, await number(running))
    async with (
        serving(settings(tmp_path)) as running,
        worker(running, lines=(take.seat,), held=(take,), calls=("call_1",)) as held,
    ):
        await held.spoken(2)
        assert (await running.owner.ask("POST", "/calls/call_1/end")).status_code == 200
        assert (await held.until(wire.HangUp)).call == "call_1"


async def test_who_hung_up_while_the_server_was_away_is_known_afterwards(tmp_path: Path) -> None:
    async with serving(settings(tmp_path)) as running, worker(running) as held:
        take = await called(held, await number(running))
    async with serving(settings(tmp_path)) as running, worker(running) as held:
        await held.send(wire.Heard(take.seat, "gone", ("caller", "caller_hung_up")))
        await held.send(wire.CallState("call_1", "ended", "caller_hung_up"))
        assert (await call(running))["reason"] == "caller_hung_up"
        assert await outcome(running, take.seat.partition(":")[0]) == "hung_up"


async def test_a_call_that_nobody_brings_back_is_over(tmp_path: Path) -> None:
    async with serving(settings(tmp_path)) as running, worker(running) as held:
        take = await called(held, await number(running))
    async with serving(settings(tmp_path)) as running:
        parts = running.parts
        assert [c.id for c in await parts.telephony.unfinished()] == ["call_1"]
        returning = Returning(parts.host, parts.telephony, None, patience=0)
        await returning.end_forsaken(await parts.telephony.unfinished(), known={"call_1"})
        assert len(await parts.telephony.unfinished()) == 1
        await returning.end_forsaken(await parts.telephony.unfinished(), known=())
        assert (await call(running))["reason"] == "edge_lost"
        assert await outcome(running, take.seat.partition(":")[0]) == "hung_up"


async def test_a_line_whose_session_is_over_is_dropped(tmp_path: Path) -> None:
    async with serving(settings(tmp_path)) as running, worker(running) as held:
        take = await called(held, await number(running))
        await held.hears(take.seat, "Anna")
        await held.until(wire.Tell, call="hang_up")
    nobody = wire.Take("ses_unknown:1", wire.LegWay("call_9"), wire.Speaking())
    media = wire.Take("ses_unknown:2", wire.MediaWay("/", 8000), wire.Speaking())
    held_before = (take, nobody, media)
    async with (
        serving(settings(tmp_path)) as running,
        worker(running, lines=tuple(t.seat for t in held_before), held=held_before) as held,
    ):
        assert (await held.until(wire.Welcome)).lost == tuple(t.seat for t in held_before)


async def test_a_socket_that_breaks_for_a_moment_ends_no_call(running: Running) -> None:
    trunk = await number(running)
    async with worker(running) as held:
        take = await called(held, trunk)
        await held.die()
        async with worker(running, lines=(take.seat,), held=(take,), calls=("call_1",)) as again:
            words = await again.spoken(2)
            assert words[1] == QUESTION
            await again.hears(take.seat, "Anna")
            assert (await again.spoken(3))[2] == "Thank you, Anna."


async def test_a_goodbye_that_was_late_has_its_own_reason(running: Running) -> None:
    trunk = await number(running)
    async with worker(running) as held:
        take = await called(held, trunk)
        await held.die()
        async with worker(running) as again:
            await again.send(wire.Heard(take.seat, "gone", ("caller", "caller_hung_up")))
            await again.send(wire.CallState("call_1", "ended", "caller_hung_up"))
            assert (await call(running))["reason"] == "caller_hung_up"
            assert await outcome(running, take.seat.partition(":")[0]) == "hung_up"


async def test_a_line_waits_for_a_worker_when_its_own_has_died(running: Running) -> None:
    entrance = await rehearse(running, greeting())
    async with worker(running, "w1") as first, connected(running, entrance) as client:
        old = await first.take()
        await first.spoken(1)
        await first.die()
        while running.parts.voice.hub.workers:
            await asyncio.sleep(0.01)
        async with worker(running, "w2") as second:
            new = await second.take()
            assert new.seat != old.seat
            assert (await second.spoken(2))[1] == QUESTION
            await client.send(type="bye")
            assert await client.closed() == 1000
