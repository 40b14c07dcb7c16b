"""Forms of the flow itself, tables of names, sub-flows, palette."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from engine.flow import FlowNode
from studio.document import Document
from studio.document.edits import add_node
from studio.document.subflows import add_subflow
from studio.panels.editors.choices import VariableEditor
from studio.panels.editors.source_edit import SourceEdit
from studio.panels.editors.tables import MapEditor, StructureList, TextsEditor
from studio.panels.editors.texts import LadderEditor
from studio.panels.flow_form import FlowForm
from studio.panels.inspector import Inspector
from studio.panels.palette import Palette, PaletteEntry
from studio.simulator.flowing import Flowing
from studio.simulator.service_card import sketch
from studio.theme import Look

# Qt's offscreen platform says so of every window; a display does not.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)


def inspector(look: Look, document: Document, qtbot: QtBot, node: str) -> Inspector:
    """An inspector that shows a node."""
    form = Inspector(look, document)
    qtbot.addWidget(form)
    document.subscribe(lambda change: form.refresh())
    form.show_node(node)
    return form


def test_the_flow_itself_has_a_form(look: Look, document: Document, qtbot: QtBot) -> None:
    form = FlowForm(look, document)
    qtbot.addWidget(form)
    form.show()
    edit = form.edited

    edit("name", "Luna", True)
    edit("start", "n_many", False)
    edit("default:timeout", "n_sorry", False)
    edit("patience:voice", 5000, True)
    edit("locales", "en-US, it-IT", True)

    flow = document.flow
    assert (flow.name, flow.start, flow.locales) == ("Luna", "n_many", ("en-US", "it-IT"))
    assert flow.defaults["timeout"] == "n_sorry"
    assert flow.patience == {"voice": 5000}
    edit("default:timeout", "", False)
    assert "timeout" not in document.flow.defaults


def test_what_is_said_without_a_node_is_written_in_each_language(
    look: Look, document: Document, qtbot: QtBot
) -> None:
    form = FlowForm(look, document)
    qtbot.addWidget(form)
    document.subscribe(lambda change: form.refresh())
    form.show()
    form.edited("locales", "en-US, it-IT", False)
    hold = next(edit for edit in form.findChildren(SourceEdit) if "caller waits" in edit.accessibleName())
    assert hold.placeholderText() == "One moment, please."

    hold.setPlainText("Just a second.")
    form.speak("it-IT")
    assert hold.toPlainText() == ""
    hold.setPlainText("Un attimo.")
    form.edited("recording", "consent", False)

    assert document.flow.notices == {"hold": {"en-US": "Just a second.", "it-IT": "Un attimo."}}
    assert document.flow.recording == "consent"
    hold.setPlainText("")
    form.speak("en-US")
    hold.setPlainText("")
    assert document.flow.notices == {}

    document.apply(add_subflow(document.state, "part"))
    document.show("part")
    form.refresh()
    assert not hold.isVisible(), "they are the whole document's"


def test_what_models_write_and_may_call_is_set_once_for_the_flow(
    look: Look, document: Document, qtbot: QtBot
) -> None:
    form = FlowForm(look, document)
    qtbot.addWidget(form)
    document.subscribe(lambda change: form.refresh())
    form.show()
    form.edited("personality:tone", "friendly", False)
    form.edited("never", ["free of charge"], True)
    form.edited("escalate_after", 4, True)
    row = {
        "name": "free_rooms",
        "description": "Rooms that are free",
        "inputs": [{"name": "day", "type": "date"}, {"name": "guests", "type": "int", "optional": True}],
        "url": "https://hotel.test/rooms",
        "query": {"day": "day"},
        "headers": {"X-House": "larkspur"},
        "take": "rooms",
    }
    form.edited("functions", [row], False)
    functions = form.findChild(StructureList, "field:functions")
    assert isinstance(functions, StructureList)
    functions.add()

    flow = document.flow
    assert flow.personality is not None and flow.personality.tone == "friendly"
    assert (flow.never, flow.escalate_after) == (("free of charge",), 4)
    assert list(flow.functions) == ["free_rooms", "function"]
    rooms = flow.functions["free_rooms"]
    assert rooms.inputs["guests"].type == "int" and rooms.inputs["guests"].optional
    assert rooms.headers == {"X-House": "larkspur"}, "what the form does not show is kept"
    name = functions.editor_at("functions.1.name")
    assert name is not None
    name.changed.emit("free_rooms", True)
    assert list(document.flow.functions) == ["free_rooms", "free_rooms_2"], "none is lost"
    form.edited("personality:tone", "professional", False)
    assert document.flow.personality is None


def test_functions_are_rows_that_unfold(look: Look, document: Document, qtbot: QtBot) -> None:
    form = FlowForm(look, document)
    qtbot.addWidget(form)
    document.subscribe(lambda change: form.refresh())
    form.show()
    rows = [{"name": f"f{i}", "description": f"Does {i}", "url": "https://a.test"} for i in range(3)]
    form.edited("functions", rows, False)
    functions = form.findChild(StructureList, "field:functions")
    assert isinstance(functions, StructureList)
    assert [card.open for card in functions.cards] == [False, False, False]

    qtbot.mouseClick(functions.cards[1].head, Qt.MouseButton.LeftButton)
    functions.remove(0)
    assert list(document.flow.functions) == ["f1", "f2"]
    assert [card.open for card in functions.cards] == [True, False], "what is open stays so"
    qtbot.keyClick(functions.cards[0].head, Qt.Key.Key_Space)
    assert not functions.cards[0].open
    assert functions.editor_at("functions.1.url") is not None and functions.cards[1].open
    functions.add()
    assert functions.cards[-1].open, "a new one is ready to be written"


def test_words_of_another_language_are_edited_beside_the_first(
    look: Look, document: Document, qtbot: QtBot
) -> None:
    form = FlowForm(look, document)
    qtbot.addWidget(form)
    form.edited("locales", "en-US, it-IT", False)
    node = inspector(look, document, qtbot, "n_welcome")

    node.speak("it-IT")
    node.editors()["text"].changed.emit({"en-US": "Good evening.", "it-IT": "Buona sera."}, True)

    assert document.flow.nodes["n_welcome"].fields["text"]["it-IT"] == "Buona sera."
    node.speak("en-US")
    assert node.editors()["text"].first_field().toPlainText() == "Good evening."  # type: ignore[attr-defined]


def test_a_table_of_names_and_expressions(look: Look, document: Document, qtbot: QtBot) -> None:
    form = inspector(look, document, qtbot, "n_free")
    query = form.editors()["query"]
    assert isinstance(query, MapEditor)

    query.add()
    query.rename(1, "when")
    query.write(1, '"today"')
    assert document.flow.nodes["n_free"].fields["query"] == {"guests": "guests", "when": '"today"'}

    query.remove(0)
    assert document.flow.nodes["n_free"].fields["query"] == {"when": '"today"'}


def test_a_ladder_of_re_prompts(look: Look, document: Document, qtbot: QtBot) -> None:
    form = inspector(look, document, qtbot, "n_many")
    ladder = form.editors()["reprompts"]
    assert isinstance(ladder, LadderEditor)

    ladder.add()
    field = ladder.first_field()
    qtbot.keyClicks(field, "A number, please.")
    assert document.flow.nodes["n_many"].fields["reprompts"] == [{"en-US": "A number, please."}]
    ladder.remove(0)
    assert "reprompts" not in document.flow.nodes["n_many"].fields


def test_phrases_are_written_one_a_line(look: Look, document: Document, qtbot: QtBot) -> None:
    document.apply(add_node(document.state, "", FlowNode("n_ever", "handler", "Help"), (0, 0)))
    form = inspector(look, document, qtbot, "n_ever")
    phrases = form.editors()["phrases"]
    assert isinstance(phrases, TextsEditor)

    field = phrases.first_field()
    qtbot.keyClicks(field, "help me")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "somebody, please")

    assert document.flow.nodes["n_ever"].fields["phrases"] == {"en-US": ["help me", "somebody, please"]}


def test_a_name_that_is_new_asks_to_be_declared(look: Look, document: Document, qtbot: QtBot) -> None:
    form = inspector(look, document, qtbot, "n_many")
    save = form.editors()["save"]
    assert isinstance(save, VariableEditor)
    wanted: list[str] = []
    form.declare.connect(wanted.append)

    save.write("party")

    assert document.flow.nodes["n_many"].fields["save"] == "party"
    assert wanted == ["party"]


def test_from_a_call_one_goes_into_its_sub_flow(look: Look, document: Document, qtbot: QtBot) -> None:
    document.apply(add_subflow(document.state, "identify"))
    call = FlowNode("n_call", "call", "Who?", fields={"flow": "identify"})
    document.apply(add_node(document.state, "", call, (0, 0)))
    form = inspector(look, document, qtbot, "n_call")

    form.go_into()

    assert document.shown == "identify"


def test_a_kind_is_added_by_click_key_and_drag(look: Look, qtbot: QtBot) -> None:
    palette = Palette(look)
    qtbot.addWidget(palette)
    palette.show()
    chosen: list[str] = []
    dropped: list[str] = []
    palette.chosen.connect(chosen.append)
    palette.dropped.connect(lambda kind, at: dropped.append(kind))
    entry = palette.findChildren(PaletteEntry)[0]

    qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    qtbot.keyClick(entry, Qt.Key.Key_Return)
    assert chosen == ["say", "say"]

    qtbot.mousePress(entry, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.mouseMove(entry, QPoint(60, 60))
    qtbot.mouseMove(entry, QPoint(90, 90))
    qtbot.mouseRelease(entry, Qt.MouseButton.LeftButton, pos=QPoint(90, 90))
    assert dropped == ["say"]


def test_pills_break_into_lines() -> None:
    layout = Flowing(gap=6)
    assert layout.heightForWidth(100) == 0


def test_a_sketch_of_an_answer_has_every_path() -> None:
    assert sketch(["order.status", "items.0.name", "free"]).split() == (
        [
            "{",
            '"order":',
            "{",
            '"status":',
            "null",
            "},",
            '"items":',
            "[",
            "{",
            '"name":',
            "null",
            "}",
            "],",
            '"free":',
            "null",
            "}",
        ]
    )
