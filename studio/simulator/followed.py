"""A talk that is held elsewhere, aloud, and followed here: the same script, the same live path, the same values."""

from collections.abc import Sequence

import msgspec

from engine.flow import Flow
from engine.kinds.program import Program
from engine.protocol import (
    Digit,
    Header,
    Heard,
    HungUp,
    Pressed,
    Record,
    Result,
    Signal,
    Speak,
    TimerFired,
)
from engine.protocol.script import Answer, Happen, Keys, Leave, Press, Say, Script, Silence, Step
from engine.runtime import bind, initial
from studio.simulator.lines import Line, Voice
from studio.simulator.talk import Talk
from studio.simulator.tracing import TracedRehearsal


class FollowedTalk(Talk):
    """``take`` brings its records one by one. Nothing can be done to it from here but to listen; to go back to
    one of its lines is to begin a rehearsal by text from there (`up_to`)."""

    def __init__(self, document: Flow, program: Program, header: Header) -> None:
        self.header = header
        self.partial = ""
        self.doing = ""
        self.over = False
        self._times: dict[int, int] = {}
        super().__init__(
            document, program, Script(now=header.started, locale=header.locale, seed=header.seed)
        )

    def _replay(self, program: Program, steps: Sequence[Step]) -> None:
        self.program = program
        self.rehearsal = TracedRehearsal(program, self.script)
        bound = bind(program, msgspec.structs.replace(self.header, program=program.hash))
        self.rehearsal.run = msgspec.structs.replace(bound, instructions=self.rehearsal.run.instructions)
        self.rehearsal.state = initial(self.rehearsal.run)
        self._after = []

    def take(self, record: Record) -> None:
        """The next record; one that was seen already changes nothing."""
        if record.seq != len(self.records) + 1:
            return
        self.rehearsal.at = record.event.at
        self.rehearsal._take(record.event)
        self._after.append(len(self.records))

    def took(self, milliseconds: int) -> None:
        """How long the caller waited for the last answer."""
        said = [i for i, r in enumerate(self.records) if any(isinstance(e, Speak) for e in r.effects)]
        if said:
            self._times[said[-1]] = milliseconds

    @property
    def ended(self) -> bool:
        """Whether it is over, here or there."""
        return self.over or self.rehearsal.ended

    @property
    def steps(self) -> list[Step]:
        """What the caller did, as one would do it by text."""
        return steps_of(self.records)

    @property
    def asking(self) -> None:
        """Its services are asked where it is held."""
        return

    @property
    def thinking(self) -> None:
        """Its models are asked where it is held."""
        return

    @property
    def lines(self) -> list[Line]:
        """The script so far, with how long each answer took to sound."""
        lines: list[Line] = []
        for line in super().lines:
            if line.voice is Voice.AGENT and line.small:
                ms = self._times.get(line.record)
                line = msgspec.structs.replace(line, small=f"{ms / 1000:.1f} s" if ms is not None else "")
            lines.append(line)
        if self.partial and not self.ended:
            lines.append(Line(Voice.YOU, f"{self.partial} …", len(self.records) - 1))
        return lines

    def recast(self, document: Flow, program: Program) -> None:
        """The flow was edited; the talk goes on with what it began with."""
        self.document = document

    def do(self, step: Step) -> None:
        """Nothing can be done to it from here."""

    def up_to(self, record: int, program: Program) -> Talk:
        """A rehearsal by text in which the same was done, up to and with ``record``."""
        talk = Talk(self.document, program, self.script)
        for step in steps_of(self.records[: max(0, record) + 1]):
            if talk.ended:
                break
            if isinstance(step, Answer):
                talk.answer(step)
            elif talk.asking is None and talk.thinking is None:
                talk.do(step)
        return talk


def steps_of(records: Sequence[Record]) -> list[Step]:
    """What the other side did in these records, as a script would have it."""
    steps: list[Step] = []
    for record in records:
        match record.event:
            case Heard(text=text) if text:
                steps.append(Say(text))
            case Digit(digit=digit):
                steps.append(Keys(digit))
            case Pressed(button=button):
                steps.append(Press(button))
            case TimerFired():
                steps.append(Silence())
            case Signal(name=name, value=value):
                steps.append(Happen(name, value))
            case HungUp():
                steps.append(Leave())
            case Result(outcome=outcome, value=value):
                status = value.get("status", 200) if isinstance(value, dict) else 200
                service = isinstance(value, dict) and "status" in value and "body" in value
                body = value["body"] if service else value
                steps.append(Answer(outcome, status if isinstance(status, int) else 200, body))
            case _:
                pass
    return steps
