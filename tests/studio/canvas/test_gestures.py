"""What a hand does on the canvas."""

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from engine.flow import FlowNode, Group
from studio.canvas import Canvas
from studio.document.edits import add_node, remove_nodes
from studio.document.frames import add_group
from tests.studio.canvas.conftest import Hand, body, entry, port

EMPTY = QPointF(330, 420)


def test_a_click_selects_and_a_click_beside_lets_go(canvas: Canvas, hand: Hand) -> None:
    hand.click(body(canvas, "n_many"))
    assert canvas.document.selection.nodes == ("n_many",)
    hand.click(EMPTY)
    assert canvas.document.selection.nodes == ()


def test_shift_adds_to_the_selection_and_takes_away_again(canvas: Canvas, hand: Hand) -> None:
    hand.click(body(canvas, "n_many"))
    hand.click(body(canvas, "n_bye"), Qt.KeyboardModifier.ShiftModifier)
    assert canvas.document.selection.nodes == ("n_many", "n_bye")
    hand.click(body(canvas, "n_many"), Qt.KeyboardModifier.ShiftModifier)
    assert canvas.document.selection.nodes == ("n_bye",)


def test_dragging_moves_and_is_one_undo(canvas: Canvas, hand: Hand) -> None:
    hand.drag(body(canvas, "n_bye"), body(canvas, "n_bye") + QPointF(60, 80))
    assert canvas.document.layout.nodes["n_bye"] == (660, 80)
    assert canvas.document.history() == (("Move a node",), 1)
    canvas.document.undo()
    assert canvas.flow_scene.nodes["n_bye"].rect().topLeft() == QPointF(600, 0)


def test_wires_follow_while_dragging(canvas: Canvas, hand: Hand) -> None:
    hand.press(body(canvas, "n_bye"))
    hand.move(body(canvas, "n_bye") + QPointF(60, 80))
    wire = canvas.flow_scene.wires["n_many", "understood"]
    assert wire.way.points[-1] == (660, 104)
    assert canvas.document.layout.nodes["n_bye"] == (600, 0)
    canvas.cancel()
    assert wire.way.points[-1] == (600, 24)
    assert not canvas.document.can_undo


def test_a_selection_moves_together(canvas: Canvas, hand: Hand) -> None:
    canvas.select_all()
    hand.drag(body(canvas, "n_many"), body(canvas, "n_many") + QPointF(-50, 0))
    assert canvas.document.layout.nodes == {
        "n_welcome": (-50, 0),
        "n_many": (250, 0),
        "n_bye": (550, 0),
        "n_sorry": (550, 240),
    }


def test_a_trembling_click_moves_nothing(canvas: Canvas, hand: Hand) -> None:
    hand.drag(body(canvas, "n_bye"), body(canvas, "n_bye") + QPointF(2, 1))
    assert not canvas.document.can_undo


def test_the_band_selects_what_it_touches(canvas: Canvas, hand: Hand) -> None:
    hand.drag(QPointF(560, -60), QPointF(700, 300))
    assert set(canvas.document.selection.nodes) == {"n_bye", "n_sorry"}
    assert canvas.overlays.band is None


def test_escape_gives_the_band_up(canvas: Canvas, hand: Hand) -> None:
    canvas.document.selection.set(("n_welcome",))
    hand.press(QPointF(560, -60))
    hand.move(QPointF(700, 300))
    canvas.cancel()
    assert canvas.document.selection.nodes == ("n_welcome",)


def test_a_wire_dragged_from_a_port_connects(canvas: Canvas, hand: Hand) -> None:
    hand.drag(port(canvas, "n_many", "gives_up"), entry(canvas, "n_bye"))
    assert canvas.document.flow.nodes["n_many"].out["gives_up"] == "n_bye"
    assert canvas.flow_scene.wires["n_many", "gives_up"].target.id == "n_bye"
    assert canvas.overlays.hand is None


