"""The outline: every flow, node and port as a tree. What the canvas does can be done here with the keyboard."""

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from engine.flow import Flow, FlowNode
from engine.kinds import kind_of
from studio.document import Change, Document
from studio.document.edits import remove_nodes, set_start
from studio.panels.ports import ports_of
from studio.theme import Look
from studio.theme.glyphs import glyph_icon

SOON_MS = 120
"""Edits that follow each other faster make one new tree."""

PART, NODE, PORT, TARGET = (Qt.ItemDataRole.UserRole + i for i in range(4))


class Outline(QWidget):
    """``opened`` asks to edit a node; ``add_after`` brings a node and a port to add something after."""

    opened = Signal(str)
    add_after = Signal(str, str)

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._look = look
        self._document = document
        self._counts: dict[str, tuple[int, str]] = {}
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 14, 6, 8)
        column.setSpacing(8)
        self._filter = QLineEdit()
        self._filter.setProperty("role", "field")
        self._filter.setPlaceholderText("Filter")
        self._filter.setAccessibleName("Filter the outline")
        self._filter.textChanged.connect(self._apply_filter)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(14)
        self.tree.setAccessibleName("Outline")
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.tree.itemActivated.connect(self._activate)
        self.tree.currentItemChanged.connect(self._chosen)
        self.tree.keyPressEvent = self._key  # type: ignore[method-assign]
        hint = QLabel("Enter edits · Delete removes · + adds")
        hint.setProperty("role", "hint")
        hint.setContentsMargins(6, 0, 0, 0)
        for widget in (self._filter, self.tree, hint):
            column.addWidget(widget)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.rebuild)
        self.tree.itemExpanded.connect(self._fill)
        document.subscribe(self._follow)
        document.selection.subscribe(self._select)

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.rebuild()

    def _follow(self, change: Change) -> None:
        if self.isVisible():
            self._soon.start()

    def show_counts(self, counts: dict[str, tuple[int, str]]) -> None:
        """How many findings each node has."""
        if counts != self._counts:
            self._counts = counts
            if self.isVisible():
                self._soon.start()

    def rebuild(self) -> None:
        """Read the document again; what was open and current stays so."""
        folded = {self._key_of(i) for i in self._items() if not i.isExpanded()}
        known = {self._key_of(i) for i in self._items()}
        self.tree.blockSignals(True)
        self.tree.clear()
        for part, flow in self._document.flow.flows():
            top = QTreeWidgetItem([flow.name or part or "Flow"])
            top.setData(0, PART, part)
            top.setIcon(0, glyph_icon("flow", self._look.tokens.ink2, 16))
            self.tree.addTopLevelItem(top)
            for node in ordered(flow):
                top.addChild(self._node(part, flow, node))
            top.setExpanded(self._key_of(top) not in folded or self._key_of(top) not in known)
            for i in range(top.childCount()):
                child = top.child(i)
                if child is not None:
                    child.setExpanded(self._key_of(child) in known and self._key_of(child) not in folded)
        self.tree.blockSignals(False)
        self._select()
        self._apply_filter(self._filter.text())

    def _node(self, part: str, flow: Flow, node: FlowNode) -> QTreeWidgetItem:
        kind = kind_of(node.kind)
        title = kind.title if kind is not None else node.kind
        count, _ = self._counts.get(node.id, (0, ""))
        first = " · start" if flow.start == node.id else ""
        words = f"{node.label or title}{first}{f' · {count}' if count else ''}"
        item = QTreeWidgetItem([words])
        item.setData(0, PART, part)
        item.setData(0, NODE, node.id)
        tint = self._look.tokens.family(kind.family.value if kind else "Structure").ink
        item.setIcon(0, glyph_icon(node.kind, tint, 16))
        problems = f", {count} problem{'s' * (count != 1)}" if count else ""
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{title} {node.label}{problems}")
        item.setToolTip(0, f"{title}{problems}")
        if ports_of(node, self._document.flow):
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        return item

    def _fill(self, item: QTreeWidgetItem) -> None:
        """The ports of a node, made when it is unfolded."""
        part, id = item.data(0, PART) or "", item.data(0, NODE)
        flow = self._document.flow.subflows.get(part, self._document.flow) if part else self._document.flow
        node = flow.nodes.get(id or "")
        if node is None or item.childCount():
            return
        for port in ports_of(node, self._document.flow):
            target = flow.nodes.get(node.out.get(port.id, ""))
            leads = target.label or target.id if target is not None else "nowhere yet"
            if target is None and (port.rare or port.optional):
                continue
            leaf = QTreeWidgetItem([f"{port.label} → {leads}"])
            leaf.setData(0, PART, part)
            leaf.setData(0, NODE, node.id)
            leaf.setData(0, PORT, port.id)
            leaf.setData(0, TARGET, target.id if target is not None else "")
            item.addChild(leaf)

    def _items(self) -> list[QTreeWidgetItem]:
        tops = [self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount())]
        found = [t for t in tops if t is not None]
        children = [t.child(i) for t in found for i in range(t.childCount())]
        return found + [c for c in children if c is not None]

    def _key_of(self, item: QTreeWidgetItem) -> tuple[object, object]:
        return item.data(0, PART), item.data(0, NODE)

    def _select(self) -> None:
        current = self._document.selection.current
        for item in self._items():
            if current is not None and item.data(0, NODE) == current:
                if self.tree.currentItem() is not item and not self._inside(current):
                    self.tree.blockSignals(True)
                    self.tree.setCurrentItem(item)
                    self.tree.blockSignals(False)
                return

    def _inside(self, node: str) -> bool:
        item = self.tree.currentItem()
        return item is not None and item.data(0, NODE) == node

    def _chosen(self, item: QTreeWidgetItem | None, _: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        self._document.show(item.data(0, PART) or "")
        node = item.data(0, NODE)
        if node:
            self._document.selection.set([node])

    def _activate(self, item: QTreeWidgetItem) -> None:
        target = item.data(0, TARGET)
        if item.data(0, PORT):
            if target:
                self._document.selection.set([target])
            else:
                self.add_after.emit(item.data(0, NODE), item.data(0, PORT))
        elif item.data(0, NODE):
            self.opened.emit(item.data(0, NODE))

    def _key(self, event: QKeyEvent) -> None:
        item = self.tree.currentItem()
        node = item.data(0, NODE) if item is not None else None
        if item is not None and node and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._document.apply(remove_nodes(self._document.state, item.data(0, PART) or "", [node]))
        elif item is not None and node and event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Insert):
            self.add_after.emit(node, item.data(0, PORT) or "")
        else:
            QTreeWidget.keyPressEvent(self.tree, event)

    def _menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        node = item.data(0, NODE) if item is not None else None
        if item is None or not node:
            return
        part = item.data(0, PART) or ""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Edit", lambda: self.opened.emit(node))
        menu.addAction("Add after…", lambda: self.add_after.emit(node, item.data(0, PORT) or ""))
        menu.addAction(
            "Start here", lambda: self._document.apply(set_start(self._document.state, part, node))
        )
        menu.addSeparator()
        menu.addAction(
            "Delete", lambda: self._document.apply(remove_nodes(self._document.state, part, [node]))
        )
        menu.popup(self.tree.viewport().mapToGlobal(at))

    def _apply_filter(self, text: str) -> None:
        needle = text.casefold().strip()
        for item in self._items():
            if item.data(0, NODE):
                item.setHidden(bool(needle) and needle not in item.text(0).casefold())


def ordered(flow: Flow) -> list[FlowNode]:
    """The nodes as a talk would meet them: from the start along the wires, then what no wire leads to."""
    order: dict[str, None] = {}
    waiting = [flow.start]
    handlers = [n.id for n in flow.nodes.values() if n.kind == "handler"]
    rest = [*handlers, *sorted(flow.nodes, key=lambda id: flow.nodes[id].label)]
    while waiting or rest:
        id = waiting.pop() if waiting else rest.pop(0)
        if id in order or id not in flow.nodes:
            continue
        order[id] = None
        waiting += reversed([to for to in flow.nodes[id].out.values() if to not in order])
    return [flow.nodes[id] for id in order]
