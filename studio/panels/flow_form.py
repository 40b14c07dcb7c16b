"""The flow's own settings: name, beginning, who answers for what is not wired, how long it waits."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.compiler.notices import WORDS
from engine.kinds import FieldSpec, PortClass
from studio.document import Document
from studio.document.edits import set_default, set_setting, set_start
from studio.panels.editors import Editor, Surroundings, make_editor
from studio.panels.editors.boxes import ChoiceBox
from studio.panels.editors.choices import ChoiceEditor
from studio.panels.editors.making import labelled
from studio.panels.editors.tables import NamedList
from studio.panels.thinking_form import FUNCTIONS, SOUND, shown, written
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
NOTICES = {
    "resumed": "When the line was gone for a moment",
    "hearing": "When nothing can be heard any more",
    "apology": "When nothing works any more",
    "hold": "While the caller waits",
}
"""What is said without a node that says it, and when."""
RECORDING = {
    "": "As the number and the nodes say",
    "consent": "Only of who has agreed",
    "always": "From the beginning",
    "forbidden": "Never",
}


class RecordingEditor(ChoiceEditor):
    """When calls are recorded, in words."""

    def _options(self) -> list[tuple[str, str]]:
        return list(RECORDING.items())


OWN = {"recording": RecordingEditor}
"""Editors that only this form has."""


class FlowForm(QScrollArea):
    """Shown where a node would be, while none is selected."""

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._document = document
        self._around = Surroundings(look, lambda: document.part, lambda: document.flow)
        self._editors: dict[str, Editor] = {}
        self._main: list[QWidget] = []
        self._thinking: set[str] = set()
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
        self._add(FieldSpec("locales", "Languages", "text", "", "Such as en-US, de-DE; the first one leads."))
        self._add_voice()
        self._add_thinking()
        self._column.addStretch()
        self.setWidget(self._body)

    def _add_voice(self) -> None:
        """What is set once for a whole document, whatever its sub-flows say."""
        self._main.append(self._add(FieldSpec("recording", "Calls are recorded", "recording", "")))
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        title = QLabel("What it says by itself")
        title.setProperty("role", "section")
        row.addWidget(title, 1)
        self._locale = ChoiceBox()
        self._locale.setFixedWidth(92)
        self._locale.setAccessibleName("Language")
        self._locale.activated.connect(lambda _: self.speak(self._locale.currentData()))
        row.addWidget(self._locale)
        holder = QWidget()
        holder.setLayout(row)
        self._column.addWidget(holder)
        self._main.append(holder)
        for name, words in NOTICES.items():
            spec = FieldSpec(f"notice:{name}", words, "prompt", {}, WORDS[name])
            self._main.append(self._add(spec))

    def _add_thinking(self) -> None:
        """What is said once for all that models write."""
        for words, specs in (("What models write", SOUND), ("What they may call", (FUNCTIONS,))):
            title = QLabel(words)
            title.setProperty("role", "section")
            self._column.addWidget(title)
            self._main.append(title)
            self._main += (self._add(spec) for spec in specs)
            self._thinking |= {spec.name for spec in specs}

    def speak(self, locale: str) -> None:
        """Show the words of another language."""
        self._around.locale = locale
        self.refresh()

    def _show_locales(self) -> None:
        locales = self._document.flow.locales or ("en-US",)
        if self._around.locale not in locales:
            self._around.locale = locales[0]
        self._locale.clear()
        for locale in locales:
            self._locale.addItem(locale, locale)
        self._locale.setCurrentIndex(locales.index(self._around.locale))
        self._locale.setVisible(len(locales) > 1)

    def _add(self, spec: FieldSpec) -> QWidget:
        make = OWN.get(spec.editor, NamedList if spec is FUNCTIONS else make_editor)
        editor = make(spec, spec.name, self._around)
        editor.changed.connect(lambda value, typing, name=spec.name: self.edited(name, value, typing))
        self._editors[spec.name] = editor
        widget = labelled(spec, editor)
        self._column.addWidget(widget)
        return widget

    def refresh(self) -> None:
        """Show the flow as it is."""
        if not self.isVisible():
            return
        self._show_locales()
        for widget in self._main:
            widget.setVisible(not self._document.shown)
        for name, editor in self._editors.items():
            editor.show_value(self._value(name))

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.refresh()

    def _value(self, name: str) -> Any:
        flow = self._document.part
        if name in self._thinking:
            return shown(self._document.flow, name)
        kind, _, key = name.partition(":")
        if kind == "default":
            return flow.defaults.get(key, "")
        if kind == "patience":
            return flow.patience.get(key, 0)
        if kind == "notice":
            return self._document.flow.notices.get(key, {})
        if kind == "locales":
            return ", ".join(flow.locales)
        return getattr(flow, name)

    def edited(self, name: str, value: Any, typing: bool) -> None:
        """A field was edited: ``start``, ``default:error``, ``patience:voice``, ``notice:hold``, ... or an attribute
        of the flow."""
        state, part = self._document.state, self._document.shown
        kind, _, key = name.partition(":")
        if name in self._thinking:
            edit = set_setting(state, "", *written(self._document.flow, name, value))
        elif kind == "default":
            edit = set_default(state, part, key, value or None)
        elif kind == "start":
            edit = set_start(state, part, value)
        elif kind == "patience":
            patience = {**self._document.part.patience, key: value}
            edit = set_setting(state, part, "patience", {k: v for k, v in patience.items() if v})
        elif kind == "notice":
            notices = {**self._document.flow.notices, key: value}
            edit = set_setting(state, "", "notices", {k: v for k, v in notices.items() if v})
        elif kind == "locales":
            locales = tuple(word.strip() for word in str(value).split(",") if word.strip())
            if not locales:
                return
            edit = set_setting(state, part, "locales", locales)
        else:
            edit = set_setting(state, part, name, value)
        self._document.apply(edit, f"flow:{name}" if typing else "")
