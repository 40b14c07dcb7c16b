"""Our own line drawings, 24 x 24, stroke 1.6 with round ends. A drawing is a few strokes and dots, as data."""

import math
from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap

from studio.theme.drawings import DRAWINGS
from studio.theme.tokens import Tokens

SIZE = 24
STROKE = 1.6
UNKNOWN = "unknown"


@cache
def glyph_path(name: str) -> QPainterPath:
    """The drawing of a kind or an action, in a square of 24; a question mark for a name without one.

    The same path is handed to everyone: draw it, do not change it."""
    path = QPainterPath()
    words = DRAWINGS.get(name, DRAWINGS[UNKNOWN]).split()
    at = 0
    while at < len(words):
        letter = words[at]
        count = _ARGUMENTS[letter]
        stroke = _DRAW[letter]
        stroke(path, *(float(word) for word in words[at + 1 : at + 1 + count]))
        at += 1 + count
    return path


def glyph_pen(colour: str | QColor, width: float = STROKE) -> QPen:
    """The pen every glyph is drawn with."""
    return QPen(
        QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )


def paint_glyph(painter: QPainter, rect: QRectF, name: str, colour: str | QColor) -> None:
    """Draw a glyph into ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / SIZE, rect.height() / SIZE)
    painter.setPen(glyph_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(glyph_path(name))
    painter.restore()


def glyph_icon(name: str, colour: str, px: int = 20, disabled: str = "") -> QIcon:
    """An icon, sharp up to three times its size; ``disabled`` is the colour of its disabled state."""
    icon = QIcon()
    for scale in (1, 2, 3):
        icon.addPixmap(_pixmap(name, colour, px, scale))
        if disabled:
            icon.addPixmap(_pixmap(name, disabled, px, scale), QIcon.Mode.Disabled)
    return icon


def paint_tile(painter: QPainter, rect: QRectF, kind: str, family: str, tokens: Tokens) -> None:
    """The tinted tile with a kind's glyph, as on node headers and in the palette."""
    tint = tokens.family(family)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    gradient = QLinearGradient(rect.topLeft(), rect.bottomRight())
    gradient.setColorAt(0, QColor(tint.tint))
    gradient.setColorAt(1, QColor(tint.tint2))
    framed = tint.tint == tokens.paper
    painter.setPen(QPen(QColor(tokens.line), 1) if framed else Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(gradient))
    painter.drawPath(arch(rect, tokens.chip, tokens.chip_tight))
    painter.restore()
    inset = rect.width() * 11 / 52
    paint_glyph(painter, rect.adjusted(inset, inset, -inset, -inset), kind, tint.ink)


def arch(rect: QRectF, radius: float, tight: float) -> QPainterPath:
    """Three round corners and, at the lower left, one nearly square: a speech mark."""
    radius = min(radius, rect.width() / 2, rect.height() / 2)
    tight = min(tight, radius)
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    path = QPainterPath(QPointF(left + radius, top))
    path.lineTo(right - radius, top)
    path.arcTo(right - 2 * radius, top, 2 * radius, 2 * radius, 90, -90)
    path.lineTo(right, bottom - radius)
    path.arcTo(right - 2 * radius, bottom - 2 * radius, 2 * radius, 2 * radius, 0, -90)
    path.lineTo(left + tight, bottom)
    path.arcTo(left, bottom - 2 * tight, 2 * tight, 2 * tight, 270, -90)
    path.lineTo(left, top + radius)
    path.arcTo(left, top, 2 * radius, 2 * radius, 180, -90)
    path.closeSubpath()
    return path


def _pixmap(name: str, colour: str, px: int, scale: int) -> QPixmap:
    pixmap = QPixmap(px * scale, px * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_glyph(painter, QRectF(0, 0, px, px), name, colour)
    painter.end()
    return pixmap


def _dot(path: QPainterPath, x: float, y: float, radius: float) -> None:
    path.addEllipse(QPointF(x, y), radius, radius)


def _arc(path: QPainterPath, x: float, y: float, radius: float, start: float, sweep: float) -> None:
    angle = math.radians(start)
    path.moveTo(x + radius * math.cos(angle), y - radius * math.sin(angle))
    path.arcTo(x - radius, y - radius, 2 * radius, 2 * radius, start, sweep)


def _box(path: QPainterPath, x: float, y: float, width: float, height: float, radius: float) -> None:
    path.addRoundedRect(x, y, width, height, radius, radius)


_ARGUMENTS = {"M": 2, "L": 2, "C": 6, "O": 3, "A": 5, "R": 5, "Z": 0}
_DRAW: dict[str, Callable[..., object]] = {
    "M": QPainterPath.moveTo,
    "L": QPainterPath.lineTo,
    "C": QPainterPath.cubicTo,
    "O": _dot,
    "A": _arc,
    "R": _box,
    "Z": QPainterPath.closeSubpath,
}
