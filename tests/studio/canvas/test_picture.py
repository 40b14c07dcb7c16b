"""What is drawn: at every zoom, while scrolling, and in the layers."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.flow import Flow, FlowNode, Layout
from studio.canvas import Canvas
from studio.document.edits import set_field, set_label, set_start
from studio.document.subflows import add_subflow
from tests.studio.canvas.conftest import Hand, Show, body

SUNRISE, VIOLET, BAD = QColor("#FFB76B"), QColor("#8B5CF6"), QColor("#C2374B")


def picture(canvas: Canvas) -> QImage:
    QApplication.processEvents()
    return canvas.viewport().grab().toImage()


def near(one: QColor, two: QColor) -> bool:
    return all(abs(a - b) <= 24 for a, b in zip(one.getRgb()[:3], two.getRgb()[:3], strict=True))


def shows(image: QImage, colour: QColor, around: QRectF | None = None) -> bool:
    rect = image.rect() if around is None else around.toAlignedRect() & image.rect()
    return any(
        near(image.pixelColor(x, y), colour)
        for x in range(rect.left(), rect.right())
        for y in range(rect.top(), rect.bottom())
    )


def seen(canvas: Canvas, node: str, margin: float = 12) -> QRectF:
    """Where a card is in the picture."""
    polygon = canvas.mapFromScene(canvas.flow_scene.nodes[node].rect())
    return QRectF(polygon.boundingRect()).adjusted(-margin, -margin, margin, margin)


def many(count: int) -> tuple[Flow, Layout]:
    """A grid of nodes, each leading to the next."""
    ids = [f"n_{i:06d}" for i in range(count)]
    kinds = ("say", "ask", "branch", "http", "end")
    nodes = {
        id: FlowNode(id, kinds[i % 5], f"Node {i}", out={"then": ids[(i + 1) % count]})
        for i, id in enumerate(ids)
    }
    places = {id: (i % 60 * 300, i // 60 * 200) for i, id in enumerate(ids)}
    return Flow(start=ids[0], nodes=nodes), Layout(places)


@pytest.mark.parametrize("zoom", [1.5, 1.0, 0.6, 0.45, 0.3, 0.15])
def test_the_live_path_and_problems_are_seen_at_every_zoom(canvas: Canvas, zoom: float) -> None:
    canvas.zoom_to(zoom)
    canvas.look_from(canvas.flow_scene.nodes["n_many"].rect().center())
    assert not shows(picture(canvas), SUNRISE, seen(canvas, "n_many"))
    canvas.set_live(["n_welcome", "n_many"], {("n_welcome", "then")}, "n_many")
    assert shows(picture(canvas), SUNRISE, seen(canvas, "n_many"))
    canvas.set_live([], set(), None)
    assert not shows(picture(canvas), SUNRISE, seen(canvas, "n_many"))
    canvas.set_problems({"n_many": 2})
    assert shows(picture(canvas), BAD, seen(canvas, "n_many"))


@pytest.mark.parametrize("zoom", [1.0, 0.3])
def test_selection_is_a_violet_ring(canvas: Canvas, zoom: float) -> None:
    canvas.zoom_to(zoom)
    canvas.look_from(canvas.flow_scene.nodes["n_bye"].rect().center())
    before = canvas.grab()
    canvas.document.selection.set(("n_bye",))
    after = picture(canvas)
    assert before.toImage() != after
    assert shows(after, VIOLET, seen(canvas, "n_bye"))


def test_a_witness_shows_its_way_in_red(canvas: Canvas) -> None:
    canvas.set_witness({"n_welcome", "n_many"}, {("n_welcome", "then")})
    assert canvas.flow_scene.wires["n_welcome", "then"].witness
    assert shows(picture(canvas), BAD, seen(canvas, "n_many"))
    canvas.set_witness((), ())
    assert not canvas.flow_scene.wires["n_welcome", "then"].witness


def test_search_finds_are_ringed(canvas: Canvas) -> None:
    before = picture(canvas)
    canvas.set_hits({"n_bye"})
    assert picture(canvas) != before


def test_a_live_wire_stays_live_when_its_node_is_edited(canvas: Canvas) -> None:
    document = canvas.document
    canvas.set_live(["n_welcome", "n_many"], {("n_many", "understood")}, "n_many")
    document.apply(set_field(document.state, "", "n_many", "prompt.en-US", "How many?" * 30))
    assert canvas.flow_scene.wires["n_many", "understood"].live
    assert canvas.flow_scene.nodes["n_many"].state.live_ports == {"understood"}


def on_screen(canvas: Canvas) -> QImage:
    """What the window system has, after all the partial repaints."""
    QApplication.processEvents()
    return canvas.screen().grabWindow(canvas.winId()).toImage()


@pytest.mark.parametrize("zoom", [1.0, 0.7, 0.3])
def test_scrolling_leaves_the_picture_a_full_repaint_would_give(canvas: Canvas, zoom: float) -> None:
    canvas.document.selection.set(("n_many",))
    canvas.zoom_to(zoom)
    canvas.look_from(QPointF(400, 150))
    before = on_screen(canvas)
    for step in range(12):
        canvas.pan(-17, 9 if step % 2 else -13)
        QApplication.processEvents()
    scrolled = on_screen(canvas)
    assert scrolled != before
    assert scrolled == canvas.grab().toImage()


@pytest.mark.parametrize("zoom", [1.0, 0.3])
def test_dragging_leaves_no_trace(canvas: Canvas, hand: Hand, zoom: float) -> None:
    canvas.set_live(["n_many"], {("n_many", "understood")}, "n_many")
    canvas.zoom_to(zoom)
    canvas.look_from(QPointF(400, 150))
    start = body(canvas, "n_many")
    hand.press(start)
    for step in range(10):
        hand.move(start + QPointF(13 * step, 9 * step))
        QApplication.processEvents()
    assert on_screen(canvas) == canvas.grab().toImage()


def test_a_card_follows_its_document(canvas: Canvas) -> None:
    document = canvas.document
    item = canvas.flow_scene.nodes["n_many"]
    height = item.box.height
    document.apply(set_field(document.state, "", "n_many", "prompt.en-US", "Tell me, how many of you " * 4))
    assert item.box.height > height
    assert item.box.words.cut
    document.apply(set_label(document.state, "", "n_many", "Guests"))
    assert item.box.card.title == "Guests"
    document.undo()
    document.undo()
    assert item.box.height == height


def test_the_start_is_marked(canvas: Canvas) -> None:
    document = canvas.document
    document.apply(set_start(document.state, "", "n_many"))
    marked = [id for id, item in canvas.flow_scene.nodes.items() if item.state.start]
    assert marked == ["n_many"]


def test_another_flow_of_the_document_is_shown(canvas: Canvas) -> None:
    document = canvas.document
    document.apply(add_subflow(document.state, "identify"))
    assert len(canvas.flow_scene.nodes) == 4
    document.show("identify")
    assert [item.box.card.kind for item in canvas.flow_scene.nodes.values()] == ["return"]
    canvas.reveal("n_bye")
    assert document.shown == ""
    assert document.selection.nodes == ("n_bye",)


def test_nodes_without_a_place_are_laid_out(show: Show) -> None:
    flow, _ = many(30)
    canvas = show(flow, Layout())
    places = {item.rect().topLeft().toTuple() for item in canvas.flow_scene.nodes.values()}
    assert len(places) == 30


def test_an_empty_flow_is_an_empty_canvas(show: Show) -> None:
    canvas = show(Flow(), Layout())
    canvas.fit()
    canvas.show_start()
    canvas.arrange()
    assert canvas.flow_scene.nodes == {}
    invited = picture(canvas)
    canvas.add_kind("say")
    canvas.document.selection.clear()
    assert shows(invited, QColor("#5A6384"))
    assert canvas.document.flow.start in canvas.flow_scene.nodes


@pytest.mark.parametrize("zoom", [0.05, 0.12, 0.25, 0.4, 0.5, 1.0])
def test_thousands_of_nodes_are_drawn_at_every_zoom(show: Show, zoom: float) -> None:
    canvas = show(*many(3000))
    canvas.zoom_to(zoom)
    canvas.look_from(canvas.flow_scene.nodes["n_001530"].rect().center())
    image = picture(canvas)
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colours) > 3


def test_an_unreadably_large_flow_opens_at_its_start(show: Show) -> None:
    canvas = show(*many(600))
    canvas.show_start()
    assert canvas.zoom == pytest.approx(0.85)
    assert canvas.in_view().contains(canvas.flow_scene.nodes["n_000000"].rect())


def test_the_minimap_leads_where_it_is_clicked(canvas: Canvas, qtbot: QtBot) -> None:

    canvas.zoom_to(2.0)
    canvas.minimap.repaint()
    qtbot.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(30, 40))
    left = canvas.in_view().center().x()
    qtbot.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(150, 40))
    assert canvas.in_view().center().x() > left + 300


def test_a_released_canvas_no_longer_follows(canvas: Canvas) -> None:
    canvas.release()
    canvas.document.apply(set_label(canvas.document.state, "", "n_many", "Guests"))
    assert canvas.flow_scene.nodes["n_many"].box.card.title == "How many?"


def test_a_backward_wire_runs_between_the_cards(show: Show) -> None:
    """Three rows: the wire leads from the end of the last to the start of the first, past the one between."""
    rows = {f"n_{x}{y}": (x * 300, y * 160) for y in range(3) for x in range(4)}
    nodes = {id: FlowNode(id, "say", id) for id in rows}
    nodes["n_32"] = FlowNode("n_32", "say", "Back", out={"then": "n_00"})
    canvas = show(Flow(start="n_00", nodes=nodes), Layout(rows))
    way = canvas.flow_scene.wires["n_32", "then"].way
    lane = QRectF(way.points[3][0], way.points[2][1] - 4, way.points[2][0] - way.points[3][0], 8)
    assert not any(item.rect().intersects(lane) for item in canvas.flow_scene.nodes.values())
    canvas.flow_scene.move_node("n_11", 300, way.points[2][1] - 40)
    assert canvas.flow_scene.wires["n_32", "then"].way == way
