"""The canvas: the view of a document's flow, with everything a hand and a keyboard do on it."""

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from engine.flow import Group
from studio.canvas import geometry as g
from studio.canvas.editing import EditingView, rounded
from studio.canvas.gestures import Gesture, Hand, Idle
from studio.canvas.gestures.gesture import Under
from studio.canvas.hitting import find_under
from studio.canvas.items import FrameItem, WireKey
from studio.canvas.keys import shortcut_of
from studio.canvas.labels import label_of
from studio.canvas.menus import entries, show_menu
from studio.canvas.quick_add import QuickAdd
from studio.canvas.tidying import frame_around
from studio.canvas.title_field import TitleField
from studio.canvas.walking import step_from
from studio.document import Catalogue, Document
from studio.document.edits import add_node
from studio.document.frames import add_group, put_group
from studio.document.wiring import add_connected
from studio.theme import Look

KIND_MIME = "application/x-parley-kind"
"""What the palette drags: the id of a kind, as UTF-8."""

UNTITLED = "Untitled"


class Canvas(EditingView):
    """Shows and edits the flow of a document."""

    opened = Signal(str)
    """A node asks to be looked at closely (double click, Enter)."""

    def __init__(
        self, document: Document, catalogue: Catalogue, look: Look, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, catalogue, look, parent)
        self._idle = Idle(self)
        self._gesture: Gesture | None = None
        self._pending: tuple[QPointF, WireKey | None, str | None] = (QPointF(), None, None)
        self._quick = QuickAdd(look, self)
        self._quick.chosen.connect(self._add_chosen)
        self._quick.dismissed.connect(self.setFocus)
        self._title = TitleField(self)
        self._title.written.connect(self._write_title)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription(
            "The drawn flow. Arrow keys go from node to node, Enter opens one; the outline has it all as a tree."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)

    # What one may ask for

    def group_selection(self, title: str = UNTITLED) -> None:
        """Draw a frame around the selected nodes."""
        rect = self.flow_scene.content_rect(self.document.selection.nodes)
        if rect.isEmpty():
            return
        group = Group(title, frame_around(rect), flow=self.document.shown)
        edit, id = add_group(self.document.state, group)
        self.apply(edit)
        self.document.selection.set((), (id,))
        if title == UNTITLED:
            self.edit_title(self.flow_scene.frames[id])

    def quick_add(self) -> None:
        """Offer nodes at the pointer; with one node selected, to go on from its first free port."""
        current = self.flow_scene.nodes.get(self.document.selection.current or "")
        pixel = self._pointer()
        if current is not None and len(self.document.selection.nodes) == 1:
            free = [port.id for port in current.box.ports if port.id not in current.node.out]
            if free:
                end = current.exit(free[0])
                self.offer_nodes(QPointF(end.x + 74, end.y), (current.id, free[0]), None)
                return
        self.offer_nodes(self.mapToScene(pixel), None, None)

    def cancel(self) -> None:
        """Give up the gesture in hand; without one, let go of the selection."""
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
        elif self._quick.isVisible():
            self._quick.dismiss()
        else:
            self.document.selection.clear()

    # What gestures ask for

    def under(self, at: QPointF) -> Under:
        """What is under a point of the scene."""
        return find_under(self.flow_scene, at, self.zoom)

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
        elif under.frame is not None:
            self.edit_title(under.frame)
        elif under == Under():
            self.offer_nodes(hand.at, None, None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what fits what is under the pointer; by keyboard, what fits the current node."""
        current = self.flow_scene.nodes.get(self.document.selection.current or "")
        if event.reason() == QContextMenuEvent.Reason.Keyboard and current is not None:
            at = current.rect().center()
        else:
            at = self.mapToScene(event.pos())
        under = self.under(at)
        if under.node is not None and under.node.id not in self.document.selection:
            self.document.selection.set((under.node.id,))
        show_menu(self, self.viewport().mapToGlobal(self.mapFromScene(at)), entries(self, under, at))
        event.accept()

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
        elif name == "open" and self.document.selection.groups:
            self.edit_title(self.flow_scene.frames[self.document.selection.groups[-1]])
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
        self.overlays.set_label(None)
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

    def viewportEvent(self, event: QEvent) -> bool:
        """Pinching on a touchpad zooms about the pointer."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_to(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        return super().viewportEvent(event)

    def open_node(self, id: str) -> None:
        """Ask for a node to be looked at closely."""
        self.opened.emit(id)

    def edit_title(self, frame: FrameItem) -> None:
        """Write a frame's title where it stands."""
        corner = self.mapFromScene(frame.rect().topLeft())
        self._title.write(frame.id, frame.frame.title, QRect(corner.x() + 8, corner.y() + 4, 240, 30))

    def _write_title(self, id: str, title: str) -> None:
        frame = self.flow_scene.frames.get(id)
        if frame is not None:
            group = msgspec.structs.replace(frame.frame, title=title)
            self.apply(put_group(self.document.state, id, group))

    def _walk(self, key: Qt.Key) -> None:
        to = step_from(self.flow_scene, self.document.selection.current, key)
        if to is not None:
            self.document.selection.set((to,))
            self.bring(to)

    def _add_chosen(self, kind: str) -> None:
        at, source, target = self._pending
        state, part = self.document.state, self.document.shown
        node = self.catalogue.fresh(kind)
        card = next((card for card in self.catalogue.kinds() if card.id == kind), None)
        self.setFocus()
        if source is not None:
            onward = card.way_on if card is not None else ""
            place = self._free(rounded(at - QPointF(0, g.INPUT_Y)))
            self.apply(add_connected(state, part, *source, node, place, onward))
        elif target is not None and card is not None:
            node = type(node)(node.id, node.kind, node.label, fields=node.fields, out={card.way_on: target})
            self.apply(add_node(state, part, node, rounded(at - QPointF(g.WIDTH, g.HEADER + 20))))
        else:
            self.apply(add_node(state, part, node, rounded(at)))
        self.document.selection.set((node.id,))
        self.bring(node.id)

    def _hand(self, event: QMouseEvent) -> Hand:
        pixel = event.position().toPoint()
        return Hand(pixel, self.mapToScene(pixel), event.button(), event.modifiers())

    def _hint(self, under: Under) -> None:
        self.overlays.set_label(label_of(under.wire) if under.wire is not None else None)
