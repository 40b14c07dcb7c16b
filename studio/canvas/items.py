"""The items of the scene: one per node, one per wire, one per frame. They draw; gestures decide what happens."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.flow import FlowNode, Group
from studio.canvas import geometry as g
from studio.canvas.card_painter import CardPainter, CardState
from studio.canvas.ink import Ink
from studio.canvas.paths import wire_path
from studio.canvas.routing import End, Lane, Route, route

WireKey = tuple[str, str]
"""A wire is known by the node and the port it leaves."""

_LEFT, _TOP, _RIGHT, _BOTTOM = g.MARGIN
_CACHE = QGraphicsItem.CacheMode.DeviceCoordinateCache


class NodeItem(QGraphicsItem):
    """A node's card. The whole card is one item: its ports are drawn inside."""

    def __init__(self, node: FlowNode, box: g.Box, at: tuple[float, float], painter: CardPainter) -> None:
        super().__init__()
        self.node = node
        self.box = box
        self.state = CardState()
        self.x0, self.y0 = float(at[0]), float(at[1])
        self._painter = painter
        self._bounds = _bounds_of(box)
        self.setPos(self.x0, self.y0)
        self.setCacheMode(_CACHE)

    @property
    def id(self) -> str:
        """The node's id."""
        return self.node.id

    def become(self, node: FlowNode, box: g.Box) -> None:
        """Show a new version of the node."""
        self.node = node
        if box.height != self.box.height:
            self.prepareGeometryChange()
            self._bounds = _bounds_of(box)
        self.box = box
        self.update()

    def move_to(self, x: float, y: float) -> None:
        """Stand elsewhere; the scene moves the wires."""
        self.x0, self.y0 = float(x), float(y)
        self.setPos(x, y)

    def rect(self) -> QRectF:
        """The card in scene coordinates."""
        return QRectF(self.x0, self.y0, g.WIDTH, self.box.height)

    def entry(self) -> End:
        """Where wires arrive."""
        return End(self.x0, self.y0 + g.INPUT_Y, self.y0, self.y0 + self.box.height)

    def exit(self, port: str) -> End:
        """Where a port's wire leaves."""
        return End(self.x0 + g.WIDTH, self.y0 + self.box.port_y(port), self.y0, self.y0 + self.box.height)

    def boundingRect(self) -> QRectF:
        """The card with its shadow."""
        return self._bounds

    def shape(self) -> QPainterPath:
        """The card itself."""
        return self._painter.outline(self.box.height)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the card; Qt keeps the picture until the card or the zoom changes."""
        self._painter.paint(painter, self.box, self.state, self.node.out)


class WireItem(QGraphicsItem):
    """A wire. Its path is made when it is first drawn."""

    def __init__(self, source: NodeItem, port: str, target: NodeItem, ink: Ink) -> None:
        super().__init__()
        self.source, self.port, self.target = source, port, target
        self.live = self.witness = self.hovered = False
        self._ink = ink
        self._path: QPainterPath | None = None
        self._lane: Lane | None = None
        self.setZValue(-1)
        self.way: Route = self._route()
        self._bounds = self._rect()

    @property
    def key(self) -> WireKey:
        """The node and the port it leaves."""
        return self.source.id, self.port

    def follow(self, lane: Lane | None = None) -> None:
        """Take the new places of its ends; ``lane`` leads it round cards."""
        self.prepareGeometryChange()
        self._lane = lane
        self.way = self._route()
        self._path = None
        self._bounds = self._rect()

    def mark(
        self, *, live: bool | None = None, witness: bool | None = None, hovered: bool | None = None
    ) -> None:
        """Show it as taken, as part of a problem's path, or as pointed at."""
        before = (self.live, self.witness, self.hovered)
        self.live = self.live if live is None else live
        self.witness = self.witness if witness is None else witness
        self.hovered = self.hovered if hovered is None else hovered
        if before != (self.live, self.witness, self.hovered):
            self.setZValue(-0.5 if self.live or self.witness or self.hovered else -1)
            self.update()

    def path(self) -> QPainterPath:
        """The path in scene coordinates."""
        if self._path is None:
            self._path = wire_path(self.way)
        return self._path

    def boundingRect(self) -> QRectF:
        """The way and the width of the pen."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the wire."""
        ink = self._ink
        pen = ink.wire_pen
        if self.hovered:
            pen = ink.hover_pen
        elif self.witness:
            pen = ink.witness_pen
        elif self.live:
            pen = ink.live_pen
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())

    def _route(self) -> Route:
        return route(self.source.exit(self.port), self.target.entry(), self._lane)

    def _rect(self) -> QRectF:
        left, top, right, bottom = self.way.bounds()
        return QRectF(left - 3, top - 3, right - left + 6, bottom - top + 6)


class FrameItem(QGraphicsItem):
    """A titled frame behind nodes."""

    TITLE = 30

    def __init__(self, id: str, group: Group, ink: Ink) -> None:
        super().__init__()
        self.id, self.frame = id, group
        self._ink = ink
        self.setZValue(-2)
        self.setPos(group.rect[0], group.rect[1])

    def become(self, group: Group) -> None:
        """Show a new version of the frame."""
        self.prepareGeometryChange()
        self.frame = group
        self.setPos(group.rect[0], group.rect[1])
        self.update()

    def rect(self) -> QRectF:
        """The frame in scene coordinates, as it stands while it is dragged."""
        return QRectF(self.pos().x(), self.pos().y(), self.frame.rect[2], self.frame.rect[3])

    def boundingRect(self) -> QRectF:
        """The frame and its line."""
        return QRectF(-2, -2, self.frame.rect[2] + 4, self.frame.rect[3] + 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """A tint, a dashed line, the title."""
        self._draw(painter, QRectF(0, 0, self.frame.rect[2], self.frame.rect[3]), 1.0)

    def paint_far(self, painter: QPainter, zoom: float) -> None:
        """The same in scene coordinates, for the overview: the title keeps a readable size."""
        self._draw(painter, self.rect(), zoom)

    def _draw(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        tokens = self._ink.tokens
        own = QColor.isValidColorName(self.frame.colour)
        colour = QColor(self.frame.colour) if own else QColor(tokens.violet)
        tint, line = QColor(colour), QColor(colour)
        tint.setAlphaF(0.05)
        line.setAlphaF(0.28)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(tint)
        painter.setPen(QPen(line, 1.5 / zoom, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, 26, 26)
        painter.setPen(QColor(tokens.violet_text))
        painter.setFont(self._ink.look.faces.ui((12 if zoom == 1 else 11) / zoom, 600))
        painter.drawText(rect.topLeft() + QPointF(18, 22 if zoom == 1 else -6 / zoom), self.frame.title)


def _bounds_of(box: g.Box) -> QRectF:
    return QRectF(-_LEFT, -_TOP, g.WIDTH + _LEFT + _RIGHT, box.height + _TOP + _BOTTOM)
