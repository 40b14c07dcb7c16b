"""The rehearsal: stage, script, variables, and the bar where one talks."""

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.flow import Flow, FlowNode
from engine.kinds import typed_node
from engine.kinds.program import Program
from engine.protocol import Record, Transfer
from engine.protocol.script import Answer, Say, Script, Step
from engine.simulation import Service, ServiceTable
from engine.simulation.minds import Mind, MindTable
from studio.simulator.answering import answered, recorded_answer, spent, thinks
from studio.simulator.answers_bar import AnswersBar
from studio.simulator.followed import FollowedTalk
from studio.simulator.lines import Line, Voice
from studio.simulator.player_bar import PlayerBar
from studio.simulator.replay import RecordedTalk
from studio.simulator.script_view import ScriptView
from studio.simulator.service_card import ServiceCard, sketch
from studio.simulator.stage import Stage
from studio.simulator.talk import Talk, Way
from studio.simulator.talk_bar import TalkBar
from studio.simulator.thought_card import ThoughtCard
from studio.simulator.values_view import ValuesView
from studio.theme import Look

CALLED: tuple[tuple[str, Step], ...] = (
    ("They answer", Answer("ok")),
    ("Busy", Answer("busy")),
    ("No answer", Answer("no_answer")),
    ("They refuse", Answer("refused")),
    ("It fails", Answer("error")),
)
RECORDED: tuple[tuple[str, Step], ...] = (
    ("Nothing is said", Answer("silence")),
    ("It cannot be kept", Answer("error")),
)
WORD_MS = 140
"""How long the wave moves for each word said."""


def answers_to(talk: Talk) -> tuple[tuple[str, Step], ...]:
    """What can come of a transfer or a message under way; nothing where the talk is held elsewhere."""
    if isinstance(talk, FollowedTalk) or talk.calling is None:
        return ()
    return CALLED if isinstance(talk.calling, Transfer) else RECORDED


