"""A question that must be answered before something is lost. Opened, never executed: the loop goes on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget


class Question(QDialog):
    """A sentence, a hint, and buttons; the last one is what Escape means."""

    def __init__(
        self, parent: QWidget, title: str, hint: str, choices: dict[str, Callable[[], None]]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Parley")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(10)
        words = QLabel(title)
        words.setProperty("role", "question")
        small = QLabel(hint)
        small.setProperty("role", "second")
        for label in (words, small):
            label.setWordWrap(True)
            label.setMinimumWidth(340)
            column.addWidget(label)
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        self.buttons: dict[str, QPushButton] = {}
        for number, (name, act) in enumerate(reversed(list(choices.items()))):
            button = QPushButton(name)
            last = number == len(choices) - 1
            button.setProperty("role", "go" if last else "pill")
            button.setDefault(last)
            button.clicked.connect(lambda _=False, act=act: self._take(act))
            row.addWidget(button)
            self.buttons[name] = button
        column.addLayout(row)

    def _take(self, act: Callable[[], None]) -> None:
        self.close()
        act()


class Asked(Question):
    """A question that is answered with words."""

    def __init__(
        self, parent: QWidget, title: str, hint: str, verb: str, answered: Callable[[str], None]
    ) -> None:
        super().__init__(
            parent, title, hint, {verb: lambda: answered(self.field.text()), "Cancel": lambda: None}
        )
        self.field = QLineEdit()
        self.field.setProperty("role", "field")
        self.field.setFixedHeight(38)
        self.field.setAccessibleName(title)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(2, self.field)
        self.field.returnPressed.connect(self.buttons[verb].click)
        self.field.setFocus()
