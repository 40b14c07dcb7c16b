"""Telephone callers in rooms: SIP on one side, LiveKit on the other, the agent in between."""

import asyncio
from array import array
from pathlib import Path

import pytest
from livekit import api
from livekit.protocol import models

from tests.livekit.harness import LiveKit, until
from tests.livekit.talking import Workers, served, spoken
from tests.phone.caller import Call, Phone
from tests.ports import free_port
from tests.server.flows import choosing
from tests.server.running import WAIT, Frame, Running

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = "+15550100"
LOUD = 2_000
QUIET = 16_000
"""Bytes of a second at the telephone."""


def keyed() -> Frame:
    """Tea with the key 1, coffee with the key 2."""
    flow = choosing()
    for number, option in enumerate(flow["nodes"]["n_menu"]["options"], 1):
        option["key"] = str(number)
    return flow


async def edge(running: Running, workers: Workers, flow: Frame | None = None) -> str:
    """An edge that takes calls for an agent with this flow; answers with what to call."""
    port = free_port()
    await workers.start("phone", PARLEY_SIP_HOST="127.0.0.1", PARLEY_SIP_PORT=str(port))
    agent = await running.owner.agent(flow or keyed())
    trunk: Frame = (
        await running.owner.ask("POST", "/trunks", json={"name": "Loopback", "allowed": ["127.0.0.0/8"]})
    ).json()
    number = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": NUMBER}
    added = await running.owner.ask("POST", "/numbers", json=number)
    assert added.status_code == 201, added.text
    return f"sip:{NUMBER}@127.0.0.1:{port}"


def loudest(pcm: bytes) -> int:
    """The loudest sample."""
    return max(map(abs, array("h", bytes(pcm))), default=0)


async def hears(call: Call) -> None:
    """The agent speaks."""
    await call.until(lambda: loudest(call.heard) > LOUD)


async def ends(running: Running, outcome: str) -> Frame:
    """Wait for the one call to be over, and then its session; the book has it."""
    async with asyncio.timeout(WAIT):
        while True:
            found: list[Frame] = (await running.owner.ask("GET", "/calls")).json()["items"]
            if found and found[0]["state"] == "ended":
                session = (await running.owner.ask("GET", f"/sessions/{found[0]['session_id']}")).json()
                if session["status"] == "ended":
                    break
            await asyncio.sleep(0.1)
    assert session["outcome"] == outcome, session
    return found[0]


async def test_a_caller_is_brought_into_a_room_and_understood(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, workers), Phone() as phone:
        await workers.start()
        call = await phone.call(await edge(running, workers))
        await call.up()
        await hears(call)
        [line] = running.parts.voice.calls.lines.values()
        assert line.place is not None
        wanted = api.ListParticipantsRequest(room=line.place.room)
        async with livekit.api() as lives:
            there = (await lives.room.list_participants(wanted)).participants
        callers = [p for p in there if p.kind == models.ParticipantInfo.Kind.SIP]
        facts = dict(callers[0].attributes)
        assert facts["sip.phoneNumber"] == "caller" and facts["sip.trunkPhoneNumber"] == NUMBER
        assert facts["sip.callStatus"] == "active"
        await call.until(lambda: loudest(call.heard[-QUIET:]) < LOUD)
        call.say(await spoken("coffee please", 8000))
        assert await call.over() == "bye"
        assert (await ends(running, "coffee"))["reason"] == "agent_hung_up"


async def test_keys_pass_through_a_room(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, workers), Phone() as phone:
        await workers.start()
        call = await phone.call(await edge(running, workers))
        await call.up()
        await hears(call)
        await call.press("1")
        assert await call.over() == "bye"
        await ends(running, "tea")


async def test_a_caller_who_hangs_up_leaves_no_room_behind(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, workers), Phone() as phone:
        await workers.start()
        call = await phone.call(await edge(running, workers))
        await call.up()
        await hears(call)
        await call.hang_up()
        await until(lambda: not running.parts.voice.calls.lines, "the end of the line")
        assert (await ends(running, "hung_up"))["reason"] == "caller_hung_up"


async def test_without_an_agent_for_rooms_the_edge_holds_the_line(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, workers), Phone() as phone:
        call = await phone.call(await edge(running, workers))
        await call.up()
        await hears(call)
        assert [line.takes for line in running.parts.voice.calls.lines.values()] == ["leg"]
        await call.press("1")
        assert await call.over() == "bye"
        await ends(running, "tea")
