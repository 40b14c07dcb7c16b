"""Where a node leads, port by port: the wires of the canvas for the keyboard."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from engine.compiler.lowering import resolved_port
from engine.flow import Flow, FlowNode
from engine.kinds import Port, kind_of, typed_node
from studio.document import Document
from studio.document.wiring import connect, disconnect
from studio.panels.editors.boxes import ChoiceBox
from studio.theme import Look


class PortsForm(QWidget):
    """One line a port: its name and the node it leads to."""

    jump = Signal(str)

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._look = look
        self._document = document
        self._node = ""
        self._shown: tuple[object, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._title = QLabel("Goes on")
        self._title.setProperty("role", "label")
        layout.addWidget(self._title)
        self._holder = QWidget()
        layout.addWidget(self._holder)

    def show_node(self, id: str) -> None:
        """Show the ports of a node of the shown flow."""
        flow = self._document.part
        node = flow.nodes.get(id)
        ports = ports_of(node, self._document.flow) if node is not None else ()
        leads = (
            {to: name_in(flow, to) for to in (*node.out.values(), *flow.defaults.values())} if node else {}
        )
        shown = (id, ports, dict(node.out) if node else {}, leads, dict(flow.defaults))
        if shown == self._shown:
            return
        self._node, self._shown = id, shown
        old, self._holder = self._holder, QWidget()
        layout = self.layout()
        if layout is not None:
            layout.replaceWidget(old, self._holder)
        old.hide()
        old.deleteLater()
        grid = QGridLayout(self._holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.setVisible(bool(ports))
        if node is None:
            return
        for row, port in enumerate(ports):
            label = QLabel(port.label)
            label.setProperty("role", "hint" if port.rare else "second")
            box = self._box(node, port, flow, ports)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)

    def _box(self, node: FlowNode, port: Port, flow: Flow, ports: tuple[Port, ...]) -> ChoiceBox:
        box = ChoiceBox()
        box.setAccessibleName(f"{port.label} leads to")
        inherited = resolved_port(
            FlowNode(node.id, node.kind, out={p: t for p, t in node.out.items() if p != port.id}),
            {p.id: p for p in ports},
            flow,
            port.id,
        )
        unwired = (f"as the flow: {name_in(flow, inherited)}" if inherited else "nowhere yet", "")
        to = node.out.get(port.id, "")
        now = (name_in(flow, to), to) if to else unwired
        box.offer_later(now, lambda: [unwired, *((name, id) for id, name in targets(self._document.part))])
        box.activated.connect(lambda _, p=port.id, b=box: self._wire(p, b.currentData()))
        return box

    def boxes(self) -> list[ChoiceBox]:
        """The boxes, in the order of the ports."""
        return self._holder.findChildren(ChoiceBox)

    def _wire(self, port: str, target: str) -> None:
        state, part = self._document.state, self._document.shown
        edit = (
            connect(state, part, self._node, port, target)
            if target
            else disconnect(state, part, self._node, port)
        )
        self._document.apply(edit)


def ports_of(node: FlowNode, document: Flow) -> tuple[Port, ...]:
    """The ports of a node; for one that cannot be understood, those that are wired."""
    typed = typed_node(node)
    if typed.kind is None or typed.fields is None:
        return tuple(Port(id, id) for id in node.out)
    return typed.kind.ports(typed.fields, document)


def name_in(flow: Flow, id: str) -> str:
    """What a node is called, or its id when it is not there."""
    return flow.nodes[id].label or id if id in flow.nodes else id


def targets(flow: Flow) -> list[tuple[str, str]]:
    """Ids and names of the nodes that wires may lead to, by name."""
    nodes = (n for n in flow.nodes.values() if (k := kind_of(n.kind)) is None or k.enters)
    return sorted(((n.id, n.label or n.id) for n in nodes), key=lambda pair: pair[1].lower())
