"""The line that says who answers for models, knowledge and tools, and what the talk has cost so far."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from studio.panels.editors.boxes import ChoiceBox
from studio.simulator.answering import HAND, MODEL, RECORDED, Spent
from studio.simulator.usage import cost_words, time_words

LAST, SESSION = "last", "session"
OLLAMA = "http://127.0.0.1:11434/v1"
CHOICES = (
    (HAND, "By hand"),
    (LAST, "As in the last talk"),
    (SESSION, "As in a real talk…"),
    (MODEL, "By a real model"),
)


class AnswersBar(QWidget):
    """``chosen`` brings ``hand``, ``last``, ``session`` or ``model``."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._said = ""
        self._spent = Spent()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 0)
        column.setSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(8)
        words = QLabel("Answers")
        words.setProperty("role", "label")
        self.box = ChoiceBox()
        self.box.setAccessibleName("Who answers for models, knowledge and tools")
        for name, text in CHOICES:
            self.box.addItem(text, name)
        self.box.activated.connect(lambda _: self._choose())
        words.setBuddy(self.box)
        line.addWidget(words)
        line.addWidget(self.box, 1)
        column.addLayout(line)
        self._model = self._model_form()
        column.addWidget(self._model)
        self._what = QLabel()
        self._what.setProperty("role", "hint")
        self._what.setWordWrap(True)
        self._what.hide()
        column.addWidget(self._what)

    def _model_form(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.address = _line("Address of a server that speaks OpenAI's API", OLLAMA)
        self.address.setText(OLLAMA)
        self.model = _line("Name of the model", "Model, such as llama3.1")
        self.key = _line("Key", "Key, if it needs one")
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        column.addWidget(self.address)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.model, 3)
        row.addWidget(self.key, 2)
        column.addLayout(row)
        use = QPushButton("Let it answer")
        use.setProperty("role", "small-go")
        use.clicked.connect(lambda _=False: self.chosen.emit(MODEL))
        self.model.returnPressed.connect(lambda: self.chosen.emit(MODEL))
        line = QHBoxLayout()
        line.addWidget(use)
        line.addStretch()
        column.addLayout(line)
        holder.hide()
        return holder

    def _choose(self) -> None:
        choice = self.box.currentData()
        self._model.setVisible(choice == MODEL)
        if choice != MODEL:
            self.chosen.emit(choice)

    def show_choice(self, choice: str, what: str = "") -> None:
        """Who answers now; ``what`` says more, such as which talk."""
        choice = LAST if choice == RECORDED else choice
        self.box.setCurrentIndex(max(0, self.box.findData(choice)))
        if choice != MODEL:
            self._model.hide()
        self.tell(what)

    def fold_model(self) -> None:
        """The model is set up: its fields make room."""
        self._model.hide()

    def tell(self, words: str) -> None:
        """A sentence below."""
        self._said = words
        self._show()

    def show_spent(self, spent: Spent) -> None:
        """What the talk took so far."""
        self._spent = spent
        self._show()

    def _show(self) -> None:
        parts = [self._said] if self._said else []
        spent = self._spent
        if spent.asked:
            cost = f", {cost_words(spent.cost_micros)}" if spent.cost_micros else ""
            whole = f", {time_words(spent.whole_ms)}" if spent.whole_ms else ""
            parts.append(f"This talk: {spent.read + spent.written:,} tokens{whole}{cost}")
        self._what.setText("\n".join(parts))
        self._what.setVisible(bool(parts))

    @property
    def words(self) -> str:
        """What is said below the line."""
        return self._what.text()


def _line(name: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(hint)
    field.setAccessibleName(name)
    return field
