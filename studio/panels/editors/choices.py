"""Editors of choices and small values: numbers, durations, switches, variables, nodes, flows, types."""

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from engine.kinds import FieldSpec, kind_of
from studio.panels.diagnosing import Trouble
from studio.panels.editors.boxes import ChoiceBox, Tick
from studio.panels.editors.editor import Editor, Surroundings, TroubleLine, column

UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
DURATION = re.compile(r"^\s*([0-9]+(?:[.,][0-9]+)?)\s*(ms|s|sec|seconds?|min|minutes?|h|hours?)?\s*$", re.I)
VARIABLE_TYPES = (
    "text",
    "int",
    "decimal",
    "yes_no",
    "date",
    "time",
    "datetime",
    "duration",
    "name",
    "phone",
    "email",
    "digits",
)


def duration_words(milliseconds: int) -> str:
    """A duration as one would write it: ``5 s``, ``2 min``."""
    for unit in ("h", "min", "s"):
        if milliseconds and milliseconds % UNITS[unit] == 0:
            return f"{milliseconds // UNITS[unit]} {unit}"
    return f"{milliseconds} ms" if milliseconds else ""


def milliseconds(words: str) -> int | None:
    """What a written duration means, in milliseconds; a bare number is seconds. None for what is no duration."""
    if not words.strip():
        return 0
    match = DURATION.match(words)
    if match is None:
        return None
    unit = (match.group(2) or "s").lower()
    unit = unit if unit in UNITS else {"s": "s", "m": "min", "h": "h"}[unit[0]]
    whole, _, part = match.group(1).replace(",", ".").partition(".")
    return int(whole) * UNITS[unit] + (int(part) * UNITS[unit] // 10 ** len(part) if part else 0)


class FieldEditor(Editor):
    """One plain widget with its mistake beneath."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings, widget: QWidget) -> None:
        super().__init__(spec, path, around)
        self._widget = widget
        widget.setAccessibleName(spec.label)
        widget.setAccessibleDescription(spec.help)
        self._trouble = TroubleLine()
        layout = column(self, 2)
        layout.addWidget(widget)
        layout.addWidget(self._trouble)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        self._trouble.show_trouble(troubles.get(self.path))

    def first_field(self) -> QWidget:
        return self._widget


class NumberEditor(FieldEditor):
    """A whole number; empty is the default."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        self._edit = QLineEdit()
        super().__init__(spec, path, around, self._edit)
        self._edit.setValidator(QIntValidator(-2_000_000_000, 2_000_000_000, self))
        self._edit.setPlaceholderText("no limit" if spec.default is None else str(spec.default))
        self._edit.textEdited.connect(self._typed)

    def show_value(self, value: Any) -> None:
        text = "" if value is None else str(value)
        if text != self._edit.text():
            self._edit.setText(text)

    def _typed(self, text: str) -> None:
        if not text:
            self.changed.emit(self.spec.default, True)
        elif text not in ("-", "+"):
            self.changed.emit(int(text), True)


class DurationEditor(FieldEditor):
    """A duration, written ``5 s`` or ``2 min``; the value is in milliseconds."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        self._edit = QLineEdit()
        super().__init__(spec, path, around, self._edit)
        self._edit.setPlaceholderText("such as 5 s or 2 min")
        self._edit.textEdited.connect(self._typed)
        self._edit.editingFinished.connect(self._tidy)

    def show_value(self, value: Any) -> None:
        if isinstance(value, int) and milliseconds(self._edit.text()) != value:
            self._edit.setText(duration_words(value))

    def _typed(self, text: str) -> None:
        value = milliseconds(text)
        if value is None:
            trouble = Trouble("This is no duration.", "Write it as 5 s, 2 min or 1 h.")
            self._trouble.show_trouble(trouble)
        else:
            self._trouble.show_trouble(None)
            self.changed.emit(value, True)

    def _tidy(self) -> None:
        value = milliseconds(self._edit.text())
        if value is not None:
            self._edit.setText(duration_words(value))


class ToggleEditor(FieldEditor):
    """Yes or no."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        self._box = Tick(spec.label)
        super().__init__(spec, path, around, self._box)
        self._box.setToolTip(spec.help)
        self._box.clicked.connect(lambda on: self.changed.emit(bool(on), False))

    def show_value(self, value: Any) -> None:
        self._box.setChecked(bool(self.spec.default if value is None else value))


class ChoiceEditor(FieldEditor):
    """One of the options a field declares."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        self._box: ChoiceBox = ChoiceBox()
        super().__init__(spec, path, around, self._box)
        self._box.activated.connect(lambda _: self.changed.emit(self._box.currentData(), False))
        for value, label in self._options():
            self._box.addItem(label, value)

    def _options(self) -> list[tuple[str, str]]:
        words = {"yes_no": "yes or no", "datetime": "date and time", "email": "e-mail", "": "none"}
        return [(o, words.get(o, o)) for o in self.spec.options]

    def show_value(self, value: Any) -> None:
        value = self.spec.default if value is None else value
        index = self._box.findData(value)
        if index < 0 and isinstance(value, str):
            self._box.addItem(value or "none", value)
            index = self._box.count() - 1
        self._box.setCurrentIndex(index)


class NodeEditor(ChoiceEditor):
    """A node of this flow. The others are looked up when somebody comes to choose: there may be thousands."""

    def _options(self) -> list[tuple[str, str]]:
        return []

    def _nodes(self) -> list[tuple[str, str]]:
        nodes = self.around.flow().nodes.values()
        there = [(n.label or n.id, n.id) for n in nodes if (k := kind_of(n.kind)) is None or k.enters]
        return [("nowhere yet", ""), *sorted(there, key=lambda option: option[0].lower())]

    def show_value(self, value: Any) -> None:
        """Show the node's name as it is now."""
        id = value if isinstance(value, str) else ""
        node = self.around.flow().nodes.get(id)
        name = (node.label or id) if node is not None else id or "nowhere yet"
        self._box.offer_later((name, id), self._nodes)


class FlowEditor(ChoiceEditor):
    """A sub-flow of this document."""

    def _options(self) -> list[tuple[str, str]]:
        flows = self.around.document().subflows
        return [("", "none yet"), *((id, flow.name or id) for id, flow in flows.items())]


class TypeEditor(ChoiceEditor):
    """The type of a variable; one that cannot be chosen here (an enum, a list) stays as it is written."""

    def _options(self) -> list[tuple[str, str]]:
        words = {
            "int": "whole number",
            "decimal": "number",
            "yes_no": "yes or no",
            "datetime": "date and time",
        }
        return [(t, words.get(t, t)) for t in VARIABLE_TYPES]


class VariableEditor(FieldEditor):
    """The name of a variable: one there is, or a new one."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        self._box = ChoiceBox()
        super().__init__(spec, path, around, self._box)
        self._box.setEditable(True)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._box.setProperty("role", "code")
        edit = self._box.lineEdit()
        if edit is not None:
            edit.setPlaceholderText("nothing is kept")
            edit.setAccessibleName(spec.label)
            edit.setFont(around.look.faces.code(12))
            edit.editingFinished.connect(self._finished)
        self._box.activated.connect(lambda _: self._finished())
        self._shown = ""

    def show_value(self, value: Any) -> None:
        self._shown = value if isinstance(value, str) else ""
        names = ["", *sorted(self.around.flow().variables)]
        if [self._box.itemText(i) for i in range(self._box.count())] != names:
            self._box.blockSignals(True)
            self._box.clear()
            self._box.addItems(names)
            self._box.blockSignals(False)
        if self._box.currentText() != self._shown:
            self._box.setCurrentText(self._shown)

    def write(self, name: str) -> None:
        """As if it had been typed."""
        self._box.setCurrentText(name)
        self._finished()

    def _finished(self) -> None:
        name = self._box.currentText().strip()
        if name == self._shown:
            return
        self._shown = name
        self.changed.emit(name, False)

    def first_field(self) -> QWidget:
        return self._box
