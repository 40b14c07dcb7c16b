"""Callers: a real server with its worker, real SIP and RTP, words that are spoken and heard."""

import asyncio

import pytest

from tests.e2e.calling import falls_silent, loud_ms, spoken
from tests.e2e.ear import understood
from tests.e2e.telephones import Line
from tests.phone.caller import Call, Phone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def tell(line: Line, call: Call, session: str, words: str, then: str) -> None:
    """Say something once the question was asked; say it again when it was not understood."""
    for _ in range(4):
        await falls_silent(call)
        call.heard = b""
        call.say(spoken(words))
        async with asyncio.timeout(30):
            while loud_ms(call.heard) < 200:
                await asyncio.sleep(0.1)
        messages = (await line.house.get(f"/sessions/{session}/messages"))["messages"]
        if any(then in m["text"] for m in messages if m["role"] == "agent"):
            return
    raise AssertionError(f"{words!r} was never understood: {[m['text'] for m in messages]}")


async def test_a_caller_books_a_table_by_words_and_keys(line: Line) -> None:
    async with Phone() as phone:
        before = await line.sessions()
        call = await phone.call(line.uri("table-reservation"))
        await call.up()
        session = await line.newest(before)
        await falls_silent(call)
        sentences = ["for which day and what time", "your order is on its way", "how can the clinic help you"]
        assert await understood(call.heard, sentences) == sentences[0]
        await tell(line, call, session, "tomorrow at eight", "For how many of you?")
        await falls_silent(call)
        await call.press("4#")
        asked = await line.house.says(session, "Inside or under the trees?")
        await call.press("1")
        await line.house.says(session, "Shall I book it?", asked)
        await call.press("1")
        await line.house.says(session, "On what name")
        await tell(line, call, session, "Victoria", "Done")
        assert await call.over() == "bye", "the agent hangs up when all is said"
        assert await line.house.outcome(session) == "booked"
        booked = await line.call(session)
        assert (booked["state"], booked["reason"], booked["direction"]) == ("ended", "agent_hung_up", "in")


async def test_a_caller_who_hangs_up_early_ends_the_talk_and_frees_the_line(line: Line) -> None:
    async with Phone() as phone:
        before = await line.sessions()
        call = await phone.call(line.uri("clinic"))
        await call.up()
        session = await line.newest(before)
        await call.until(lambda: loud_ms(call.heard) > 500)
        await call.hang_up()
        assert await line.house.outcome(session)
        assert (await line.call(session))["reason"] == "caller_hung_up"
        assert (await line.log(session))[-1]["event"]["type"] == "hung_up"
        again = await phone.call(line.uri("clinic"))
        await again.up()
        await again.hang_up()


async def test_a_number_nobody_has_is_refused(line: Line) -> None:
    async with Phone() as phone:
        call = await phone.call(line.uri("nobody"))
        await call.until(lambda: call.ended)
        assert call.codes[-1] == 404


async def test_the_house_calls_out_and_speaks_once_it_is_answered(line: Line) -> None:
    async with Phone() as phone:
        agent = next(
            a for a in (await line.house.get("/agents"))["items"] if a["public_id"].endswith("clinic")
        )
        body = {"agent_id": agent["id"], "to": phone.uri}
        placed = (await line.house.client.post("/calls", json=body)).json()
        call = await asyncio.wait_for(phone.rang.get(), 30)
        call.reply(180)
        assert (await line.house.get(f"/calls/{placed['id']}"))["state"] in ("dialing", "ringing")
        await call.answer()
        await call.until(lambda: loud_ms(call.heard) > 1000)
        await call.hang_up()
        view = await line.ended(placed["id"])
        assert (view["reason"], view["by"]) == ("callee_hung_up", "callee")
        assert await line.house.outcome(view["session_id"])


async def test_who_is_busy_or_does_not_answer_is_told_by_name(line: Line) -> None:
    async with Phone() as phone:
        agents = (await line.house.get("/agents"))["items"]
        agent = next(a for a in agents if a["public_id"].endswith("clinic"))
        for code, reason in ((486, "busy"), (603, "declined")):
            body = {"agent_id": agent["id"], "to": phone.uri}
            placed = (await line.house.client.post("/calls", json=body)).json()
            call = await asyncio.wait_for(phone.rang.get(), 30)
            call.reply(code)
            view = await line.ended(placed["id"])
            assert (view["reason"], view["code"]) == (reason, code)
