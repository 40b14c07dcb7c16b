"""The form of one node, made of what its kind declares."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from engine.flow import FlowNode
from engine.kinds import FieldSpec, kind_of
from engine.kinds.program import Program
from studio.document import Document
from studio.document.edits import REMOVE, set_field, set_label, set_note
from studio.panels.diagnosing import diagnose
from studio.panels.editors import Editor, Surroundings, make_editor
from studio.panels.editors.boxes import ChoiceBox
from studio.panels.editors.making import labelled
from studio.panels.editors.texts import link_button
from studio.panels.node_findings import NodeFindings
from studio.panels.ports import PortsForm
from studio.panels.trying import TryAnswer
from studio.theme import Look
from studio.theme.glyphs import paint_tile


class KindTile(QWidget):
    """The tinted tile of a kind."""

    def __init__(self, look: Look, px: int = 34) -> None:
        super().__init__()
        self._look = look
        self._kind = ("", "Structure")
        self.setFixedSize(px, px)

    def show_kind(self, kind: str) -> None:
        """Show this kind's drawing."""
        known = kind_of(kind)
        self._kind = (kind, known.family.value if known is not None else "Structure")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_tile(painter, QRectF(self.rect()), *self._kind, self._look.tokens)
        painter.end()


class Inspector(QScrollArea):
    """Shows the current node of the selection and edits it. ``rename`` asks to let a variable be declared."""

    declare = Signal(str)

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._look = look
        self._document = document
        self._node = ""
        self._kind = ""
        self._editors: dict[str, Editor] = {}
        self._program: Program | None = None
        self.around = Surroundings(look, lambda: self._document.part, lambda: self._document.flow)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Node")
        self._body = QWidget()
        self._body.setProperty("role", "panel")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(18, 8, 18, 18)
        self._column.setSpacing(12)
        self._make_header()
        self._form = QWidget()
        self._column.addWidget(self._form)
        self.trying: TryAnswer | None = None
        self._ports = PortsForm(look, document)
        self._column.addWidget(self._ports)
        self._make_note()
        self._column.addStretch()
        self.setWidget(self._body)

    def _make_header(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._tile = KindTile(self._look)
        self._label = QLineEdit()
        self._label.setProperty("role", "title")
        self._label.setAccessibleName("Name of the node")
        self._label.setPlaceholderText("Name it")
        self._label.textEdited.connect(self._rename)
        self._summary = QLabel()
        self._summary.setProperty("role", "hint")
        self._summary.setWordWrap(True)
        self._locale = ChoiceBox()
        self._locale.setFixedWidth(92)
        self._locale.setAccessibleName("Language")
        self._locale.activated.connect(lambda _: self.speak(self._locale.currentData()))
        row.addWidget(self._tile)
        row.addWidget(self._label, 1)
        row.addWidget(self._locale)
        self._column.addLayout(row)
        self._column.addWidget(self._summary)
        self._enter = link_button("Go into it")
        self._enter.clicked.connect(lambda _=False: self.go_into())
        self._column.addWidget(self._enter, 0, Qt.AlignmentFlag.AlignLeft)
        self.findings = NodeFindings()
        self._column.addWidget(self.findings)

    def _make_note(self) -> None:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        label = QLabel("Note to yourself")
        label.setProperty("role", "label")
        self._note = QLineEdit()
        self._note.setAccessibleName("Note")
        self._note.setPlaceholderText("Changes nothing in the talk")
        self._note.textEdited.connect(self._write_note)
        layout.addWidget(label)
        layout.addWidget(self._note)
        self._column.addWidget(holder)

    @property
    def node(self) -> FlowNode | None:
        """The node shown."""
        return self._document.part.nodes.get(self._node)

    def show_node(self, id: str) -> None:
        """Show a node; the form is kept when it is the one shown already."""
        node = self._document.part.nodes.get(id)
        if node is None:
            self._node = ""
            return
        rebuilt = id != self._node or node.kind != self._kind
        self._node, self._kind = id, node.kind
        if rebuilt:
            self._build(node)
            self.verticalScrollBar().setValue(0)
        self.refresh()

    def refresh(self) -> None:
        """Show what the node holds now."""
        node = self.node
        if node is None:
            return
        if self._label.text() != node.label:
            self._label.setText(node.label)
        if self._note.text() != node.note:
            self._note.setText(node.note)
        for name, editor in self._editors.items():
            editor.show_value(node.fields.get(name, editor.spec.default))
        self._diagnose(node)
        self._ports.show_node(self._node)

    def show_program(self, program: Program | None) -> None:
        """The newest program, so that answers can be tried."""
        self._program = program
        if program is not None and self.trying is not None:
            self.trying.show_node(self._node, program)

    def _build(self, node: FlowNode) -> None:
        kind = kind_of(node.kind)
        self._tile.show_kind(node.kind)
        if kind is None:
            self._summary.setText(
                f"This Parley knows no kind “{node.kind}”. It is kept as it is, and a talk that reaches it fails."
            )
        else:
            self._summary.setText(f"{kind.title}. {kind.summary}")
        self._show_locales()
        self._enter.setVisible(node.kind == "call")
        old, self._form = self._form, QWidget()
        self._column.replaceWidget(old, self._form)
        old.hide()
        old.deleteLater()
        self._editors = {}
        layout = QVBoxLayout(self._form)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        specs = kind.form() if kind is not None else ()
        self.trying = None
        for spec in specs:
            if not spec.advanced:
                layout.addWidget(self._field(spec))
            if spec.name == "prompt" and kind is not None and kind.listens:
                self.trying = TryAnswer(self._look)
                layout.addWidget(self.trying)
        self.show_program(self._program)
        if any(spec.advanced for spec in specs):
            self._add_advanced(layout, specs, node)

    def _show_locales(self) -> None:
        locales = self._document.flow.locales or ("en-US",)
        if self.around.locale not in locales:
            self.around.locale = locales[0]
        self._locale.clear()
        for locale in locales:
            self._locale.addItem(locale, locale)
        self._locale.setCurrentIndex(locales.index(self.around.locale))
        self._locale.setVisible(len(locales) > 1)

    def speak(self, locale: str) -> None:
        """Show the words of another locale."""
        self.around.locale = locale
        node = self.node
        if node is not None:
            self._build(node)
            self.refresh()

    def go_into(self) -> None:
        """Show the sub-flow that the node calls."""
        node = self.node
        if node is not None:
            self._document.show(str(node.fields.get("flow", "")))

    def _add_advanced(self, layout: QVBoxLayout, specs: tuple[FieldSpec, ...], node: FlowNode) -> None:
        more = link_button("More")
        box = QFrame()
        inner = QVBoxLayout(box)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        for spec in specs:
            if spec.advanced:
                inner.addWidget(self._field(spec))
        if not any(spec.advanced and spec.name in node.fields for spec in specs):
            box.hide()

        def toggle() -> None:
            box.setVisible(not box.isVisible())
            more.setText("Less" if box.isVisible() else "More")

        more.setText("More" if box.isHidden() else "Less")
        more.clicked.connect(toggle)
        row = QHBoxLayout()
        row.addWidget(more)
        row.addStretch()
        layout.addLayout(row)
        layout.addWidget(box)

    def _field(self, spec: FieldSpec) -> QWidget:
        editor = make_editor(spec, spec.name, self.around)
        editor.changed.connect(lambda value, typing, name=spec.name: self._edited(name, value, typing))
        self._editors[spec.name] = editor
        return labelled(spec, editor)

    def _edited(self, name: str, value: Any, typing: bool) -> None:
        spec = self._editors[name].spec
        default = list(spec.default) if isinstance(spec.default, tuple) else spec.default
        new = REMOVE if value == default or value is None else value
        edit = set_field(self._document.state, self._document.shown, self._node, (name,), new)
        self._document.apply(edit, f"field:{self._node}:{name}" if typing else "")
        if name == "save" and isinstance(value, str) and value and value not in self._document.part.variables:
            self.declare.emit(value)

    def _rename(self, text: str) -> None:
        edit = set_label(self._document.state, self._document.shown, self._node, text)
        self._document.apply(edit, f"label:{self._node}")

    def _write_note(self, text: str) -> None:
        edit = set_note(self._document.state, self._document.shown, self._node, text)
        self._document.apply(edit, f"note:{self._node}")

    def _diagnose(self, node: FlowNode) -> None:
        troubles = diagnose(node, self._document.part, self._document.flow)
        for editor in self._editors.values():
            editor.show_troubles(troubles)

    def edit_field(self, path: str = "", position: int = -1) -> None:
        """Put the focus into a field (the first one without a path), at a character of its text."""
        editor = self._find(path) if path else next(iter(self._editors.values()), None)
        if editor is None:
            self._label.setFocus()
            return
        field = editor.first_field()
        field.setFocus()
        if position >= 0 and hasattr(field, "go_to"):
            field.go_to(position)
        self.ensureWidgetVisible(field)

    def _find(self, path: str) -> Editor | None:
        found = (editor.editor_at(path) for editor in self._editors.values())
        whole = self._editors.get(path.split(".", maxsplit=1)[0])
        return next((e for e in found if e is not None), whole)

    def editors(self) -> Mapping[str, Editor]:
        """The editors by field name."""
        return self._editors
