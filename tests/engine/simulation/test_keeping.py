"""A talk that was held is kept as a test, and the test passes without anybody."""

from typing import Any

import pytest

from engine.protocol import End
from engine.protocol.script import Answer, CutIn, Keys, Leave, Press, Say, Script, Silence
from engine.simulation import Rehearsal, dump_case, load_case, run_case
from engine.simulation.keeping import recorded_case
from tests.engine.drawing import ask, end, option, program, say
from tests.engine.simulation.test_recorded import handbook, helpful
from tests.engine.thinking.hotel import House, Model, Stay, concierge, quote

TALK = ("When is breakfast?", "a room please", "two nights from Friday, the two of us", "that is all")


async def test_a_live_talk_with_models_knowledge_and_services_is_played_again() -> None:
    async with Stay(Model(helpful), House(quote, handbook)) as stay:
        for words in TALK:
            await stay.say(words)
        case = recorded_case("As on Friday", stay.conversation.run.header, stay.log.records)
    kept = load_case(dump_case(case))
    verdict = run_case(concierge(), kept)
    assert verdict.passed, verdict
    assert [turn.say for turn in kept.turns] == [None, *TALK]
    assert "The Garden Room is free, for 240 euros." in [e for turn in kept.turns for e in turn.expect]


async def test_a_test_made_of_a_talk_fails_when_the_flow_says_something_else() -> None:
    async with Stay(Model(helpful), House(quote, handbook)) as stay:
        await stay.say(TALK[0])
        case = recorded_case("Breakfast", stay.conversation.run.header, stay.log.records)
    other = say("Good evening.", "q")
    verdict = run_case(program({"hello": other, "q": end("done")}), case)
    assert not verdict.passed


NODES: dict[str, dict[str, Any]] = {
    "hello": say("Welcome.", "q"),
    "q": ask(
        "choice",
        "what",
        "Tea or coffee?",
        {"understood": "pin", "gives_up": "x"},
        choices=[option("tea", "Tea"), option("coffee", "Coffee")],
    ),
    "pin": {"kind": "digits", "prompt": {"en-US": "Your number?"}, "maximum": 4, "save": "pin"}
    | {"out": {"understood": "desk", "no_input": "x", "gives_up": "x"}},
    "desk": {"kind": "transfer", "to": "sip:desk@x.test", "manner": "cold"}
    | {"out": {"busy": "x", "no_answer": "x", "refused": "x", "failed": "x", "unknown": "x"}},
    "x": end("done", "Bye."),
}


@pytest.mark.parametrize(
    ("modality", "steps"),
    [
        ("text", (Press("tea"), Keys("1234"), Answer("busy"))),
        ("text", (Say("coffee"), Keys("12#"), Answer("no_answer"))),
        ("voice", (CutIn("tea"), Silence(), Keys("4321"), Answer("refused"))),
        ("voice", (Say("tea"), Leave())),
        ("text", (Silence(), Say("what?"), Silence(), Silence(), Silence())),
    ],
)
def test_whatever_the_other_side_did_it_does_again(modality: str, steps: tuple[Any, ...]) -> None:
    drawn = program(NODES, variables={"what": "text", "pin": "text"})
    talk = Rehearsal(drawn, Script(steps, modality=modality)).play_all()
    case = recorded_case("again", talk.run.header, talk.records)
    verdict = run_case(drawn, load_case(dump_case(case)))
    assert verdict.passed, verdict
    ends = [e.outcome for r in talk.records for e in r.effects if isinstance(e, End)]
    assert case.outcome == (ends[-1] if ends else None)
