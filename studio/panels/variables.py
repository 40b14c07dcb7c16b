"""The variables of the shown flow: names, types, what they begin with, what they are for."""

from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.expressions import parse_type
from engine.flow import Variable
from studio.document import Change, Document
from studio.document.variables import put_variable, rename_variable
from studio.panels.editors.boxes import ChoiceBox, Tick
from studio.panels.editors.choices import VARIABLE_TYPES
from studio.panels.editors.editor import Surroundings
from studio.panels.editors.texts import link_button, quiet_button
from studio.theme import Look

TYPE_WORDS = {"int": "whole number", "decimal": "number", "yes_no": "yes or no", "datetime": "date and time"}


class Variables(QScrollArea):
    """One card a variable."""

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._look = look
        self._document = document
        self._around = Surroundings(look, lambda: document.part, lambda: document.flow)
        self._shown: object = None
        self._open: set[str] = set()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Variables")
        document.subscribe(self._follow)

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.rebuild()

    def _follow(self, change: Change) -> None:
        if self.isVisible() and not self._typing():
            self.rebuild()

    def _typing(self) -> bool:
        body = self.widget()
        focus = body.focusWidget() if body is not None else None
        return focus is not None and focus.hasFocus() and isinstance(focus, QLineEdit)

    def rebuild(self) -> None:
        """Show the variables as they are."""
        flow = self._document.part
        if self._shown is flow.variables:
            return
        self._shown = flow.variables
        body = QWidget()
        body.setProperty("role", "panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 14, 12, 14)
        column.setSpacing(8)
        title = QLabel("Variables")
        title.setProperty("role", "section")
        column.addWidget(title)
        for name in sorted(flow.variables):
            column.addWidget(self._card(name, flow.variables[name]))
        if not flow.variables:
            words = QLabel("What a talk keeps in mind: a day, a name, a number of guests.")
            words.setProperty("role", "second")
            words.setWordWrap(True)
            column.addWidget(words)
        add = link_button("Add a variable")
        add.clicked.connect(lambda _=False: self.declare(self._fresh()))
        row = QHBoxLayout()
        row.addWidget(add)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        self.setWidget(body)

    def names(self) -> list[QLineEdit]:
        """The fields with the names."""
        body = self.widget()
        fields = body.findChildren(QLineEdit) if body is not None else []
        return [field for field in fields if field.accessibleName().startswith("Name of ")]

    def _fresh(self) -> str:
        names = self._document.part.variables
        return next(n for n in ("value", *(f"value_{i}" for i in range(2, 1000))) if n not in names)

    def declare(self, name: str, type: Any = "text") -> None:
        """Make a variable; one that is there already stays as it is."""
        if name and name not in self._document.part.variables:
            state, part = self._document.state, self._document.shown
            self._document.apply(put_variable(state, part, name, Variable(type)))

    def _card(self, name: str, variable: Variable) -> QWidget:
        card = QFrame()
        card.setProperty("role", "inset")
        column = QVBoxLayout(card)
        column.setContentsMargins(8, 6, 4, 6)
        column.setSpacing(6)
        title = QLineEdit(name)
        title.setProperty("role", "code")
        title.setCursorPosition(0)
        title.setAccessibleName(f"Name of {name}")
        title.editingFinished.connect(lambda: self._rename(name, title))
        more = quiet_button(self._around, "more", f"More of {name}")
        details = self._details(name, variable)
        if name not in self._open:
            details.hide()
        more.clicked.connect(lambda _=False: self._toggle(name, details))
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(title, 4)
        head.addWidget(self._type(name, variable), 5)
        head.addWidget(more)
        column.addLayout(head)
        column.addWidget(details)
        return card

    def _toggle(self, name: str, details: QWidget) -> None:
        details.setVisible(details.isHidden())
        (self._open.discard if details.isHidden() else self._open.add)(name)

    def _details(self, name: str, variable: Variable) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self._initial(name, variable))
        words = QLineEdit(variable.description)
        words.setPlaceholderText("What is it for?")
        words.setAccessibleName(f"Description of {name}")
        words.setCursorPosition(0)
        words.textEdited.connect(lambda text: self._change(name, description=text))
        column.addWidget(words)
        row = QHBoxLayout()
        export = Tick("Part of the result")
        export.setChecked(variable.export)
        export.clicked.connect(lambda on: self._change(name, export=bool(on)))
        remove = link_button("Remove")
        remove.setAccessibleName(f"Remove {name}")
        remove.clicked.connect(lambda _=False: self._put(name, None))
        row.addWidget(export)
        row.addStretch()
        row.addWidget(remove)
        column.addLayout(row)
        return holder

    def _type(self, name: str, variable: Variable) -> QComboBox:
        box = ChoiceBox()
        box.setAccessibleName(f"Type of {name}")
        for type in VARIABLE_TYPES:
            box.addItem(TYPE_WORDS.get(type, type), type)
        box.addItem("one of…", "enum")
        current = variable.type
        if isinstance(current, dict) and "enum" in current:
            box.setItemText(box.count() - 1, "one of " + ", ".join(map(str, current["enum"])))
            box.setItemData(box.count() - 1, current)
        elif not isinstance(current, str) or current not in VARIABLE_TYPES:
            box.addItem(type_words(current), current)
        box.setCurrentIndex(max(0, box.findData(current)))
        box.activated.connect(lambda _: self._retype(name, box.currentData()))
        return box

    def _retype(self, name: str, type: Any) -> None:
        if type == "enum":
            type = {"enum": ["first", "second"]}
        self._change(name, type=type, initial=None)
        self.rebuild()

    def _initial(self, name: str, variable: Variable) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        if isinstance(variable.type, dict) and "enum" in variable.type:
            members = QLineEdit(", ".join(map(str, variable.type["enum"])))
            members.setAccessibleName(f"Members of {name}")
            members.editingFinished.connect(lambda: self._members(name, members.text()))
            column.addWidget(members)
        begins = QLineEdit("" if variable.initial is None else plain_words(variable.initial))
        begins.setPlaceholderText("Begins with nothing")
        begins.setAccessibleName(f"{name} begins with")
        begins.textEdited.connect(lambda text: self._change(name, initial=plain_value(text, variable.type)))
        column.addWidget(begins)
        return holder

    def _members(self, name: str, text: str) -> None:
        members = [m.strip() for m in text.split(",") if m.strip()]
        if members:
            self._change(name, type={"enum": members})

    def _rename(self, name: str, field: QLineEdit) -> None:
        new = field.text().strip()
        if new == name:
            return
        if not new.isidentifier() or new in self._document.part.variables:
            field.setText(name)
            return
        field.clearFocus()
        self._document.apply(rename_variable(self._document.state, self._document.shown, name, new))

    def _change(self, name: str, **changes: Any) -> None:
        variable = self._document.part.variables.get(name)
        if variable is not None:
            self._put(
                name, msgspec.structs.replace(variable, **changes), f"variable:{name}:{','.join(changes)}"
            )

    def _put(self, name: str, variable: Variable | None, merge: str = "") -> None:
        edit = put_variable(self._document.state, self._document.shown, name, variable)
        self._document.apply(edit, merge)


def type_words(type: Any) -> str:
    """A type as one would say it."""
    try:
        return str(parse_type(type))
    except ValueError:
        return str(type)


def plain_words(value: Any) -> str:
    """A plain value as text to edit."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def plain_value(text: str, type: Any) -> Any:
    """The plain value that a text stands for, given a type; None for an empty text."""
    text = text.strip()
    if not text:
        return None
    if type == "yes_no":
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.lower(), text)
    if type == "int":
        return int(text) if text.lstrip("-").isdecimal() else text
    return text
