"""Callers who are given to somebody else: by their own telephone, or announced first and joined."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.calling import RATE, falls_silent
from tests.e2e.ear import understood
from tests.e2e.switchboard import BRIEFING, SENTENCES
from tests.e2e.telephones import Line, Talk, hears, talk
from tests.phone import pcap
from tests.phone.caller import Call, Phone
from tests.phone.pcap import Capture
from tests.phone.sip_text import header
from tests.phone.sipp import Sipp
from tests.phone.sounds import heard_ms, silence, tone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
WAYS = {"cold": "1", "warm": "2"}


async def wants(at: Talk, way: str, port: int) -> None:
    """The caller keys that she wants somebody, and the extension."""
    await at.asked()
    await at.call.press(WAYS[way])
    await at.line.house.says(at.session, "Which extension?")
    await at.call.press(f"{port}#")
    await at.line.house.says(at.session, "I connect you.")


async def referred(call: Call) -> str:
    """Where our telephone is asked to call."""
    await call.until(lambda: any(m[0].startswith("REFER") for m in call.requests))
    return header(next(m for m in call.requests if m[0].startswith("REFER")), "Refer-To").strip("<>")


async def notify(call: Call, code: int) -> None:
    """What became of it."""
    more = {"Event": "refer", "Subscription_State": "terminated;reason=noresource"}
    assert await call.request("NOTIFY", f"SIP/2.0 {code} So\r\n", **more) == 200


async def result(at: Talk) -> str:
    """What the log says came of the transfer."""

    async def look() -> str:
        log = await at.line.log(at.session)
        transfers = {
            f"{r['seq']}:{k}" for r in log for k, e in enumerate(r["effects"]) if e["type"] == "transfer"
        }
        events = [r["event"] for r in log if r["event"]["type"] == "result"]
        return next((str(e.get("outcome", "ok")) for e in events if e["effect"] in transfers), "")

    return str(await at.line.house.until(look, "nothing came of the transfer"))


async def comes_back(at: Talk, sentence: str) -> None:
    """The caller is back in the flow: hears why, and the question again, and is served."""
    await hears(at.call, sentence)
    await falls_silent(at.call)
    await at.call.press("9")
    assert await at.call.over() == "bye"
    assert await at.line.house.outcome(at.session) == "done"
    await at.ends("agent_hung_up")


async def test_a_telephone_that_refuses_to_transfer_stays_with_us(line: Line) -> None:
    async with talk(line) as at:
        at.call.refuses_refer = 603
        await wants(at, "cold", 5099)
        assert await referred(at.call) == "sip:desk@127.0.0.1:5099"
        at.call.heard = b""
        await comes_back(at, "they cannot take your call")
        assert await result(at) == "refused"


async def test_an_extension_that_is_busy_gives_the_caller_back(line: Line) -> None:
    async with talk(line) as at:
        await wants(at, "cold", 5099)
        await referred(at.call)
        at.call.heard = b""
        await notify(at.call, 486)
        await comes_back(at, "the other telephone is busy")
        assert await result(at) == "busy"


async def test_a_caller_is_given_to_a_second_telephone_which_hears_her(line: Line, tmp_path: Path) -> None:
    said = pcap.write(tmp_path / "desk.pcap", silence(300), tone(1000, 1500))
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("callee", tmp_path, sound=said) as desk,
        talk(line) as at,
    ):
        await wants(at, "cold", desk.port)
        there = await at.call.phone.call(await referred(at.call))
        await there.up()
        await notify(at.call, 200)
        assert await at.call.over() == "bye", "our part in it is over"
        there.say(tone(440, 2000))
        await there.hears(1000, 700)
        await there.until(lambda: not there._mouth)
        await there.hang_up()
        assert await desk.over() == 0, desk.troubles()
        assert await line.house.outcome(at.session) == "transferred"
        assert await result(at) == "ok"
        await at.ends("transferred")
    heard, _ = pcap.heard(wire.path, desk.media_port)
    assert heard_ms(heard, 440) >= 1000


async def test_a_colleague_is_told_what_it_is_about_takes_the_call_and_both_talk(
    line: Line, tmp_path: Path
) -> None:
    # She listens, presses the key, and talks; then the caller hangs up.
    said = pcap.write(tmp_path / "desk.pcap", silence(9000), "1", silence(1500), tone(1000, 3000))
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("callee", tmp_path, sound=said) as desk,
        talk(line) as at,
    ):
        await wants(at, "warm", desk.port)
        assert await result(at) == "ok"
        assert await line.house.outcome(at.session) == "transferred"
        at.call.say(tone(440, 2500))
        await at.call.hears(1000, 700)
        await at.call.until(lambda: not at.call._mouth)
        await asyncio.sleep(0.3)
        await at.call.hang_up()
        assert await desk.over() == 0, desk.troubles()
        await at.ends("caller_hung_up")
    heard, _ = pcap.heard(wire.path, desk.media_port)
    assert heard_ms(heard, 440) >= 1000
    briefing = heard[: 4 * 2 * RATE]
    assert await understood(briefing, SENTENCES) == BRIEFING


@pytest.mark.parametrize(
    ("answer", "sentence", "outcome"),
    [
        (486, "the other telephone is busy", "busy"),
        (480, "nobody is at the desk", "no_answer"),
        (603, "they cannot take your call", "refused"),
    ],
)
async def test_a_colleague_who_cannot_be_had_gives_the_caller_back(
    line: Line, answer: int, sentence: str, outcome: str
) -> None:
    async with Phone(user="desk") as desk, talk(line) as at:
        await wants(at, "warm", desk.port)
        there = await asyncio.wait_for(desk.rang.get(), 30)
        at.call.heard = b""
        there.reply(answer)
        await comes_back(at, sentence)
        assert await result(at) == outcome


async def test_a_colleague_who_declines_by_key_gives_the_caller_back(line: Line) -> None:
    async with Phone(user="desk") as desk, talk(line) as at:
        await wants(at, "warm", desk.port)
        there = await asyncio.wait_for(desk.rang.get(), 30)
        await there.answer()
        await hears(there, BRIEFING)
        at.call.heard = b""
        pressing = asyncio.create_task(there.press("2"))
        assert await there.over() == "bye"
        pressing.cancel()
        await comes_back(at, "they cannot take your call")
        assert await result(at) == "refused"
