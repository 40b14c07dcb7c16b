"""Editors of texts: words per locale, ladders of them, templates, expressions, plain texts."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QWidget

from engine.kinds import FieldSpec
from studio.panels.diagnosing import Trouble
from studio.panels.editors.editor import Editor, Surroundings, TroubleLine, column
from studio.panels.editors.source_edit import SourceEdit
from studio.theme.glyphs import glyph_icon

LONGEST, SHOWN = 64_000, 2_000
"""Characters: a text longer than the first is no words for people; the second is how much of it is shown."""


def quiet_button(around: Surroundings, glyph: str, name: str) -> QToolButton:
    """A small round button with a drawing; its name is what a screen reader says."""
    button = QToolButton()
    button.setProperty("role", "quiet")
    button.setIcon(glyph_icon(glyph, around.look.tokens.ink2, 14))
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button


def link_button(text: str) -> QPushButton:
    """A button that reads like a link."""
    button = QPushButton(text)
    button.setProperty("role", "link")
    return button


class SourceEditor(Editor):
    """One template or expression, with its mistake beneath."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__(spec, path, around)
        speech = spec.editor in ("prompt", "prompts")
        self._edit = SourceEdit(around.look, speech=speech, single=spec.editor == "expression")
        self._edit.setAccessibleName(spec.label)
        self._edit.setAccessibleDescription(spec.help)
        if spec.help and spec.editor != "expression":
            self._edit.setPlaceholderText(spec.help)
        self._too_long = False
        self._trouble = TroubleLine()
        layout = column(self, 2)
        layout.addWidget(self._edit)
        layout.addWidget(self._trouble)
        self._edit.edited.connect(lambda text: self.changed.emit(text, True))

    def show_value(self, value: Any) -> None:
        text = value if isinstance(value, str) else ""
        self._too_long = len(text) > LONGEST
        self._edit.setReadOnly(self._too_long)
        self._edit.offer(sorted(self.around.flow().variables))
        self._edit.put(f"{text[:SHOWN]} …" if self._too_long else text)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        trouble = troubles.get(self.path)
        if self._too_long:
            words = f"This text is longer than {LONGEST} characters. It is kept as it is; only its beginning is shown."
            trouble = Trouble(words)
        self._edit.show_trouble(trouble)
        self._trouble.show_trouble(trouble)

    def first_field(self) -> SourceEdit:
        return self._edit


class WordsEditor(Editor):
    """Words in the locale that is shown; those of other locales stay as they are."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__(spec, path, around)
        self._words: dict[str, str] = {}
        self._source = SourceEditor(spec, f"{path}.{around.locale}", around)
        layout = column(self)
        layout.addWidget(self._source)
        self._own = TroubleLine()
        layout.addWidget(self._own)
        self._source.changed.connect(self._typed)

    def show_value(self, value: Any) -> None:
        self._words = dict(value) if isinstance(value, Mapping) else {}
        self._source.show_value(self._words.get(self.around.locale, ""))

    def _typed(self, text: str, typing: bool) -> None:
        words = {**self._words, self.around.locale: text}
        if not text:
            del words[self.around.locale]
        self._words = words
        self.changed.emit(words, typing)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        self._source.show_troubles(troubles)
        self._own.show_trouble(troubles.get(self.path))

    def first_field(self) -> SourceEdit:
        return self._source.first_field()

    def editor_at(self, path: str) -> Editor | None:
        return self if path == self.path or path.startswith(f"{self.path}.") else None


class LadderEditor(Editor):
    """Several words, one after the other: the first re-prompt, the second, ..."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__(spec, path, around)
        self._rungs: list[dict[str, str]] = []
        self._editors: list[WordsEditor] = []
        layout = column(self, 6)
        self._rows = QWidget()
        self._column = column(self._rows, 6)
        layout.addWidget(self._rows)
        add = link_button("Add one")
        add.setAccessibleName(f"{spec.label}: add one")
        add.clicked.connect(self.add)
        line = QHBoxLayout()
        line.addWidget(add)
        line.addStretch()
        layout.addLayout(line)

    def show_value(self, value: Any) -> None:
        rungs = [dict(v) for v in value if isinstance(v, Mapping)] if isinstance(value, list | tuple) else []
        if len(rungs) != len(self._editors):
            self._rungs = rungs
            self._build()
        self._rungs = rungs
        for editor, words in zip(self._editors, rungs, strict=True):
            editor.show_value(words)

    def _build(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._editors = []
        for i in range(len(self._rungs)):
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(2)
            editor = WordsEditor(self.spec, f"{self.path}.{i}", self.around)
            editor.changed.connect(lambda words, typing, i=i: self._typed(i, words, typing))
            remove = quiet_button(self.around, "close", f"Remove number {i + 1}")
            remove.clicked.connect(lambda _=False, i=i: self.remove(i))
            line.addWidget(editor, 1)
            line.addWidget(remove)
            self._column.addWidget(row)
            self._editors.append(editor)

    def _typed(self, i: int, words: dict[str, str], typing: bool) -> None:
        self._rungs[i] = words
        self.changed.emit(list(self._rungs), typing)

    def add(self) -> None:
        """Add one at the end."""
        self._change([*self._rungs, {}])
        self._editors[-1].first_field().setFocus()

    def remove(self, i: int) -> None:
        """Take one away."""
        self._change([r for k, r in enumerate(self._rungs) if k != i])

    def _change(self, rungs: list[dict[str, str]]) -> None:
        self.show_value(rungs)
        self.changed.emit(rungs, False)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        for editor in self._editors:
            editor.show_troubles(troubles)

    def first_field(self) -> QWidget:
        return self._editors[0].first_field() if self._editors else self

    def editor_at(self, path: str) -> Editor | None:
        found = (e.editor_at(path) for e in self._editors)
        return next((e for e in found if e is not None), super().editor_at(path))


class TextEditor(Editor):
    """A short plain text."""

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__(spec, path, around)
        self._edit = QLineEdit()
        self._edit.setPlaceholderText(spec.help)
        self._edit.setAccessibleName(spec.label)
        self._trouble = TroubleLine()
        layout = column(self, 2)
        layout.addWidget(self._edit)
        layout.addWidget(self._trouble)
        self._edit.textEdited.connect(lambda text: self.changed.emit(text, True))

    def show_value(self, value: Any) -> None:
        text = value if isinstance(value, str) else "" if value is None else str(value)
        if text != self._edit.text():
            self._edit.setText(text)
            self._edit.setCursorPosition(0)

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        self._trouble.show_trouble(troubles.get(self.path))

    def first_field(self) -> QWidget:
        return self._edit
