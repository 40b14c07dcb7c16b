"""Names to complete while typing: a short list under the caret that never takes the keyboard."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QListWidget, QWidget

MOST = 6
ROW = 28


class Suggestions(QListWidget):
    """``taken`` brings the chosen name."""

    taken = Signal(str)

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.names: list[str] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("role", "suggestions")
        self.setAccessibleName("Suggestions")
        self.itemClicked.connect(lambda _: self.take())
        self.hide()

    def offer(self, word: str, at: QPoint) -> None:
        """Offer the names that hold ``word``, under a point of the field; none when only the word itself does."""
        found = [name for name in self.names if word.lower() in name.lower()] if word else []
        if not found or found == [word]:
            self.hide()
            return
        found.sort(key=lambda name: (not name.lower().startswith(word.lower()), name))
        self.clear()
        self.addItems(found[:MOST])
        self.setCurrentRow(0)
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        corner = self._field.mapTo(window, at)
        self.setGeometry(corner.x(), corner.y() + 4, 180, self.count() * ROW + 8)
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Go down or up."""
        self.setCurrentRow((self.currentRow() + by) % max(1, self.count()))

    def take(self) -> None:
        """Choose the current name."""
        item = self.currentItem()
        self.hide()
        if item is not None:
            self.taken.emit(item.text())