class RehearsalDock(QWidget):
    """One talk with the flow as it stands.

    ``moved`` brings the live path after every step, ``ask_server`` a request that the server may answer,
    ``keep`` asks for a name to save the talk under, ``look_at`` a node to show. ``sent`` brings what one does in a
    talk that is held elsewhere, ``left`` says that one has turned from it; ``heard_from`` asks to hear a recording from
    a moment (ms) on. ``ask_mind`` brings a thought that a real model, or the server, may answer.
    """

    moved = Signal(object)
    ask_server = Signal(object)
    keep = Signal()
    look_at = Signal(str)
    sent = Signal(object)
    left = Signal()
    ask_mind = Signal(object)
    heard_from = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.talk: Talk | None = None
        self.connected = False
        self._newest: tuple[Flow, Program] | None = None
        self.source: tuple[Record, ...] = ()
        """The recorded talk that answers; empty when none does."""
        self.last: tuple[Record, ...] = ()
        """The talk before this one, if anybody was asked in it."""
        self.by_model = False
        self.setProperty("role", "panel")
        self._stage = Stage(look)
        self._notice = QLabel()
        self._notice.setProperty("role", "parting")
        self._notice.setWordWrap(True)
        self._notice.hide()
        self.answers = AnswersBar()
        self.answers.hide()
        self._script = ScriptView(look)
        self._script.chosen.connect(self.go_back)
        self._card = ServiceCard(look)
        self._card.answered.connect(self.answer)
        self._card.ask_server.connect(self._ask_server)
        self.thought = ThoughtCard()
        self.thought.answered.connect(self.answer)
        self._values = ValuesView()
        self.bar = TalkBar(look)
        self.bar.done.connect(self.do)
        self.bar.again.connect(self.again)
        self.bar.keep.connect(self.keep)
        self.player = PlayerBar(look)
        self.player.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        stage = QHBoxLayout()
        stage.setContentsMargins(16, 6, 16, 0)
        stage.addWidget(self._stage)
        column.addLayout(stage)
        column.addWidget(self.answers)
        self._empty = self._invitation()
        column.addWidget(self._empty, 1)
        notice = QHBoxLayout()
        notice.setContentsMargins(16, 8, 16, 0)
        notice.addWidget(self._notice)
        column.addLayout(notice)
        column.addSpacing(8)
        column.addWidget(self._script, 1)
        card = QHBoxLayout()
        card.setContentsMargins(16, 0, 16, 10)
        card.addWidget(self._card)
        card.addWidget(self.thought)
        column.addLayout(card)
        column.addWidget(self._line())
        column.addWidget(self._values)
        self._below = self._line()
        self._below.hide()
        column.addWidget(self._below)
        column.addWidget(self.bar)
        column.addWidget(self.player)
        self._script.hide()

    def _line(self) -> QFrame:
        line = QFrame()
        line.setProperty("role", "line")
        line.setFixedHeight(1)
        return line

    def _invitation(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(24, 20, 24, 20)
        words = QLabel(
            "Hear what a caller would hear. Click any line later to go back there and answer differently."
        )
        words.setProperty("role", "second")
        words.setWordWrap(True)
        begin = QPushButton("Begin the talk")
        begin.setProperty("role", "pill")
        begin.clicked.connect(self.again)
        column.addWidget(words)
        column.addSpacing(8)
        row = QHBoxLayout()
        row.addWidget(begin)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        return holder

    def set_still(self, still: bool) -> None:
        """Whether motion is unwelcome."""
        self._stage.reduced_motion = still

    def use(self, document: Flow, program: Program) -> None:
        """The flow has a new program; a talk under way is played again on it."""
        self._newest = (document, program)
        self.answers.setVisible(thinks(program))
        if self.talk is not None and self.talk.program.hash != program.hash:
            self.talk.recast(document, program)
            self.show_talk()
        elif self.talk is not None:
            self.talk.document = document

    @property
    def speaker(self) -> str:
        """What the agent is called in the margin."""
        flow = self._newest[0] if self._newest else None
        name = flow.extra.get("x_speaker") if flow is not None else None
        return name if isinstance(name, str) and name else "Agent"

    def again(self) -> None:
        """Begin, or begin again."""
        if self._newest is None:
            return
        self._leave()
        services = self.talk.services if self.talk is not None else {}
        script = None
        if self.talk is not None and not isinstance(self.talk, FollowedTalk):
            script = self.talk.script
        self._remember()
        self.talk = Talk(*self._newest, script, services)
        self.show_talk()
        self.bar.field.setFocus()

    def _remember(self) -> None:
        if self.talk is not None and answered(self.talk.records):
            self.last = tuple(self.talk.records)

    def answer_by(self, source: tuple[Record, ...] = (), *, model: bool = False) -> None:
        """Who answers from here on: a recorded talk, a real model, or without either who rehearses."""
        self.source, self.by_model = source, model
        if self.talk is not None:
            self.show_talk()

    def mind_trouble(self, message: str) -> None:
        """Nobody could be asked; who rehearses answers."""
        self.thought.show_trouble(message)

    @property
    def newest(self) -> tuple[Flow, Program] | None:
        """The flow as it stands, and its program; None while it has none."""
        return self._newest

    def follow(self, talk: FollowedTalk) -> None:
        """Show a talk that is held elsewhere."""
        self._leave()
        self.talk = talk
        self.show_talk()

    def listen(self, talk: RecordedTalk) -> None:
        """Show a talk that was recorded."""
        self._leave()
        self.talk = talk
        self.show_talk()
        self.tell("")
        self.show_heard()

    def show_heard(self) -> None:
        """Show how far a recording was heard: the line, the path, the values."""
        talk = self.talk
        if isinstance(talk, RecordedTalk):
            self._script.mark(talk.row)
            self._values.show_values(talk.values)
            self._stage.show_moment(self._caption(talk), talk.seconds)
            self.moved.emit(talk.way)

    def put_away(self) -> None:
        """Put a recording, or a talk that is over, away."""
        self._leave()
        self.talk = None
        self._script.hide()
        self._notice.hide()
        self.player.hide()
        self.bar.show()
        self._stage.show_moment("Not begun", 0)
        self._values.show_values([])
        self._below.hide()
        self._empty.show()
        self.moved.emit(Way())

    def _leave(self) -> None:
        if isinstance(self.talk, RecordedTalk) or (
            isinstance(self.talk, FollowedTalk) and not self.talk.ended
        ):
            self.left.emit()

    def show_level(self, level: float) -> None:
        """How loud the line is; below 0 there is none."""
        self._stage.show_level(level)

    def tell(self, words: str) -> None:
        """A sentence above the script; nothing takes it away."""
        self._notice.setText(words)
        self._notice.setVisible(bool(words))

    def do(self, step: Step) -> None:
        """Do something; the first thing begins the talk."""
        if isinstance(self.talk, FollowedTalk) and not self.talk.ended:
            self.sent.emit(step)
            return
        if self.talk is None:
            self.again()
        talk = self.talk
        if talk is not None and not talk.ended and talk.asking is None and talk.thinking is None:
            talk.do(step)
            self.show_talk()

    def answer(self, answer: Answer, *, remember: bool = True) -> None:
        """Answer the service that is asked."""
        if self.talk is not None:
            self.talk.answer(answer, remember=remember)
            self.show_talk()
            self.bar.field.setFocus()

    def service_trouble(self, message: str) -> None:
        """The server could not be asked."""
        self._card.show_trouble(message)

    def go_back(self, line: Line) -> None:
        """Go back to the moment of a line: before one's own words (they stand in the field again), after the
        agent's.
        """
        if self.talk is None:
            return
        if isinstance(self.talk, RecordedTalk):
            self.heard_from.emit(self.talk.start_of(line))
            return
        if isinstance(self.talk, FollowedTalk):
            if self._newest is None or line.record < 0:
                return
            self._leave()
            self.talk = self.talk.up_to(line.record, self._newest[1])
            line = msgspec.structs.replace(line, record=len(self.talk.records) - 1)
        if line.voice is Voice.AGENT:
            self.talk.back_to(line.record)
        else:
            self.talk.back_before(line.record)
        self.show_talk()
        if line.voice is Voice.YOU and not line.small:
            self.bar.field.setText(line.text)
            self.bar.field.selectAll()
        self.bar.field.setFocus()

    def show_talk(self) -> None:
        """Show where the talk stands."""
        talk = self.talk
        if talk is None:
            return
        self._replay_answers(talk)
        self.answers.show_spent(spent(talk.records))
        self._empty.hide()
        self._script.show()
        self._below.setVisible(bool(talk.values))
        change = talk.change
        self._script.show_lines(talk.lines, self.speaker, change.line if change else -1)
        self._notice.setText(change.text if change else "")
        self._notice.setVisible(change is not None)
        self._values.show_values(talk.values)
        self._show_asking(talk)
        self.bar.show_moment(
            talk.buttons, ended=talk.ended, keys=self._wants_keys(talk), answers=answers_to(talk)
        )
        recorded = isinstance(talk, RecordedTalk)
        self.bar.setVisible(not recorded)
        self.player.setVisible(recorded)
        if not recorded:
            self._script.mark(-1)
        words = 0 if recorded else len(talk.said.split())
        self._stage.show_moment(self._caption(talk), talk.seconds, speaking_ms=min(4000, words * WORD_MS))
        self.moved.emit(talk.way)

    def _replay_answers(self, talk: Talk) -> None:
        """What is asked is answered as it was in the recorded talk, as far as that goes."""
        while self.source and not talk.ended:
            asked = talk.asking or talk.thinking
            answer = recorded_answer(self.source, talk, asked) if asked is not None else None
            if answer is None:
                return
            talk.answer(answer, remember=False)

    def _wants_keys(self, talk: Talk) -> bool:
        node = _node(talk, talk.node)
        return node is not None and node.kind == "digits" and not talk.ended

    def _caption(self, talk: Talk) -> str:
        if isinstance(talk, RecordedTalk):
            return "Not recorded here: it was paused" if talk.paused else "A recording"
        if talk.ended:
            return f"The talk ended: {talk.rehearsal.state.outcome or 'the line is closed'}"
        if isinstance(talk, FollowedTalk) and talk.doing:
            return f"{self.speaker} is {talk.doing}"
        if talk.asking is not None:
            return "A service is asked"
        if talk.thinking is not None:
            return f"{self.speaker} is thinking"
        if talk.calling is not None:
            return f"It rings at {talk.calling.to}" if isinstance(talk.calling, Transfer) else "Recording"
        return f"{self.speaker} is listening"

    def _show_asking(self, talk: Talk) -> None:
        request = talk.asking
        thought = talk.thinking
        if thought is not None:
            node = _node(talk, thought.node)
            name = node.label if node is not None and node.label else thought.node
            self.thought.show_thought(thought, name, talk.program)
            if self.by_model:
                QTimer.singleShot(0, self, self._ask_mind)
        else:
            self.thought.put_away()
        if request is None:
            self._card.hide()
            return
        node = _node(talk, request.node)
        paths: list[str] = []
        if node is not None:
            fields = typed_node(node).fields
            paths = [save.path for save in getattr(fields, "response", ())]
        name = node.label if node is not None and node.label else request.node
        by_server = self.connected and request.url.startswith("demo:")
        self._card.show_request(request, name, server=by_server, body=sketch(paths))
        if by_server:
            QTimer.singleShot(0, self._ask_server)

    def _ask_server(self) -> None:
        if self.talk is not None and self.talk.asking is not None:
            self.ask_server.emit(self.talk.asking)

    def _ask_mind(self) -> None:
        if self.talk is not None and self.talk.thinking is not None:
            self.ask_mind.emit(self.talk.thinking)

    def play(
        self, script: Script, services: tuple[Service, ...] = (), minds: tuple[Mind, ...] | None = None
    ) -> None:
        """Play a script from the beginning: a witness, or a test with its tables of services and minds."""
        if self._newest is None:
            return
        self.talk = Talk(*self._newest, msgspec.structs.replace(script, steps=()))
        table = ServiceTable(services)
        heads = MindTable(minds, patient=True) if minds is not None else None
        for step in script.steps:
            self._served(self.talk, table if services else None, heads)
            if self.talk.ended:
                break
            if isinstance(step, Answer) and self.talk.thinking is not None:
                self.talk.answer(step)
            else:
                self.talk.do(step)
        self._served(self.talk, table if services else None, heads)
        self.show_talk()

    def _served(self, talk: Talk, services: ServiceTable | None, minds: MindTable | None) -> None:
        """What is asked is answered by the tables, as far as they go."""
        while True:
            answer = None
            if talk.asking is not None and services is not None:
                answer = services(talk.asking) or Answer("error")
            elif talk.thinking is not None and minds is not None:
                answer = minds(talk.thinking)
            if answer is None:
                return
            talk.answer(answer, remember=False)

    def say(self, words: str) -> None:
        """Say words."""
        self.do(Say(words))

    @property
    def way(self) -> Way:
        """The live path."""
        return self.talk.way if self.talk is not None else Way()


def _node(talk: Talk, id: str) -> FlowNode | None:
    return next((part.nodes[id] for _, part in talk.document.flows() if id in part.nodes), None)
