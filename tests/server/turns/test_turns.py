"""What each turn took: measured in chats and on lines, stored beside the session, summed up."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.conversation import SessionRef
from engine.conversation.voice import TurnTimes
from engine.protocol import Heard, Record, Result
from server.kit.clock import SystemClock
from server.kit.database import Database
from server.turns.book import TurnBook
from server.turns.facts import TurnFacts
from server.turns.service import percentile
from server.workers import wire
from tests.server.calls.worker import worker
from tests.server.flows import asking
from tests.server.running import WAIT, Frame, Owner, serving, settings_for

NUMBER = "+12025550123"


async def test_turns_of_a_chat_tell_how_long_the_decision_took(owner: Owner) -> None:
    agent = await owner.agent(asking())
    begun = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    for words in ("one", "two", "two"):
        said = {"text": words, "client_msg_id": words}
        await owner.ask("POST", f"/sessions/{begun['id']}/messages", json=said)
    turns = (await owner.ask("GET", f"/sessions/{begun['id']}/turns")).json()["items"]
    # What was sent twice is one turn.
    assert [turn["number"] for turn in turns] == [1, 2]
    assert {turn["modality"] for turn in turns} == {"text"}
    assert all(turn["decision_ms"] >= 0 and turn["audio_ms"] is None for turn in turns)
    summary = (await owner.ask("GET", f"/sessions/{begun['id']}")).json()["turns"]
    assert summary["count"] == 2 and summary["cost_micros"] == 0
    assert summary["answer_p50_ms"] <= summary["answer_p95_ms"]


async def test_there_are_no_turns_of_a_session_that_is_not(owner: Owner) -> None:
    answer = await owner.ask("GET", "/sessions/ses_nobody/turns")
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "SESSION_NOT_FOUND"


async def test_turns_of_a_call_keep_times_providers_cost_and_who_cut_in(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, rest_limit=0, token_limit=0)
    async with serving(settings) as running:
        owner = running.owner
        agent = await owner.agent(asking())
        trunk: Frame = (await owner.ask("POST", "/trunks", json={"name": "Provider"})).json()
        body = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": NUMBER}
        await owner.ask("POST", "/numbers", json=body)
        async with worker(running) as held:
            await held.send(wire.Offered("call_1", trunk["id"], "+12025550199", NUMBER))
            seat = (await held.take()).seat
            await held.send(wire.CallState("call_1", "up"))
            await held.spoken(1)

            async def measured(times: TurnTimes) -> None:
                await held.send(wire.Heard(seat, "measured", (times,)))

            await measured(TurnTimes(1, tts="humming", spoken_characters=10, cost_micros=3))
            await held.finishes(seat)
            await held.hears(seat, "one")
            await held.spoken(3)
            await measured(
                TurnTimes(2, 80, 90, 200, "scripted", "humming", False, 1500, 20, 7),
            )
            await measured(TurnTimes(3, tts="humming", spoken_characters=5, cost_micros=1))
            await held.send(wire.Heard(seat, "barged_in", (2, 400, "You said")))
            await held.hears(seat, "two")
            await held.spoken(5)
            await measured(TurnTimes(4, 60, 70, 100, "scripted", "", True, 500))
            await held.send(wire.Heard(seat, "gone", ("caller", "caller_hung_up")))
            await held.send(wire.CallState("call_1", "ended", "caller_hung_up"))
            session = seat.partition(":")[0]
            async with asyncio.timeout(WAIT):
                while (await owner.ask("GET", f"/sessions/{session}")).json()["status"] != "ended":
                    await asyncio.sleep(0.05)
    # The next process knows them as well.
    async with serving(settings) as running:
        turns = (await running.owner.ask("GET", f"/sessions/{session}/turns")).json()["items"]
        summary = (await running.owner.ask("GET", f"/sessions/{session}")).json()["turns"]
    greeting, first, second = turns
    assert greeting["decision_ms"] is None and greeting["characters"] == 10
    assert (first["transcript_ms"], first["decision_ms"], first["audio_ms"]) == (80, 90, 200)
    assert (first["speech_to_text"], first["text_to_speech"]) == ("scripted", "humming")
    assert (first["characters"], first["cost_micros"], first["heard_seconds"]) == (25, 8, 1.5)
    assert first["barged_in"] and not second["barged_in"]
    assert second["prepared"] and second["modality"] == "voice"
    assert summary == {
        "count": 2,
        "answer_p50_ms": 100,
        "answer_p95_ms": 200,
        "decision_p50_ms": 70,
        "decision_p95_ms": 90,
        "barge_ins": 1,
        "heard_seconds": 2.0,
        "characters": 35,
        "tokens_read": 0,
        "tokens_written": 0,
        "cost_micros": 11,
    }


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30), st.integers(1, 100))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values: list[int], per_cent: int) -> None:
    found = percentile(values, per_cent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= per_cent * len(values)
    assert sum(value < found for value in values) * 100 < per_cent * len(values)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile([], 95) is None


def usage(read: int, written: int) -> dict[str, Any]:
    return {"provider": "openai", "model": "m", "input": read, "output": written, "cost_micros": written}


def spoken(*happened: Record | TurnTimes) -> list[TurnFacts]:
    """The turns of a line on which this happens."""
    book = TurnBook(cast(Database, None), SystemClock())
    over: list[TurnFacts] = []
    book.seen.append(over.append)
    turns = book.of(SessionRef("org", "s1"))
    for one in happened:
        if isinstance(one, Record):
            turns.recorded(one, False)
        else:
            turns.measured(one)
    turns.close()
    return over


GREETING = TurnTimes(1, tts="humming", spoken_characters=10)
WORDS = Record(2, Heard(1, "tea", spoken=True))
ANSWER = Record(3, Result(2, "2:0", "ok", {"text": "Here.", "usage": usage(40, 7)}))
MEASURED = TurnTimes(2, 80, 90, 200, "scripted", "humming")


@pytest.mark.parametrize("order", [(ANSWER, MEASURED), (MEASURED, ANSWER)], ids=["at once", "still writing"])
def test_what_a_model_took_belongs_to_the_turn_it_answered(order: tuple[Record | TurnTimes, ...]) -> None:
    greeting, turn = spoken(GREETING, WORDS, *order)
    assert (greeting.model, greeting.read, greeting.written) == ("", 0, 0)
    assert (turn.model, turn.read, turn.written, turn.cost_micros) == ("openai/m", 40, 7, 7)


def test_what_a_model_took_is_not_lost_when_the_caller_hangs_up_before_she_hears_it() -> None:
    (greeting,) = spoken(GREETING, WORDS, ANSWER)
    assert (greeting.read, greeting.written) == (40, 7)
