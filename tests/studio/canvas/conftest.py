"""A canvas over a small flow, and a hand to use it with."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.flow import Flow, Layout
from studio.canvas import Canvas
from studio.canvas.items import NodeItem
from studio.document import Document, EngineCatalogue
from studio.theme import Look, install_fonts, load_tokens
from tests.studio.document.conftest import sample

LEFT = Qt.MouseButton.LeftButton
NOTHING = Qt.MouseButton.NoButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


class Hand:
    """Presses, moves and releases on a canvas, at points of the scene."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._send(QEvent.Type.MouseButtonPress, at, button, button, keys)

    def move(self, at: QPointF, buttons: Qt.MouseButton = LEFT) -> None:
        self._send(QEvent.Type.MouseMove, at, NOTHING, buttons, NO_KEYS)

    def release(self, at: QPointF, button: Qt.MouseButton = LEFT) -> None:
        self._send(QEvent.Type.MouseButtonRelease, at, button, NOTHING, NO_KEYS)

    def click(self, at: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.press(at, keys=keys)
        self.release(at)

    def drag(self, start: QPointF, end: QPointF, button: Qt.MouseButton = LEFT) -> None:
        self.press(start, button)
        self.move((start + end) / 2, button)
        self.move(end, button)
        self.release(end, button)

    def double_click(self, at: QPointF) -> None:
        self._send(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, NO_KEYS)

    def _send(
        self,
        kind: QEvent.Type,
        at: QPointF,
        button: Qt.MouseButton,
        buttons: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        viewport = self.canvas.viewport()
        pixel = QPointF(self.canvas.mapFromScene(at))
        where = QPointF(viewport.mapToGlobal(QPoint(0, 0))) + pixel
        QApplication.sendEvent(viewport, QMouseEvent(kind, pixel, where, button, buttons, keys))


Show = Callable[[Flow, Layout], Canvas]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Opens a canvas over a flow."""
    shown: list[Canvas] = []

    def open_canvas(flow: Flow, layout: Layout) -> Canvas:
        look = Look(load_tokens(), install_fonts())
        canvas = Canvas(Document.new(flow, layout), EngineCatalogue(), look)
        qtbot.addWidget(canvas)
        canvas.resize(1200, 800)
        canvas.show()
        canvas.set_still(True)
        canvas.zoom_to(1.0)
        canvas.look_from(canvas.flow_scene.content_rect().center())
        shown.append(canvas)
        return canvas

    yield open_canvas
    for canvas in shown:
        canvas.overlays.set_live((), (), None)


@pytest.fixture
def canvas(show: Show) -> Canvas:
    return show(*sample())


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)


def port(canvas: Canvas, node: str, name: str) -> QPointF:
    """Where a port's dot is."""
    end = canvas.flow_scene.nodes[node].exit(name)
    return QPointF(end.x, end.y)


def entry(canvas: Canvas, node: str) -> QPointF:
    """Where wires arrive."""
    end = canvas.flow_scene.nodes[node].entry()
    return QPointF(end.x, end.y)


def body(canvas: Canvas, node: str) -> QPointF:
    """A place on a card where nothing else is."""
    item: NodeItem = canvas.flow_scene.nodes[node]
    return QPointF(item.x0 + 60, item.y0 + 22)
