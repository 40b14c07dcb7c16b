"""The view with what one may ask of it by name: menus, keys and the command palette all come here."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.canvas import geometry as g
from studio.canvas.ink import Ink
from studio.canvas.items import WireKey
from studio.canvas.minimap import Minimap
from studio.canvas.scene import FlowScene
from studio.canvas.tidying import tidy
from studio.canvas.view import FlowView
from studio.document import Catalogue, Change, Document, Edit, Place
from studio.document.clipboard import Pasted, copy_text, duplicate, paste
from studio.document.edits import add_node, remove_nodes
from studio.document.frames import remove_group
from studio.theme import Look

READABLE, HOME = 0.6, 0.85
"""Smaller than the first a flow opens at its start, at the second zoom."""
FRESH, GAP = 140, 28
"""Height that is kept free for a new card, and the room around it, in canvas units."""


class EditingView(FlowView):
    """Shows the flow of a document, with commands on what is selected."""

    notice = Signal(str)
    """A sentence to show quietly."""

    def __init__(
        self, document: Document, catalogue: Catalogue, look: Look, parent: QWidget | None = None
    ) -> None:
        ink = Ink(look)
        super().__init__(FlowScene(document, catalogue, ink), ink, parent)
        self.document, self.catalogue = document, catalogue
        self.minimap = Minimap(self, look)
        self.set_corner(self.minimap)
        self.looked.connect(self.minimap.update)
        for signal in (self.flow_scene.rebuilt, self.flow_scene.changed_items):
            signal.connect(self.minimap.refresh)
        self._releases = (document.subscribe(self._follow), document.selection.subscribe(self.refresh))

    def release(self) -> None:
        """Stop following the document."""
        for stop in self._releases:
            stop()
        self.flow_scene.release()

    def refresh(self) -> None:
        """Draw everything again."""
        self.viewport().update()

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
        at = rounded(self.mapToScene(self._pointer()))
        self._pasted(paste(self.document.state, self.document.shown, text, at))

    def select_all(self) -> None:
        """Select every node."""
        self.document.selection.set(self.flow_scene.nodes)

    def arrange(self) -> None:
        """Lay the whole flow out anew, frames as blocks; one undo brings the old picture back."""
        self.apply(tidy(self.document, self.flow_scene))
        self.fit()

    def add_kind(self, kind: str, at: QPointF | None = None) -> str:
        """Add a node of a kind, by default in the middle of what is seen; returns its id."""
        node = self.catalogue.fresh(kind)
        middle = at if at is not None else self.in_view().center() - QPointF(g.WIDTH / 2, 60)
        self.apply(add_node(self.document.state, self.document.shown, node, self._free(rounded(middle))))
        self.document.selection.set((node.id,))
        self.bring(node.id)
        return node.id

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

    def apply(self, edit: Edit, merge: str = "") -> None:
        """Make an edit; it ends the gesture."""
        self.document.apply(edit, merge)
        if not merge:
            self.document.settle()

    def _pasted(self, pasted: Pasted) -> None:
        self.apply(pasted.edit)
        if pasted.ids:
            self.document.selection.set(pasted.ids)
            self.bring(pasted.ids[0])
        for sentence in pasted.notices:
            self.notice.emit(sentence)

    def _free(self, at: Place) -> Place:
        """The first place at or below ``at`` where a card covers no other."""
        x, y = at
        column = [item.rect() for item in self.flow_scene.nodes.values()]
        beside = sorted((r for r in column if r.left() < x + g.WIDTH and r.right() > x), key=QRectF.top)
        for rect in beside:
            if rect.top() < y + FRESH and rect.bottom() > y:
                y = round(rect.bottom()) + GAP
        return x, y

    def bring(self, id: str) -> None:
        """Move the picture so far that a node is in view, if it is not."""
        seen, rect = self.in_view(), self.flow_scene.nodes[id].rect().adjusted(-GAP, -GAP, GAP, GAP)
        if not seen.contains(rect):
            dx = max(0.0, rect.right() - seen.right()) or min(0.0, rect.left() - seen.left())
            dy = max(0.0, rect.bottom() - seen.bottom()) or min(0.0, rect.top() - seen.top())
            self.look_from(seen.center() + QPointF(dx, dy))

    def _pointer(self) -> QPoint:
        """Where the pointer is in the viewport; the middle when it is elsewhere."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        room = self.viewport().rect()
        return at if room.contains(at) and self.underMouse() else room.center()

    def _follow(self, change: Change) -> None:
        if change.origin in ("show", "load"):
            self.show_start()
        if len(self.flow_scene.nodes) <= 1:
            self.viewport().update()  # the invitation of an empty canvas comes and goes


def rounded(at: QPointF) -> Place:
    """A place on the canvas in whole units."""
    return round(at.x()), round(at.y())
