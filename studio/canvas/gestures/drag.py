"""Moving nodes and frames. The screen follows the hand; the document learns of it once, at the end."""

from collections.abc import Iterable

import msgspec
from PySide6.QtCore import QPointF, Qt

from studio.canvas.gestures.gesture import Gesture, Hand, Surface
from studio.canvas.gestures.snapping import snap
from studio.canvas.items import FrameItem, NodeItem
from studio.document import Place
from studio.document.edits import move_nodes
from studio.document.frames import put_group
from studio.document.wiring import insert_on_wire

MOST = 400
"""Cards in view that edges are looked for on."""
SLACK = 4
"""Pixels the pointer may tremble before a click becomes a drag."""
SMALLEST = (160, 90)


class DragNodes(Gesture):
    """Drags the selection, which the node under the pointer joins.

    A lone unwired node dropped on a wire goes into it.
    """

    def __init__(self, surface: Surface, node: NodeItem, hand: Hand) -> None:
        super().__init__(surface)
        self._node, self._hand = node, hand
        selection = surface.document.selection
        self._toggle = hand.more and node.id in selection
        self._narrow = not hand.more and len(selection.nodes) > 1 and node.id in selection
        if node.id not in selection:
            selection.set((*selection.nodes, node.id) if hand.more else (node.id,))
        elif not hand.more:
            selection.set((*(id for id in selection.nodes if id != node.id), node.id), selection.groups)
        self._from = _places(surface, selection.nodes)
        self._moving = False

    def move(self, hand: Hand) -> None:
        """Follow, once it is surely a drag."""
        travelled = hand.pixel - self._hand.pixel
        if not self._moving and travelled.manhattanLength() < SLACK:
            return
        self._moving = True
        by = hand.at - self._hand.at
        free = bool(hand.keys & Qt.KeyboardModifier.AltModifier)
        self._put(by if free else self._caught(by))

    def release(self, hand: Hand) -> None:
        """Tell the document where things stand now; a click without a drag chooses."""
        self.surface.overlays.set_guides(None, None)
        selection = self.surface.document.selection
        if not self._moving:
            if self._toggle:
                selection.toggle(self._node.id)
            elif self._narrow:
                selection.set((self._node.id,))
            return
        places = {
            id: _place(self.surface.flow_scene.nodes[id])
            for id in self._from
            if id in self.surface.flow_scene.nodes
        }
        if not self._drop_on_wire(places):
            self.surface.apply(move_nodes(self.surface.document.state, places))

    def cancel(self) -> None:
        """Back to where they stood."""
        self.surface.overlays.set_guides(None, None)
        self._put(QPointF())

    def _caught(self, by: QPointF) -> QPointF:
        """The way moved, and on to an edge or a level wire that is near; Alt lets go."""
        scene = self.surface.flow_scene
        x, y = self._from[self._node.id]
        seen = self.surface.in_view()
        rows = scene.arrays.within(seen.left(), seen.top(), seen.right(), seen.bottom())
        items = (scene.arrays.items[row] for row in rows.tolist()[:MOST])
        others = [item for item in items if item.id not in self._from]
        wires = [w for w in scene.wires_of(self._node.id) if {w.source.id, w.target.id} - self._from.keys()]
        caught = snap(self._node, (x + by.x(), y + by.y()), others, wires, self.surface.zoom)
        self.surface.overlays.set_guides(caught.upright, caught.level)
        return by + QPointF(caught.dx, caught.dy)

    def _drop_on_wire(self, places: dict[str, Place]) -> bool:
        """Put a lone node that nothing leads to into the wire it was dropped on."""
        scene, document = self.surface.flow_scene, self.surface.document
        if len(places) != 1 or self._node.node.out or scene.arriving(self._node.id):
            return False
        ports = self._node.box.card.ports
        wire = next((w for w in scene.wires_near(self._node.rect().center(), 24)), None)
        if wire is None or not ports or not self._node.box.card.enters:
            return False
        edit = insert_on_wire(
            document.state, document.shown, *wire.key, self._node.id, ports[0].id, places[self._node.id]
        )
        self.surface.apply(edit)
        return True

    def _put(self, by: QPointF) -> None:
        for id, (x, y) in self._from.items():
            if id in self.surface.flow_scene.nodes:
                self.surface.flow_scene.move_node(id, round(x + by.x()), round(y + by.y()))
        self.surface.refresh_moved()


class DragFrame(Gesture):
    """Drags a frame with the nodes that stand wholly inside it."""

    def __init__(self, surface: Surface, frame: FrameItem, hand: Hand) -> None:
        super().__init__(surface)
        self._frame, self._hand = frame, hand
        surface.document.selection.set((), (frame.id,))
        rect = frame.rect()
        inside = (item.id for item in surface.flow_scene.nodes.values() if rect.contains(item.rect()))
        self._from = _places(surface, inside)
        self._moved = False

    def move(self, hand: Hand) -> None:
        """Follow."""
        self._moved = True
        self._put(hand.at - self._hand.at)

    def release(self, hand: Hand) -> None:
        """Tell the document."""
        if not self._moved:
            return
        _, _, width, height = self._frame.frame.rect
        at = self._frame.pos()
        group = msgspec.structs.replace(self._frame.frame, rect=(round(at.x()), round(at.y()), width, height))
        places = {id: _place(self.surface.flow_scene.nodes[id]) for id in self._from}
        self.surface.apply(put_group(self.surface.document.state, self._frame.id, group, places))

    def cancel(self) -> None:
        """Back to where it stood."""
        self._put(QPointF())

    def _put(self, by: QPointF) -> None:
        x, y, _, _ = self._frame.frame.rect
        self._frame.setPos(round(x + by.x()), round(y + by.y()))
        for id, (left, top) in self._from.items():
            self.surface.flow_scene.move_node(id, round(left + by.x()), round(top + by.y()))
        self.surface.refresh_moved()


class StretchFrame(Gesture):
    """Draws a frame larger or smaller by its lower right corner."""

    def __init__(self, surface: Surface, frame: FrameItem, hand: Hand) -> None:
        super().__init__(surface)
        self._frame, self._hand, self._before = frame, hand, frame.frame
        surface.document.selection.set((), (frame.id,))

    def move(self, hand: Hand) -> None:
        """Follow."""
        x, y, width, height = self._before.rect
        by = hand.at - self._hand.at
        rect = (x, y, max(SMALLEST[0], round(width + by.x())), max(SMALLEST[1], round(height + by.y())))
        self._frame.become(msgspec.structs.replace(self._before, rect=rect))
        self.surface.refresh_moved()

    def release(self, hand: Hand) -> None:
        """Tell the document."""
        self.surface.apply(put_group(self.surface.document.state, self._frame.id, self._frame.frame))

    def cancel(self) -> None:
        """As large as before."""
        self._frame.become(self._before)
        self.surface.refresh_moved()


def _places(surface: Surface, ids: Iterable[str]) -> dict[str, Place]:
    nodes = surface.flow_scene.nodes
    return {id: _place(nodes[id]) for id in ids if id in nodes}


def _place(item: NodeItem) -> Place:
    return round(item.x0), round(item.y0)
