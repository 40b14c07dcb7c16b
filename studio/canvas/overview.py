"""The picture below the switch zoom, drawn at once: tiles while cards are few, flat rectangles when they are many."""

from itertools import pairwise
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from studio.canvas import geometry as g
from studio.canvas.arrays import FAMILIES, Arrays, Floats
from studio.canvas.batches import draw_lines, draw_rects
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
DRAWN = 160
"""Up to this many wires in view are drawn by their own paths, round corners and all."""
CURVE = 7

Rows = np.ndarray[Any, np.dtype[np.intp]]


class Overview:
    """Draws everything in view from arrays."""

    def __init__(self, ink: Ink, cards: CardPainter) -> None:
        self._ink = ink
        self._cards = cards
        self._tiles: dict[tuple[str, int], QPixmap] = {}
        self._tile_zoom = (0.0, 0.0)
        self._fonts: dict[int, tuple[QFont, QFontMetricsF]] = {}
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
        if len(rows) <= DRAWN:
            pen = QPen(QColor(self._ink.tokens.wire), max(1.2, 2 * zoom) / zoom)
            self._paths(painter, [arrays.wires[row] for row in rows.tolist()], pen, origin, zoom)
            self._marked(painter, arrays, origin, zoom)
            return
        few = len(rows) <= SMOOTH
        pen = QPen(QColor(self._ink.tokens.wire), 1.2 if few else 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
        painter.setPen(pen)
        shift = np.array([origin.x(), origin.y()] * 2)
        if len(rows) > 2 * MANY:
            draw_lines(painter, (arrays.ends[rows] - shift) * zoom)
        else:
            draw_lines(painter, (_curves(arrays, rows) - shift) * zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._marked(painter, arrays, origin, zoom)

    def _marked(self, painter: QPainter, arrays: Arrays, origin: QPointF, zoom: float) -> None:
        """The wires a talk took and those that lead to a problem, over the others."""
        width = max(3.0, 1.8 / zoom)
        live = [wire for wire in arrays.marked() if wire.live and not wire.witness]
        witness = [wire for wire in arrays.marked() if wire.witness]
        self._paths(painter, live, QPen(self._ink.sunrise, width), origin, zoom)
        self._paths(painter, witness, QPen(self._ink.bad, width), origin, zoom)

    def _paths(
        self, painter: QPainter, wires: list[WireItem], pen: QPen, origin: QPointF, zoom: float
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(zoom, zoom)
        painter.translate(-origin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for wire in wires:
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
                draw_rects(painter, chosen)

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
        key = (item.box.card.family, item.box.height // 4 * 4)
        tile = self._tiles.get(key)
        if tile is None:
            tile = self._tiles[key] = self._draw_tile(*key, zoom, ratio)
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
        px = 9 if zoom < 0.3 else 10 if zoom < 0.4 else 11
        width, height = g.WIDTH * zoom - 7, item.box.height * zoom - 4
        font, metrics = self._font(px)
        if height < metrics.ascent() or width < 24:
            return
        painter.setFont(font)
        painter.setPen(ink.ink)
        rect = QRectF(x + 5, y + 2, width, height)
        title = item.box.card.title
        if height >= 2 * metrics.lineSpacing() and metrics.horizontalAdvance(title) > width and " " in title:
            first, _, rest = title.partition(" ") if title.count(" ") == 1 else _halves(title)
            title = "\n".join(
                metrics.elidedText(t, Qt.TextElideMode.ElideRight, width) for t in (first, rest)
            )
        else:
            title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)

    def _font(self, px: int) -> tuple[QFont, QFontMetricsF]:
        found = self._fonts.get(px)
        if found is None:
            font = self._ink.look.faces.ui(px, 600)
            found = self._fonts[px] = (font, QFontMetricsF(font))
        return found

    def _problem(self, painter: QPainter, item: NodeItem, x: float, y: float, zoom: float) -> None:
        painter.setPen(QPen(self._ink.paper, 1.5))
        painter.setBrush(self._ink.bad if item.state.problems > 0 else QColor(self._ink.tokens.sunrise))
        painter.drawEllipse(QPointF(x + g.WIDTH * zoom - 1, y + 1), 4.5, 4.5)


def _halves(title: str) -> tuple[str, str, str]:
    """A title broken at the space nearest its middle."""
    middle = min(
        (i for i, letter in enumerate(title) if letter == " "), key=lambda i: abs(2 * i - len(title))
    )
    return title[:middle], " ", title[middle + 1 :]


def _curves(arrays: Arrays, rows: Rows) -> Floats:
    """Segments of the wires' curves; those that go round cards go by their lanes."""
    if not len(rows):
        return np.empty((0, 4))
    curved = arrays.curved[rows]
    forward = arrays.ends[rows[curved]]
    t = np.linspace(0, 1, CURVE + 1)[None, :]
    x0, y0, x3, y3 = (forward[:, i : i + 1] for i in range(4))
    reach = np.maximum(36.0, (x3 - x0) / 2)
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x = a * x0 + b * (x0 + reach) + c * (x3 - reach) + d * x3
    y = (a + b) * y0 + (c + d) * y3
    segments = np.stack((x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]), axis=-1).reshape(-1, 4)
    lanes = [
        (*start, *end)
        for row in rows[~curved].tolist()
        for start, end in pairwise(polyline(arrays.wires[row].way))
    ]
    return np.concatenate((segments, np.array(lanes, np.float64).reshape(-1, 4)))
