"""A talk with the flow as it stands: on, back, elsewhere, and again after an edit."""

from typing import Any

import msgspec
import pytest

from engine.compiler import compile_flow
from engine.flow import Flow
from engine.protocol.script import Answer, Keys, Leave, Pass, Say, Script, Silence
from engine.simulation import run_case
from studio.simulator.dock import answers_to
from studio.simulator.keeping import case_of, keep, run_tests
from studio.simulator.lines import Voice
from studio.simulator.talk import Talk
from tests.engine.drawing import draw
from tests.studio.table import booking

FREE = Answer("ok", 200, {"available": True})
FULL = Answer("ok", 200, {"available": False})


@pytest.fixture
def flow() -> Flow:
    return booking()[0]


def begin(flow: Flow) -> Talk:
    return Talk(flow, compile_flow(flow))


def edited(flow: Flow, node: str, **fields: Any) -> Flow:
    old = flow.nodes[node]
    changed = msgspec.structs.replace(old, fields={**old.fields, **fields})
    return msgspec.structs.replace(flow, nodes={**flow.nodes, node: changed})


def words(talk: Talk, voice: Voice) -> list[str]:
    return [line.text for line in talk.lines if line.voice is voice]


def test_a_talk_reads_like_a_play(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("there will be four of us"))
    talk.answer(FREE)

    assert words(talk, Voice.AGENT) == ["Good evening.", "For how many?", "A table for 4, then."]
    assert words(talk, Voice.YOU) == ["there will be four of us"]
    assert "The talk ended: booked." in words(talk, Voice.NOTE)
    assert talk.ended


def test_the_live_path_has_the_wires_that_were_taken_and_no_other(flow: Flow) -> None:
    talk = begin(flow)
    assert talk.way.current == "n_many"
    assert talk.way.wires == {("n_welcome", "then")}

    talk.do(Say("four"))
    talk.answer(FREE)

    assert talk.way.nodes == ("n_welcome", "n_many", "n_free", "n_which", "n_booked")
    assert ("n_which", "yes") in talk.way.wires
    assert ("n_which", "else") not in talk.way.wires


def test_a_default_of_the_flow_is_a_wire_of_the_path_too(flow: Flow) -> None:
    talk = begin(flow)
    for _ in range(3):
        talk.do(Silence())

    assert talk.way.nodes[-1] == "n_sorry"
    assert {node for node, _ in talk.way.wires} == {"n_welcome", "n_many"}


def test_a_port_that_answers_for_another_is_the_wire_that_lights_up(flow: Flow) -> None:
    many = flow.nodes["n_many"]
    wired = msgspec.structs.replace(many, out={**many.out, "gives_up": "n_sorry"})
    talk = begin(msgspec.structs.replace(flow, nodes={**flow.nodes, "n_many": wired}))
    for _ in range(3):
        talk.do(Silence())

    assert ("n_many", "gives_up") in talk.way.wires


def test_what_just_changed_is_lit(flow: Flow) -> None:
    talk = begin(flow)
    assert not any(value.changed for value in talk.values)

    talk.do(Say("four"))

    changed = {value.name: value.now for value in talk.values if value.changed}
    assert changed == {"guests": 4}


def test_going_back_and_answering_differently(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("four"))
    talk.answer(FREE)
    said = next(line for line in talk.lines if line.voice is Voice.YOU)

    talk.back_before(said.record)
    assert talk.node == "n_many"
    talk.do(Say("nine"))

    assert not any(line.text == "four" for line in talk.lines)
    assert {v.name: v.now for v in talk.values}["guests"] == 9


def test_going_back_to_what_the_agent_said_keeps_all_up_to_there(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("gibberish for a number"))
    talk.do(Say("four"))
    first_question = next(line for line in talk.lines if line.text == "For how many?")

    talk.back_to(first_question.record)

    assert talk.steps == []
    assert words(talk, Voice.AGENT) == ["Good evening.", "For how many?"]


