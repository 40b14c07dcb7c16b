"""Flows that think, rehearsed without a model: whoever rehearses answers for it."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from engine.compiler import compile_flow
from engine.flow import Flow, load_flow
from engine.protocol import AskModel, JudgeIntent, SearchKnowledge
from engine.protocol.script import Answer, Say
from engine.simulation import run_case
from studio.simulator.asked import called, found, intents_of, judged, prompt_text, typed
from studio.simulator.dock import RehearsalDock
from studio.simulator.keeping import case_of
from studio.simulator.lines import Voice
from studio.simulator.talk import Talk
from studio.theme import Look

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)
CONCIERGE = Path(__file__).parents[3] / "flows" / "concierge" / "flow.json"


@pytest.fixture(scope="module")
def flow() -> Flow:
    return load_flow(CONCIERGE.read_bytes())[0]


def notes(talk: Talk) -> str:
    return "\n".join(line.text for line in talk.lines if line.voice is Voice.NOTE)


def test_an_intent_is_offered_as_its_examples_judge_it(flow: Flow) -> None:
    talk = Talk(flow, compile_flow(flow))
    talk.do(Say("when is breakfast served"))
    asked = talk.thinking
    assert isinstance(asked, JudgeIntent)
    scores = intents_of(asked)
    assert scores[0][1] == max(score for _, score in scores)

    house = next(id for id, _ in scores if id == "house")
    talk.answer(judged(asked, house))

    assert isinstance(talk.thinking, SearchKnowledge)
    assert "It is “house”" in notes(talk)


def test_an_answer_shows_its_words_its_sources_and_is_kept_as_a_test(flow: Flow) -> None:
    talk = Talk(flow, compile_flow(flow))
    talk.do(Say("when is breakfast served"))
    talk.answer(judged(talk.thinking, "question"))  # type: ignore[arg-type]
    talk.answer(found("Breakfast is served from 7:00 to 10:30.", "House handbook"))
    model = talk.thinking
    assert isinstance(model, AskModel)
    text, count = prompt_text(talk.program, model)
    assert "Breakfast is served" in text and count > 50

    talk.answer(Answer(body="From seven. It ends at half past ten."))

    said = [line.text for line in talk.lines if line.voice is Voice.AGENT]
    assert "From seven." in said and any("half past ten" in one for one in said)
    assert "Sources: House handbook" in notes(talk)
    case = case_of(talk, "breakfast")
    assert run_case(talk.program, case).difference == ""

    asking = next(line.record for line in talk.lines if line.text == "From seven.")
    talk.back_before(asking)
    assert isinstance(talk.thinking, AskModel), "one answers differently"
    talk.answer(Answer("refused"))
    assert "The model refused." in notes(talk)


def test_what_one_types_for_an_argument_has_its_type() -> None:
    assert typed("nights", " 2 ", {"type": "integer"}) == 2
    assert typed("agreed", "Yes", {"type": "boolean"}) is True
    assert typed("rooms", '["a"]', {"type": "array"}) == ["a"]
    with pytest.raises(ValueError, match="nights: write a whole number"):
        typed("nights", "two", {"type": "integer"})


def test_the_dock_shows_what_is_asked_and_takes_the_answer(look: Look, qtbot: QtBot, flow: Flow) -> None:
    dock = RehearsalDock(look)
    qtbot.addWidget(dock)
    dock.use(flow, compile_flow(flow))
    dock.show()
    dock.again()
    dock.say("when is breakfast served")

    def press(words: str) -> None:
        buttons = (b for b in dock.findChildren(QPushButton) if b.isVisible() and b.text().startswith(words))
        next(buttons).click()

    press("house")
    passage = next(
        f for f in dock.findChildren(QPlainTextEdit) if f.accessibleName() == "The passage that is found"
    )
    press("Found")
    assert dock.talk is not None and isinstance(dock.talk.thinking, SearchKnowledge), (
        "there is nothing to find yet"
    )
    passage.setPlainText("Breakfast is from seven.")
    press("Found")
    press("The prompt as it will be sent")
    prompt = next(
        f for f in dock.findChildren(QPlainTextEdit) if f.isVisible() and "prompt" in f.accessibleName()
    )
    assert prompt.isReadOnly() and "Breakfast is from seven." in prompt.toPlainText()
    words = next(f for f in dock.findChildren(QPlainTextEdit) if f.accessibleName() == "What it says")
    words.setPlainText("From seven on.")
    press("It says this")

    assert "From seven on." in [line.text for line in dock.talk.lines]
    assert dock.talk.thinking is None


def test_a_model_calls_functions_and_leaves_by_its_ways(look: Look, qtbot: QtBot, flow: Flow) -> None:
    dock = RehearsalDock(look)
    qtbot.addWidget(dock)
    dock.use(flow, compile_flow(flow))
    dock.show()
    dock.again()
    assert dock.talk is not None
    talk = dock.talk
    while not (isinstance(talk.thinking, AskModel) and talk.thinking.node == "n_planroom"):
        if isinstance(talk.thinking, JudgeIntent):
            dock.answer(judged(talk.thinking, next(id for id, _ in intents_of(talk.thinking) if "oo" in id)))
        elif talk.thinking is not None or talk.asking is not None:
            dock.answer(Answer("ok", 200, {"rooms": [{"room": "Lake", "price": 300}]}))
        else:
            dock.say(
                {"n_arrivald": "tomorrow", "n_nightsda": "2", "n_guestsda": "2"}.get(talk.node, "a room")
            )
        assert not talk.ended and len(talk.steps) < 12, [line.text for line in talk.lines]
    name = next(n for n in talk.thinking.functions if not n.startswith("leave_by_"))
    button = next(b for b in dock.findChildren(QPushButton) if b.isVisible() and b.text() == f"Calls {name}")
    button.click()
    fields = [
        f for f in dock.findChildren(QLineEdit) if f.accessibleName() in ("arrival", "nights", "guests")
    ]
    for field in fields:
        field.setText("2026-11-21" if field.accessibleName() == "arrival" else "2")
    next(b for b in dock.findChildren(QPushButton) if b.isVisible() and b.text() == "It calls this").click()

    assert f"The model wants {name}(" in notes(talk)
    assert talk.asking is not None or talk.thinking is not None
    assert called("leave_by_person", {}).body["calls"][0]["name"] == "leave_by_person"
