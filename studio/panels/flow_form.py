"""The flow's own settings: name, beginning, who answers for what is not wired, how long it waits."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.kinds import FieldSpec, PortClass
from studio.document import Document
from studio.document.edits import set_default, set_setting, set_start
from studio.panels.editors import Editor, Surroundings, make_editor
from studio.panels.editors.making import labelled
from studio.theme import Look

ANSWERS = {
    PortClass.NO_INPUT: "When nobody answers",
    PortClass.NO_MATCH: "When it is not understood",
    PortClass.GIVES_UP: "When it gives up",
    PortClass.ERROR: "When something fails",
    PortClass.TIMEOUT: "When something takes too long",
    PortClass.UNKNOWN: "When nobody can say what came of it",
    PortClass.BUSY: "When who is called is busy",
    PortClass.NO_ANSWER: "When who is called does not answer",
    PortClass.REFUSED: "When a model refuses",
    PortClass.OFF_LIMITS: "When it is none of its business",
}
FAULT = "fault"
RECORDING = ("", "consent", "always", "forbidden")
"""The flow's own words for it; nothing said leaves it to the number and to the flow's nodes."""


class FlowForm(QScrollArea):
    """Shown where a node would be, while none is selected."""

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._document = document
        self._around = Surroundings(look, lambda: document.part, lambda: document.flow)
        self._editors: dict[str, Editor] = {}
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Flow")
        self._body = QWidget()
        self._body.setProperty("role", "panel")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(18, 8, 18, 18)
        self._column.setSpacing(12)
        hint = QLabel("No node is selected: this is the flow itself.")
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        self._column.addWidget(hint)
        self._add(FieldSpec("name", "Name", "text", ""))
        self._add(FieldSpec("description", "What it does", "text", ""))
        self._add(FieldSpec("start", "Begins at", "node", ""))
        for port, words in ANSWERS.items():
            self._add(FieldSpec(f"default:{port.value}", words, "node", ""))
        self._add(FieldSpec(f"default:{FAULT}", "When the flow itself is at fault", "node", ""))
        self._add(FieldSpec("patience:voice", "How long it waits on the phone", "duration", 0))
        self._add(FieldSpec("patience:text", "How long it waits in a chat", "duration", 0))
        self._add(
            FieldSpec(
                "recording",
                "Recording calls",
                "choice",
                "",
                "Whether calls may be recorded.",
                options=RECORDING,
            )
        )
        self._add(FieldSpec("locales", "Languages", "text", "", "Such as en-US, de-DE; the first one leads."))
        self._column.addStretch()
        self.setWidget(self._body)

    def _add(self, spec: FieldSpec) -> None:
        editor = make_editor(spec, spec.name, self._around)
        editor.changed.connect(lambda value, typing, name=spec.name: self.edited(name, value, typing))
        self._editors[spec.name] = editor
        self._column.addWidget(labelled(spec, editor))

    def refresh(self) -> None:
        """Show the flow as it is."""
        if not self.isVisible():
            return
        for name, editor in self._editors.items():
            editor.show_value(self._value(name))

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.refresh()

    def _value(self, name: str) -> Any:
        flow = self._document.part
        kind, _, key = name.partition(":")
        if kind == "default":
            return flow.defaults.get(key, "")
        if kind == "patience":
            return flow.patience.get(key, 0)
        if kind == "locales":
            return ", ".join(flow.locales)
        return getattr(flow, name)

    def edited(self, name: str, value: Any, typing: bool) -> None:
        """A field was edited: ``start``, ``default:error``, ``patience:voice``, ... or an attribute of the flow."""
        state, part = self._document.state, self._document.shown
        kind, _, key = name.partition(":")
        if kind == "default":
            edit = set_default(state, part, key, value or None)
        elif kind == "start":
            edit = set_start(state, part, value)
        elif kind == "patience":
            patience = {**self._document.part.patience, key: value}
            edit = set_setting(state, part, "patience", {k: v for k, v in patience.items() if v})
        elif kind == "locales":
            locales = tuple(word.strip() for word in str(value).split(",") if word.strip())
            if not locales:
                return
            edit = set_setting(state, part, "locales", locales)
        else:
            edit = set_setting(state, part, name, value)
        self._document.apply(edit, f"flow:{name}" if typing else "")
