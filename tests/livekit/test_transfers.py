"""Telephone callers in rooms who are given to somebody else, cold and warm; and those who come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.ear import recognised
from tests.livekit.harness import LiveKit
from tests.livekit.talking import served
from tests.livekit.test_callers import edge, ends, hears
from tests.phone.caller import Call, Phone
from tests.phone.sounds import tone
from tests.phone.test_transfer import notify, refer_of
from tests.server.flows import document
from tests.server.running import Frame, Running

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONNECT, BUSY, NOBODY = "one moment I connect you", "the desk is busy now", "nobody can come to the phone"
BRIEFING = "a visitor wants to order tea"


def giving(to: str, manner: str) -> Frame:
    """Gives the caller away; says so when that fails."""
    words = {
        "n_busy": ("busy", BUSY),
        "n_nobody": ("nobody", NOBODY),
    }
    return document(
        "n_hello",
        {
            "n_hello": {"kind": "say", "text": {"en-US": "Hello."}, "out": {"then": "n_give"}},
            "n_give": {
                "kind": "transfer",
                "to": to,
                "manner": manner,
                "text": {"en-US": "One moment, I connect you."},
                **({"briefing": {"en-US": BRIEFING}} if manner == "warm" else {}),
                "out": {"busy": "n_busy", "no_answer": "n_nobody", "failed": "n_nobody"},
            },
            **{
                node: {"kind": "end", "outcome": outcome, "text": {"en-US": f"{text}."}}
                for node, (outcome, text) in words.items()
            },
        },
    )


@asynccontextmanager
async def calling(livekit: LiveKit, folder: Path, manner: str) -> AsyncIterator[tuple[Running, Call, Phone]]:
    """A caller who is up in a room, and the telephone of the desk she is to be given to."""
    async with served(livekit, folder) as (running, workers), Phone() as phone, Phone(user="desk") as desk:
        await workers.start()
        call = await phone.call(await edge(running, workers, giving(desk.uri, manner)))
        await call.up()
        assert [line.takes for line in running.parts.voice.calls.lines.values()] == ["room"]
        await hears(call)
        yield running, call, desk


async def told(call: Call, last: str) -> None:
    """The caller heard this at the end. An ear that did not know all that may be said would hear it as the rest."""
    heard = await recognised(call.heard + bytes(8000), [CONNECT, BUSY, NOBODY], 8000, last)
    assert heard and heard[-1].endswith(last), f"{len(call.heard)} bytes, of which {heard!r} was understood"


async def results(running: Running, session: str) -> list[str]:
    """What came of the effects of a session."""
    events: list[Any] = (await running.owner.ask("GET", f"/sessions/{session}/events")).json()["items"]
    return [record["event"]["outcome"] for record in events if record["event"]["type"] == "result"]


async def test_a_caller_in_a_room_is_sent_elsewhere(livekit: LiveKit, tmp_path: Path) -> None:
    async with calling(livekit, tmp_path, "cold") as (running, call, desk):
        assert desk.uri in await refer_of(call)
        await notify(call, 100, 180, 200)
        assert await call.over() == "bye"
        view = await ends(running, "transferred")
        assert view["reason"] == "transferred"
        assert await results(running, view["session_id"]) == ["ok"]


async def test_the_desk_is_busy_and_the_caller_hears_so_in_her_room(livekit: LiveKit, tmp_path: Path) -> None:
    async with calling(livekit, tmp_path, "cold") as (running, call, _):
        await refer_of(call)
        call.heard = b""
        await notify(call, 100, 486)
        assert await call.over() == "bye"
        view = await ends(running, "busy")
        assert (view["reason"], await results(running, view["session_id"])) == ("agent_hung_up", ["busy"])
        await told(call, BUSY)


async def test_the_desk_is_told_takes_the_call_and_the_two_talk(livekit: LiveKit, tmp_path: Path) -> None:
    async with calling(livekit, tmp_path, "warm") as (running, call, desk):
        other = await asyncio.wait_for(desk.rang.get(), 30)
        other.reply(180)
        await other.answer()
        await hears(other)
        await other.press("1")
        view = await session_over(running)
        call.heard = other.heard = b""
        call.say(tone(440, 4000))
        other.say(tone(1000, 4000))
        await other.hears(440, 1500)
        await call.hears(1000, 1500)
        assert not call.ended and not other.ended
        await other.hang_up()
        assert await call.over() == "bye"
        assert (await ends(running, "transferred"))["session_id"] == view


async def test_the_desk_declines_and_the_caller_is_told(livekit: LiveKit, tmp_path: Path) -> None:
    async with calling(livekit, tmp_path, "warm") as (running, call, desk):
        other = await asyncio.wait_for(desk.rang.get(), 30)
        await other.answer()
        await hears(other)
        call.heard = b""
        pressing = asyncio.create_task(other.press("2"))
        assert await call.over() == "bye"
        pressing.cancel()
        await told(call, NOBODY)
        view = await ends(running, "nobody")
        assert await results(running, view["session_id"]) == ["refused"]


async def session_over(running: Running) -> str:
    """The telephone session, once its flow is over."""
    async with asyncio.timeout(30):
        while True:
            items = (await running.owner.ask("GET", "/sessions", params={"channel": "phone"})).json()["items"]
            if items and items[0]["status"] == "ended":
                return str(items[0]["id"])
            await asyncio.sleep(0.1)
