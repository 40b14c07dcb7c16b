"""Trying a function of a tool: its arguments, the call, the answer."""

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit

from studio.client.tools import ToolFunction, Trial
from studio.operations.parts import Column, button, label, restyle, row
from studio.operations.schema_form import SchemaForm
from studio.panels.editors.boxes import ChoiceBox

ANSWER_HEIGHT = 132
OUTCOMES = {
    "ok": "It answered",
    "error": "It failed",
    "timeout": "It took too long",
    "unknown": "Nobody can say what came of it",
}
LONGEST = 20_000
"""Letters of an answer that are shown."""


class TrialForm(Column):
    """``called`` brings a function's name and the arguments."""

    called = Signal(str, dict)

    def __init__(self, functions: tuple[ToolFunction, ...]) -> None:
        super().__init__(6)
        self._functions: dict[str, ToolFunction] = {}
        self.box = ChoiceBox()
        self.box.setAccessibleName("Function to try")
        self.box.currentIndexChanged.connect(lambda _: self._turn())
        self._holder = Column()
        self.form = SchemaForm({})
        self._holder.column.addWidget(self.form)
        self._what = label("", "hint")
        self._warning = label("It is really done: try it with something you can take back.", "hint-warm")
        self.go = button("Call it", "small-go", self.call)
        self.state = label("", "good")
        self.answer = QPlainTextEdit()
        self.answer.setReadOnly(True)
        self.answer.setProperty("role", "code")
        self.answer.setAccessibleName("The answer")
        self.answer.setFixedHeight(ANSWER_HEIGHT)
        self.answer.setTabChangesFocus(True)
        for widget in (self.box, self._what, self._holder, self._warning):
            self.column.addWidget(widget)
        self.column.addLayout(row(self.go))
        self.column.addWidget(self.state)
        self.column.addWidget(self.answer)
        self._say("", "good")
        self.answer.hide()
        self.show_functions(functions)

    def show_functions(self, functions: tuple[ToolFunction, ...]) -> None:
        """Offer these; when they are the same, what one types stays."""
        offered = {function.name: function for function in functions}
        if offered == self._functions:
            return
        chosen = self.box.currentData()
        self._functions = offered
        self.box.blockSignals(True)
        self.box.clear()
        for name in offered:
            self.box.addItem(name, name)
        self.box.setCurrentIndex(max(0, self.box.findData(chosen)))
        self.box.blockSignals(False)
        self._turn()

    def _turn(self) -> None:
        function = self._functions.get(self.box.currentData())
        if function is None:
            return
        form = SchemaForm(function.arguments)
        form.show_values({})
        self._holder.column.replaceWidget(self.form, form, Qt.FindChildOption.FindDirectChildrenOnly)
        form.show()
        self.form.hide()
        self.form.deleteLater()
        self.form = form
        self._what.setText(function.description)
        self._warning.setVisible(function.changes)
        self._say("", "good")
        self.answer.hide()

    def _say(self, words: str, role: str) -> None:
        self.state.setText(words)
        self.state.setVisible(bool(words))
        restyle(self.state, role)

    def call(self) -> None:
        """Call it with what was typed."""
        try:
            arguments = self.form.values()
        except ValueError as error:
            self._say(str(error), "trouble")
            return
        self.go.setEnabled(False)
        self.answer.hide()
        self._say("It is asked…", "second")
        self.called.emit(self.box.currentData(), arguments)

    def show_trial(self, trial: Trial) -> None:
        """Show what came of it."""
        self.go.setEnabled(True)
        good = trial.outcome == "ok"
        self._say(
            f"{OUTCOMES.get(trial.outcome, 'It failed')} · {trial.milliseconds} ms",
            "good" if good else "problem",
        )
        text = trial.detail
        if good:
            text = msgspec.json.format(msgspec.json.encode(trial.value), indent=2).decode()
        self.answer.setPlainText(text[:LONGEST])
        self.answer.setVisible(bool(text))

    def show_trouble(self, words: str) -> None:
        """It could not be called."""
        self.go.setEnabled(True)
        self._say(words, "trouble")
