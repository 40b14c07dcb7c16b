"""What a right click offers."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.flow import Group
from studio.canvas import Canvas
from studio.document.frames import add_group
from tests.studio.canvas.conftest import body

# The offscreen platform has no windows to raise and no keyboard to grab, and says so for every menu.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def right_click(canvas: Canvas, qtbot: QtBot, at: QPointF) -> QMenu:
    """The menu that opens at a point of the scene."""
    pixel = canvas.mapFromScene(at)
    where = canvas.viewport().mapToGlobal(pixel)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pixel, where)
    QApplication.sendEvent(canvas.viewport(), event)
    menu = canvas.findChildren(QMenu)[-1]
    qtbot.addWidget(menu)
    return menu


def choose(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()


def test_a_node_can_become_the_start(canvas: Canvas, qtbot: QtBot) -> None:
    menu = right_click(canvas, qtbot, body(canvas, "n_many"))
    assert canvas.document.selection.nodes == ("n_many",)
    choose(menu, "Start the flow here")
    assert canvas.document.flow.start == "n_many"


def test_a_node_can_be_opened_and_deleted(canvas: Canvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.opened):
        choose(right_click(canvas, qtbot, body(canvas, "n_bye")), "Open")
    choose(right_click(canvas, qtbot, body(canvas, "n_bye")), "Delete")
    assert "n_bye" not in canvas.document.flow.nodes


def wire_middle(canvas: Canvas, source: str, port: str) -> QPointF:
    points = canvas.flow_scene.wires[source, port].way.points
    return QPointF((points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)


def test_a_wire_takes_a_node_in_between_or_goes(canvas: Canvas, qtbot: QtBot) -> None:
    choose(right_click(canvas, qtbot, wire_middle(canvas, "n_welcome", "then")), "Add a node in between…")
    canvas._quick.chosen.emit("say")
    new = canvas.document.flow.nodes["n_welcome"].out["then"]
    assert canvas.document.flow.nodes[new].out == {"then": "n_many"}
    choose(right_click(canvas, qtbot, wire_middle(canvas, "n_many", "gives_up")), "Disconnect")
    assert "gives_up" not in canvas.document.flow.nodes["n_many"].out


def test_a_frame_goes_and_leaves_its_nodes(canvas: Canvas, qtbot: QtBot) -> None:
    edit, _ = add_group(canvas.document.state, Group("The end", (560, -50, 300, 460)))
    canvas.document.apply(edit)
    choose(right_click(canvas, qtbot, QPointF(640, -38)), "Remove the frame")
    assert not canvas.document.layout.groups
    assert len(canvas.document.flow.nodes) == 4


def test_the_empty_canvas_offers_nodes(canvas: Canvas, qtbot: QtBot) -> None:
    choose(right_click(canvas, qtbot, QPointF(330, 420)), "Add a node…")
    assert canvas._quick.isVisible()
