"""Try an answer: what a listening node would understand, while one types."""

from datetime import datetime

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.kinds.instructions import Listen
from engine.kinds.program import Program
from engine.understanding import Expected, Understood, understand
from studio.simulator.lines import moments, plain_text, sentence
from studio.theme import Look

NOW = datetime(2026, 11, 20, 10, 0)
"""The reference time of rehearsals and tests: a Friday morning."""


class TryAnswer(QWidget):
    """A field for words, and beneath it the value, how sure it is, and why."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._expected: Expected | None = None
        self._locale = "en-US"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        title = QLabel("Try an answer")
        title.setProperty("role", "label")
        self._edit = QLineEdit()
        self._edit.setProperty("role", "field")
        self._edit.setPlaceholderText("What would someone say?")
        self._edit.setAccessibleName("Try an answer")
        self._result = QLabel()
        self._result.setProperty("role", "second")
        self._result.setWordWrap(True)
        self._result.setAccessibleName("What is understood")
        title.setBuddy(self._edit)
        for widget in (title, self._edit, self._result):
            layout.addWidget(widget)
        self._edit.textChanged.connect(lambda _: self._read())

    def show_node(self, node: str, program: Program) -> None:
        """Take what the node expects from the newest program."""
        entry = program.entries.get(node, -1)
        instruction = program.instructions[entry] if 0 <= entry < len(program.instructions) else None
        self._locale = program.locales[0]
        self._expected = instruction.expected[0] if isinstance(instruction, Listen) else None
        self._read()

    @property
    def result(self) -> str:
        """The sentence shown."""
        return self._result.text()

    def try_words(self, words: str) -> None:
        """As if they had been typed."""
        self._edit.setText(words)

    def _read(self) -> None:
        words = self._edit.text()
        if not words.strip() or self._expected is None:
            self._result.setText("")
            self._result.hide()
            return
        understood = understand(words, self._expected, now=NOW, locale=self._locale)
        self._result.setText(verdict(understood))
        self._result.show()


def verdict(understood: Understood) -> str:
    """What was understood, in a sentence."""
    why = moments(understood.note)
    note = f" {sentence(why)}" if why and why != plain_text(understood.value) else ""
    if understood.value is None:
        return f"Not understood.{note}"
    return f"{plain_text(understood.value)}, {understood.confidence / 10:.0f} % sure.{note}"
