"""Everything around one open document: bar, rail, drawer, canvas, side, and how they hear of each other."""

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.compiler import Finding
from engine.simulation import Case
from studio.actions import Actions
from studio.canvas import Canvas
from studio.document import Change, Document, EngineCatalogue
from studio.document.search import Hit
from studio.panels.checking import Checked, Checker
from studio.panels.findings import Repair, counts
from studio.panels.flow_form import FlowForm
from studio.panels.history import History
from studio.panels.inspector import Inspector
from studio.panels.outline import Outline
from studio.panels.palette import Palette
from studio.panels.problems import Problems
from studio.panels.recordings import Recordings
from studio.panels.tests import Tests
from studio.panels.variables import Variables
from studio.simulator.dock import RehearsalDock
from studio.simulator.talk import Talk, Way
from studio.theme import Look
from studio.window.bar import Bar
from studio.window.notices import Notices
from studio.window.problem_line import ProblemLine
from studio.window.rail import Rail
from studio.window.search import Everything
from studio.window.side import Side

DRAWER, WIDE_DRAWER, SIDE = 196, 304, 336
READABLE, COMFORTABLE = 0.6, 0.9
"""Below the first zoom words cannot be read; at the second they can."""
MARGIN = 48
"""Room around what one looks at first, in canvas units."""
CARD = QPointF(113, 24)
"""From a card's corner to where the hand holds a kind it drops."""


