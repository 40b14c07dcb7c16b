"""Wires as painter paths."""

import math

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from studio.canvas.routing import RADIUS, Point, Route


def wire_path(way: Route) -> QPainterPath:
    """The path of a wire."""
    first, *others = (QPointF(x, y) for x, y in way.points)
    path = QPainterPath(first)
    if way.curved:
        path.cubicTo(*others)
        return path
    corners = way.points
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(RADIUS, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        path.lineTo(QPointF(*_towards(corner, before, radius)))
        path.quadTo(QPointF(*corner), QPointF(*_towards(corner, after, radius)))
    path.lineTo(others[-1])
    return path


def _towards(start: Point, end: Point, far: float) -> Point:
    length = math.dist(start, end)
    if not length:
        return start
    return start[0] + (end[0] - start[0]) * far / length, start[1] + (end[1] - start[1]) * far / length
