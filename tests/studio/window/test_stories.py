"""What a designer does in an hour at the window."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.protocol.script import Answer, Say
from studio.document import find_recovery
from studio.panels.editors.source_edit import SourceEdit
from studio.simulator.lines import Voice
from studio.window.window import Window
from tests.studio.window.conftest import Room

# Qt's offscreen platform says so of every dialog; a display does not.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

FREE = Answer("ok", 200, {"available": True})


def question(window: Window) -> SourceEdit:
    """The field with the question of the ask."""
    window.desk.open_node("n_many")
    field = window.desk.inspector.editors()["prompt"].first_field()
    assert isinstance(field, SourceEdit)
    return field


def said(window: Window) -> list[str]:
    """What the agent has said in the rehearsal."""
    talk = window.desk.dock.talk
    assert talk is not None
    return [line.text for line in talk.lines if line.voice is Voice.AGENT]


def type_over(room: Room, field: SourceEdit, text: str) -> None:
    """Replace what a field holds, as a hand would."""
    field.selectAll()
    room.qtbot.keyClicks(field, text)


def test_a_mistake_is_seen_while_it_is_typed_and_goes_when_it_is_mended(room: Room, flow: Path) -> None:
    window = room.open(flow)
    assert window.desk.newest is not None and not window.desk.newest.errors

    field = question(window)
    type_over(room, field, "For {{ gests }} people?")
    room.settle(window)

    assert window.desk.newest.errors
    assert "1 problem" in window.desk.line.sentence
    assert field.extraSelections(), "the mistake is underlined where it stands"

    type_over(room, field, "For {{ guests }} people?")
    field.clear()
    type_over(room, field, "For how many people?")
    room.settle(window)

    assert not window.desk.newest.errors
    assert not field.extraSelections()


def test_typing_is_one_step_of_undo(room: Room, flow: Path) -> None:
    window = room.open(flow)
    field = question(window)
    type_over(room, field, "How many?")
    window.document.settle()

    window.actions_registry.run("edit.undo")

    assert window.document.part.nodes["n_many"].fields["prompt"] == {"en-US": "For how many?"}
    assert field.toPlainText() == "For how many?"
    assert not window.document.dirty


def test_an_edit_is_heard_in_the_talk_that_is_under_way(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.desk.rehearse()
    assert said(window) == ["Good evening.", "For how many?"]

    type_over(room, question(window), "How many will come?")
    room.settle(window)

    assert said(window) == ["Good evening.", "How many will come?"]


def test_going_back_two_turns_and_answering_differently(room: Room, flow: Path) -> None:
    window = room.open(flow)
    desk = window.desk
    desk.rehearse()
    desk.dock.say("what do you mean?")
    desk.dock.say("four")
    desk.dock.answer(FREE)
    assert said(window)[-1] == "A table for 4, then."

    talk = desk.dock.talk
    assert talk is not None
    first = next(line for line in talk.lines if line.voice is Voice.YOU)
    desk.dock.go_back(first)
    assert desk.dock.bar.field.text() == "what do you mean?"
    desk.dock.bar.field.setText("seven of us")
    room.qtbot.keyClick(desk.dock.bar.field, Qt.Key.Key_Return)

    assert said(window)[-1] == "A table for 7, then."
    assert desk.canvas.overlays.current is None
    assert ("n_which", "yes") in desk.canvas.overlays.taken


def test_the_current_node_is_lit_on_the_canvas(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.desk.rehearse()
    assert window.desk.canvas.overlays.current == "n_many"
    assert window.desk.canvas.overlays.taken == {("n_welcome", "then")}


def test_a_talk_is_kept_as_a_test_and_the_test_is_run(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.desk.rehearse()
    window.desk.dock.do(Say("four"))
    window.desk.dock.answer(FREE)

    window.keep_talk("Books for four")
    window.run_tests()

    kept = json.loads((flow / "tests" / "books-for-four.json").read_text())
    assert kept["outcome"] == "booked"
    assert [result.passed for result in window.desk.tests.results.values()] == [True]


def test_saving_writes_the_file_and_clears_the_dot(room: Room, flow: Path) -> None:
    window = room.open(flow)
    type_over(room, question(window), "How many?")
    assert window.isWindowModified()

    window.actions_registry.run("file.save")

    assert not window.isWindowModified()
    assert "How many?" in (flow / "flow.json").read_text()


def test_closing_with_unsaved_work_asks_and_staying_keeps_everything(room: Room, flow: Path) -> None:
    window = room.open(flow)
    type_over(room, question(window), "How many?")

    window.close()
    assert not window.closed.is_set()
    assert window.question.isVisible()
    window.question.buttons["Stay"].click()

    assert window.isVisible()
    assert window.document.dirty

    window.close()
    window.question.buttons["Save"].click()
    assert window.closed.is_set()
    assert "How many?" in (flow / "flow.json").read_text()


def test_closing_without_saving_leaves_the_file_and_nothing_to_recover(room: Room, flow: Path) -> None:
    before = (flow / "flow.json").read_bytes()
    window = room.open(flow)
    type_over(room, question(window), "How many?")

    window.close()
    window.question.buttons["Don't save"].click()

    assert window.closed.is_set()
    assert (flow / "flow.json").read_bytes() == before
    assert find_recovery(flow, window.keepsakes.journals) is None


def test_work_of_a_studio_that_ended_without_saving_comes_back(room: Room, flow: Path) -> None:
    window = room.open(flow)
    type_over(room, question(window), "How many?")
    window.leave_to_journal()
    assert window.closed.is_set()

    again = room.open(flow)
    room.until(lambda: again.desk.notices.cards)
    card = again.desk.notices.cards[0]
    assert "not saved" in card.text
    card.buttons["Bring it back"].click()

    assert again.document.part.nodes["n_many"].fields["prompt"] == {"en-US": "How many?"}
    assert again.document.dirty


def test_a_file_changed_by_something_else_is_read_again(room: Room, flow: Path) -> None:
    window = room.open(flow)
    path = flow / "flow.json"
    path.write_text(path.read_text().replace("Good evening.", "Hello there."))

    window.look_outside()

    assert window.document.part.nodes["n_welcome"].fields["text"] == {"en-US": "Hello there."}
    room.settle(window)


def test_a_file_changed_by_something_else_waits_for_a_word_when_there_is_work_here(
    room: Room, flow: Path
) -> None:
    window = room.open(flow)
    type_over(room, question(window), "How many?")
    path = flow / "flow.json"
    path.write_text(path.read_text().replace("Good evening.", "Hello there."))

    window.look_outside()
    card = window.desk.notices.cards[0]
    assert window.document.part.nodes["n_many"].fields["prompt"] == {"en-US": "How many?"}
    card.buttons["Read the file again"].click()

    assert window.document.part.nodes["n_welcome"].fields["text"] == {"en-US": "Hello there."}


def test_a_broken_file_is_told_and_the_open_flow_stays(room: Room, flow: Path, tmp_path: Path) -> None:
    window = room.open(flow)
    broken = tmp_path / "broken.json"
    broken.write_text("{ not json")

    window.open(broken)

    assert "not valid JSON" in window.desk.notices.cards[0].text
    assert window.document.title == "Book a table"


def test_searching_finds_nodes_words_and_commands(room: Room, flow: Path) -> None:
    window = room.open(flow)
    everything = window.desk.everything
    field = window.desk.bar.search

    room.qtbot.keyClicks(field, "evening")
    assert everything.names[0] == "Welcome"
    room.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.document.selection.current == "n_welcome"

    room.qtbot.keyClicks(field, "undo")
    assert "Undo" not in everything.names, "nothing can be undone yet"
    everything.close()
    room.qtbot.keyClicks(field, "outline")
    assert "Outline" in everything.names


def test_a_problem_is_mended_by_its_button(room: Room, flow: Path) -> None:
    window = room.open(flow)
    desk = window.desk
    path = flow / "flow.json"
    raw = json.loads(path.read_text())
    del raw["nodes"]["n_which"]["out"]["yes"]
    path.write_text(json.dumps(raw))
    window.look_outside()
    room.settle(window)
    assert desk.newest is not None and desk.newest.errors

    finding = desk.newest.errors[0]
    desk.go_to(finding)
    assert window.document.selection.current == "n_which"
    desk.show_witness(finding)
    assert "n_which" in desk.canvas.overlays.witness or finding.witness is None
