"""A rehearsal: a session on a virtual clock, driven step by step, without a loop, a network or a database.

The same hearing, the same engine, the same log as a live conversation.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.conversation import button_ids, hear
from engine.kinds.program import FIRST_SLOT, Program
from engine.kinds.values import to_plain
from engine.protocol import (
    AskModel,
    BargeIn,
    CancelTimer,
    Digit,
    Event,
    Header,
    Heard,
    HttpRequest,
    HungUp,
    Plain,
    Pressed,
    Record,
    Result,
    SetTimer,
    Signal,
    Speak,
    SpeechFinished,
    Started,
    State,
    TakeMessage,
    TimerFired,
    Transfer,
    Wrote,
)
from engine.protocol.script import Answer, CutIn, Happen, Keys, Leave, Pass, Press, Say, Script, Silence, Step
from engine.runtime import Phase, Run, bind, expectation, fail, initial, step
from engine.simulation.minds import THOUGHTS, Thought, said_by, sentences, thought_result

PAUSE = 1_000
"""Virtual milliseconds between two things the other side does."""

Services = Callable[[HttpRequest], Answer | None]
"""What a web service would answer; None leaves the request open until an ``Answer`` is given."""


Minds = Callable[[Thought], Answer | None]
"""What a model, the knowledge or a tool would answer; None leaves it open until an ``Answer`` is given."""


def nobody_thinks(thought: Thought) -> Answer | None:
    """Minds that leave everything open."""
    return None


def nobody(request: HttpRequest) -> Answer | None:
    """Services that leave every request open."""
    return None


MESSAGE_PACE = 400
"""Virtual milliseconds a word of a recorded message takes."""


class Rehearsal:
    """A talk with a program.

    ``records`` is its log, ``state`` where it stands, ``states`` the state after each record. Every method
    that brings an event answers with the records it led to.

    ``open`` are the requests nobody has answered, ``thoughts`` what models, knowledge and tools were asked, ``calls``
    the transfers and messages under way. A transfer
    rings: an ``Answer`` says what comes of it, and when time passes instead nobody answers. A message takes the
    next words for what is recorded; silence, or its finish key, leaves it empty. In a spoken talk all that is said
    is heard to its end before the other side does anything, unless she cuts in.
    """

    def __init__(
        self,
        program: Program,
        script: Script | None = None,
        services: Services = nobody,
        minds: Minds = nobody_thinks,
    ) -> None:
        script = script or Script()
        self.minds = minds
        self.script = script
        self.program = program
        self.services = services
        header = Header(
            session="rehearsal",
            program=program.hash,
            semantics=program.semantics,
            seed=script.seed,
            started=script.now,
            locale=script.locale or program.locales[0],
            modality=script.modality,
        )
        self.run: Run = bind(program, header)
        self.records: list[Record] = []
        self.states: list[State] = []
        self.state = initial(self.run)
        self.at = 0
        self.steps: list[Step] = []
        self.timers: dict[int, int] = {}
        self.open: dict[str, HttpRequest] = {}
        self.calls: dict[str, Transfer | TakeMessage] = {}
        self.thoughts: dict[str, Thought] = {}
        self.messages = 0

    @property
    def ended(self) -> bool:
        """Whether the talk is over."""
        return self.state.phase == Phase.ENDED

    @property
    def node(self) -> str:
        """The node it stands at."""
        return self.run.instructions[self.state.pc].node if self.state.seq else ""

    @property
    def variables(self) -> dict[str, Plain]:
        """The current flow's variables, as plain values."""
        table = self.program.flows[self.state.flow]
        return {
            name: to_plain(value)
            for name, value in zip(table.names[FIRST_SLOT:], self.state.vars[FIRST_SLOT:], strict=True)
            if not name.startswith("#")
        }

    def start(self) -> list[Record]:
        """Begin."""
        return self._bring(Started(self.at))

    def play(self, step: Step) -> list[Record]:
        """Do one step of a script."""
        self.steps.append(step)
        if type(step) is not CutIn:
            self._hear_out()
        return _PLAY[type(step)](self, step)

    def play_all(self) -> "Rehearsal":
        """Begin, and do every step of the script; what comes after the end is left out."""
        self.start()
        for action in self.script.steps:
            if self.ended:
                break
            self.play(action)
        return self

    def back_to(self, steps: int) -> "Rehearsal":
        """Another rehearsal that has done only the first ``steps`` steps of this one."""
        again = Rehearsal(self.program, self.script, self.services, self.minds)
        return again.follow(self.steps[:steps])

    def follow(self, steps: list[Step]) -> "Rehearsal":
        """Begin, and do these steps."""
        self.start()
        for action in steps:
            self.play(action)
        return self

    def say(self, text: str) -> list[Record]:
        """Words."""
        return self.play(Say(text))

    def _hear_out(self) -> None:
        """What is being spoken is heard to its end."""
        if self.state.voice and self.state.phase == Phase.SPEAKING:
            self._bring(SpeechFinished(self.at, self.state.epoch))

    def _cut_in(self, step: CutIn) -> list[Record]:
        records: list[Record] = []
        if self.state.voice and self.state.phase == Phase.SPEAKING:
            last = next((e for r in reversed(self.records) for e in r.effects if isinstance(e, Speak)), None)
            if last is not None and last.interruptible:
                records = self._bring(BargeIn(self.at, self.state.epoch, PAUSE))
            else:
                self._hear_out()
        return records + self._say(Say(step.text))

    def _say(self, step: Say) -> list[Record]:
        self.at += PAUSE
        message = self._call(TakeMessage)
        if message is not None:
            self.messages += 1
            length = MESSAGE_PACE * max(1, len(step.text.split()))
            value = {"recording": f"message-{self.messages}", "ms": length}
            return self._bring(Result(self.at, message.id, "ok", value))
        run = self.run
        reading = hear(expectation(run, self.state), step.text, run.now(self.at), run.session["locale"])
        return self._bring(Heard(self.at, step.text, reading))

    def _keys(self, step: Keys) -> list[Record]:
        records = []
        for key in step.keys:
            self.at += 100
            message = self._call(TakeMessage)
            if isinstance(message, TakeMessage):
                if key == message.finish:
                    records += self._bring(Result(self.at, message.id, "silence"))
                continue
            records += self._bring(Digit(self.at, key))
        return records

    def _press(self, step: Press) -> list[Record]:
        labels = {
            b.id: b.label for r in self.records for e in r.effects if isinstance(e, Speak) for b in e.buttons
        }
        if step.button not in button_ids(self.run, self.state) and step.button in labels:
            return self._say(Say(labels[step.button]))
        self.at += PAUSE
        return self._bring(Pressed(self.at, step.button))

    def _call(self, kind: type) -> Transfer | TakeMessage | None:
        return next((effect for effect in self.calls.values() if isinstance(effect, kind)), None)

    def _silence(self, step: Silence) -> list[Record]:
        return self._unanswered() or self._until_next_timer()

    def _unanswered(self) -> list[Record]:
        """Time goes by: a telephone rings in vain, a message stays empty."""
        if not self.calls:
            return []
        id, effect = next(iter(self.calls.items()))
        if isinstance(effect, Transfer):
            self.at += effect.timeout
            return self._bring(Result(self.at, id, "no_answer"))
        self.at += effect.silence
        return self._bring(Result(self.at, id, "silence"))

    def _pass(self, step: Pass) -> list[Record]:
        if not step.ms:
            return self._unanswered() or self._until_next_timer()
        until = self.at + step.ms
        records: list[Record] = []
        while self.timers and min(self.timers.values()) <= until:
            records += self._until_next_timer()
        self.at = until
        return records

    def _until_next_timer(self) -> list[Record]:
        if not self.timers:
            return []
        timer = min(self.timers, key=lambda t: (self.timers[t], t))
        self.at = max(self.at, self.timers.pop(timer))
        return self._bring(TimerFired(self.at, timer))

    def _answer(self, step: Answer) -> list[Record]:
        waiting = next(iter((*self.open.values(), *self.calls.values(), *self.thoughts.values())), None)
        if waiting is None:
            return []
        self.at += 100
        if isinstance(waiting, HttpRequest):
            return self._bring(_result(self.at, waiting.id, step))
        if isinstance(waiting, THOUGHTS):
            before = len(self.records)
            self._think(waiting, step)
            self._bring(thought_result(self.at, waiting, step))
            return self.records[before:]
        value = step.body
        if isinstance(waiting, TakeMessage) and step.outcome == "ok" and value is None:
            self.messages += 1
            value = {"recording": f"message-{self.messages}", "ms": PAUSE}
        return self._bring(Result(self.at, waiting.id, step.outcome, value))

    def _happen(self, step: Happen) -> list[Record]:
        self.at += PAUSE
        return self._bring(Signal(self.at, step.name, step.value))

    def _leave(self, step: Leave) -> list[Record]:
        self.at += PAUSE
        return self._bring(HungUp(self.at))

    def _bring(self, event: Event) -> list[Record]:
        before = len(self.records)
        self._take(event)
        while self._served() or self._thought():
            pass
        return self.records[before:]

    def _served(self) -> bool:
        """The next open request is answered, if anybody does."""
        for id, request in self.open.items():
            answer = self.services(request)
            if answer is not None:
                self.at += 100
                self._take(_result(self.at, id, answer))
                return True
            break
        return False

    def _thought(self) -> bool:
        """The next open thought is thought, if anybody does."""
        for thought in self.thoughts.values():
            answer = self.minds(thought)
            if answer is not None:
                self.at += 100
                self._think(thought, answer)
                self._take(thought_result(self.at, thought, answer))
                return True
            break
        return False

    def _think(self, thought: Thought, answer: Answer) -> None:
        """What a model says is written sentence by sentence."""
        if not isinstance(thought, AskModel) or not thought.spoken or answer.outcome != "ok":
            return
        for text in sentences(said_by(answer)):
            self._take(Wrote(self.at, thought.id, text))

    def _take(self, event: Event) -> Record:
        try:
            self.state, effects = step(self.run, self.state, event)
            record = Record(self.state.seq, event, tuple(effects))
        except Exception as error:  # the same path as live: a poison event is recorded, and the flow fails
            message = f"{type(error).__name__}: {error}"
            self.state, effects = fail(self.run, self.state, event, message)
            record = Record(self.state.seq, event, tuple(effects), message)
        self.records.append(record)
        self.states.append(self.state)
        for effect in effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.timer] = self.at + effect.delay
            elif isinstance(effect, CancelTimer):
                self.timers.pop(effect.timer, None)
            elif isinstance(effect, HttpRequest):
                self.open[effect.id] = effect
            elif isinstance(effect, Transfer | TakeMessage):
                self.calls[effect.id] = effect
            elif isinstance(effect, THOUGHTS):
                self.thoughts[effect.id] = effect
        waiting = {p.effect for p in self.state.pending}
        self.open = {id: request for id, request in self.open.items() if id in waiting}
        self.calls = {id: effect for id, effect in self.calls.items() if id in waiting}
        self.thoughts = {id: thought for id, thought in self.thoughts.items() if id in waiting}
        if self.ended:
            self.timers.clear()
        return record


def _result(at: int, effect: str, answer: Answer) -> Result:
    if answer.outcome != "ok":
        return Result(at, effect, answer.outcome)
    return Result(at, effect, "ok", {"status": answer.status, "body": answer.body})


_PLAY: Mapping[type, Callable[[Rehearsal, Any], list[Record]]] = {
    Say: Rehearsal._say,
    CutIn: Rehearsal._cut_in,
    Keys: Rehearsal._keys,
    Press: Rehearsal._press,
    Silence: Rehearsal._silence,
    Pass: Rehearsal._pass,
    Answer: Rehearsal._answer,
    Happen: Rehearsal._happen,
    Leave: Rehearsal._leave,
}


def spoken(records: list[Record]) -> list[str]:
    """The words the flow said in these records."""
    return [
        effect.text
        for record in records
        for effect in record.effects
        if isinstance(effect, Speak) and effect.text
    ]
