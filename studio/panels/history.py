"""What was done, step by step: choose a step to go back to it, or forward again."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.document import Change, Document
from studio.theme import Look


class History(QWidget):
    """The undo list."""

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._look = look
        self._document = document
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 14, 8, 8)
        title = QLabel("What was done")
        title.setProperty("role", "section")
        title.setContentsMargins(8, 0, 0, 4)
        self.list = QListWidget()
        self.list.setAccessibleName("History")
        self.list.itemActivated.connect(lambda item: self.go_to(item.data(Qt.ItemDataRole.UserRole)))
        self.list.itemClicked.connect(lambda item: self.go_to(item.data(Qt.ItemDataRole.UserRole)))
        column.addWidget(title)
        column.addWidget(self.list)
        document.subscribe(self._follow)

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.rebuild()

    def _follow(self, change: Change) -> None:
        if self.isVisible():
            self.rebuild()

    def rebuild(self) -> None:
        """Show the steps, the newest at the top; those taken back are pale."""
        labels, done = self._document.history()
        self.list.clear()
        for number in range(len(labels), -1, -1):
            item = QListWidgetItem(labels[number - 1] if number else "As it was opened")
            item.setData(Qt.ItemDataRole.UserRole, number)
            if number > done:
                item.setForeground(QColor(self._look.tokens.ink3))
            self.list.addItem(item)
            if number == done:
                self.list.setCurrentItem(item)

    def go_to(self, number: int) -> None:
        """Undo or redo until that many steps are done."""
        labels, done = self._document.history()
        while done > number and self._document.can_undo:
            self._document.undo()
            done -= 1
        while done < min(number, len(labels)) and self._document.can_redo:
            self._document.redo()
            done += 1
