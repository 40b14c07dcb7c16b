"""A recorded talk answers for the models, the knowledge and the services it asked."""

from collections.abc import AsyncIterator

from engine.conversation import Outcome
from engine.protocol import AskModel, Record, SearchKnowledge
from engine.protocol.script import Answer, Say, Script
from engine.providers.llm.contract import Call, Called, Done, Event, Prompt, Words
from engine.simulation import Rehearsal, minds_of, services_of, spoken
from engine.simulation.recorded import recorded_minds
from tests.engine.thinking.hotel import House, Model, Stay, concierge, quote

BREAKFAST = "Breakfast is from seven until half past ten. It is in the winter garden."
ROOMS = {"arrival": "2026-11-27", "nights": 2, "guests": 2}


async def helpful(prompt: Prompt) -> AsyncIterator[Event]:
    """Looks rooms up before it offers one; knows about breakfast."""
    last = prompt.messages[-1]
    if last.role == "tool":
        yield Words("The Garden Room is free, for 240 euros.")
    elif "nights" in last.text:
        yield Called(Call("c1", "free_rooms", ROOMS))
    else:
        yield Words(BREAKFAST)
    yield Done("stop", provider="test", model="test")


async def handbook(request: SearchKnowledge) -> Outcome:
    """One page."""
    return Outcome("ok", [{"id": "k1", "text": "7:00 to 10:30", "title": "Handbook", "score": 820}])


async def recorded(*words: str) -> list[Record]:
    """A live talk with a model, knowledge and a service."""
    async with Stay(Model(helpful), House(quote, handbook)) as stay:
        for text in words:
            await stay.say(text)
        return stay.log.records


async def test_a_rehearsal_says_again_what_was_answered_then() -> None:
    talk = ("When is breakfast?", "a room please", "two nights from Friday, the two of us")
    records = await recorded(*talk)
    again = Rehearsal(
        concierge(), Script(tuple(map(Say, talk))), services_of(records), minds_of(records)
    ).play_all()
    assert spoken(again.records) == spoken(records)
    assert not again.thoughts and not again.open
    assert "The Garden Room is free, for 240 euros." in spoken(again.records)


async def test_what_nobody_asked_then_waits_for_an_answer_by_hand() -> None:
    records = await recorded("When is breakfast?")
    again = Rehearsal(concierge(), Script((Say("May I bring my dog?"),)), minds=minds_of(records)).play_all()
    assert [type(thought) for thought in again.thoughts.values()] == [SearchKnowledge]
    again.play(Answer(body=[{"id": "k2", "text": "Dogs are welcome.", "score": 900}]))
    again.play(Answer(body="Dogs are welcome."))
    assert "Dogs are welcome." in spoken(again.records)


async def test_a_search_is_never_answered_with_what_a_model_said() -> None:
    """However often it is asked again."""
    records = await recorded("When is breakfast?")
    talk = Script(tuple(Say("When is breakfast?") for _ in range(3)))
    again = Rehearsal(concierge(), talk, minds=minds_of(records)).play_all()
    assert "".join(spoken(again.records)).count("half past ten") == 3


async def test_a_failure_fails_again() -> None:
    async def broken(request: SearchKnowledge) -> Outcome:
        return Outcome("timeout", detail="The index sleeps.")

    async with Stay(Model(helpful), House(quote, broken)) as stay:
        await stay.say("When is breakfast?")
        records = stay.log.records
    again = Rehearsal(concierge(), Script((Say("When is breakfast?"),)), minds=minds_of(records)).play_all()
    assert spoken(again.records) == spoken(records)
    assert "cannot look that up" in " ".join(spoken(again.records))


async def test_an_answer_that_was_cut_short_says_what_was_said_of_it() -> None:
    records = await recorded("When is breakfast?")
    asked = next(e.id for r in records for e in r.effects if isinstance(e, AskModel))
    cut = [r for r in records if getattr(r.event, "effect", "") != asked or hasattr(r.event, "text")]
    assert len(cut) < len(records)
    says = [m.answers[0].body for m in recorded_minds(cut) if m.of == "model"]
    assert says == [{"text": BREAKFAST}]
