"""Tidying up: the layout of a flow with its frames, as one edit."""

import msgspec
from PySide6.QtCore import QRectF

from studio.canvas import geometry as g
from studio.canvas.scene import FlowScene
from studio.document import Document, Edit, Patch
from studio.document.arrange import FRAME_ROOM, arrange


def tidy(document: Document, scene: FlowScene) -> Edit:
    """Lay the shown flow out anew. A frame is drawn around those that stood in it."""
    sizes = {id: (g.WIDTH, item.box.height) for id, item in scene.nodes.items()}
    now = {id: (round(item.x0), round(item.y0)) for id, item in scene.nodes.items()}
    inside: dict[str, list[str]] = {}
    for id, item in scene.nodes.items():
        frame = next((f for f in scene.frames.values() if f.rect().contains(item.rect().center())), None)
        if frame is not None:
            inside.setdefault(frame.id, []).append(id)
    places = arrange(document.part, sizes, now, inside)
    groups = {}
    for frame_id, members in inside.items():
        rect = QRectF()
        for id in members:
            rect = rect.united(QRectF(*places[id], *sizes[id]))
        group = scene.frames[frame_id].frame
        groups[frame_id] = msgspec.structs.replace(group, rect=frame_around(rect))
    return Edit("Tidy up", Patch(places=places, groups=groups))


def frame_around(rect: QRectF) -> tuple[int, int, int, int]:
    """The frame around a rectangle: x, y, width, height."""
    left, top, right, bottom = FRAME_ROOM
    rect = rect.adjusted(-left, -top, right, bottom)
    return round(rect.x()), round(rect.y()), round(rect.width()), round(rect.height())
