"""The whole flow in a corner; click or drag in it to go there."""

from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from studio.canvas.arrays import Arrays
from studio.canvas.batches import draw_rects
from studio.canvas.overlays import Overlays
from studio.canvas.scene import FlowScene
from studio.canvas.shadows import Halo
from studio.theme import Look
from studio.theme.glyphs import arch

SIZE = QSize(150, 92)
EDGE = 16
"""Room around the map for its shadow."""
INSET = 8.0
PLAIN = 400
"""Up to this many cards are drawn with round corners."""


class Looking(Protocol):
    """What the map shows and steers."""

    overlays: Overlays
    flow_scene: FlowScene

    def in_view(self) -> QRectF:
        """The part of the scene that is seen."""

    def look_from(self, middle: QPointF) -> None:
        """Bring a point of the scene to the middle."""


class Minimap(QWidget):
    """Cards as small blocks, the live ones in sunrise, those with problems in red, the view in violet."""

    def __init__(self, view: Looking, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._look = view, look
        self._shadow = Halo(look.tokens.shadow, ((2, 0.06, 1, 0), (11, 0.09, 3, 0)), 16, EDGE - 2)
        self.setFixedSize(SIZE.width() + 2 * EDGE, SIZE.height() + 2 * EDGE)
        self.setAccessibleName("Map of the flow")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._blocks: QPixmap | None = None
        self._scale, self._shift = 1.0, QPointF()

    def refresh(self) -> None:
        """The flow has changed."""
        self._blocks = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The blocks are kept as a picture; only the frame of the view is drawn anew."""
        tokens = self._look.tokens
        if self._blocks is None:
            self._blocks = self._draw_blocks()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._blocks)
        seen = self._view.in_view()
        frame = QRectF(
            seen.left() * self._scale + self._shift.x(),
            seen.top() * self._scale + self._shift.y(),
            seen.width() * self._scale,
            seen.height() * self._scale,
        )
        room = self._room().adjusted(4, 4, -4, -4)
        frame = frame & room if frame.intersects(room) else QRectF()
        if not frame.isEmpty():
            painter.setPen(QPen(QColor(tokens.violet), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 7, 7)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """There."""
        event.accept()

    def _go(self, at: QPointF) -> None:
        self._view.look_from((at - self._shift) / self._scale)

    def _room(self) -> QRectF:
        return QRectF(EDGE, EDGE, SIZE.width(), SIZE.height())

    def _draw_blocks(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._shadow.paint(painter, self._room())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.tokens.paper))
        painter.drawPath(arch(self._room(), 16, 6))
        scene = self._view.flow_scene
        bounds = scene.content_rect()
        if not bounds.isEmpty():
            self._measure(bounds)
            self._cards(painter, scene.arrays)
        painter.end()
        return picture

    def _measure(self, bounds: QRectF) -> None:
        room = self._room().adjusted(INSET, INSET, -INSET, -INSET)
        self._scale = min(room.width() / bounds.width(), room.height() / bounds.height(), 0.12)
        self._shift = room.center() - bounds.center() * self._scale

    def _cards(self, painter: QPainter, arrays: Arrays) -> None:
        overlays, tokens = self._view.overlays, self._look.tokens
        cards = arrays.cards * self._scale
        cards[:, 0] += self._shift.x()
        cards[:, 1] += self._shift.y()
        cards[:, 2:] = np.maximum(cards[:, 2:], 1.0)
        plain = QColor(tokens.wire)
        colours = dict.fromkeys(overlays.visited, QColor(tokens.sunrise))
        colours |= {id: QColor(tokens.bad) for id, count in overlays.problems.items() if count > 0}
        round_corners = len(cards) <= PLAIN
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, round_corners)
        if not round_corners:
            painter.setBrush(plain)
            draw_rects(painter, cards)
        rows = range(len(cards)) if round_corners else [arrays.row[id] for id in colours if id in arrays.row]
        for row in rows:
            x, y, width, height = cards[row].tolist()
            painter.setBrush(colours.get(arrays.items[row].id, plain))
            radius = min(3.0, height / 3)
            painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)
