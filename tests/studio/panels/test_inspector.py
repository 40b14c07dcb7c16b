"""The form of a node: made of what its kind declares, and wrong where it is wrong."""

import pytest
from pytestqt.qtbot import QtBot

from engine.compiler import compile_flow
from engine.flow import FlowNode
from engine.kinds import all_kinds
from studio.document import Document
from studio.document.edits import add_node
from studio.panels.diagnosing import diagnose
from studio.panels.editors.choices import duration_words, milliseconds
from studio.panels.editors.source_edit import SourceEdit
from studio.panels.editors.tables import StructureList
from studio.panels.inspector import Inspector
from studio.theme import Look

# Qt's offscreen platform says so of every window; a display does not.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)


def inspector(look: Look, document: Document, qtbot: QtBot, node: str) -> Inspector:
    """An inspector that shows a node."""
    form = Inspector(look, document)
    qtbot.addWidget(form)
    document.subscribe(lambda change: form.refresh())
    form.show_node(node)
    form.resize(336, 800)
    form.show()
    return form


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_field_of_every_kind_has_an_editor(
    look: Look, document: Document, qtbot: QtBot, kind: str
) -> None:
    document.apply(add_node(document.state, "", FlowNode("n_fresh", kind, "Fresh"), (0, 0)))

    form = inspector(look, document, qtbot, "n_fresh")

    assert set(form.editors()) == {spec.name for spec in all_kinds()[kind].form()}


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_to_show_a_node_changes_nothing(look: Look, document: Document, qtbot: QtBot, kind: str) -> None:
    document.apply(add_node(document.state, "", FlowNode("n_fresh", kind, "Fresh"), (0, 0)))
    before = document.state

    inspector(look, document, qtbot, "n_fresh")

    assert document.state is before


def test_typing_edits_the_words_of_the_locale(look: Look, document: Document, qtbot: QtBot) -> None:
    form = inspector(look, document, qtbot, "n_welcome")
    field = form.editors()["text"].first_field()
    assert isinstance(field, SourceEdit)

    field.selectAll()
    qtbot.keyClicks(field, "Hello.")

    assert document.part.nodes["n_welcome"].fields["text"] == {"en-US": "Hello."}
    assert len(document.history()[0]) == 1


def test_a_mistake_stands_under_its_field_with_what_to_try(
    look: Look, document: Document, qtbot: QtBot
) -> None:
    form = inspector(look, document, qtbot, "n_booked")
    field = form.editors()["text"].first_field()
    assert isinstance(field, SourceEdit)

    field.selectAll()
    qtbot.keyClicks(field, "For {{ gests }}.")

    trouble = diagnose(document.part.nodes["n_booked"], document.part, document.flow)["text.en-US"]
    assert "guests" in trouble.hint
    selection = field.extraSelections()[0]
    assert selection.cursor.selectedText() == "gests"


def test_variables_are_offered_inside_a_hole(look: Look, document: Document, qtbot: QtBot) -> None:
    form = inspector(look, document, qtbot, "n_booked")
    field = form.editors()["text"].first_field()
    assert isinstance(field, SourceEdit)

    field.selectAll()
    qtbot.keyClicks(field, "For {{ gue")
    qtbot.keyClick(field, "\t")

    assert field.toPlainText() == "For {{ guests"


def test_what_a_field_says_by_default_is_not_written(look: Look, document: Document, qtbot: QtBot) -> None:
    form = inspector(look, document, qtbot, "n_many")
    tries = form.editors()["tries"]

    tries.changed.emit(5, True)
    assert document.part.nodes["n_many"].fields["tries"] == 5
    tries.changed.emit(3, True)
    assert "tries" not in document.part.nodes["n_many"].fields


def test_cases_are_added_moved_and_removed(look: Look, document: Document, qtbot: QtBot) -> None:
    form = inspector(look, document, qtbot, "n_which")
    cases = form.editors()["cases"]
    assert isinstance(cases, StructureList)

    cases.add()
    ids = [case["id"] for case in document.part.nodes["n_which"].fields["cases"]]
    assert ids == ["yes", "way_1"]

    cases.move_to(1, 0)
    assert [c["id"] for c in document.part.nodes["n_which"].fields["cases"]] == ["way_1", "yes"]
    cases.remove(0)
    assert [c["id"] for c in document.part.nodes["n_which"].fields["cases"]] == ["yes"]


def test_an_answer_is_tried_while_the_question_is_edited(
    look: Look, document: Document, qtbot: QtBot
) -> None:
    form = inspector(look, document, qtbot, "n_many")
    form.show_program(compile_flow(document.flow))
    assert form.trying is not None

    form.trying.try_words("a dozen")
    assert form.trying.result.startswith("12, ")
    form.trying.try_words("what do you mean?")
    assert form.trying.result.startswith("Not understood")


def test_a_node_that_only_speaks_has_nothing_to_try(look: Look, document: Document, qtbot: QtBot) -> None:
    assert inspector(look, document, qtbot, "n_welcome").trying is None


def test_an_unknown_kind_is_shown_and_kept(look: Look, document: Document, qtbot: QtBot) -> None:
    stranger = FlowNode("n_odd", "telepathy", "Odd", fields={"depth": 3})
    document.apply(add_node(document.state, "", stranger, (0, 0)))

    form = inspector(look, document, qtbot, "n_odd")

    assert not form.editors()
    assert document.part.nodes["n_odd"].fields == {"depth": 3}


@pytest.mark.parametrize(
    ("words", "value"),
    [("5 s", 5000), ("2 min", 120_000), ("1.5 h", 5_400_000), ("250 ms", 250), ("7", 7000), ("", 0)],
)
def test_durations_are_written_as_people_write_them(words: str, value: int) -> None:
    assert milliseconds(words) == value


@pytest.mark.parametrize("words", ["soon", "5 parsecs", "-3 s"])
def test_what_is_no_duration_is_none(words: str) -> None:
    assert milliseconds(words) is None


def test_a_duration_reads_back_as_itself() -> None:
    for value in (1, 999, 1000, 60_000, 90_000, 3_600_000):
        assert milliseconds(duration_words(value)) == value
