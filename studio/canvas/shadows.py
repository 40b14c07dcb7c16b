"""Soft shadows and glows: blurred once with numpy, then stretched around every card."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

KEPT = 48
"""How many sizes are kept as pictures."""


class Halo:
    """A blurred rounded square, drawn around a rectangle by stretching its nine parts.

    ``layers`` are (blur in px, strength 0..1, offset down in px, spread in px); ``reach`` is how far it stands out.
    """

    def __init__(
        self, colour: str, layers: tuple[tuple[float, float, float, float], ...], radius: int, reach: int
    ) -> None:
        self.reach = reach
        self._corner = reach + radius + 12
        size = 2 * self._corner + 2
        alpha = np.zeros((size, size))
        for blur, strength, down, spread in layers:
            alpha = np.maximum(alpha, 0) + strength * _soft_square(size, reach, radius, blur, down, spread)
        self._kept: dict[tuple[int, int], QPixmap] = {}
        self._pixmap = _tinted(np.clip(alpha, 0, 1), colour)

    def paint_whole(self, painter: QPainter, width: int, height: int) -> None:
        """Draw it around a rectangle at the origin from a picture kept for its size: many cards are of one size."""
        picture = self._kept.get((width, height))
        if picture is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            picture = QPixmap(width + 2 * self.reach, height + 2 * self.reach)
            picture.fill(Qt.GlobalColor.transparent)
            composing = QPainter(picture)
            self.paint(composing, QRectF(self.reach, self.reach, width, height))
            composing.end()
            self._kept[width, height] = picture
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QPointF(-self.reach, -self.reach), picture)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw it around ``rect``; its middle is left out, because what casts it covers that."""
        c = float(self._corner)
        size = float(self._pixmap.width())
        outer = rect.adjusted(-self.reach, -self.reach, self.reach, self.reach)
        cx = min(c, outer.width() / 2)
        cy = min(c, outer.height() / 2)
        columns = (
            (outer.left(), cx, 0.0, cx),
            (outer.left() + cx, outer.width() - 2 * cx, c, size - 2 * c),
            (outer.right() - cx, cx, size - cx, cx),
        )
        rows = (
            (outer.top(), cy, 0.0, cy),
            (outer.top() + cy, outer.height() - 2 * cy, c, size - 2 * c),
            (outer.bottom() - cy, cy, size - cy, cy),
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for i, (x, width, sx, swidth) in enumerate(columns):
            for j, (y, height, sy, sheight) in enumerate(rows):
                hidden = i == j == 1
                if width > 0 and height > 0 and not hidden:
                    painter.drawPixmap(
                        QRectF(x, y, width, height), self._pixmap, QRectF(sx, sy, swidth, sheight)
                    )


def _soft_square(
    size: int, reach: int, radius: int, blur: float, down: float, spread: float
) -> NDArray[np.float64]:
    axis = np.arange(size) + 0.5
    half = size / 2 - reach + spread
    dx = np.abs(axis - size / 2)[None, :] - half + radius
    dy = np.abs(axis - size / 2 - down)[:, None] - half + radius
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) + np.minimum(np.maximum(dx, dy), 0) - radius
    # A rounded square blurred by a Gaussian is, near its edge, the Gaussian's integral of the distance to that edge.
    erf = np.vectorize(math.erf)
    result: NDArray[np.float64] = 0.5 * (1 - erf(outside / (blur * math.sqrt(2) / 2)))
    return result


def _tinted(alpha: NDArray[np.float64], colour: str) -> QPixmap:
    tint = QColor(colour)
    size = alpha.shape[0]
    pixels = np.empty((size, size, 4), np.uint8)
    for channel, value in enumerate((tint.blue(), tint.green(), tint.red())):
        pixels[..., channel] = np.round(alpha * value)
    pixels[..., 3] = np.round(alpha * 255)
    image = QImage(pixels.tobytes(), size, size, 4 * size, QImage.Format.Format_ARGB32_Premultiplied)
    return QPixmap.fromImage(image.copy())
