"""The card that asks what a model, the knowledge or a tool would answer."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.conversation.ports import Ability
from engine.kinds.converse import EXIT
from engine.kinds.program import Program
from engine.protocol import AskModel, CallTool, JudgeIntent, SearchKnowledge
from engine.protocol.script import Answer
from engine.simulation.minds import Thought
from studio.simulator.asked import (
    NOBODY,
    abilities_of,
    arguments_of,
    called,
    failures_of,
    found,
    intents_of,
    judged,
    prompt_text,
    question_of,
    type_words,
    values_of,
)
from studio.simulator.flowing import Flowing

WORDS_HEIGHT, PROMPT_HEIGHT = 62, 190
"""Pixels of the field for words, and of the prompt while it is shown."""


class ThoughtCard(QFrame):
    """Shows a question; ``answered`` brings the answer."""

    answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self.setAccessibleName("Somebody is asked to think")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(6)
        self._shown = ""
        self._body = QWidget()
        self._column.addWidget(self._body)
        self._wrong = QLabel()
        self.hide()

    def show_thought(self, thought: Thought, name: str, program: Program) -> None:
        """Ask for the answer to what the node called ``name`` asks. What one is typing stays while it is the same."""
        key = f"{program.hash} {thought.id}"
        if key != self._shown:
            self._shown = key
            self._build(thought, name, program)
        self.show()

    def put_away(self) -> None:
        """Nobody is asked any more."""
        self._shown = ""
        self.hide()

    def show_trouble(self, message: str) -> None:
        """Say what is wrong with what was typed."""
        self._wrong.setText(message)
        self._wrong.setVisible(bool(message))

    @property
    def trouble(self) -> str:
        """What is wrong, as it is shown; empty when nothing is."""
        return self._wrong.text() if self.isVisible() else ""

    def _build(self, thought: Thought, name: str, program: Program) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        title = QLabel(f"“{name}”")
        title.setProperty("role", "name")
        question = QLabel(question_of(thought))
        question.setProperty("role", "hint")
        for label in (title, question):
            label.setWordWrap(True)
            column.addWidget(label)
        self._wrong = QLabel()
        self._wrong.setProperty("role", "trouble")
        self._wrong.setWordWrap(True)
        self._wrong.hide()
        match thought:
            case AskModel():
                self._model(column, thought, program)
            case SearchKnowledge():
                self._knowledge(column)
            case JudgeIntent():
                self._intents(column, thought)
            case CallTool():
                self._tool(column)
        column.addWidget(self._wrong)
        self._pills(
            column,
            [
                (words, "", partial(self.answered.emit, Answer(outcome)))
                for words, outcome in failures_of(thought)
            ],
            "small",
        )
        self._column.replaceWidget(self._body, body)
        body.show()
        self._body.hide()
        self._body.deleteLater()
        self._body = body

    def _model(self, column: QVBoxLayout, asked: AskModel, program: Program) -> None:
        self._prompt(column, asked, program)
        if asked.schema is None:
            words = self._field(column, "What it says")
            self._go(column, "It says this", lambda: self._say(words))
        else:
            self._arguments(column, asked.schema, "It answers", lambda values: Answer(body={"data": values}))
        abilities = abilities_of(program, asked)
        if abilities:
            self._abilities(column, abilities)

    def _prompt(self, column: QVBoxLayout, asked: AskModel, program: Program) -> None:
        text, count = prompt_text(program, asked)
        fold = QPushButton(f"The prompt as it will be sent · about {count} tokens")
        fold.setProperty("role", "link")
        fold.setCheckable(True)
        prompt = QPlainTextEdit(text)
        prompt.setReadOnly(True)
        prompt.setProperty("role", "code")
        prompt.setFixedHeight(PROMPT_HEIGHT)
        prompt.setAccessibleName("The prompt as it will be sent")
        prompt.hide()
        fold.toggled.connect(prompt.setVisible)
        line = QHBoxLayout()
        line.addWidget(fold)
        line.addStretch()
        column.addLayout(line)
        column.addWidget(prompt)

    def _say(self, words: QPlainTextEdit) -> None:
        text = words.toPlainText().strip()
        if text:
            self.answered.emit(Answer(body=text))
        else:
            self.show_trouble(NOBODY)

    def _abilities(self, column: QVBoxLayout, abilities: list[Ability]) -> None:
        holder = QWidget()
        place = QVBoxLayout(holder)
        place.setContentsMargins(0, 0, 0, 0)

        def choose(ability: Ability) -> None:
            while (item := place.takeAt(0)) is not None:
                if (old := item.widget()) is not None:
                    old.hide()
                    old.deleteLater()
            if not arguments_of(ability.schema):
                self.answered.emit(called(ability.name, {}))
                return
            form = QWidget()
            inside = QVBoxLayout(form)
            inside.setContentsMargins(0, 0, 0, 0)
            words = "It leaves so" if ability.name.startswith(EXIT) else "It calls this"
            name = ability.name
            self._arguments(inside, ability.schema, words, lambda values: called(name, values))
            place.addWidget(form)
            form.show()

        pills: list[tuple[str, str, Callable[[], None]]] = [
            (_title(a.name), a.description, partial(choose, a)) for a in abilities
        ]
        self._pills(column, pills)
        column.addWidget(holder)

    def _arguments(
        self, column: QVBoxLayout, schema: object, words: str, answer: Callable[[dict[str, object]], Answer]
    ) -> None:
        form = QFormLayout()
        form.setSpacing(4)
        fields: dict[str, QLineEdit] = {}
        for name, shape in arguments_of(schema).items():
            field = QLineEdit()
            field.setPlaceholderText(type_words(shape))
            field.setAccessibleName(name)
            fields[name] = field
            form.addRow(name, field)
        column.addLayout(form)

        def give() -> None:
            try:
                values = values_of({name: field.text() for name, field in fields.items()}, schema)
            except ValueError as error:
                self.show_trouble(str(error))
                return
            self.answered.emit(answer(values))

        self._go(column, words, give)

    def _knowledge(self, column: QVBoxLayout) -> None:
        words = self._field(column, "The passage that is found")
        title = QLineEdit()
        title.setPlaceholderText("Where it stands, such as House handbook")
        title.setAccessibleName("Source")
        column.addWidget(title)

        def find() -> None:
            if words.toPlainText().strip():
                self.answered.emit(found(words.toPlainText(), title.text()))
            else:
                self.show_trouble("Write the passage that is found, or choose “Nothing found”.")

        self._go(column, "Found", find)
        self._pills(column, [("Nothing found", "", lambda: self.answered.emit(found("", "")))])

    def _intents(self, column: QVBoxLayout, asked: JudgeIntent) -> None:
        meaning = {intent.id: intent.description for intent in asked.intents}
        pills: list[tuple[str, str, Callable[[], None]]] = []
        for id, score in intents_of(asked):
            label = f"{id} · {score / 10:.0f} % by its examples" if score else id
            pills.append((label, meaning.get(id, ""), partial(self._judge, asked, id)))
        pills.append(("None of them", "", partial(self._judge, asked, "")))
        self._pills(column, pills)

    def _judge(self, asked: JudgeIntent, intent: str) -> None:
        self.answered.emit(judged(asked, intent))

    def _tool(self, column: QVBoxLayout) -> None:
        value = self._field(column, "Its value, as JSON")
        value.setProperty("role", "code")
        value.setPlainText("{}")

        def give() -> None:
            try:
                body = msgspec.json.decode(value.toPlainText().strip() or "null")
            except msgspec.DecodeError as error:
                self.show_trouble(f"The value is not readable: {error}. Write JSON; words stand in quotes.")
                return
            self.answered.emit(Answer(body=body))

        self._go(column, "It answers", give)

    def _field(self, column: QVBoxLayout, name: str) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setTabChangesFocus(True)
        field.setFixedHeight(WORDS_HEIGHT)
        column.addWidget(field)
        return field

    def _go(self, column: QVBoxLayout, words: str, act: Callable[[], None]) -> None:
        button = QPushButton(words)
        button.setProperty("role", "small-go")
        button.clicked.connect(lambda _=False: act())
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch()
        column.addLayout(line)

    def _pills(
        self, column: QVBoxLayout, pills: list[tuple[str, str, Callable[[], None]]], role: str = "choice"
    ) -> None:
        holder = QWidget()
        flowing = Flowing(holder)
        for words, tip, act in pills:
            pill = QPushButton(words)
            pill.setProperty("role", role)
            pill.setToolTip(tip)
            pill.clicked.connect(lambda _=False, act=act: act())
            flowing.addWidget(pill)
        column.addWidget(holder)


def _title(name: str) -> str:
    return f"Leaves by {name.removeprefix(EXIT)}" if name.startswith(EXIT) else f"Calls {name}"