class Desk(QWidget):
    """``renamed`` says that what the window shows in its title has changed; ``checked`` brings every finished check."""

    renamed = Signal()
    checked = Signal(object)

    def __init__(self, look: Look, document: Document, actions: Actions, checker: Checker) -> None:
        super().__init__()
        self.document = document
        self.newest: Checked | None = None
        self._witnessed: tuple[str, tuple[str, ...]] | None = None
        self._look = look
        self._checker = checker
        self.bar = Bar(look)
        self.rail = Rail(look)
        self.canvas = Canvas(document, EngineCatalogue(), look)
        self.notices = Notices(self.canvas)
        self.palette_panel = Palette(look)
        self.outline = Outline(look, document)
        self.variables = Variables(look, document)
        self.history = History(look, document)
        self.recordings = Recordings()
        self.inspector = Inspector(look, document)
        self.flow_form = FlowForm(look, document)
        self.dock = RehearsalDock(look)
        self.tests = Tests(look, self.folder)
        self.problems = Problems(look, document)
        self.line = ProblemLine(look)
        self._lay_out()
        self.everything = Everything(look, self.bar.search, self, document, actions)
        self._connect()
        self._release = (document.subscribe(self._follow), document.selection.subscribe(self._show_selected))
        self.show_place()
        self.rail.show_place("flow")
        self._show_selected()
        self.check()

    def _lay_out(self) -> None:
        self.drawer = QStackedWidget()
        self.drawer.setObjectName("drawer")
        self.drawer.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._places: dict[str, QWidget] = {
            "flow": self.palette_panel,
            "outline": self.outline,
            "variable": self.variables,
            "history": self.history,
            "live": self.recordings,
        }
        for page in self._places.values():
            self.drawer.addWidget(page)
        self.node_page = QStackedWidget()
        self.node_page.addWidget(self.flow_form)
        self.node_page.addWidget(self.inspector)
        self.side = Side({"rehearse": self.dock, "node": self.node_page, "tests": self.tests})
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.canvas, 1), (self.problems, 0), (self.line, 0)):
            column.addWidget(widget, stretch)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        for pane in (self.drawer, middle, self.side):
            self._split.addWidget(pane)
        for index, stretch in enumerate((0, 1, 0)):
            self._split.setStretchFactor(index, stretch)
        middle.setMinimumWidth(320)
        self.drawer.setMinimumWidth(160)
        self._split.setSizes([DRAWER, 1440 - 56 - DRAWER - SIDE, SIDE])
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.rail)
        below.addWidget(self._split, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addLayout(below, 1)

    def _connect(self) -> None:
        self.bar.crumb.connect(self.document.show)
        self.rail.chosen.connect(self.turn_drawer)
        self.palette_panel.chosen.connect(self.add_kind)
        self.palette_panel.dropped.connect(self._drop)
        self.canvas.opened.connect(self.open_node)
        self.canvas.notice.connect(self.notices.tell)
        self.outline.opened.connect(self.open_node)
        self.outline.add_after.connect(self._add_after)
        self.inspector.declare.connect(self._declare)
        self.dock.moved.connect(self._show_way)
        self.tests.played.connect(self._play_case)
        self.line.opened.connect(self.problems.toggle)
        for source in (self.line, self.problems, self.inspector.findings):
            source.shown.connect(self.show_witness)
            source.mended.connect(self._mend)
        self.problems.jump.connect(self.go_to)
        self.everything.jump.connect(self._go_to_hit)
        self.everything.marked.connect(self.canvas.set_hits)
        self._checker.done.connect(self._take)

    def folder(self) -> Path | None:
        """Where the flow lives, with its tests; None before it was saved."""
        return self.document.path.parent if self.document.path is not None else None

    def show_beginning(self) -> None:
        """Show the whole flow; one too large to read that way, from where it begins."""
        canvas = self.canvas
        canvas.fit()
        start = canvas.flow_scene.nodes.get(self.document.part.start)
        if canvas.zoom < READABLE and start is not None:
            canvas.zoom_to(COMFORTABLE)
            seen = canvas.in_view()
            corner = start.rect().topLeft()
            above = corner.y() - canvas.flow_scene.content_rect().top()
            top = corner.y() - min(above, seen.height() * 0.5) - MARGIN
            canvas.look_from(QPointF(corner.x() - MARGIN + seen.width() / 2, top + seen.height() / 2))

    def close_desk(self) -> None:
        """Stop following the document."""
        self._checker.done.disconnect(self._take)
        for release in self._release:
            release()
        self.canvas.release()

    def set_still(self, still: bool) -> None:
        """Whether motion is unwelcome."""
        self.canvas.set_still(still)
        self.dock.set_still(still)

    # Checks

    def check(self) -> None:
        """Check the flow as it is now."""
        self._checker.request(self.document.flow)

    def _take(self, checked: Checked) -> None:
        self.newest = checked
        self.line.show_checked(checked, self.document.flow)
        self.problems.show_checked(checked)
        found = counts(checked.findings)
        self.canvas.set_problems({id: n if worst == "error" else -n for id, (n, worst) in found.items()})
        self.outline.show_counts(found)
        self._show_findings()
        if self._witnessed not in {(f.code, f.nodes) for f in checked.findings}:
            self.hide_witness()
        if checked.program is not None:
            self.dock.use(checked.flow, checked.program)
            self.tests.use(checked.program)
            self.inspector.show_program(checked.program)
        self.checked.emit(checked)

    def _show_findings(self) -> None:
        node = self.inspector.node
        if self.newest is not None and node is not None:
            found = tuple(f for f in self.newest.findings if f.nodes and f.nodes[0] == node.id)
            self.inspector.findings.show_findings(found, self.document.flow)

    # The document

    def _follow(self, change: Change) -> None:
        self.show_place()
        if change.origin in ("edit", "undo", "redo", "load"):
            self.check()
        if change.origin == "show":
            self._show_selected()
        elif self.node_page.currentWidget() is self.inspector:
            self.inspector.refresh()
        else:
            self.flow_form.refresh()
        self.renamed.emit()

    def show_place(self) -> None:
        """Say in the bar where one is."""
        document = self.document
        project = document.flow.extra.get("x_project")
        if not isinstance(project, str):
            project = document.path.parent.parent.name.capitalize() if document.path is not None else ""
        part = document.part.name or document.shown if document.shown else ""
        self.bar.show_where(project, document.title, part, dirty=document.dirty)

    def _show_selected(self) -> None:
        self.document.settle()
        current = self.document.selection.current
        if current is not None:
            self.inspector.show_node(current)
            self.node_page.setCurrentWidget(self.inspector)
            self._show_findings()
        else:
            self.node_page.setCurrentWidget(self.flow_form)
            self.flow_form.refresh()
            self.hide_witness()

    def turn_drawer(self, place: str) -> None:
        """Show a place; the one that is shown already hides its drawer."""
        if place == "tests":
            self.side.turn_to("tests")
            self.rail.show_place(self._drawn)
            return
        page = self._places[place]
        if not self.drawer.isHidden() and self.drawer.currentWidget() is page:
            self.drawer.hide()
        else:
            self.drawer.setCurrentWidget(page)
            self.drawer.show()
            width = DRAWER if place == "flow" else WIDE_DRAWER
            sizes = self._split.sizes()
            self._split.setSizes([width, sizes[0] + sizes[1] - width, sizes[2]])
        self.rail.show_place(self._drawn)

    def add_place(self, place: str, page: QWidget) -> None:
        """Give the drawer another page."""
        self._places[place] = page
        self.drawer.addWidget(page)

    @property
    def _drawn(self) -> str:
        current = self.drawer.currentWidget()
        name = next(name for name, page in self._places.items() if page is current)
        return "" if self.drawer.isHidden() else name

    def open_node(self, id: str) -> None:
        """Look at a node closely: its form, ready to type."""
        self.document.selection.set([id])
        self.side.turn_to("node")
        self.inspector.edit_field()

    def add_kind(self, kind: str) -> None:
        """Add a node in the middle of the canvas and show its form."""
        self.canvas.add_kind(kind)
        self.side.turn_to("node")

    def _drop(self, kind: str, at: QPoint) -> None:
        local = self.canvas.viewport().mapFromGlobal(at)
        if self.canvas.viewport().rect().contains(local):
            self.canvas.add_kind(kind, self.canvas.mapToScene(local) - CARD)
            self.canvas.setFocus()

    def _add_after(self, node: str, port: str) -> None:
        self.canvas.reveal(node)
        item = self.canvas.flow_scene.nodes[node]
        free = [p.id for p in item.box.ports if p.id not in item.node.out]
        port = port or next(iter(free), "")
        if port and any(p.id == port for p in item.box.ports):
            end = item.exit(port)
            self.canvas.offer_nodes(QPointF(end.x + 74, end.y - CARD.y()), (node, port), None)
        else:
            self.notices.tell("Every way out of it leads somewhere already.")

    def _declare(self, name: str) -> None:
        node = self.inspector.node
        kind = str(node.fields.get("type", "text")) if node is not None else "text"
        types = {"number": "int", "choice": "text"}
        self.variables.declare(name, types.get(kind, kind))

    # Findings and finds

    def go_to(self, finding: Finding) -> None:
        """Go to what a finding is about: its node, its field, its character."""
        self.document.show(finding.flow)
        if finding.nodes:
            self.canvas.reveal(finding.nodes[0])
            self.side.turn_to("node")
            if finding.field:
                QTimer.singleShot(0, self, lambda: self.inspector.edit_field(finding.field, finding.start))

    def show_witness(self, finding: Finding) -> None:
        """Show the talk that leads to a finding: its way on the canvas, its words in an empty rehearsal."""
        checked = self.newest
        if finding.witness is None or checked is None or checked.program is None:
            return
        self.document.show(finding.flow)
        talk = Talk(checked.flow, checked.program, finding.witness)
        for step in finding.witness.steps:
            if not talk.ended:
                talk.do(step)
        self._witnessed = (finding.code, finding.nodes)
        self.canvas.set_witness(talk.way.nodes, talk.way.wires)
        if finding.nodes:
            self.canvas.reveal(finding.nodes[0])
        if self.dock.talk is None or not self.dock.talk.steps:
            self.dock.play(finding.witness)
            self.side.turn_to("rehearse")

    def hide_witness(self) -> None:
        """Put the way of a finding away."""
        if self._witnessed is not None:
            self._witnessed = None
            self.canvas.set_witness((), ())

    def _mend(self, repair: Repair) -> None:
        self.document.apply(repair.edit(self.document.state))
        self.document.settle()
        self.hide_witness()

    def _go_to_hit(self, hit: Hit) -> None:
        self.document.show(hit.part)
        if hit.node:
            self.canvas.reveal(hit.node)
            if hit.where not in ("name", "note"):
                self.side.turn_to("node")
                QTimer.singleShot(0, self, lambda: self.inspector.edit_field(hit.where, hit.start))
        elif hit.where == "variable":
            self.drawer.hide()
            self.turn_drawer("variable")

    # Rehearsal

    def rehearse(self) -> None:
        """Begin a talk, or take up the one under way."""
        self.side.turn_to("rehearse")
        if self.dock.talk is None or self.dock.talk.ended:
            self.dock.again()
        self.dock.bar.field.setFocus()

    def _show_way(self, way: Way) -> None:
        part = next((name for name, flow in self.document.flow.flows() if way.current in flow.nodes), None)
        if part is not None and part != self.document.shown and self.side.page == "rehearse":
            self.document.show(part)
        self.canvas.set_live(way.nodes, way.wires, way.current or None)
        item = self.canvas.flow_scene.nodes.get(way.current)
        if item is not None and not self.canvas.in_view().intersects(item.rect()):
            self.canvas.look_from(item.rect().center())

    def _play_case(self, case: Case) -> None:
        self.side.turn_to("rehearse")
        self.dock.play(case.script(), case.services, case.minds)
