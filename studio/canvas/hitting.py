"""What is under a point of the canvas."""

import math

from PySide6.QtCore import QPointF, QRectF

from studio.canvas import geometry as g
from studio.canvas.card_painter import more_rect
from studio.canvas.gestures.gesture import Under
from studio.canvas.items import FrameItem, NodeItem, WireItem
from studio.canvas.scene import FlowScene

WIRE_REACH = 7
"""Pixels from a wire at which the pointer still catches it."""
END_REACH = 34
"""Pixels from its end at which a wire is taken up rather than pointed at."""


def find_under(scene: FlowScene, at: QPointF, zoom: float) -> Under:
    """The uppermost thing under a point of the scene. Ports keep a reach of a few pixels when zoomed out."""
    near = g.REACH / min(1.0, max(zoom, 0.35))
    port = _port(scene, at, near)
    if port is not None:
        return port
    node = scene.node_at(at)
    if node is not None:
        inside = at - QPointF(node.x0, node.y0)
        dots = bool(node.box.hidden and node.box.ports) and more_rect(node.box).contains(inside)
        return Under(node=node, dots=dots)
    wire = next(iter(scene.wires_near(at, WIRE_REACH / zoom)), None)
    if wire is not None:
        return Under(wire=wire, wire_end=_near_end(wire, at, END_REACH / zoom))
    return _frame(scene, at, zoom)


def _port(scene: FlowScene, at: QPointF, near: float) -> Under | None:
    arrays = scene.arrays
    rows = arrays.within(at.x() - near, at.y() - near, at.x() + near, at.y() + near)
    best: tuple[float, Under] | None = None
    for row in reversed(rows.tolist()):
        item = arrays.items[row]
        for far, under in _ports_of(item, at):
            if far <= near and (best is None or far < best[0]):
                best = (far, under)
    return best[1] if best is not None else None


def _ports_of(item: NodeItem, at: QPointF) -> list[tuple[float, Under]]:
    found = []
    if item.box.card.enters:
        end = item.entry()
        found.append((math.hypot(at.x() - end.x, at.y() - end.y), Under(node=item, entry=True)))
    for port in item.box.ports:
        end = item.exit(port.id)
        found.append((math.hypot(at.x() - end.x, at.y() - end.y), Under(node=item, port=port.id)))
    return found


def _near_end(wire: WireItem, at: QPointF, near: float) -> bool:
    x, y = wire.way.points[-1]
    return math.hypot(at.x() - x, at.y() - y) <= near


def _frame(scene: FlowScene, at: QPointF, zoom: float) -> Under:
    """A frame is caught by its title and its lower right corner; its inside belongs to the canvas."""
    for frame in reversed(list(scene.frames.values())):
        rect = frame.rect()
        corner = 16 / zoom
        if QRectF(rect.right() - corner, rect.bottom() - corner, corner, corner).contains(at):
            return Under(frame=frame, frame_corner=True)
        if QRectF(rect.left(), rect.top(), rect.width(), FrameItem.TITLE / min(1.0, zoom)).contains(at):
            return Under(frame=frame)
    return Under()
