"""Bringing knowledge: the place to drop documents, and the small forms for an address and a question."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from studio.operations.parts import Inset, button, label, row
from studio.panels.editors.boxes import ChoiceBox
from studio.theme import Look
from studio.theme.glyphs import paint_glyph

ENDINGS = (".pdf", ".docx", ".html", ".htm", ".md", ".markdown", ".txt", ".csv")
OFTEN = (("Read it once", 0), ("Read it again every day", 24), ("…every week", 168))
WORDS_HEIGHT = 62


def dropped_files(data: QMimeData) -> list[Path]:
    """The files somebody drags."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def dropped_addresses(data: QMimeData) -> list[str]:
    """The web addresses somebody drags."""
    return [url.toString() for url in data.urls() if url.scheme() in ("http", "https")]


class DropPlace(QWidget):
    """An invitation. ``chosen`` brings the files somebody chose with the dialog."""

    chosen = Signal(list)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._over = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 46, 16, 12)
        column.setSpacing(4)
        words = label("Drop documents here", "name", wrap=False)
        kinds = label("PDF, Word, Markdown, text, CSV, web pages", "hint")
        choose = button("Choose files…", "link", self.ask)
        for widget in (words, kinds):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addWidget(choose, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_over(self, over: bool) -> None:
        """Whether something is held over it that it can take."""
        self._over = over
        self.update()

    def ask(self) -> None:
        """Ask which files."""
        dialog = QFileDialog(self.window(), "Documents this agent may answer from")
        dialog.setNameFilter(f"Documents ({' '.join('*' + ending for ending in ENDINGS)})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.chosen.emit([Path(name) for name in names]))
        dialog.open()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens.violet if self._over else tokens.wire), 2 if self._over else 1.4)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.violet_soft if self._over else tokens.paper))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), tokens.radius, tokens.radius)
        colour = tokens.violet if self._over else tokens.ink2
        paint_glyph(painter, QRectF(self.width() / 2 - 12, 16, 24, 24), "publish", colour)
        painter.end()


class AddressForm(Inset):
    """``given`` brings an address, and after how many hours it is read again."""

    given = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self.address = QLineEdit()
        self.address.setPlaceholderText("https://…")
        self.address.setAccessibleName("Address of a page or a sitemap")
        self.address.returnPressed.connect(self.give)
        self.often = ChoiceBox()
        self.often.setAccessibleName("How often it is read")
        for words, hours in OFTEN:
            self.often.addItem(words, hours)
        self.trouble = label("", "trouble")
        self.trouble.hide()
        self.column.addWidget(label("A page, or a sitemap for all its pages", "label"))
        for widget in (self.address, self.often, self.trouble):
            self.column.addWidget(widget)
        self.column.addLayout(
            row(button("Add it", "small-go", self.give), button("Not now", "link", self.hide))
        )
        self.hide()

    def open(self) -> None:
        """Show it, ready to type."""
        self.show()
        self.address.setFocus()

    def give(self) -> None:
        """Hand over what was typed."""
        text = self.address.text().strip()
        if text and "://" not in text:
            text = f"https://{text}"
        self.trouble.setText("" if text else "Type the address first.")
        self.trouble.setVisible(not text)
        if text:
            self.given.emit(text, self.often.currentData())

    def done(self) -> None:
        """It was taken."""
        self.address.clear()
        self.trouble.hide()
        self.hide()

    def show_trouble(self, words: str) -> None:
        """It was not taken; what was typed stays."""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))


class QuestionForm(Inset):
    """``given`` brings a question, its answer, and other ways to ask it."""

    given = Signal(str, str, list)

    def __init__(self) -> None:
        super().__init__()
        self.question = QLineEdit()
        self.question.setPlaceholderText("When is breakfast?")
        self.question.setAccessibleName("Question")
        self.answer = _text("Breakfast is from seven until ten.", "Answer")
        self.answer.setProperty("role", "speech")
        self.also = _text("Other ways to ask it, one a line", "Other ways to ask it")
        self.trouble = label("", "trouble")
        self.trouble.hide()
        for words, widget in (("Question", self.question), ("Answer", self.answer), ("", self.also)):
            if words:
                self.column.addWidget(label(words, "label"))
            self.column.addWidget(widget)
        self.column.addWidget(self.trouble)
        self.column.addLayout(
            row(button("Add it", "small-go", self.give), button("Not now", "link", self.hide))
        )
        self.hide()

    def open(self) -> None:
        """Show it, ready to type."""
        self.show()
        self.question.setFocus()

    def give(self) -> None:
        """Hand over what was typed."""
        question, answer = self.question.text().strip(), self.answer.toPlainText().strip()
        if not question or not answer:
            self.show_trouble("Write the question and its answer.")
            return
        self.given.emit(question, answer, lines_of(self.also.toPlainText()))

    def done(self) -> None:
        """It was taken."""
        self.question.clear()
        self.answer.clear()
        self.also.clear()
        self.show_trouble("")
        self.hide()

    def show_trouble(self, words: str) -> None:
        """It was not taken; what was typed stays."""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))


def lines_of(text: str) -> Sequence[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _text(hint: str, name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setPlaceholderText(hint)
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.setFixedHeight(WORDS_HEIGHT)
    return field
