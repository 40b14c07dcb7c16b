"""Real calls through a LiveKit SIP that runs somewhere: sipp calls it, and is called by it.

``PARLEY_LIVEKIT_SIP`` names where it takes calls (host:port, on this very machine: sipp calls from loopback), and
``LIVEKIT_URL``, ``LIVEKIT_API_KEY`` and ``LIVEKIT_API_SECRET`` its LiveKit. See ``docs/livekit.md``.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.ear import recognised
from tests.livekit.harness import WAIT
from tests.livekit.talking import Workers
from tests.livekit.test_sip_calls import ended, eventually, made, outcome
from tests.phone import pcap
from tests.phone.pcap import Capture
from tests.phone.sipp import Sipp
from tests.phone.sounds import silence
from tests.server.flows import choosing
from tests.server.running import Frame, Running, serving, settings_for

WHERE = os.environ.get("PARLEY_LIVEKIT_SIP", "")
UNTESTED = (
    "NO CALL WENT THROUGH LIVEKIT SIP: set PARLEY_LIVEKIT_SIP=host:port, LIVEKIT_URL, LIVEKIT_API_KEY and "
    "LIVEKIT_API_SECRET to place real ones"
)
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
    pytest.mark.skipif(not WHERE, reason=UNTESTED),
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
]
QUESTION, ANSWER = "tea or coffee", "coffee it is"


class Elsewhere:
    """A LiveKit server that was there before us."""

    def __init__(self) -> None:
        self.url = os.environ["LIVEKIT_URL"]
        self.key = os.environ["LIVEKIT_API_KEY"]
        self.secret = os.environ["LIVEKIT_API_SECRET"]


def keyed() -> Frame:
    """Tea with the key 1, coffee with the key 2."""
    flow = choosing()
    for number, option in enumerate(flow["nodes"]["n_menu"]["options"], 1):
        option["key"] = str(number)
    return flow


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[Running, Frame, str]]:
    """A server whose workers are at that LiveKit under a name of their own; an agent, and where it calls."""
    lives, name = Elsewhere(), f"parley-test-{secrets.token_hex(4)}"
    settings = settings_for(
        folder,
        rest_limit=0,
        token_limit=0,
        agent_name=name,
        livekit_url=lives.url,
        livekit_api_key=lives.key,
        livekit_api_secret=lives.secret,
    )
    async with serving(settings) as running:
        workers = Workers(running, lives, folder)
        try:
            await workers.start(PARLEY_AGENT_NAME=name)
            yield running, await running.owner.agent(keyed()), f"+1555{secrets.randbelow(10**7):07}"
        finally:
            for trunk in (await running.owner.ask("GET", "/trunks")).json():
                await running.owner.ask("DELETE", f"/trunks/{trunk['id']}")
            await settled(running)
            await workers.stop()


async def trunk_of(running: Running, agent: Frame, number: str, address: str) -> Frame:
    """A trunk at LiveKit, once it stands there."""
    fields = {"name": "Loopback", "address": address, "allowed": ["127.0.0.0/8"], "way": "livekit"}
    trunk: Frame = await made(running, "/trunks", fields)
    await made(running, "/numbers", {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": number})
    await settled(running)
    return trunk


async def settled(running: Running) -> None:
    """Wait until LiveKit has our trunks as they are now."""

    async def look() -> bool:
        return bool(running.parts.voice.calls.exchange.settled)

    await eventually(look, "trunks at LiveKit as they are here")


async def test_sipp_calls_hears_the_question_and_keys_an_answer(tmp_path: Path) -> None:
    async with house(tmp_path) as (running, agent, number):
        await trunk_of(running, agent, number, "127.0.0.1:5999")
        said = pcap.write(tmp_path / "said.pcap", silence(7000), "2", silence(20_000))
        async with (
            Capture(tmp_path / "wire.pcap") as wire,
            Sipp("caller_waits", tmp_path, at=f"sip:{number}@{WHERE}", sound=said) as sipp,
        ):
            assert await sipp.over() == 0, sipp.troubles()
        heard, _ = pcap.heard(wire.path, sipp.media_port)
        understood = " ".join(await recognised(heard + bytes(16_000), [QUESTION, ANSWER], 8000))
        assert QUESTION in understood and ANSWER in understood
        call = await ended(running)
        assert (call["reason"], await outcome(running, call)) == ("agent_hung_up", "coffee")


async def test_sipp_calls_a_number_nobody_has(tmp_path: Path) -> None:
    async with house(tmp_path) as (running, agent, number):
        await trunk_of(running, agent, number, "127.0.0.1:5999")
        async with Sipp("caller_is_refused", tmp_path, at=f"sip:+15559999999@{WHERE}", code=404) as sipp:
            assert await sipp.over() == 0, sipp.troubles()


async def test_sipp_is_called_and_hears_the_question(tmp_path: Path) -> None:
    async with house(tmp_path) as (running, agent, number), Capture(tmp_path / "wire.pcap") as wire:
        said = pcap.write(tmp_path / "said.pcap", silence(7000), "1", silence(20_000))
        async with Sipp("callee", tmp_path, sound=said) as sipp:
            trunk = await trunk_of(running, agent, number, f"127.0.0.1:{sipp.port}")
            body = {"agent_id": agent["id"], "to": "+15550001", "trunk_id": trunk["id"]}
            await made(running, "/calls", body, 202)
            assert await sipp.over() == 0, sipp.troubles()
        call = await asyncio.wait_for(ended(running), WAIT)
        assert (call["reason"], await outcome(running, call)) == ("agent_hung_up", "tea")
    heard, _ = pcap.heard(wire.path, sipp.media_port)
    assert QUESTION in " ".join(await recognised(heard + bytes(16_000), [QUESTION], 8000))


async def test_who_is_busy_is_told_by_name(tmp_path: Path) -> None:
    async with (
        house(tmp_path) as (running, agent, number),
        Sipp("callee_refuses", tmp_path, code=486) as sipp,
    ):
        trunk = await trunk_of(running, agent, number, f"127.0.0.1:{sipp.port}")
        body = {"agent_id": agent["id"], "to": "+15550001", "trunk_id": trunk["id"]}
        await made(running, "/calls", body, 202)
        call = await ended(running)
        assert (call["reason"], call["code"]) == ("busy", 486)
