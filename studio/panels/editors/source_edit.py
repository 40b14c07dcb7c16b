"""A text field for templates and expressions: holes in violet, mistakes underlined where they stand, as tall as
its text.
"""

import re

from PySide6.QtCore import QRect, QSize, Qt, Signal
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
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit

from studio.panels.diagnosing import Trouble
from studio.panels.editors.suggestions import Suggestions
from studio.theme import Look

HOLE = re.compile(r"\{\{.*?(\}\}|$)")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
TALLEST = 260
"""Pixels; a longer text scrolls."""
FRAME = 22
"""Pixels around the lines of a text."""


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
        self._suggestions = Suggestions(self)
        self._suggestions.taken.connect(self._complete)

    def offer(self, names: list[str]) -> None:
        """Names to complete while typing."""
        self._suggestions.names = names

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
        self._suggestions.offer(word, self.viewport().pos() + self.cursorRect().bottomLeft())

    def _complete(self, name: str) -> None:
        cursor = self.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self._word())
        )
        cursor.insertText(name)
        self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the list while it is open; Enter ends no line where there is only one."""
        key = Qt.Key(event.key())
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self._suggestions.isVisible():
            if enter:
                self._suggestions.take()
                return
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._suggestions.step(1 if key == Qt.Key.Key_Down else -1)
                return
            if key == Qt.Key.Key_Escape:
                self._suggestions.hide()
                return
        if enter and self._single:
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes the suggestion while there is one."""
        if forward and self._suggestions.isVisible():
            self._suggestions.take()
            return True
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The list goes with the focus."""
        super().focusOutEvent(event)
        self._suggestions.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grown()

    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    def _height(self) -> int:
        lines = max(1, round(self.document().size().height()), self._hint_lines())
        height = lines * self.fontMetrics().lineSpacing() + FRAME
        return min(TALLEST, max(34 if self._single else 46, height))

    def _hint_lines(self) -> int:
        """How many lines of hint stand in an empty field."""
        if self.toPlainText() or not self.placeholderText():
            return 1
        width = max(80, self.viewport().width() - 8)
        room = QRect(0, 0, width, TALLEST)
        flags = Qt.TextFlag.TextWordWrap
        bounds = self.fontMetrics().boundingRect(room, flags, self.placeholderText())
        return round(bounds.height() / self.fontMetrics().lineSpacing())

    def _grown(self) -> None:
        height = self._height()
        if height != self.height():
            self.setFixedHeight(height)
