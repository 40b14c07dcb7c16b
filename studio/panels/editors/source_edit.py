"""A text field for templates and expressions: holes in violet, mistakes underlined where they stand, as tall as
its text.
"""

import re

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QSizePolicy, QTextEdit

from studio.panels.diagnosing import Trouble
from studio.theme import Look

HOLE = re.compile(r"\{\{.*?(\}\}|$)")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
TALLEST = 260
"""Pixels; a longer text scrolls."""


class Holes(QSyntaxHighlighter):
    """Sets what stands in ``{{ }}`` in violet mono on a tint."""

    def __init__(self, document: QTextDocument, look: Look) -> None:
        super().__init__(document)
        self._format = QTextCharFormat()
        self._format.setFontFamilies([look.faces.mono])
        self._format.setProperty(QTextCharFormat.Property.FontPixelSize, 12)
        self._format.setFontItalic(False)
        self._format.setForeground(QColor(look.tokens.violet_text))
        self._format.setBackground(QColor(look.tokens.violet_soft))

    def highlightBlock(self, text: str) -> None:
        for hole in HOLE.finditer(text):
            self.setFormat(hole.start(), hole.end() - hole.start(), self._format)


class SourceEdit(QPlainTextEdit):
    """``speech`` sets it in the serif of spoken words, else it is code. ``edited`` comes with every change by hand."""

    edited = Signal(str)

    def __init__(self, look: Look, *, speech: bool, single: bool = False) -> None:
        super().__init__()
        self._look = look
        self._single = single
        self._speech = speech
        self.setProperty("role", "speech" if speech else "code")
        self.setFont(look.faces.speech(16) if speech else look.faces.code(12))
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(3)
        if speech or not single:
            Holes(self.document(), look)
        self.textChanged.connect(self._grown)
        self.textChanged.connect(self._tell)
        self._quiet = False
        self._completer = self._make_completer()
        self._popup = QListView()
        self._completer.setPopup(self._popup)

    def _make_completer(self) -> QCompleter:
        completer = QCompleter(self)
        completer.setModel(QStringListModel(completer))
        completer.setWidget(self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._complete)
        return completer

    def offer(self, names: list[str]) -> None:
        """Names to complete while typing."""
        model = self._completer.model()
        if isinstance(model, QStringListModel):
            model.setStringList(names)

    def put(self, text: str) -> None:
        """Show a text that came from elsewhere; the caret stays where it can."""
        if text == self.toPlainText():
            return
        self._quiet = True
        at = self.textCursor().position()
        self.setPlainText(text)
        cursor = self.textCursor()
        cursor.setPosition(min(at, len(text)))
        self.setTextCursor(cursor)
        self._quiet = False

    def _tell(self) -> None:
        if not self._quiet:
            self.edited.emit(self.toPlainText())
            self._suggest()

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Underline the mistake, or nothing."""
        self.setProperty("wrong", "true" if trouble is not None and trouble.error else "")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setFont(self._look.faces.speech(16) if self._speech else self._look.faces.code(12))
        selections = []
        if trouble is not None and trouble.start >= 0:
            length = len(self.toPlainText())
            cursor = QTextCursor(self.document())
            cursor.setPosition(min(trouble.start, max(0, length - 1)))
            end = min(max(trouble.end, trouble.start + 1), length)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            wave = QTextCharFormat()
            wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wave.setUnderlineColor(QColor(self._look.tokens.bad))
            selection = QTextEdit.ExtraSelection()
            selection.cursor = cursor
            selection.format = wave
            selections.append(selection)
        self.setExtraSelections(selections)

    def go_to(self, position: int) -> None:
        """Put the caret at a character."""
        cursor = self.textCursor()
        cursor.setPosition(max(0, min(position, len(self.toPlainText()))))
        self.setTextCursor(cursor)
        self.setFocus()

    def _word(self) -> str:
        before = self.toPlainText()[: self.textCursor().position()]
        if self._speech or not self._single:
            opened = before.rfind("{{")
            if opened < 0 or "}}" in before[opened:]:
                return ""
        match = WORD.search(before)
        return match.group(0) if match else ""

    def _suggest(self) -> None:
        word = self._word()
        popup = self._popup
        if not word or not self.hasFocus():
            popup.hide()
            return
        self._completer.setCompletionPrefix(word)
        exact = self._completer.completionCount() == 1 and self._completer.currentCompletion() == word
        if not self._completer.completionCount() or exact:
            popup.hide()
            return
        where = self.cursorRect()
        where.setWidth(200)
        self._completer.complete(where)

    def _complete(self, name: str) -> None:
        cursor = self.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self._word())
        )
        cursor.insertText(name)
        self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        taking = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape)
        if self._popup.isVisible() and event.key() in taking:
            event.ignore()
            return
        if enter and self._single:
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.ensureCursorVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grown()

    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    def _height(self) -> int:
        lines = max(1, round(self.document().size().height()))
        height = lines * self.fontMetrics().lineSpacing() + 18
        return min(TALLEST, max(34 if self._single else 46, height))

    def _grown(self) -> None:
        height = self._height()
        if height != self.height():
            self.setFixedHeight(height)
