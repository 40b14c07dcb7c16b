"""The house calls people: what they hear, what becomes of it, and what is written down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.calling import spoken
from tests.e2e.ear import understood
from tests.e2e.switchboard import GOODBYE, MESSAGE, PROMPT, SENTENCES
from tests.e2e.telephones import Line, hears
from tests.phone import pcap
from tests.phone.caller import Call, Phone
from tests.phone.pcap import Capture
from tests.phone.sipp import Sipp
from tests.phone.sounds import silence, tone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


class Placed:
    """A call that was placed, at the telephone it rings at."""

    def __init__(self, line: Line, id: str, call: Call) -> None:
        self.line = line
        self.id = id
        self.call = call

    async def stands(self, state: str) -> Any:
        """Wait until the book says that it stands so."""

        async def look() -> Any:
            view = await self.line.house.get(f"/calls/{self.id}")
            return view if view["state"] == state else None

        return await self.line.house.until(look, f"it never was {state}")

    async def ends(self, reason: str, by: str, code: int = 0) -> Any:
        """It is over by this name, and its session with it."""
        view = await self.line.ended(self.id)
        assert (view["reason"], view["by"], view["code"]) == (reason, by, code)
        assert view["words"] and view["direction"] == "out"
        await self.line.house.outcome(view["session_id"])
        return view


@asynccontextmanager
async def placed(line: Line, **wanted: Any) -> AsyncIterator[Placed]:
    """The switchboard calls a telephone, which has begun to be called."""
    agent = await line.switchboard()
    async with Phone(user="anna") as phone:
        id = await line.dial(phone.uri, agent, trunk_id="direct", **wanted)
        call = await asyncio.wait_for(phone.rang.get(), 30)
        yield Placed(line, id, call)
        if not call.ended:
            await call.hang_up()


async def said(line: Line, session: str) -> list[str]:
    """What the agent said."""
    return [m["text"] for m in (await line.house.get(f"/sessions/{session}/messages"))["messages"]]


async def test_who_answers_hears_the_greeting_and_is_served(line: Line) -> None:
    async with placed(line) as at:
        await at.stands("dialing")
        at.call.reply(180)
        await at.stands("ringing")
        await asyncio.sleep(0.5)
        assert at.call.packets == 0, "nobody is spoken to before she answers"
        await at.call.answer()
        await at.stands("up")
        await hears(at.call, PROMPT)
        await at.call.press("9")
        assert await at.call.over() == "bye"
        view = await at.ends("agent_hung_up", "agent")
        assert view["answered_at"]
        assert await line.house.outcome(view["session_id"]) == "done"
        assert (await said(line, view["session_id"]))[-1] == "Thank you for calling."


async def test_early_sound_is_no_answer(line: Line) -> None:
    async with placed(line) as at:
        await at.call.answer(183)
        at.call.say(tone(440, 1000))
        await at.stands("early")
        await at.call.until(lambda: not at.call._mouth)
        view = await line.house.get(f"/calls/{at.id}")
        assert view["answered_at"] is None
        assert await said(line, view["session_id"]) == []
        await at.call.answer()
        await hears(at.call, PROMPT)
        await at.call.hang_up()
        await at.ends("callee_hung_up", "callee")


@pytest.mark.parametrize(
    ("code", "reason", "by"),
    [
        (404, "no_such_number", "callee"),
        (480, "unavailable", "callee"),
        (486, "busy", "callee"),
        (488, "no_common_codec", "system"),
        (403, "refused_by_trunk", "system"),
        (503, "trunk_unavailable", "system"),
        (603, "declined", "callee"),
    ],
)
async def test_who_refuses_is_told_by_name(line: Line, code: int, reason: str, by: str) -> None:
    async with placed(line) as at:
        at.call.reply(code)
        at.call.ended = str(code)
        view = await at.ends(reason, by, code)
        assert view["answered_at"] is None
        assert await said(line, view["session_id"]) == [], "nothing was said to nobody"


async def test_nobody_answers(line: Line) -> None:
    async with placed(line, ring_seconds=5) as at:
        at.call.reply(180)
        assert await at.call.over() == "cancel"
        view = await at.ends("no_answer", "callee", 487)
        last = (await line.log(view["session_id"]))[-1]["event"]
        assert (last["type"], last["by"], last["reason"]) == ("hung_up", "line", "no_answer")


async def test_it_is_called_off_while_it_rings(line: Line) -> None:
    async with placed(line) as at:
        at.call.reply(180)
        await at.stands("ringing")
        await line.post(f"/calls/{at.id}/end")
        assert await at.call.over() == "cancel"
        view = await line.ended(at.id)
        assert view["by"] in ("agent", "system") and view["answered_at"] is None
        await line.house.outcome(view["session_id"])


async def test_the_owner_ends_a_call_that_is_up(line: Line) -> None:
    async with placed(line) as at:
        await at.call.answer()
        await hears(at.call, PROMPT)
        await line.post(f"/calls/{at.id}/end")
        assert await at.call.over() == "bye"
        await at.ends("we_hung_up", "agent")


async def answered_by(at: Placed) -> str:
    """Who answered, once that is known."""

    async def look() -> Any:
        return (await at.line.house.get(f"/calls/{at.id}"))["answered_by"]

    return str(await at.line.house.until(look, "nobody said who answered"))


async def test_a_person_who_answers_is_served_as_always(line: Line) -> None:
    hello = spoken("hello")
    async with placed(line, detect_machine=True) as at:
        await at.call.answer()
        at.call.say(hello)
        assert await answered_by(at) == "person"
        await hears(at.call, PROMPT)


async def test_a_machine_that_answers_is_left_a_message(line: Line) -> None:
    greeting = spoken("you have reached the mailbox of anna " * 3 + "leave a message")
    async with placed(line, detect_machine=True) as at:
        await at.call.answer()
        at.call.say(greeting)
        assert await answered_by(at) == "machine"
        assert await at.call.over() == "bye"
        assert await understood(at.call.heard, SENTENCES) == MESSAGE
        view = await at.ends("agent_hung_up", "agent")
        assert await line.house.outcome(view["session_id"]) == "left_message"


async def test_a_telephone_nobody_here_wrote_hears_us_and_its_keys_are_heard(
    line: Line, tmp_path: Path
) -> None:
    agent = await line.switchboard()
    sound = pcap.write(tmp_path / "said.pcap", silence(9000), "9", silence(5000))
    async with (
        Capture(tmp_path / "wire.pcap") as wire,
        Sipp("callee", tmp_path, sound=sound) as sipp,
    ):
        id = await line.dial(f"sip:anna@127.0.0.1:{sipp.port}", agent, trunk_id="direct")
        assert await sipp.over() == 0, sipp.troubles()
        view = await line.ended(id)
    assert view["reason"] == "agent_hung_up"
    assert await line.house.outcome(view["session_id"]) == "done"
    assert "9" in [r["event"].get("digit") for r in await line.log(view["session_id"])]
    heard, _ = pcap.heard(wire.path, sipp.media_port)
    assert await understood(heard, SENTENCES) == GOODBYE
