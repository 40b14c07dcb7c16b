"""Calls that come in and do not go as they should: what the caller is told and hears, and what is written down."""

import asyncio
import random

import pytest

from tests.e2e.calling import loud_ms
from tests.e2e.switchboard import ASKS, GOODBYE, PROMPT
from tests.e2e.telephones import Line, hears, talk
from tests.phone.caller import Phone
from tests.phone.mutations import mutated

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
G729 = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 18\r\n"
)
ENCRYPTED = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/SAVP 0\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"
)


async def test_a_wrong_password_opens_nothing(line: Line) -> None:
    agent = await line.switchboard()
    await line.number("710", agent, username="anna", password="right", challenge=True)
    before = await line.sessions()
    async with Phone() as phone:
        call = await phone.call(line.uri("710"), "anna", "wrong")
        await call.until(lambda: call.ended)
        assert call.codes[-1] in (401, 403)
        assert call.packets == 0
        assert await line.sessions() == before, "a stranger begins no session"
        good = await phone.call(line.uri("710"), "anna", "right")
        await good.up()
        await hears(good, PROMPT)
        await good.hang_up()


@pytest.mark.parametrize("offer", [G729, ENCRYPTED])
async def test_sound_that_nobody_can_agree_on_is_refused(line: Line, offer: str) -> None:
    await line.switchboard()
    before = await line.sessions()
    async with Phone() as phone:
        call = await phone.call_with(line.uri("700"), offer.format(port=phone.port))
        await call.until(lambda: call.ended)
        assert call.codes[-1] == 488
    assert await line.sessions() == before


async def test_a_number_nobody_has_begins_nothing(line: Line) -> None:
    before = await line.sessions()
    async with Phone() as phone:
        call = await phone.call(line.uri("799"))
        await call.until(lambda: call.ended)
        assert call.codes[-1] == 404
    assert await line.sessions() == before


async def test_who_gives_up_at_once_is_let_go(line: Line) -> None:
    await line.switchboard()
    before = await line.sessions()
    async with Phone() as phone:
        call = await phone.call(line.uri("700"))
        call.cancel()
        await call.until(lambda: call.ended or call.codes[-1:] == [200])
        if not call.ended:  # The answer was faster.
            await call.hang_up()
        else:
            assert call.codes[-1] == 487
    for session in await line.sessions() - before:
        assert (await line.call(session))["reason"] in ("caller_gave_up", "caller_hung_up")
        await line.house.outcome(session)


async def test_a_caller_whose_sound_stops_is_hung_up_on(line: Line) -> None:
    async with talk(line) as at:
        await at.asked()
        at.call.speaking = False
        async with asyncio.timeout(60):
            while not at.call.ended:
                await asyncio.sleep(0.2)
        assert at.call.ended == "bye"
        await at.ends("no_media")
        assert await at.hung_up() == ("line", "no_media")


async def test_a_caller_who_vanishes_without_a_word_is_not_waited_for(line: Line) -> None:
    # Her BYE is lost, and so is she: neither sound nor signalling comes any more.
    async with talk(line) as at:
        await hears(at.call, PROMPT)
        at.call.close()
        at.call.speaking = False
        await at.ends("no_media")
        assert await at.hung_up() == ("line", "no_media")


async def test_who_is_held_hears_nothing_and_goes_on_when_taken_back(line: Line) -> None:
    async with talk(line) as at:
        await at.asked()
        await at.call.press("3")
        await at.line.house.says(at.session, "Once upon a time")
        heard = len(at.call.heard)
        await at.call.until(lambda: loud_ms(at.call.heard[heard:]) > 1000)
        assert await at.call.hold("sendonly") == 200
        await at.call.until(lambda: True)
        await asyncio.sleep(0.3)  # What was on its way arrives.
        at.call.heard = b""
        await asyncio.sleep(1.5)
        assert loud_ms(at.call.heard) == 0, "who holds hears nothing"
        assert await at.call.hold("sendrecv") == 200
        await at.call.until(lambda: loud_ms(at.call.heard) > 1000)
        await at.call.press("9")
        await at.call.press("9")
        assert await at.call.over() == "bye"
        assert await at.line.house.outcome(at.session) == "done"
        await at.ends("agent_hung_up")


async def test_garbage_in_between_disturbs_nobody(line: Line) -> None:
    chance = random.Random(11)
    async with talk(line) as at, Phone() as vandal:
        stopped = asyncio.Event()

        async def throw() -> None:
            number = 0
            while not stopped.is_set():
                number += 1
                wounded = mutated(chance, number, vandal.port).replace(b"INVITE", b"INVlTE")
                vandal.send(wounded, ("127.0.0.1", line.port))
                await asyncio.sleep(0.005)

        throwing = asyncio.create_task(throw())
        try:
            await at.asked()
            await at.call.press("9")
            await hears(at.call, GOODBYE)
            assert await at.call.over() == "bye"
        finally:
            stopped.set()
            await throwing
        assert await line.house.outcome(at.session) == "done"
        said = [m["text"] for m in (await line.house.get(f"/sessions/{at.session}/messages"))["messages"]]
        assert said[-1] == "Thank you for calling."
        assert ASKS in said
        assert (await line.health())["voice"]["status"] == "healthy"
