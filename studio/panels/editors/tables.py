"""Editors of many things: lists of structures, lists of texts, tables of names and expressions."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from engine.kinds import FieldSpec
from studio.panels.diagnosing import Trouble
from studio.panels.editors.editor import Editor, Surroundings, TroubleLine, column
from studio.panels.editors.folding import FOLDS_FROM, FoldCard
from studio.panels.editors.source_edit import SourceEdit
from studio.panels.editors.texts import SourceEditor, link_button, quiet_button

FEWEST, MOST = 3, 6
"""Lines of plain texts in sight at once."""
FRAME = 22
"""Pixels around the lines of a text."""


class StructureList(Editor):
    """A list of structures: each a card with its fields; added, removed, and where ``moves`` says so moved up and
    down."""

    moves = True

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__(spec, path, around)
        self._items: list[dict[str, Any]] = []
        self._editors: list[dict[str, Editor]] = []
        self.cards: list[FoldCard] = []
        layout = column(self, 6)
        self._rows = QWidget()
        self._column = column(self._rows, 8)
        layout.addWidget(self._rows)
        self._own = TroubleLine()
        layout.addWidget(self._own)
        add = link_button("Add one")
        add.setAccessibleName(f"{spec.label}: add one")
        add.clicked.connect(self.add)
        line = QHBoxLayout()
        line.addWidget(add)
        line.addStretch()
        layout.addLayout(line)

    def show_value(self, value: Any) -> None:
        items = [dict(v) for v in value if isinstance(v, Mapping)] if isinstance(value, Sequence) else []
        if len(items) != len(self._editors):
            self._items = items
            self._build()
        self._items = items
        for editors, item in zip(self._editors, items, strict=True):
            for spec in self.spec.items:
                editors[spec.name].show_value(item.get(spec.name, spec.default))
        self._name_cards()

    def _name_cards(self) -> None:
        for card, item in zip(self.cards, self._items, strict=True):
            name = str(item.get("name") or item.get("label") or item.get("id") or "")
            card.show_name(name, str(item.get("description") or ""))

    def _build(self) -> None:
        while (old := self._column.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        open = [card.open for card in self.cards]
        self.cards = []
        self._editors = [self._card(i) for i in range(len(self._items))]
        for card, was in zip(self.cards, open, strict=False):
            card.unfold(was)

    def _card(self, i: int) -> dict[str, Editor]:
        from studio.panels.editors.making import (
            labelled,
            make_editor,
        )  # the factory makes lists, lists ask it

        up = ("up", "Move up", lambda: self.move_to(i, i - 1))
        down = ("down", "Move down", lambda: self.move_to(i, i + 1))
        remove = ("close", "Remove", lambda: self.remove(i))
        acts = (up, down, remove) if self.moves else (remove,)
        card = FoldCard(self.around, i + 1, acts, folds=len(self.spec.items) >= FOLDS_FROM)
        editors: dict[str, Editor] = {}
        for spec in self.spec.items:
            editor = make_editor(spec, f"{self.path}.{i}.{spec.name}", self.around)
            editor.changed.connect(lambda value, typing, name=spec.name: self._edited(i, name, value, typing))
            card.column.addWidget(labelled(spec, editor))
            editors[spec.name] = editor
        self._column.addWidget(card)
        self.cards.append(card)
        return editors

    def _edited(self, i: int, name: str, value: Any, typing: bool) -> None:
        item = dict(self._items[i])
        spec = next(s for s in self.spec.items if s.name == name)
        if value == spec.default or (not value and not spec.default and not isinstance(value, bool)):
            item.pop(name, None)
        else:
            item[name] = value
        if spec.name == "id":
            item["id"] = value
        self._items = [item if k == i else other for k, other in enumerate(self._items)]
        self._name_cards()
        self.changed.emit(list(self._items), typing)

    def add(self) -> None:
        """Add one with what every one needs."""
        fresh: dict[str, Any] = {}
        for spec in self.spec.items:
            if spec.name == "id":
                taken = {item.get("id") for item in self._items}
                number = next(n for n in range(1, len(taken) + 2) if f"way_{n}" not in taken)
                fresh["id"] = f"way_{number}"
            elif spec.default is None:
                fresh[spec.name] = ""
        self._change([*self._items, fresh])
        self.cards[-1].unfold(True)
        first = next(iter(self._editors[-1].values()), None)
        if first is not None:
            first.first_field().setFocus()

    def remove(self, i: int) -> None:
        """Take one away."""
        open = [card.open for k, card in enumerate(self.cards) if k != i]
        self._change([item for k, item in enumerate(self._items) if k != i])
        self._unfold(open)

    def move_to(self, i: int, to: int) -> None:
        """Put one in another place."""
        if 0 <= to < len(self._items):
            items, open = list(self._items), [card.open for card in self.cards]
            items.insert(to, items.pop(i))
            open.insert(to, open.pop(i))
            self._change(items)
            self._unfold(open)

    def _unfold(self, open: Sequence[bool]) -> None:
        for card, now in zip(self.cards, open, strict=True):
            card.unfold(now)

    def _change(self, items: list[dict[str, Any]]) -> None:
        self.show_value(items)
        self.changed.emit(items, False)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        self._own.show_trouble(troubles.get(self.path))
        for i, editors in enumerate(self._editors):
            if any(path.startswith(f"{self.path}.{i}.") for path in troubles):
                self.cards[i].unfold(True)
            for editor in editors.values():
                editor.show_troubles(troubles)

    def editor_at(self, path: str) -> Editor | None:
        for card, editors in zip(self.cards, self._editors, strict=True):
            for editor in editors.values():
                found = editor.editor_at(path)
                if found is not None:
                    card.unfold(True)  # who asks for it wants to see it
                    return found
        return super().editor_at(path)


class NamedList(StructureList):
    """Structures that have names and no order."""

    moves = False


class TextsEditor(Editor):
    """Plain texts, one a line; for fields that hold them by locale, those of the locale that is shown."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__(spec, path, around)
        self._by_locale = isinstance(spec.default, Mapping)
        self._value: Any = spec.default
        self._edit = QPlainTextEdit()
        self._edit.setTabChangesFocus(True)
        self._edit.setPlaceholderText(f"{spec.help} One a line.".strip())
        self._edit.setAccessibleName(spec.label)
        self._edit.document().blockCountChanged.connect(self._fit)
        self._fit(1)
        self._trouble = TroubleLine()
        layout = column(self, 2)
        layout.addWidget(self._edit)
        layout.addWidget(self._trouble)
        self._quiet = False
        self._edit.textChanged.connect(self._typed)

    def _fit(self, lines: int) -> None:
        shown = min(max(lines, FEWEST), MOST)
        self._edit.setFixedHeight(shown * self._edit.fontMetrics().lineSpacing() + FRAME)

    def show_value(self, value: Any) -> None:
        self._value = value
        lines = value
        if self._by_locale:
            lines = value.get(self.around.locale, ()) if isinstance(value, Mapping) else ()
        texts = [str(line) for line in lines] if isinstance(lines, list | tuple) else []
        if texts != self._lines():
            self._quiet = True
            self._edit.setPlainText("\n".join(texts))
            self._quiet = False

    def _lines(self) -> list[str]:
        return [line.strip() for line in self._edit.toPlainText().splitlines() if line.strip()]

    def _typed(self) -> None:
        if self._quiet:
            return
        lines: Any = self._lines()
        if self._by_locale:
            whole = dict(self._value) if isinstance(self._value, Mapping) else {}
            whole[self.around.locale] = lines
            if not lines:
                del whole[self.around.locale]
            lines = whole
        self._value = lines
        self.changed.emit(lines, True)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        below = (t for path, t in troubles.items() if path == self.path or path.startswith(f"{self.path}."))
        self._trouble.show_trouble(next(below, None))

    def first_field(self) -> QWidget:
        return self._edit

    def editor_at(self, path: str) -> Editor | None:
        return self if path == self.path or path.startswith(f"{self.path}.") else None


