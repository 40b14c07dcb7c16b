"""The canvas by keyboard, by wheel and from the palette."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.canvas import KIND_MIME, Canvas
from studio.canvas.quick_add import rank_kinds
from studio.document import EngineCatalogue

NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.mark.parametrize(
    ("begin", "key", "end"),
    [
        ("", Qt.Key.Key_Right, "n_welcome"),
        ("n_welcome", Qt.Key.Key_Right, "n_many"),
        ("n_many", Qt.Key.Key_Left, "n_welcome"),
        ("n_bye", Qt.Key.Key_Down, "n_sorry"),
        ("n_sorry", Qt.Key.Key_Up, "n_bye"),
    ],
)
def test_arrows_walk_through_the_flow(
    canvas: Canvas, qtbot: QtBot, begin: str, key: Qt.Key, end: str
) -> None:
    if begin:
        canvas.document.selection.set((begin,))
    qtbot.keyClick(canvas, key)
    assert canvas.document.selection.current == end


def test_enter_opens_the_current_node(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.document.selection.set(("n_bye",))
    with qtbot.waitSignal(canvas.opened) as opened:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert opened.args == ["n_bye"]


def test_delete_takes_nodes_away_and_heals(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.document.selection.set(("n_welcome",))
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert "n_welcome" not in canvas.flow_scene.nodes
    assert canvas.document.flow.start == "n_many"
    assert canvas.flow_scene.nodes["n_many"].state.start


def test_what_is_added_one_after_another_stays_in_view_and_covers_nothing(
    canvas: Canvas, qtbot: QtBot
) -> None:
    canvas.zoom_to(1)
    canvas.document.selection.set((canvas.add_kind("say"),))
    for _ in range(5):
        qtbot.keyClick(canvas, Qt.Key.Key_Tab)
        canvas._quick.field.setText("say")
        qtbot.keyClick(canvas._quick.field, Qt.Key.Key_Return)
        newest = canvas.flow_scene.nodes[canvas.document.selection.current or ""]
        assert canvas.in_view().contains(newest.rect())
        others = [item for item in canvas.flow_scene.nodes.values() if item is not newest]
        assert not any(item.rect().intersects(newest.rect()) for item in others)


def test_tab_goes_on_from_the_selected_node(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.document.selection.set(("n_welcome",))
    canvas.delete_selection()
    new = canvas.add_kind("say")
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    canvas._quick.field.setText("end")
    qtbot.keyClick(canvas._quick.field, Qt.Key.Key_Return)
    after = canvas.document.flow.nodes[new].out["then"]
    assert canvas.document.flow.nodes[after].kind == "end"


def test_arrows_choose_in_quick_add(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.quick_add()
    quick = canvas._quick
    qtbot.keyClick(quick.field, Qt.Key.Key_Down)
    second = quick.rows.item(1).text()
    qtbot.keyClick(quick.field, Qt.Key.Key_Return)
    current = canvas.document.selection.current
    assert current is not None
    assert canvas.flow_scene.nodes[current].box.card.title == second


def test_typed_letters_rank_titles_before_summaries() -> None:
    kinds = EngineCatalogue().kinds()
    assert rank_kinds(kinds, "br")[0].id == "branch"
    assert rank_kinds(kinds, "web service")[0].id == "http"
    assert rank_kinds(kinds, "zzz") == []


def test_copy_and_paste_go_by_text(canvas: Canvas) -> None:
    canvas.document.selection.set(("n_many",))
    canvas.copy_selection()
    assert "parley-nodes" in QGuiApplication.clipboard().text()
    canvas.paste_clipboard()
    (new,) = canvas.document.selection.nodes
    assert canvas.document.flow.nodes[new].label == "How many?"


def test_pasting_other_text_says_so(canvas: Canvas, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("hello")
    with qtbot.waitSignal(canvas.notice) as told:
        canvas.paste_clipboard()
    assert told.args == ["The clipboard holds no nodes."]


def test_cut_takes_nodes_along(canvas: Canvas) -> None:
    canvas.document.selection.set(("n_sorry",))
    canvas.cut_selection()
    assert "n_sorry" not in canvas.document.flow.nodes
    canvas.paste_clipboard()
    assert len(canvas.flow_scene.nodes) == 4


def test_duplicating_selects_the_copies(canvas: Canvas) -> None:
    canvas.document.selection.set(("n_bye", "n_sorry"))
    canvas.duplicate_selection()
    assert len(canvas.document.selection.nodes) == 2
    assert len(canvas.flow_scene.nodes) == 6


def test_a_frame_is_drawn_around_the_selection_and_deleted(canvas: Canvas) -> None:
    canvas.document.selection.set(("n_bye", "n_sorry"))
    canvas.group_selection("The end")
    (frame,) = canvas.flow_scene.frames.values()
    assert frame.rect().contains(canvas.flow_scene.nodes["n_sorry"].rect())
    canvas.delete_selection()
    assert not canvas.flow_scene.frames
    assert len(canvas.flow_scene.nodes) == 4


def test_tidying_up_is_one_undo(canvas: Canvas) -> None:
    before = canvas.document.state
    canvas.document.selection.clear()
    canvas.arrange()
    assert canvas.document.state != before
    canvas.document.undo()
    assert canvas.document.state == before


def test_fit_shows_everything(canvas: Canvas) -> None:
    canvas.zoom_to(2.0)
    canvas.fit()
    assert canvas.in_view().contains(canvas.flow_scene.content_rect())


def test_framing_shows_the_selection(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.document.selection.set(("n_sorry",))
    qtbot.keyClick(canvas, Qt.Key.Key_F)
    centre = canvas.flow_scene.nodes["n_sorry"].rect().center()
    assert (canvas.in_view().center() - centre).manhattanLength() < 4


def test_revealing_a_node_selects_it_in_view(canvas: Canvas) -> None:
    canvas.look_from(QPointF(-3000, -3000))
    canvas.reveal("n_sorry")
    assert canvas.document.selection.nodes == ("n_sorry",)
    assert canvas.in_view().contains(canvas.flow_scene.nodes["n_sorry"].rect())


def test_a_wheel_zooms_about_the_pointer(canvas: Canvas) -> None:
    at = QPoint(300, 200)
    before = canvas.mapToScene(at)
    wheel(canvas, at, angle=120)
    assert canvas.zoom > 1
    assert (canvas.mapToScene(at) - before).manhattanLength() < 3


def test_two_fingers_pan(canvas: Canvas) -> None:
    before = canvas.mapToScene(0, 0)
    wheel(canvas, QPoint(300, 200), pixels=QPoint(-40, -25))
    assert canvas.zoom == 1
    assert canvas.mapToScene(0, 0) == before + QPointF(40, 25)


def test_a_kind_dragged_from_the_palette_is_added_where_it_drops(canvas: Canvas) -> None:
    mime = QMimeData()
    mime.setData(KIND_MIME, b"branch")
    event = QDropEvent(QPointF(400, 500), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, NO_KEYS)
    canvas.dropEvent(event)
    new = canvas.document.selection.current
    assert new is not None
    assert canvas.flow_scene.nodes[new].rect().contains(canvas.mapToScene(400, 500))


def wheel(canvas: Canvas, at: QPoint, angle: int = 0, pixels: QPoint | None = None) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.viewport().mapToGlobal(at)),
        pixels or QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        NO_KEYS,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)
