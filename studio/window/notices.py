"""What the window has to say or ask: cards over the canvas, never a box that stops everything."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

SECONDS_SHOWN = 8
TYPING = (QLineEdit, QPlainTextEdit, QTextEdit)
"""Where somebody may be in the middle of a word."""

Choice = tuple[str, Callable[[], None]]
"""The words of a button and what it does."""


class Notice(QFrame):
    """One card: a sentence, and what one can do about it. The first choice is the likely one."""

    def __init__(self, text: str, choices: Sequence[Choice], *, grave: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("grave", "true" if grave else "false")
        self.text = text
        self.setAccessibleName(text)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 12, 10)
        column.setSpacing(6)
        words = QLabel(text)
        words.setWordWrap(True)
        words.setMinimumWidth(320)
        column.addWidget(words)
        row = QHBoxLayout()
        row.addStretch()
        self.buttons: dict[str, QPushButton] = {}
        for name, act in choices:
            button = QPushButton(name)
            button.setProperty("role", "link")
            button.clicked.connect(lambda _=False, act=act: self._take(act))
            row.addWidget(button)
            self.buttons[name] = button
        column.addLayout(row)

    def _take(self, act: Callable[[], None]) -> None:
        self.close_card()
        act()

    def close_card(self) -> None:
        """Take it away."""
        self.hide()
        self.deleteLater()
        parent = self.parent()
        if isinstance(parent, Notices):
            parent.gone(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
        else:
            super().keyPressEvent(event)


class Notices(QWidget):
    """The cards, at the top of the canvas, one under the other. The room between them lets the mouse through."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.cards: list[Notice] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 12, 0, 0)
        self._column.setSpacing(8)
        over.installEventFilter(self)
        self.hide()

    def ask(self, text: str, choices: Sequence[Choice], *, grave: bool = False) -> Notice:
        """Ask something; the card stays until it is answered. The same question is not asked twice.

        It takes the focus, but never from somebody who types: the next space would answer it.
        """
        card = self._put(text, choices, grave=grave)
        first = next(iter(card.buttons.values()), None)
        if first is not None and not isinstance(QApplication.focusWidget(), TYPING):
            first.setFocus()
        return card

    def _put(self, text: str, choices: Sequence[Choice], *, grave: bool) -> Notice:
        for card in self.cards:
            if card.text == text:
                card.close_card()
                break
        card = Notice(text, [*choices], grave=grave, parent=self)
        self.cards.append(card)
        self._column.addWidget(card)
        self._place()
        return card

    def tell(self, text: str, *, grave: bool = False) -> Notice:
        """Say something; it goes by itself unless it is grave."""
        card = self._put(text, [("Close" if grave else "Good", lambda: None)], grave=grave)
        if not grave:
            QTimer.singleShot(SECONDS_SHOWN * 1000, card, card.close_card)
        return card

    def gone(self, card: Notice) -> None:
        """A card was answered."""
        if card in self.cards:
            self.cards.remove(card)
            self._column.removeWidget(card)
        self._place()

    def _place(self) -> None:
        if not self.cards:
            self.hide()
            return
        width = min(460, max(340, self._over.width() - 80))
        self.setFixedWidth(width)
        self._column.activate()
        height = (
            self._column.heightForWidth(width)
            if self._column.hasHeightForWidth()
            else self.sizeHint().height()
        )
        self.setFixedHeight(max(height, 60))
        self.move((self._over.width() - width) // 2, 0)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
