"""A form made of a JSON Schema: the settings of a tool, the arguments of a function."""

from collections.abc import Mapping
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from studio.operations.parts import Column, clear, label
from studio.panels.editors.boxes import ChoiceBox, Tick
from studio.simulator.asked import type_words, typed

Schema = Mapping[str, Any]
LINES_HEIGHT = 62
KEPT = "Is set; type to replace it"


class SchemaForm(Column):
    """A field for each property. ``edited`` says that somebody changed one."""

    edited = Signal()

    def __init__(self, schema: Schema) -> None:
        super().__init__(6)
        self.schema = schema
        self.shapes: dict[str, Schema] = {
            name: resolved(shape, schema) for name, shape in (schema.get("properties") or {}).items()
        }
        self.fields: dict[str, QWidget] = {}
        self._kept: frozenset[str] = frozenset()
        clear(self.column)
        for name, shape in self.shapes.items():
            self._add(name, shape)

    def _add(self, name: str, shape: Schema) -> None:
        field = self._field(name, shape)
        field.setAccessibleName(words_of(name))
        field.setAccessibleDescription(str(shape.get("description", "")))
        self.fields[name] = field
        if not isinstance(field, Tick):
            needed = "" if self._needed(name) else " · may be left out"
            self.column.addWidget(label(words_of(name) + needed, "label"))
        self.column.addWidget(field)
        if shape.get("description"):
            self.column.addWidget(label(str(shape["description"]), "hint"))

    def _field(self, name: str, shape: Schema) -> QWidget:
        if shape.get("type") == "boolean":
            tick = Tick(words_of(name))
            tick.toggled.connect(lambda _: self.edited.emit())
            return tick
        if isinstance(shape.get("enum"), list):
            box = ChoiceBox()
            if not self._needed(name):
                box.addItem("", None)
            for option in shape["enum"]:
                box.addItem(str(option), option)
            box.activated.connect(lambda _: self.edited.emit())
            return box
        if "one a line" in str(shape.get("description")):
            lines = QPlainTextEdit()
            lines.setTabChangesFocus(True)
            lines.setFixedHeight(LINES_HEIGHT)
            lines.textChanged.connect(self.edited)
            return lines
        line = QLineEdit()
        if secret(shape):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        else:
            plain = {key: value for key, value in shape.items() if key != "description"}
            line.setPlaceholderText(
                type_words(plain) if plain.get("type") != "string" or "format" in plain else ""
            )
        line.textEdited.connect(lambda _: self.edited.emit())
        return line

    def _needed(self, name: str) -> bool:
        return name in (self.schema.get("required") or ())

    def show_values(self, values: Mapping[str, Any], kept: frozenset[str] = frozenset()) -> None:
        """Show these; ``kept`` are the secrets that are set, whose value nobody sees."""
        self._kept = kept
        for name, field in self.fields.items():
            shape = self.shapes[name]
            value = values.get(name, shape.get("default"))
            if isinstance(field, Tick):
                field.setChecked(bool(value))
            elif isinstance(field, ChoiceBox):
                field.setCurrentIndex(max(0, field.findData(value)))
            elif isinstance(field, QLineEdit | QPlainTextEdit):
                if secret(shape):
                    field.clear()
                    field.setPlaceholderText(KEPT if name in kept else "")
                elif isinstance(field, QLineEdit):
                    field.setText(text_of(value))
                else:
                    field.setPlainText(text_of(value))

    def values(self) -> dict[str, Any]:
        """What stands in the fields; those left empty are left out. Raises ``ValueError`` with what to do."""
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            value = self._value(name, field)
            if value is not None:
                found[name] = value
            elif self._needed(name) and name not in self._kept:
                raise ValueError(f"Fill in “{words_of(name)}”.")
        return found

    def _value(self, name: str, field: QWidget) -> Any:
        if isinstance(field, Tick):
            return field.isChecked()
        if isinstance(field, ChoiceBox):
            return field.currentData()
        assert isinstance(field, QLineEdit | QPlainTextEdit)
        text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        if secret(self.shapes[name]):
            return text or None
        return typed(words_of(name), text, self.shapes[name]) if text.strip() else None


def resolved(shape: Schema, whole: Schema) -> Schema:
    """A property without references and without the choice of being null."""
    name = str(shape.get("$ref", "")).rpartition("/")[2]
    if name:
        return {**(whole.get("$defs") or {}).get(name, {}), **{k: v for k, v in shape.items() if k != "$ref"}}
    options = [option for option in shape.get("anyOf") or () if option.get("type") != "null"]
    if options:
        return {**resolved(options[0], whole), **{k: v for k, v in shape.items() if k != "anyOf"}}
    return shape


def secret(shape: Schema) -> bool:
    """Whether nobody may read it."""
    return shape.get("format") == "password" or bool(shape.get("writeOnly"))


def words_of(name: str) -> str:
    """A name as people write it: ``client_id`` is “Client id”."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def text_of(value: Any) -> str:
    """A plain value as one would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