class MapEditor(Editor):
    """Names, and an expression or a template for each."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__(spec, path, around)
        self._pairs: list[tuple[str, str]] = []
        self._rows: list[tuple[QLineEdit, SourceEditor]] = []
        self._holder = QWidget()
        self._column = column(self._holder, 6)
        self._own = TroubleLine()
        layout = column(self, 4)
        layout.addWidget(self._holder)
        layout.addWidget(self._own)
        add = link_button("Add one")
        add.setAccessibleName(f"{spec.label}: add one")
        add.clicked.connect(self.add)
        line = QHBoxLayout()
        line.addWidget(add)
        line.addStretch()
        layout.addLayout(line)

    def show_value(self, value: Any) -> None:
        pairs = [(str(k), str(v)) for k, v in value.items()] if isinstance(value, Mapping) else []
        if [name for name, _ in pairs] != [name for name, _ in self._pairs] or len(pairs) != len(self._rows):
            self._pairs = pairs
            self._build()
        self._pairs = pairs
        for (_, source), (_, text) in zip(self._rows, pairs, strict=True):
            source.show_value(text)

    def _build(self) -> None:
        while (old := self._column.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = [self._row(i, name) for i, (name, _) in enumerate(self._pairs)]

    def _row(self, i: int, name: str) -> tuple[QLineEdit, SourceEditor]:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        key = QLineEdit(name)
        key.setFixedSize(92, 34)
        key.setProperty("role", "code")
        key.setAccessibleName(f"{self.spec.label}: name {i + 1}")
        editor = "template" if self.spec.editor == "templates" else "expression"
        spec = FieldSpec(name, name, editor, "")
        source = SourceEditor(spec, f"{self.path}.{name}", self.around)
        remove = quiet_button(self.around, "close", f"Remove {name}")
        for widget, stretch in ((key, 0), (source, 1), (remove, 0)):
            line.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)
        key.editingFinished.connect(lambda: self.rename(i, key.text().strip()))
        source.changed.connect(lambda text, typing: self.write(i, text, typing))
        remove.clicked.connect(lambda: self.remove(i))
        self._column.addWidget(row)
        return key, source

    def rename(self, i: int, name: str) -> None:
        """Give an entry another name."""
        if i < len(self._pairs) and name and name != self._pairs[i][0]:
            self._change([(name, t) if k == i else (n, t) for k, (n, t) in enumerate(self._pairs)])

    def write(self, i: int, text: str, typing: bool = True) -> None:
        """Write an entry's expression."""
        self._pairs[i] = (self._pairs[i][0], text)
        self.changed.emit(dict(self._pairs), typing)

    def add(self) -> None:
        """Add an entry, ready to be named."""
        taken = {name for name, _ in self._pairs}
        name = next(n for n in ("name", *(f"name_{i}" for i in range(2, 99))) if n not in taken)
        self._change([*self._pairs, (name, "")])
        key = self._rows[-1][0]
        key.setFocus()
        key.selectAll()

    def remove(self, i: int) -> None:
        """Take an entry away."""
        self._change([pair for k, pair in enumerate(self._pairs) if k != i])

    def _change(self, pairs: list[tuple[str, str]]) -> None:
        value = dict(pairs)
        self.show_value(value)
        self.changed.emit(value, False)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        self._own.show_trouble(troubles.get(self.path))
        for _, source in self._rows:
            source.show_troubles(troubles)

    def first_field(self) -> QWidget | SourceEdit:
        return self._rows[0][1].first_field() if self._rows else self

    def editor_at(self, path: str) -> Editor | None:
        return next((s for _, s in self._rows if s.path == path), super().editor_at(path))