def test_a_service_is_asked_once_and_its_answer_remembered(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("four"))
    assert talk.asking is not None and talk.asking.node == "n_free"
    talk.answer(FULL)
    assert words(talk, Voice.AGENT)[-1] == "We will call you back."

    talk.again()
    talk.do(Say("two"))

    assert talk.asking is None
    assert talk.ended


def test_going_back_before_an_answer_forgets_it(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("four"))
    talk.answer(FULL)
    answered = next(line for line in talk.lines if line.text.startswith("Answered 200"))

    talk.back_before(answered.record)
    assert talk.asking is not None
    talk.answer(FREE)

    assert words(talk, Voice.AGENT)[-1] == "A table for 4, then."


def test_an_edit_is_heard_at_once_and_the_place_it_changed_is_known(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("four"))
    before = talk.lines
    new = edited(flow, "n_many", prompt={"en-US": "How many will you be?"})

    talk.recast(new, compile_flow(new))

    assert "How many will you be?" in words(talk, Voice.AGENT)
    assert talk.change is not None
    assert before[talk.change.line].text == "For how many?"
    assert "says something else" in talk.change.text
    assert talk.asking is not None, "what had been said was said again"


def test_an_edit_that_changes_nothing_said_is_no_change(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("four"))
    new = edited(flow, "n_booked", text={"en-US": "See you!"})

    talk.recast(new, compile_flow(new))

    assert talk.change is None


def test_an_edit_that_sends_the_talk_elsewhere_says_so(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("four"))
    talk.answer(FREE)
    new = edited(flow, "n_which", cases=[{"id": "yes", "when": "!free", "label": "yes"}])

    talk.recast(new, compile_flow(new))

    assert talk.change is not None
    assert words(talk, Voice.AGENT)[-1] == "We will call you back."


def test_keys_hours_and_hanging_up_are_lines_as_well(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Keys("12"))
    talk.do(Pass(3_600_000))
    assert "1 2" in words(talk, Voice.YOU)
    talk.back_to(0)
    talk.do(Leave())
    assert "You hung up." in words(talk, Voice.NOTE)
    assert talk.ended


def test_a_talk_kept_as_a_test_passes_and_fails_after_the_words_change(flow: Flow, tmp_path: Any) -> None:
    talk = begin(flow)
    talk.do(Say("four"))
    talk.answer(FREE)

    path = keep(talk, "Books for four", tmp_path)
    assert path.name == "books-for-four.json"
    assert keep(talk, "Books for four", tmp_path).name == "books-for-four-2.json"
    results = list(run_tests(compile_flow(flow), tmp_path))
    assert [result.passed for result in results] == [True, True]

    new = edited(flow, "n_booked", text={"en-US": "Done."})
    first = next(iter(run_tests(compile_flow(new), tmp_path)))
    assert not first.passed
    assert '"A table for 4, then."' in first.difference


def test_a_file_that_is_no_test_fails_with_a_sentence(flow: Flow, tmp_path: Any) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "broken.json").write_text("{")

    result = next(iter(run_tests(compile_flow(flow), tmp_path)))

    assert not result.passed
    assert "broken.json" in result.difference


def test_a_talk_still_under_way_can_be_kept(flow: Flow) -> None:
    talk = begin(flow)
    talk.do(Say("what?"))

    case = case_of(talk, "Asks again")

    assert case.outcome is None
    assert run_case(compile_flow(flow), case).passed


def test_a_transfer_rings_until_one_says_what_came_of_it() -> None:
    nodes = {
        "n_to": {
            "kind": "transfer",
            "to": "100",
            "out": {"busy": "n_busy", "no_answer": "n_busy", "failed": "n_busy"},
        },
        "n_busy": {"kind": "end", "outcome": "busy", "text": {"en-US": "They are busy."}},
    }
    flow = draw(nodes)
    talk = Talk(flow, compile_flow(flow), Script(modality="voice"))
    assert [words for words, _ in answers_to(talk)][1] == "Busy"

    talk.do(Answer("busy"))

    assert words(talk, Voice.AGENT) == ["They are busy."]
    assert answers_to(talk) == ()
    case = case_of(talk, "Busy")
    assert case.turns[1].transfer == "busy"
    assert run_case(talk.program, case).passed
