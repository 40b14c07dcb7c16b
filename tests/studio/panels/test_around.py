"""The panels around the canvas: checks, problems, outline, variables, history."""

import threading
from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from engine.compiler import Finding, check
from engine.flow import Flow
from studio.document import Document
from studio.document.edits import set_field
from studio.document.wiring import disconnect
from studio.panels.checking import Checked, Checker
from studio.panels.findings import counts, finding_text, repair_of
from studio.panels.history import History
from studio.panels.outline import NODE, Outline, ordered
from studio.panels.ports import PortsForm
from studio.panels.problems import Problems
from studio.panels.variables import Variables, plain_value
from studio.theme import Look

# Qt's offscreen platform says so of every window; a display does not.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

LONG = 30_000


def children(outline: Outline) -> list[QTreeWidgetItem]:
    """The nodes of the main flow, as the outline has them."""
    top = outline.tree.topLevelItem(0)
    found = [top.child(i) for i in range(top.childCount())] if top is not None else []
    return [item for item in found if item is not None]


@pytest.fixture
def checker() -> Iterator[Checker]:
    checker = Checker()
    yield checker
    checker.close()


def test_only_the_newest_flow_is_reported(qtbot: QtBot) -> None:
    gate = threading.Event()
    looked: list[str] = []

    def work(flow: Flow) -> list[Finding]:
        looked.append(flow.name)
        gate.wait(30)
        return []

    checker = Checker(work)
    done: list[Checked] = []
    checker.done.connect(done.append)
    checker.request(Flow(name="first"))
    qtbot.waitUntil(lambda: bool(looked), timeout=LONG)
    for name in ("second", "third"):
        checker.request(Flow(name=name))
    gate.set()
    qtbot.waitUntil(lambda: bool(done), timeout=LONG)
    checker.close()

    assert [checked.flow.name for checked in done] == ["third"]
    assert looked == ["first", "third"]


def test_a_check_that_breaks_is_told_and_the_next_one_runs(qtbot: QtBot) -> None:
    def work(flow: Flow) -> list[Finding]:
        if flow.name == "bad":
            raise ZeroDivisionError("oh")
        return []

    checker = Checker(work)
    done: list[Checked] = []
    checker.done.connect(done.append)
    checker.request(Flow(name="bad"))
    qtbot.waitUntil(lambda: len(done) == 1, timeout=LONG)
    checker.request(Flow(name="good"))
    qtbot.waitUntil(lambda: len(done) == 2, timeout=LONG)
    checker.close()

    assert "ZeroDivisionError" in done[0].trouble
    assert done[0].program is not None, "it can be rehearsed all the same"
    assert done[1].program is not None


def test_a_finding_is_mended_by_the_wire_it_names(look: Look, document: Document, qtbot: QtBot) -> None:
    document.apply(disconnect(document.state, "", "n_which", "else"))
    findings = tuple(check(document.flow))
    errors = [f for f in findings if f.severity == "error"]
    assert errors
    assert counts(findings)["n_which"][1] == "error"

    repairs = [r for f in errors if (r := repair_of(f, document.flow)) is not None]
    for repair in repairs:
        document.apply(repair.edit(document.state))
    if repairs:
        assert not [f for f in check(document.flow) if f.severity == "error"]


def test_a_finding_is_accepted_with_a_reason(look: Look, document: Document, qtbot: QtBot) -> None:
    document.apply(
        set_field(document.state, "", "n_many", ("prompt", "en-US"), "How many? And when? And who?")
    )
    findings = tuple(f for f in check(document.flow) if f.nodes and not f.suppressed)
    assert findings
    finding = findings[0]
    panel = Problems(look, document)
    qtbot.addWidget(panel)

    panel.accept(finding, "We tried it with callers.")

    kept = document.flow.suppress[0]
    assert (kept.code, kept.reason) == (finding.code, "We tried it with callers.")


def test_sentences_of_findings_have_their_names_set() -> None:
    finding = Finding("E001", '"To the host" has no answer for *no reply*: silence.')
    assert finding_text(finding) == "“To the host” has no answer for no reply: silence."


