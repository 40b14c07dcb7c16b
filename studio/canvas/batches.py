"""Qt's batch calls fed from arrays: rows of four doubles are an array of ``QLineF`` or ``QRectF`` as they are."""

from collections.abc import Callable

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from studio.canvas.arrays import Floats


def draw_lines(painter: QPainter, rows: Floats) -> None:
    """Draw a line for each row of x0, y0, x1, y1."""
    _batch(painter.drawLines, QLineF, rows)


def draw_rects(painter: QPainter, rows: Floats) -> None:
    """Draw a rectangle for each row of x, y, width, height."""
    _batch(painter.drawRects, QRectF, rows)


def _batch(draw: Callable[..., None], kind: type, values: Floats) -> None:
    if len(values):
        rows = np.ascontiguousarray(values, np.float64)
        draw(shiboken6.wrapInstance(int(rows.ctypes.data), kind), len(rows))