def test_a_wire_may_be_dropped_anywhere_on_a_node(canvas: Canvas, hand: Hand) -> None:
    hand.press(port(canvas, "n_welcome", "then"))
    hand.move(body(canvas, "n_bye"))
    assert canvas.overlays.target == "n_bye"
    hand.release(body(canvas, "n_bye"))
    assert canvas.document.flow.nodes["n_welcome"].out == {"then": "n_bye"}


def test_the_end_of_a_wire_is_taken_up_and_put_elsewhere(canvas: Canvas, hand: Hand) -> None:
    hand.drag(entry(canvas, "n_many"), entry(canvas, "n_sorry"))
    assert canvas.document.flow.nodes["n_welcome"].out == {"then": "n_sorry"}


def test_the_end_of_a_wire_dropped_nowhere_takes_it_away(canvas: Canvas, hand: Hand) -> None:
    hand.drag(entry(canvas, "n_many"), EMPTY)
    assert canvas.document.flow.nodes["n_welcome"].out == {}
    assert ("n_welcome", "then") not in canvas.flow_scene.wires


def test_escape_puts_a_wire_down(canvas: Canvas, hand: Hand) -> None:
    hand.press(port(canvas, "n_welcome", "then"))
    hand.move(body(canvas, "n_bye"))
    canvas.cancel()
    hand.release(body(canvas, "n_bye"))
    assert canvas.document.flow.nodes["n_welcome"].out == {"then": "n_many"}
    assert canvas.overlays.hand is None


def test_a_wire_dropped_on_nothing_offers_what_fits_and_connects_it(
    canvas: Canvas, hand: Hand, qtbot: QtBot
) -> None:
    hand.drag(port(canvas, "n_welcome", "then"), EMPTY)
    quick = canvas._quick
    assert quick.isVisible()
    titles = [quick.rows.item(i).text() for i in range(quick.rows.count())]
    assert "Ask" in titles
    assert "Whenever" not in titles
    quick.field.setText("br")
    qtbot.keyClick(quick.field, Qt.Key.Key_Return)
    new = canvas.document.flow.nodes["n_welcome"].out["then"]
    assert canvas.document.flow.nodes[new].kind == "branch"
    assert canvas.document.selection.nodes == (new,)
    assert canvas.document.history()[1] == 1


