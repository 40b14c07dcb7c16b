"""The scene: mirrors the flow that is shown into items, and follows every change of the document."""

from collections.abc import Collection, Iterable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QGraphicsScene

from engine.flow import FlowNode
from studio.canvas import geometry as g
from studio.canvas.arrays import Arrays
from studio.canvas.card_painter import CardPainter
from studio.canvas.ink import Ink
from studio.canvas.items import FrameItem, NodeItem, WireItem, WireKey
from studio.canvas.lanes import lane_for
from studio.canvas.placing import places_of, reachable
from studio.canvas.routing import Lane, distance
from studio.document import Catalogue, Change, Document

CAREFUL = 1500
"""Up to this many nodes wires look for a way between the cards."""

ROOM = 4000
"""How far the canvas reaches beyond its nodes."""


class FlowScene(QGraphicsScene):
    """Items of one flow of a document, by id."""

    rebuilt = Signal()
    changed_items = Signal()

    def __init__(self, document: Document, catalogue: Catalogue, ink: Ink) -> None:
        super().__init__()
        self.document, self.catalogue, self.ink = document, catalogue, ink
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[WireKey, WireItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self._arriving: dict[str, set[WireKey]] = {}
        self._leaving: dict[str, set[WireKey]] = {}
        self._painter = CardPainter(ink)
        self._arrays: Arrays | None = None
        self._expanded: set[str] = set()
        self._start = ""
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self._release = document.subscribe(self._follow)
        self.rebuild()

    def release(self) -> None:
        """Stop following the document."""
        self._release()

    @property
    def arrays(self) -> Arrays:
        """The picture as arrays, made anew when nodes or wires came or went."""
        if self._arrays is None:
            self._arrays = Arrays(self.nodes, self.wires)
        return self._arrays

    def rebuild(self) -> None:
        """Show the document's flow from scratch."""
        self.clear()
        self.nodes, self.wires, self.frames = {}, {}, {}
        self._arriving, self._leaving, self._arrays = {}, {}, None
        flow = self.document.part
        places = places_of(flow, self.document.layout)
        for node in flow.nodes.values():
            self._add_node(node, places[node.id])
        for node in flow.nodes.values():
            self._wire(node)
        self._run_clear(self.wires)
        self._put_frames(self.document.layout.groups)
        self._mark_start()
        self.fit_room()
        self.rebuilt.emit()

    def move_node(self, id: str, x: float, y: float) -> None:
        """Move a card and its wires on the screen; the document is told when the gesture ends."""
        item = self.nodes[id]
        item.move_to(x, y)
        if self._arrays is not None:
            self._arrays.moved(item)
        self._lead(self._touching(id))

    def expand(self, id: str) -> None:
        """Show or hide the rare ports of a node."""
        self._expanded ^= {id}
        if id in self.nodes:
            self._refresh_node(self.nodes[id].node)

    def arriving(self, id: str) -> list[WireItem]:
        """The wires that lead to a node, in a steady order."""
        return [self.wires[key] for key in sorted(self._arriving.get(id, ()))]

    def node_at(self, at: QPointF) -> NodeItem | None:
        """The card under a point, the uppermost first."""
        arrays = self.arrays
        found = arrays.within(at.x(), at.y(), at.x(), at.y())
        return arrays.items[int(found[-1])] if len(found) else None

    def wires_of(self, id: str) -> list[WireItem]:
        """The wires that leave a node or lead to it."""
        return [self.wires[key] for key in self._touching(id)]

    def wires_near(self, at: QPointF, reach: float) -> list[WireItem]:
        """The wires within reach of a point, the nearest first."""
        box = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        found = [
            item
            for item in self.items(box, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
            if isinstance(item, WireItem)
        ]
        ranked = [(distance(item.way, (at.x(), at.y())), item) for item in found]
        return [item for far, item in sorted(ranked, key=lambda pair: pair[0]) if far <= reach]

    def content_rect(self, ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around all cards, or some of them; empty when there is none."""
        if ids is None:
            bounds = self.arrays.bounds()
            if bounds is None:
                return QRectF()
            left, top, right, bottom = bounds
            rect = QRectF(left, top, right - left, bottom - top)
            for frame in self.frames.values():
                rect = rect.united(frame.rect())
            return rect
        rect = QRectF()
        for id in ids:
            if id in self.nodes:
                rect = rect.united(self.nodes[id].rect())
        return rect

    def fit_room(self) -> None:
        """Let the canvas reach well beyond what is on it; it only grows, so that nothing jumps."""
        rect = self.content_rect()
        wanted = QRectF(rect).adjusted(-ROOM, -ROOM, ROOM, ROOM)
        if not self.sceneRect().contains(rect.adjusted(-ROOM / 2, -ROOM / 2, ROOM / 2, ROOM / 2)):
            self.setSceneRect(wanted)

    def _follow(self, change: Change) -> None:
        if change.origin == "save":
            return
        part = self.document.shown
        if change.whole or part in change.patch.subflows:
            self.rebuild()
            return
        touched = change.nodes(part)
        flow = self.document.part
        gone = [id for id in touched if id not in flow.nodes]
        for id in gone:
            self._remove_node(id)
        kept = [flow.nodes[id] for id in touched if id in flow.nodes]
        self._place_new(kept)
        for node in kept:
            self._refresh_node(node)
        if change.patch.subflows or (touched and len(change.patch.parts) > 1):
            self._refresh_calls()
        for id in change.places:
            place = self.document.layout.nodes.get(id)
            if place is not None and id in self.nodes:
                self.move_node(id, *reachable(place))
        if change.groups:
            self._put_frames(change.groups)
        if gone or "start" in change.settings(part) or kept:
            self._mark_start()
        self.fit_room()
        self.changed_items.emit()

    def _place_new(self, nodes: list[FlowNode]) -> None:
        fresh = [node for node in nodes if node.id not in self.nodes]
        if not fresh:
            return
        places = places_of(self.document.part, self.document.layout)
        for node in fresh:
            self._add_node(node, places[node.id])

    def _add_node(self, node: FlowNode, at: tuple[float, float]) -> None:
        item = NodeItem(node, self._box(node), at, self._painter)
        self.nodes[node.id] = item
        self.addItem(item)
        self._arrays = None

    def _remove_node(self, id: str) -> None:
        item = self.nodes.pop(id, None)
        if item is None:
            return
        for key in self._touching(id):
            self._remove_wire(key)
        self.removeItem(item)
        self._expanded.discard(id)
        self._arrays = None

    def _refresh_node(self, node: FlowNode) -> None:
        """Take a new version of a node: its card, then its wires, since ports may stand elsewhere now."""
        item, box = self.nodes[node.id], self._box(node)
        same = item.box.outline() == box.outline()
        item.become(node, box)
        self._run_clear(self._wire(node))
        if not same:
            self._arrays = None
            self._lead(self._touching(node.id))

    def _refresh_calls(self) -> None:
        for item in list(self.nodes.values()):
            if item.box.card.kind == "call":
                self._refresh_node(item.node)

    def _wire(self, node: FlowNode) -> list[WireKey]:
        """Make the wires of a node as its document says; returns those that are new."""
        fresh: list[WireKey] = []
        source = self.nodes[node.id]
        for key in [key for key in self._leaving.get(node.id, ()) if key[1] not in node.out]:
            self._remove_wire(key)
        for port, to in node.out.items():
            target = self.nodes.get(to)
            old = self.wires.get((node.id, port))
            if old is not None and old.target is target:
                continue
            if old is not None:
                self._remove_wire(old.key)
            if target is not None:
                wire = WireItem(source, port, target, self.ink)
                self.wires[wire.key] = wire
                self._arriving.setdefault(to, set()).add(wire.key)
                self._leaving.setdefault(node.id, set()).add(wire.key)
                self.addItem(wire)
                self._arrays = None
                fresh.append(wire.key)
        return fresh

    def _remove_wire(self, key: WireKey) -> None:
        wire = self.wires.pop(key, None)
        if wire is not None:
            self._arriving.get(wire.target.id, set()).discard(key)
            self._leaving.get(key[0], set()).discard(key)
            self.removeItem(wire)
            self._arrays = None

    def _lead(self, keys: Collection[WireKey]) -> None:
        """Let wires follow their ends."""
        for key in keys:
            wire = self.wires[key]
            wire.follow(self._lane(wire))
            if self._arrays is not None:
                self._arrays.rewired(wire)

    def _run_clear(self, keys: Iterable[WireKey]) -> None:
        """Let wires run between cards, now that all cards have their places."""
        if len(self.nodes) <= CAREFUL:
            self._lead(list(keys))

    def _lane(self, wire: WireItem) -> Lane | None:
        if len(self.nodes) > CAREFUL:
            return None
        return lane_for(wire.source.exit(wire.port), wire.target.entry(), self.arrays)

    def _touching(self, id: str) -> Collection[WireKey]:
        return sorted(self._leaving.get(id, set()) | self._arriving.get(id, set()))

    def _box(self, node: FlowNode) -> g.Box:
        card = self.catalogue.card(node, self.document.flow)
        return g.measure(card, node.out, node.id in self._expanded, self.ink.words)

    def _mark_start(self) -> None:
        start = self.document.part.start
        for id in {self._start, start}:
            item = self.nodes.get(id)
            if item is not None and item.state.start != (id == start):
                item.state.start = id == start
                item.update()
        self._start = start

    def _put_frames(self, groups: Iterable[str]) -> None:
        for id in groups:
            group = self.document.layout.groups.get(id)
            if group is not None and group.flow != self.document.shown:
                group = None
            item = self.frames.get(id)
            if group is None:
                if item is not None:
                    self.removeItem(self.frames.pop(id))
            elif item is None:
                self.frames[id] = FrameItem(id, group, self.ink)
                self.addItem(self.frames[id])
            else:
                item.become(group)
