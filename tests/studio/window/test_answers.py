"""Who answers in a rehearsal that thinks: a hand, the talk before, a real talk on the server, a real model."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.protocol import AskModel, JudgeIntent, SearchKnowledge
from engine.protocol.script import Answer
from studio.client.api import Api
from studio.simulator.asked import found, judged
from studio.window.window import Window
from tests.engine.providers.emulators.emulator import RIGHT_KEY
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator
from tests.studio.window.conftest import Room
from tests.studio.window.test_aloud import picture

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
QUESTION = "When is breakfast on Sundays?"
WORDS = "On Sundays breakfast is from seven until eleven."
USAGE = {
    "model": "llama3.1",
    "input": 812,
    "output": 40,
    "first_ms": 320,
    "whole_ms": 1200,
    "cost_micros": 1300,
}


@pytest.fixture
def concierge(tmp_path: Path, checkout: Path) -> Path:
    """A copy of the hotel's flow."""
    shutil.copytree(checkout / "flows" / "concierge", tmp_path / "hotel")
    return tmp_path / "hotel" / "flow.json"


def answer_by_hand(window: Window) -> int:
    """Answer all that is asked; says how often that was."""
    dock = window.desk.dock
    times = 0
    while dock.talk is not None and dock.talk.thinking is not None:
        times += 1
        match dock.talk.thinking:
            case JudgeIntent() as asked:
                dock.answer(judged(asked, "house"))
            case SearchKnowledge():
                dock.answer(found("On Sundays breakfast is from 7 to 11.", "House handbook"))
            case AskModel():
                dock.answer(Answer(body={"text": WORDS, "usage": USAGE}))
            case _:
                raise AssertionError(dock.talk.thinking)
    return times


def script(window: Window) -> str:
    """The talk as it can be read."""
    assert window.desk.dock.talk is not None
    return "\n".join(line.text for line in window.desk.dock.talk.lines)


def test_what_was_answered_by_hand_is_answered_again_in_the_next_talk(room: Room, concierge: Path) -> None:
    window = room.open(concierge)
    dock = window.desk.dock
    window.desk.rehearse()
    assert dock.answers.isVisible()
    dock.answers.chosen.emit("last")
    assert "no talk yet" in dock.answers.words

    dock.say(QUESTION)
    assert answer_by_hand(window) >= 2
    assert WORDS in script(window)
    assert (
        "llama3.1: 812 tokens read, 40 written · first word after 320 ms, 1.2 s in all · 0.13\u00a0¢"
        in script(window)
    )
    assert "Sources: House handbook" in script(window) and "House handbook (90 %)" in script(window)
    assert "This talk: 852 tokens, 1.2 s, 0.13\u00a0¢" in dock.answers.words
    picture(window, "answers-by-hand")

    dock.again()
    dock.answers.chosen.emit("last")
    dock.say(QUESTION)
    assert dock.talk is not None and dock.talk.thinking is None, "nobody is asked by hand"
    assert WORDS in script(window)
    picture(window, "answers-as-before")
    dock.say("Is there a golf course on the roof?")
    assert dock.talk.thinking is not None, "what nobody asked then is answered by hand"


def test_a_real_talk_answers(room: Room, concierge: Path, server: Api) -> None:
    window = room.connected(concierge, server)
    assert window.connection.api is not None
    room.run(talk_once(window.connection.api, concierge))

    dock = window.desk.dock
    window.desk.rehearse()
    dock.answers.chosen.emit("session")
    room.until(lambda: window.minding.offered)
    window.minding.use_session(window.minding.offered[0])
    room.until(lambda: dock.source)
    assert "As in " in dock.answers.words
    dock.say("I would like a room")
    picture(window, "answers-as-really")
    asked = [e for r in dock.source for e in r.effects if isinstance(e, JudgeIntent)]
    assert asked and dock.talk is not None
    again = [e for r in dock.talk.records for e in r.effects if isinstance(e, JudgeIntent)]
    assert [e.text for e in again] == [e.text for e in asked]


async def talk_once(api: Api, flow: Path) -> None:
    """Somebody talks to the published flow."""
    agent, _ = await api.call("POST", "/api/v1/agents", json={"name": "Hotel concierge"})
    where = f"/api/v1/agents/{agent['id']}"
    draft = {"flow": msgspec.json.decode(flow.read_bytes())}
    await api.call("PUT", f"{where}/flow", json=draft, headers={"If-Match": "*"})
    await api.call("POST", f"{where}/publish", json={})
    turn: Any
    turn, _ = await api.call("POST", "/api/v1/sessions", json={"agent_id": agent["id"]})
    session = turn["session"]["id"]
    await api.call("POST", f"/api/v1/sessions/{session}/messages", json={"text": "I would like a room"})


def test_a_model_on_this_machine_answers_and_its_trouble_is_told(room: Room, concierge: Path) -> None:
    window = room.open(concierge)
    room.run(rehearse_with_a_model(room, window))


async def rehearse_with_a_model(room: Room, window: Window) -> None:
    dock, bar = window.desk.dock, window.desk.dock.answers
    async with ChatEmulator(Talk(replies=(Reply(WORDS),))) as model:
        window.desk.rehearse()
        bar.box.choose("model")
        assert bar.model.isVisible()
        bar.chosen.emit("model")
        assert "needs the name of a model" in bar.words
        bar.address.setText(model.url)
        bar.model.setText("llama3.1")
        bar.key.setText(RIGHT_KEY)
        bar.chosen.emit("model")
        assert not bar.model.isVisible() and "llama3.1 answers" in bar.words

        dock.say(QUESTION)
        # The knowledge is on the server, and there is none: that is told, and said by hand.
        await room.happens(lambda: dock.talk and isinstance(dock.talk.thinking, SearchKnowledge))
        await room.happens(lambda: "on the server" in dock.thought.trouble)
        dock.answer(found("On Sundays breakfast is from 7 to 11.", "House handbook"))
        await room.happens(lambda: WORDS in script(window))
        assert "tokens read, 7 written" in script(window)
        picture(window, "answers-by-model")

    dock.say("And on Mondays?")
    await room.happens(lambda: dock.talk and isinstance(dock.talk.thinking, SearchKnowledge))
    dock.answer(found("From 7 to 10.", "House handbook"))
    await room.happens(lambda: "Say here what would be answered" in dock.thought.trouble)
    assert dock.talk is not None and isinstance(dock.talk.thinking, AskModel), (
        "the model is gone; the talk waits"
    )
