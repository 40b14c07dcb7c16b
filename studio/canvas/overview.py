"""The picture below the switch zoom, drawn all at once: tiles while cards are still cards, flat rectangles when they are many.

Arrays go to Qt's batch calls as they are (a pointer to doubles is an array of ``QLineF`` or ``QRectF``): no Python per card.
"""

import ctypes
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from studio.canvas import geometry as g
from studio.canvas.arrays import FAMILIES, Arrays, Floats
from studio.canvas.card_painter import CardPainter
from studio.canvas.ink import Ink
from studio.canvas.items import NodeItem, WireItem
from studio.canvas.routing import polyline

MANY = 900
"""Above this many cards in view they are flat."""
SMOOTH = 500
"""Up to this many wires in view are drawn as smooth curves."""
NAMED = 260
"""Up to this many cards in view carry their names."""
CURVE = 7

Rows = np.ndarray[Any, np.dtype[np.intp]]


class Overview:
    """Draws everything in view from arrays."""

    def __init__(self, ink: Ink, cards: CardPainter) -> None:
        self._ink = ink
        self._cards = cards
        self._tiles: dict[tuple[str, int, int, bool], QPixmap] = {}
        self._tile_zoom = (0.0, 0.0)
        tokens = ink.tokens
        paperlike = [tokens.family(name).tint == tokens.paper for name in FAMILIES]
        self._fills = [
            QColor(tokens.line if paper else tokens.family(name).tint).darker(104)
            for name, paper in zip(FAMILIES, paperlike, strict=True)
        ]

    def paint(self, painter: QPainter, arrays: Arrays, origin: QPointF, zoom: float, view: QRectF) -> None:
        """Draw what touches ``view`` (pixels); ``origin`` is the scene point at the view's upper left corner."""
        left, top = origin.x() + view.left() / zoom, origin.y() + view.top() / zoom
        right, bottom = left + view.width() / zoom, top + view.height() / zoom
        cards = arrays.within(left, top, right, bottom)
        wires = arrays.wires_within(left - 40, top - 60, right + 40, bottom + 60)
        self._wires(painter, arrays, wires, origin, zoom)
        if len(cards) > MANY:
            self._flat(painter, arrays, cards, origin, zoom)
        else:
            self._as_tiles(painter, arrays, cards, origin, zoom)

    def _wires(self, painter: QPainter, arrays: Arrays, rows: Rows, origin: QPointF, zoom: float) -> None:
        few = len(rows) <= SMOOTH
        pen = QPen(QColor(self._ink.tokens.wire), 1.2 if few else 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
        painter.setPen(pen)
        shift = np.array([origin.x(), origin.y()] * 2)
        if len(rows) > 2 * MANY:
            _batch(painter.drawLines, QLineF, (arrays.ends[rows] - shift) * zoom)
        else:
            _batch(painter.drawLines, QLineF, (_curves(arrays, rows) - shift) * zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for wire in arrays.wires:
            if wire.live or wire.witness:
                colour = self._ink.bad if wire.witness else self._ink.sunrise
                self._marked(painter, wire, colour, origin, zoom)

    def _marked(
        self, painter: QPainter, wire: WireItem, colour: QColor, origin: QPointF, zoom: float
    ) -> None:
        painter.save()
        painter.scale(zoom, zoom)
        painter.translate(-origin)
        painter.setPen(QPen(colour, max(3.0, 1.8 / zoom)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(wire.path())
        painter.restore()

    def _flat(self, painter: QPainter, arrays: Arrays, rows: Rows, origin: QPointF, zoom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        cards = arrays.cards[rows]
        cards[:, :2] -= (origin.x(), origin.y())
        cards *= zoom
        families = arrays.family[rows]
        for family, fill in enumerate(self._fills):
            chosen = cards[families == family]
            if len(chosen):
                painter.setBrush(fill)
                _batch(painter.drawRects, QRectF, chosen)

    def _as_tiles(self, painter: QPainter, arrays: Arrays, rows: Rows, origin: QPointF, zoom: float) -> None:
        ratio = painter.device().devicePixelRatioF()
        if (zoom, ratio) != self._tile_zoom:
            self._tiles.clear()
            self._tile_zoom = (zoom, ratio)
        margin = g.MARGIN[0] * zoom
        named = len(rows) <= NAMED and zoom >= 0.16
        for row in rows.tolist():
            item = arrays.items[row]
            x, y = (item.x0 - origin.x()) * zoom, (item.y0 - origin.y()) * zoom
            painter.drawPixmap(QPointF(x - margin, y - g.MARGIN[1] * zoom), self._tile(item, zoom, ratio))
            if named:
                self._name(painter, item, x, y, zoom)
            if item.state.problems:
                self._problem(painter, item, x, y, zoom)

    def _tile(self, item: NodeItem, zoom: float, ratio: float) -> QPixmap:
        box = item.box
        key = (
            box.card.family,
            box.height // 4 * 4,
            box.ports_top // 4 * 4 if box.ports else -1,
            bool(box.ports),
        )
        tile = self._tiles.get(key)
        if tile is None:
            tile = self._tiles[key] = self._draw_tile(box.card.family, key[1], zoom, ratio)
        return tile

    def _draw_tile(self, family: str, height: int, zoom: float, ratio: float) -> QPixmap:
        ink, tokens = self._ink, self._ink.tokens
        left, top, right, bottom = g.MARGIN
        scale = zoom * ratio
        tile = QPixmap(
            max(1, round((g.WIDTH + left + right) * scale)), max(1, round((height + top + bottom) * scale))
        )
        tile.setDevicePixelRatio(ratio)
        tile.fill(Qt.GlobalColor.transparent)
        painter = QPainter(tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(zoom, zoom)
        painter.translate(left, top)
        ink.shadow.paint(painter, QRectF(0, 0, g.WIDTH, height))
        tint = tokens.family(family)
        fill = QColor(tint.tint)
        painter.setPen(
            QPen(QColor(tokens.line if tint.tint == tokens.paper else tint.tint).darker(106), 1 / zoom)
        )
        painter.setBrush(fill)
        painter.drawPath(self._cards.outline(height))
        painter.end()
        return tile

    def _name(self, painter: QPainter, item: NodeItem, x: float, y: float, zoom: float) -> None:
        """The name in a size people can still read, on as many lines as the card has room for."""
        ink = self._ink
        px = 9 if zoom < 0.26 else 10 if zoom < 0.36 else 11
        width, height = g.WIDTH * zoom - 8, item.box.height * zoom - 4
        if height < px or width < 24:
            return
        painter.setFont(self._font(px))
        painter.setPen(ink.ink)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(x + 6, y + 2, width, height), int(flags), item.box.card.title)

    def _font(self, px: int) -> QFont:
        return self._ink.look.faces.ui(px, 600)

    def _problem(self, painter: QPainter, item: NodeItem, x: float, y: float, zoom: float) -> None:
        painter.setPen(QPen(self._ink.paper, 1.5))
        painter.setBrush(self._ink.bad if item.state.problems > 0 else QColor(self._ink.tokens.sunrise))
        painter.drawEllipse(QPointF(x + g.WIDTH * zoom - 1, y + 1), 4.5, 4.5)


def _curves(arrays: Arrays, rows: Rows) -> Floats:
    """Segments of the wires' curves; backward ones go by their lanes."""
    if not len(rows):
        return np.empty((0, 4))
    ends = arrays.ends[rows]
    forward = ends[ends[:, 2] > ends[:, 0]]
    t = np.linspace(0, 1, CURVE + 1)[None, :]
    x0, y0, x3, y3 = (forward[:, i : i + 1] for i in range(4))
    reach = np.maximum(36.0, (x3 - x0) / 2)
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x = a * x0 + b * (x0 + reach) + c * (x3 - reach) + d * x3
    y = (a + b) * y0 + (c + d) * y3
    segments = np.stack((x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]), axis=-1).reshape(-1, 4)
    lanes = [
        (*start, *end)
        for row in rows[ends[:, 2] <= ends[:, 0]].tolist()
        for start, end in pairwise(polyline(arrays.wires[row].way))
    ]
    return np.concatenate((segments, np.array(lanes, np.float64).reshape(-1, 4)))


def _batch(draw: Callable[..., None], kind: type, values: Floats) -> None:
    """Hand rows of four doubles to Qt as an array of ``QLineF`` or ``QRectF``."""
    if not len(values):
        return
    rows = np.ascontiguousarray(values, np.float64)
    address = ctypes.cast(rows.ctypes.data, ctypes.c_void_p).value or 0
    draw(shiboken6.wrapInstance(address, kind), len(rows))
