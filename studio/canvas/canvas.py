"""The canvas: the view of a document's flow, with everything a hand and a keyboard do on it."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from engine.flow import Group
from studio.canvas import geometry as g
from studio.canvas.gestures import Gesture, Hand, Idle
from studio.canvas.gestures.gesture import Under
from studio.canvas.hitting import find_under
from studio.canvas.ink import Ink
from studio.canvas.items import WireKey
from studio.canvas.keys import shortcut_of
from studio.canvas.minimap import Minimap
from studio.canvas.quick_add import QuickAdd
from studio.canvas.scene import FlowScene
from studio.canvas.tidying import frame_around, tidy
from studio.canvas.view import FlowView
from studio.canvas.walking import step_from
from studio.document import Catalogue, Change, Document, Edit, Place
from studio.document.clipboard import Pasted, copy_text, duplicate, paste
from studio.document.edits import add_node, remove_nodes
from studio.document.frames import add_group, remove_group
from studio.document.wiring import add_connected
from studio.theme import Look

KIND_MIME = "application/x-parley-kind"
"""What the palette drags: the id of a kind, as UTF-8."""

READABLE, HOME = 0.6, 0.85
"""Smaller than the first a flow opens at its start, at the second zoom."""


class Canvas(FlowView):
    """Shows and edits the flow of a document."""

    opened = Signal(str)
    """A node asks to be looked at closely (double click, Enter)."""
    notice = Signal(str)
    """A sentence to show quietly."""

    def __init__(
        self, document: Document, catalogue: Catalogue, look: Look, parent: QWidget | None = None
    ) -> None:
        ink = Ink(look)
        super().__init__(FlowScene(document, catalogue, ink), ink, parent)
        self.document, self.catalogue = document, catalogue
        self._idle = Idle(self)
        self._gesture: Gesture | None = None
        self._pending: tuple[QPointF, WireKey | None, str | None] = (QPointF(), None, None)
        self._quick = QuickAdd(look, self)
        self._quick.chosen.connect(self._add_chosen)
        self._quick.dismissed.connect(self.setFocus)
        self.minimap = Minimap(self, look)
        self.set_corner(self.minimap)
        self.looked.connect(self.minimap.update)
        for signal in (self.flow_scene.rebuilt, self.flow_scene.changed_items):
            signal.connect(self.minimap.refresh)
        self._releases = (document.subscribe(self._follow), document.selection.subscribe(self.refresh))
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription(
            "The drawn flow. Arrow keys go from node to node, Enter opens one; the outline has it all as a tree."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)

    def release(self) -> None:
        """Stop following the document."""
        for stop in self._releases:
            stop()
        self.flow_scene.release()

    # What one may ask for

    def fit(self) -> None:
        """Show the whole flow."""
        self.look_at(self.flow_scene.content_rect())

    def show_start(self) -> None:
        """The whole flow when it can be read that small, else its beginning."""
        self.fit()
        start = self.flow_scene.nodes.get(self.document.part.start)
        if self.zoom < READABLE and start is not None:
            self.zoom_to(HOME)
            room = self.viewport().rect()
            self.look_from(start.rect().center() + QPointF(room.width() * 0.32, room.height() * 0.22) / HOME)

    def frame_selection(self) -> None:
        """Show the selected nodes, or the whole flow when none is."""
        chosen = self.document.selection.nodes
        self.look_at(self.flow_scene.content_rect(chosen or None))

    def reveal(self, id: str) -> None:
        """Show a node: its flow, in view, selected."""
        for name, flow in self.document.flow.flows():
            if id in flow.nodes:
                self.document.show(name)
                self.document.selection.set((id,))
                rect = self.flow_scene.nodes[id].rect()
                if self.zoom < 0.6:
                    self.zoom_to(0.9)
                if not self.in_view().adjusted(40, 40, -40, -40).contains(rect):
                    self.look_from(rect.center())
                return

    def delete_selection(self) -> None:
        """Take the selected nodes and frames away; what led through a node with one way on leads on."""
        selection = self.document.selection
        nodes, groups = selection.nodes, selection.groups
        if nodes:
            self.apply(remove_nodes(self.document.state, self.document.shown, nodes))
        for id in groups:
            self.apply(remove_group(self.document.state, id))

    def duplicate_selection(self) -> None:
        """Copies beside the selected nodes."""
        self._pasted(duplicate(self.document.state, self.document.shown, self.document.selection.nodes))

    def copy_selection(self) -> None:
        """The selected nodes as text on the clipboard."""
        if self.document.selection.nodes:
            text = copy_text(self.document.state, self.document.shown, self.document.selection.nodes)
            QGuiApplication.clipboard().setText(text)

    def cut_selection(self) -> None:
        """Copy, then take away."""
        self.copy_selection()
        self.delete_selection()

    def paste_clipboard(self) -> None:
        """Nodes from the clipboard, at the pointer when it is over the canvas, else in the middle."""
        text = QGuiApplication.clipboard().text()
        at = _rounded(self.mapToScene(self._pointer()))
        self._pasted(paste(self.document.state, self.document.shown, text, at))

    def select_all(self) -> None:
        """Select every node."""
        self.document.selection.set(self.flow_scene.nodes)

    def arrange(self) -> None:
        """Lay the whole flow out anew, frames as blocks; one undo brings the old picture back."""
        self.apply(tidy(self.document, self.flow_scene))
        self.fit()

    def group_selection(self, title: str = "Untitled") -> None:
        """Draw a frame around the selected nodes."""
        rect = self.flow_scene.content_rect(self.document.selection.nodes)
        if rect.isEmpty():
            return
        group = Group(title, frame_around(rect), flow=self.document.shown)
        edit, id = add_group(self.document.state, group)
        self.apply(edit)
        self.document.selection.set((), (id,))

    def quick_add(self) -> None:
        """Offer nodes at the pointer; with one node selected, to go on from its first free port."""
        current = self.flow_scene.nodes.get(self.document.selection.current or "")
        pixel = self._pointer()
        if current is not None and len(self.document.selection.nodes) == 1:
            free = [port.id for port in current.box.ports if port.id not in current.node.out]
            if free:
                end = current.exit(free[0])
                self.offer_nodes(QPointF(end.x + 74, end.y - g.INPUT_Y), (current.id, free[0]), None)
                return
        self.offer_nodes(self.mapToScene(pixel), None, None)

    def add_kind(self, kind: str, at: QPointF | None = None) -> str:
        """Add a node of a kind, by default in the middle of what is seen; returns its id."""
        node = self.catalogue.fresh(kind)
        middle = at if at is not None else self.in_view().center() - QPointF(g.WIDTH / 2, 60)
        self.apply(add_node(self.document.state, self.document.shown, node, self._free(_rounded(middle))))
        self.document.selection.set((node.id,))
        return node.id

    def cancel(self) -> None:
        """Give up the gesture in hand; without one, let go of the selection."""
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
        elif self._quick.isVisible():
            self._quick.dismiss()
        else:
            self.document.selection.clear()

    def set_live(self, nodes: Sequence[str], edges: Collection[WireKey], current: str | None) -> None:
        """Show the way of a talk."""
        self.overlays.set_live(nodes, edges, current)
        self.minimap.refresh()

    def set_witness(self, nodes: Collection[str], edges: Collection[WireKey]) -> None:
        """Show the path that leads to a problem."""
        self.overlays.set_witness(nodes, edges)

    def set_hits(self, nodes: Collection[str]) -> None:
        """Ring what a search found."""
        self.overlays.set_hits(nodes)

    def set_problems(self, counts: Mapping[str, int]) -> None:
        """How many problems each node has; negative counts are warnings only."""
        self.overlays.set_problems(counts)
        self.minimap.refresh()

    def set_still(self, still: bool) -> None:
        """Whether motion is unwelcome."""
        self.overlays.set_still(still)

    # What gestures ask for

    def under(self, at: QPointF) -> Under:
        """What is under a point of the scene."""
        return find_under(self.flow_scene, at, self.zoom)

    def apply(self, edit: Edit, merge: str = "") -> None:
        """Make an edit; it ends the gesture."""
        self.document.apply(edit, merge)
        if not merge:
            self.document.settle()

    def offer_nodes(self, at: QPointF, source: WireKey | None, target: str | None) -> None:
        """Open quick add for a node at a point, after a port, before a node, or alone."""
        self._pending = (at, source, target)
        kinds = [
            kind
            for kind in self.catalogue.kinds()
            if (source is None or kind.enters) and (target is None or kind.way_on)
        ]
        self._quick.offer(self.mapFromScene(at), kinds)

    def begin(self, gesture: Gesture) -> None:
        """Go on with another gesture."""
        self._gesture = gesture

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Shape the pointer."""
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def refresh(self) -> None:
        """Draw everything again."""
        self.viewport().update()

    # What Qt tells

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self._quick.dismiss()
        if self._gesture is None:
            self._gesture = self._idle.press(self._hand(event))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Feed the gesture, or show what is pointed at."""
        hand = self._hand(event)
        if self._gesture is not None:
            self._gesture.move(hand)
        else:
            self._hint(self._idle.hover(hand))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.release(self._hand(event))
        self._idle.hover(self._hand(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a node: look closely. On nothing: offer nodes."""
        hand = self._hand(event)
        under = self.under(hand.at)
        if under.node is not None and under.port is None and not under.dots:
            self.opened.emit(under.node.id)
        elif under == Under():
            self.offer_nodes(hand.at, None, None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms about the pointer, two fingers pan, Ctrl always zooms."""
        keys = event.modifiers()
        fingers = event.pixelDelta()
        if not keys & Qt.KeyboardModifier.ControlModifier and not fingers.isNull():
            self.pan(fingers.x(), fingers.y())
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            turn = event.angleDelta()
            self.pan(turn.y() or turn.x(), 0)
        else:
            self.zoom_to(self.zoom * 1.0015 ** event.angleDelta().y(), event.position().toPoint())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that belong to the canvas; the rest goes to the window's actions."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._idle.space = True
            self.show_cursor(Qt.CursorShape.OpenHandCursor)
            return
        name = shortcut_of(event)
        if name is None:
            event.ignore()
        elif name == "walk":
            self._walk(Qt.Key(event.key()))
        elif name == "open":
            if self.document.selection.current is not None:
                self.opened.emit(self.document.selection.current)
        else:
            getattr(self, name)()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space no longer pans."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._idle.space = False
            self.show_cursor(Qt.CursorShape.ArrowCursor)
        else:
            event.ignore()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab adds a node; Shift+Tab leaves the canvas."""
        return False if forward else super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A key that goes up elsewhere is not seen here."""
        self._idle.space = False
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._idle.leave()
        super().leaveEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Kinds from the palette may come."""
        if event.mimeData().hasFormat(KIND_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere."""
        if event.mimeData().hasFormat(KIND_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the kind where it was dropped."""
        kind = bytes(event.mimeData().data(KIND_MIME).data()).decode("utf-8", "replace")
        at = self.mapToScene(event.position().toPoint()) - QPointF(g.WIDTH / 2, g.INPUT_Y)
        self.add_kind(kind, at)
        event.acceptProposedAction()
        self.setFocus()

    def _walk(self, key: Qt.Key) -> None:
        to = step_from(self.flow_scene, self.document.selection.current, key)
        if to is not None:
            self.document.selection.set((to,))
            rect = self.flow_scene.nodes[to].rect()
            if not self.in_view().contains(rect):
                self.look_from(rect.center())

    def _add_chosen(self, kind: str) -> None:
        at, source, target = self._pending
        state, part = self.document.state, self.document.shown
        node = self.catalogue.fresh(kind)
        card = next((card for card in self.catalogue.kinds() if card.id == kind), None)
        self.setFocus()
        if source is not None:
            onward = card.way_on if card is not None else ""
            place = _rounded(at - QPointF(0, g.INPUT_Y) if self._gesture is None else at)
            self.apply(add_connected(state, part, *source, node, place, onward))
        elif target is not None and card is not None:
            node = type(node)(node.id, node.kind, node.label, fields=node.fields, out={card.way_on: target})
            self.apply(add_node(state, part, node, _rounded(at - QPointF(g.WIDTH, g.HEADER + 20))))
        else:
            self.apply(add_node(state, part, node, _rounded(at)))
        self.document.selection.set((node.id,))

    def _pasted(self, pasted: Pasted) -> None:
        self.apply(pasted.edit)
        if pasted.ids:
            self.document.selection.set(pasted.ids)
        for sentence in pasted.notices:
            self.notice.emit(sentence)

    def _free(self, at: Place) -> Place:
        """A place near ``at`` where no card begins already."""
        taken = frozenset(self.document.layout.nodes.values())
        while at in taken:
            at = (at[0] + 28, at[1] + 28)
        return at

    def _pointer(self) -> QPoint:
        """Where the pointer is in the viewport; the middle when it is elsewhere."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        room = self.viewport().rect()
        return at if room.contains(at) and self.underMouse() else room.center()

    def _hand(self, event: QMouseEvent) -> Hand:
        pixel = event.position().toPoint()
        return Hand(pixel, self.mapToScene(pixel), event.button(), event.modifiers())

    def _hint(self, under: Under) -> None:
        tip = ""
        if under.wire is not None:
            source = under.wire.source
            port = next((p for p in source.box.card.ports if p.id == under.wire.port), None)
            tip = f"{source.box.card.title}: {port.label if port else under.wire.port}"
        self.viewport().setToolTip(tip)

    def _follow(self, change: Change) -> None:
        if change.origin in ("show", "load"):
            self.show_start()


def _rounded(at: QPointF) -> Place:
    return round(at.x()), round(at.y())
