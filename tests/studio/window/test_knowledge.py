"""What an agent knows, in the studio: documents dropped on the panel, questions, what a search finds, what fails."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from studio.operations.knowledge_panel import KnowledgePanel
from studio.window.window import Window
from tests.server.knowledge.papers import pdf
from tests.studio.window.conftest import Room
from tests.studio.window.test_aloud import picture

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
HANDBOOK = """# House handbook

## Breakfast

Breakfast is served from seven until ten in the winter garden.

## Pets

Small dogs are welcome for twelve euros a night.
"""


def opened(room: Room, window: Window) -> KnowledgePanel:
    """The panel, with an agent that was made for the flow."""
    panel = window.house.knowledge
    window.desk.turn_drawer("knowledge")
    room.given_an_agent(panel.agency)
    room.until(panel.area.isVisible)
    return panel


def drop(onto: QWidget, *urls: QUrl) -> None:
    """Let go of something over a widget, as the system tells it."""
    data = QMimeData()
    data.setUrls(list(urls))
    at = onto.rect().center()
    held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPoint(at), *held)
    QApplication.sendEvent(onto, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(onto, QDropEvent(QPointF(at), *held))


def drop_files(onto: QWidget, *paths: Path) -> None:
    """Files, as a file manager lets them go."""
    drop(onto, *(QUrl.fromLocalFile(str(path)) for path in paths))


def named(panel: KnowledgePanel, title: str) -> str:
    """How the row of this title stands; empty while there is none."""
    return next(
        (r.source.state for r in panel.rows.values() if title in r.source.title + r.source.origin), ""
    )


def test_a_document_that_is_dropped_is_read_and_found_with_its_source(
    room: Room, window: Window, tmp_path: Path
) -> None:
    panel = opened(room, window)
    book, paper = tmp_path / "handbook.md", tmp_path / "parking.pdf"
    book.write_text(HANDBOOK)
    paper.write_bytes(pdf([[(11, "The garage behind the house costs nine euros a day.")]], "Parking"))

    drop_files(panel, book, paper)
    room.until(lambda: len(panel.rows) == 2)
    picture(window, "knowledge-reading")
    room.until(lambda: named(panel, "handbook") == "ready" and named(panel, "parking") == "ready")

    panel.search.setText("when is breakfast served")
    panel.search.returnPressed.emit()
    room.until(lambda: panel.found)
    first = panel.found[0]
    assert "seven until ten" in first.text and "handbook" in first.title.lower()
    picture(window, "knowledge-found")


def test_what_cannot_be_read_says_why_on_its_row_and_can_be_taken_away(
    room: Room, window: Window, tmp_path: Path
) -> None:
    panel = opened(room, window)
    broken, song = tmp_path / "broken.pdf", tmp_path / "song.mp3"
    broken.write_bytes(b"%PDF-1.7 and then nothing")
    song.write_bytes(b"ID3")

    drop_files(panel, broken, song)
    room.until(lambda: named(panel, "broken") == "failed")
    broken_row = next(r for r in panel.rows.values() if "broken" in r.source.origin)
    assert broken_row.problem
    room.until(lambda: panel.trouble)
    assert "song.mp3: It cannot be read. Bring one of these" in panel.trouble
    picture(window, "knowledge-failed")

    gone = next(b for b in broken_row.findChildren(QToolButton) if b.accessibleName() == "Take it away")
    gone.click()
    room.until(lambda: named(panel, "broken") == "")


def test_a_question_with_its_answer_is_found_in_other_words(room: Room, window: Window) -> None:
    panel = opened(room, window)
    form = panel.question
    form.open()
    form.give()
    assert "Write the question" in form.trouble.text()
    form.question.setText("Is there a sauna?")
    form.answer.setPlainText("In the cellar, from four in the afternoon.")
    form.also.setPlainText("can I sweat somewhere\n\nwhere is the spa")
    picture(window, "knowledge-question")
    form.give()
    room.until(lambda: named(panel, "sauna") == "ready" and form.isHidden())

    panel.search.setText("where is the spa")
    panel.search.returnPressed.emit()
    room.until(lambda: panel.found)
    assert panel.found[0].answer == "In the cellar, from four in the afternoon."


def test_an_address_that_may_not_be_asked_says_so(room: Room, window: Window) -> None:
    panel = opened(room, window)
    drop(panel, QUrl("http://127.0.0.1:9/menu.html"), QUrl.fromLocalFile("/nowhere/gone.txt"))
    room.until(lambda: "gone.txt cannot be read here" in panel.trouble)
    room.until(lambda: named(panel, "menu.html") == "failed" or panel.trouble)
    row = next((r for r in panel.rows.values() if "menu.html" in r.source.origin), None)
    assert row.problem if row is not None else panel.trouble

    form = panel.address
    form.open()
    form.address.setText("not an address")
    form.give()
    room.until(form.trouble.text)
    assert form.address.text() == "not an address" and not form.isHidden()


def test_without_a_server_the_panel_says_where_knowledge_lives(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.desk.turn_drawer("knowledge")
    assert "on the server" in window.house.knowledge.words