def test_the_outline_has_every_node_in_the_order_of_a_talk(
    look: Look, document: Document, qtbot: QtBot
) -> None:
    assert [node.id for node in ordered(document.flow)][:4] == ["n_welcome", "n_many", "n_free", "n_which"]
    outline = Outline(look, document)
    qtbot.addWidget(outline)
    outline.show()

    shown = {item.data(0, NODE) for item in children(outline)}
    assert shown == set(document.flow.nodes)


def test_the_outline_selects_and_deletes_by_keyboard(look: Look, document: Document, qtbot: QtBot) -> None:
    outline = Outline(look, document)
    qtbot.addWidget(outline)
    outline.show()

    outline.tree.setCurrentItem(children(outline)[0])
    qtbot.keyClick(outline.tree, Qt.Key.Key_Down)
    assert document.selection.current == "n_many"

    qtbot.keyClick(outline.tree, Qt.Key.Key_Delete)
    assert "n_many" not in document.flow.nodes
    document.undo()
    assert "n_many" in document.flow.nodes


def test_the_outline_filters(look: Look, document: Document, qtbot: QtBot) -> None:
    outline = Outline(look, document)
    qtbot.addWidget(outline)
    outline.show()
    outline._filter.setText("sorry")

    assert [item.text(0) for item in children(outline) if not item.isHidden()] == ["Sorry"]


def test_a_port_is_wired_from_its_form(look: Look, document: Document, qtbot: QtBot) -> None:
    form = PortsForm(look, document)
    qtbot.addWidget(form)
    form.show_node("n_many")
    box = next(b for b in form.boxes() if b.accessibleName().startswith("gives up"))
    assert box.currentText() == "as the flow: Sorry"

    box.choose("n_booked")
    assert document.flow.nodes["n_many"].out["gives_up"] == "n_booked"

    form.show_node("n_many")
    box = next(b for b in form.boxes() if b.accessibleName().startswith("gives up"))
    box.choose("")
    assert "gives_up" not in document.flow.nodes["n_many"].out


def test_a_variable_gets_another_name_everywhere(look: Look, document: Document, qtbot: QtBot) -> None:
    panel = Variables(look, document)
    qtbot.addWidget(panel)
    panel.show()
    field = next(f for f in panel.names() if f.text() == "guests")

    field.setText("party")
    field.editingFinished.emit()

    nodes = document.flow.nodes
    assert nodes["n_many"].fields["save"] == "party"
    assert nodes["n_booked"].fields["text"]["en-US"] == "A table for {{ party }}, then."
    assert nodes["n_free"].fields["query"] == {"guests": "party"}


def test_a_name_that_is_taken_or_no_name_is_put_back(look: Look, document: Document, qtbot: QtBot) -> None:
    panel = Variables(look, document)
    qtbot.addWidget(panel)
    panel.show()
    field = next(f for f in panel.names() if f.text() == "guests")
    for wrong in ("free", "two words", ""):
        field.setText(wrong)
        field.editingFinished.emit()
        assert field.text() == "guests"
    assert not document.dirty


def test_values_are_read_as_their_type_wants_them() -> None:
    assert plain_value("4", "int") == 4
    assert plain_value("yes", "yes_no") is True
    assert plain_value("", "int") is None
    assert plain_value("2026-11-27", "date") == "2026-11-27"


def test_the_history_goes_back_and_forth(look: Look, document: Document, qtbot: QtBot) -> None:
    for words in ("One.", "Two.", "Three."):
        document.apply(set_field(document.state, "", "n_welcome", ("text", "en-US"), words))
        document.settle()
    panel = History(look, document)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.list.count() == 4

    panel.go_to(1)
    assert document.flow.nodes["n_welcome"].fields["text"] == {"en-US": "One."}
    panel.go_to(3)
    assert document.flow.nodes["n_welcome"].fields["text"] == {"en-US": "Three."}


def test_a_flow_of_many_nodes_keeps_the_form_quick_to_make(
    look: Look, document: Document, qtbot: QtBot
) -> None:
    many = {
        f"n_{i:08}": msgspec.structs.replace(document.flow.nodes["n_sorry"], id=f"n_{i:08}")
        for i in range(3000)
    }
    flow = msgspec.structs.replace(document.flow, nodes={**document.flow.nodes, **many})
    form = PortsForm(look, Document.new(flow))
    qtbot.addWidget(form)
    form.show_node("n_many")

    assert all(box.count() == 1 for box in form.boxes()), "the others come when somebody looks for them"