def test_quick_add_is_dismissed_by_escape(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    hand.double_click(EMPTY)
    assert canvas._quick.isVisible()
    qtbot.keyClick(canvas._quick.field, Qt.Key.Key_Escape)
    assert not canvas._quick.isVisible()
    assert not canvas.document.can_undo


def test_a_wire_drawn_backwards_offers_what_can_lead_here(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    hand.drag(entry(canvas, "n_welcome"), EMPTY)
    quick = canvas._quick
    titles = [quick.rows.item(i).text() for i in range(quick.rows.count())]
    assert "End" not in titles
    quick.field.setText("say")
    qtbot.keyClick(quick.field, Qt.Key.Key_Return)
    new = canvas.document.selection.current
    assert new is not None
    assert canvas.document.flow.nodes[new].out == {"then": "n_welcome"}


def test_a_lone_node_dropped_on_a_wire_joins_it(canvas: Canvas, hand: Hand) -> None:
    document = canvas.document
    document.apply(add_node(document.state, "", FlowNode("n_new", "say", "New"), (150, 300)))
    wire = canvas.flow_scene.wires["n_welcome", "then"].way.points
    middle = QPointF((wire[0][0] + wire[-1][0]) / 2, (wire[0][1] + wire[-1][1]) / 2)
    start = canvas.flow_scene.nodes["n_new"].rect().center()
    hand.drag(start, middle)
    assert document.flow.nodes["n_welcome"].out == {"then": "n_new"}
    assert document.flow.nodes["n_new"].out == {"then": "n_many"}


def test_the_three_dots_show_the_rare_ports(canvas: Canvas, hand: Hand) -> None:
    item = canvas.flow_scene.nodes["n_many"]
    assert [p.id for p in item.box.ports] == ["understood", "gives_up"]
    hand.click(QPointF(item.x0 + 20, item.y0 + item.box.height - 18))
    assert "no_input" in [p.id for p in item.box.ports]


def test_a_frame_moves_with_what_stands_in_it(canvas: Canvas, hand: Hand) -> None:
    edit, id = add_group(canvas.document.state, Group("The end", (560, -50, 300, 460)))
    canvas.document.apply(edit)
    hand.drag(QPointF(600, -38), QPointF(640, -18))
    assert canvas.document.layout.groups[id].rect == (600, -30, 300, 460)
    assert canvas.document.layout.nodes["n_bye"] == (640, 20)
    assert canvas.document.layout.nodes["n_many"] == (300, 0)


def test_a_frame_is_stretched_by_its_corner(canvas: Canvas, hand: Hand) -> None:
    edit, id = add_group(canvas.document.state, Group("The end", (560, -50, 300, 440)))
    canvas.document.apply(edit)
    hand.drag(QPointF(855, 385), QPointF(875, 395))
    assert canvas.document.layout.groups[id].rect == (560, -50, 320, 450)


def test_the_middle_button_pans(canvas: Canvas, hand: Hand) -> None:
    before = canvas.mapToScene(0, 0)
    start = canvas.mapFromScene(EMPTY)
    hand.press(EMPTY, Qt.MouseButton.MiddleButton)
    hand.move(canvas.mapToScene(start.x() + 50, start.y() + 30), Qt.MouseButton.MiddleButton)
    hand.release(EMPTY, Qt.MouseButton.MiddleButton)
    assert canvas.mapToScene(0, 0) == before - QPointF(50, 30)


def test_a_double_click_on_a_node_asks_to_open_it(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.opened) as opened:
        hand.double_click(body(canvas, "n_many"))
    assert opened.args == ["n_many"]


def test_the_wire_under_the_pointer_lights_up_and_says_what_it_is(canvas: Canvas, hand: Hand) -> None:
    wire = canvas.flow_scene.wires["n_many", "gives_up"]
    (x0, y0), (x1, y1) = wire.way.points[0], wire.way.points[-1]
    hand.move(QPointF((x0 + x1) / 2, (y0 + y1) / 2), Qt.MouseButton.NoButton)
    assert wire.hovered
    assert canvas.overlays.label is not None
    assert canvas.overlays.label.text == "gives up → Sorry"
    canvas.document.apply(remove_nodes(canvas.document.state, "", ["n_sorry"]))
    hand.move(EMPTY, Qt.MouseButton.NoButton)
    assert canvas.overlays.label is None


def test_a_frame_takes_the_title_that_is_written_on_it(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    edit, id = add_group(canvas.document.state, Group("Untitled", (560, -50, 300, 460)))
    canvas.document.apply(edit)
    hand.double_click(QPointF(640, -38))
    canvas._title.setText("The end")
    qtbot.keyClick(canvas._title, Qt.Key.Key_Return)
    assert canvas.document.layout.groups[id].title == "The end"
    hand.double_click(QPointF(640, -38))
    canvas._title.setText("Something else")
    qtbot.keyClick(canvas._title, Qt.Key.Key_Escape)
    assert canvas.document.layout.groups[id].title == "The end"


def test_a_dragged_card_is_caught_by_an_edge(canvas: Canvas, hand: Hand) -> None:
    start = body(canvas, "n_sorry")
    hand.press(start)
    hand.move(start + QPointF(-100, 30))
    hand.move(start + QPointF(-297, 30))
    assert canvas.overlays.guides == (300, None)
    hand.release(start + QPointF(-297, 30))
    assert canvas.document.layout.nodes["n_sorry"] == (300, 270)
    assert canvas.overlays.guides == (None, None)


def test_a_dragged_card_is_caught_where_its_wire_runs_level(canvas: Canvas, hand: Hand) -> None:
    level = canvas.flow_scene.nodes["n_many"].exit("gives_up").y
    start = body(canvas, "n_sorry")
    by = QPointF(60, level - 24 - 240 + 4)
    hand.drag(start, start + by)
    assert canvas.flow_scene.nodes["n_sorry"].entry().y == round(level - 24) + 24
