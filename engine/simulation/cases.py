"""Conversation tests: talks kept as JSON beside a flow, in ``flows/<name>/tests/*.json``.

A test is a script with expectations: what is said after each step (fragments, in order), where the talk
stands, what the variables hold, and how it ends. Web services are answered from a table in the test.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.kinds.program import Program
from engine.protocol import HttpRequest, Record
from engine.protocol.script import Answer, CutIn, Happen, Keys, Leave, Pass, Press, Say, Script, Silence, Step
from engine.simulation.minds import Mind, MindTable
from engine.simulation.rehearsal import Rehearsal, spoken


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a web service answers: to requests whose address contains ``url`` (and of this method, if one
    is given), each answer once, the last one from then on."""

    url: str
    answers: tuple[Answer, ...]
    method: str = ""


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step and what must follow. Exactly one of the step fields is given; the first turn of a test may
    have none: it is the flow's opening. ``model`` is what a model answers where nobody in ``minds`` does,
    ``transfer`` what comes of the transfer under way, ``message`` that nothing could be recorded; words said while a
    message is taken are its content."""

    say: str | None = None
    cut_in: str | None = None
    keys: str | None = None
    press: str | None = None
    silence: bool = False
    wait: int | None = None
    answer: Answer | None = None
    model: Any = None
    transfer: Literal["ok", "busy", "no_answer", "refused", "error", "unknown"] | None = None
    message: Literal["silence", "error"] | None = None
    signal: str | None = None
    leave: bool = False
    expect: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    node: str = ""
    variables: dict[str, Any] = {}

    def step(self) -> Step | None:
        """The step, or None for the opening. Raises ``ValueError`` when there are several."""
        steps: list[Step] = []
        if self.say is not None:
            steps.append(Say(self.say))
        if self.cut_in is not None:
            steps.append(CutIn(self.cut_in))
        if self.keys is not None:
            steps.append(Keys(self.keys))
        if self.press is not None:
            steps.append(Press(self.press))
        if self.silence:
            steps.append(Silence())
        if self.wait is not None:
            steps.append(Pass(self.wait))
        if self.answer is not None:
            steps.append(self.answer)
        if self.model is not None:
            steps.append(Answer(body=self.model))
        if self.transfer is not None:
            steps.append(Answer(self.transfer))
        if self.message is not None:
            steps.append(Answer(self.message))
        if self.signal is not None:
            steps.append(Happen(self.signal))
        if self.leave:
            steps.append(Leave())
        if len(steps) > 1:
            raise ValueError(
                "A turn has one step: say, cut_in, keys, press, silence, wait, answer, model, transfer, "
                "message, signal or leave."
            )
        return steps[0] if steps else None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A conversation test."""

    name: str
    turns: tuple[Turn, ...]
    now: str = "2026-11-20T10:00"
    locale: str = ""
    modality: str = "text"
    seed: int = 0
    services: tuple[Service, ...] = ()
    minds: tuple[Mind, ...] = ()
    outcome: str | None = None
    variables: dict[str, Any] = {}

    def script(self) -> Script:
        """Its steps alone."""
        steps = tuple(step for turn in self.turns if (step := turn.step()) is not None)
        return Script(steps, self.seed, self.now, self.locale, self.modality)


class Verdict(msgspec.Struct, frozen=True):
    """``difference`` is empty when the test passed, else a sentence; ``turn`` is the turn it is about,
    from 0."""

    case: str
    difference: str = ""
    turn: int = -1
    rehearsal: Rehearsal | None = None

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.difference


class ServiceTable:
    """Answers requests from a table; what is not in it is answered by an error, or with ``patient`` waits for who
    answers it by hand."""

    def __init__(self, services: tuple[Service, ...], *, patient: bool = False) -> None:
        self._services = services
        self._patient = patient
        self._asked = [0] * len(services)

    def __call__(self, request: HttpRequest) -> Answer | None:
        for i, service in enumerate(self._services):
            if service.url in request.url and service.method in ("", request.method) and service.answers:
                answer = service.answers[min(self._asked[i], len(service.answers) - 1)]
                self._asked[i] += 1
                return answer
        return None if self._patient else Answer("error")


def load_case(data: bytes, name: str = "") -> Case:
    """Decode a test. Raises ``ValueError`` with what is wrong and where."""
    try:
        case = msgspec.json.decode(data, type=Case)
        case.script()
    except (msgspec.DecodeError, ValueError) as error:
        raise ValueError(f"{name or 'The test'} is no conversation test: {error}") from error
    return case


def dump_case(case: Case) -> bytes:
    """The bytes of a test file."""
    return msgspec.json.format(msgspec.json.encode(case), indent=2) + b"\n"


def run_case(program: Program, case: Case) -> Verdict:
    """Play a test against a program."""
    minds = MindTable(case.minds, patient=any(turn.model is not None for turn in case.turns))
    rehearsal = Rehearsal(program, case.script(), ServiceTable(case.services), minds)
    records = rehearsal.start()
    for number, turn in enumerate(case.turns):
        step = turn.step()
        if step is not None:
            if rehearsal.ended:
                outcome = rehearsal.state.outcome
                return Verdict(case.name, f'The talk had ended before ("{outcome}").', number, rehearsal)
            records = rehearsal.play(step)
        elif number:
            return Verdict(case.name, "This turn has no step.", number, rehearsal)
        difference = next(_differences(rehearsal, turn, records), "")
        if difference:
            return Verdict(case.name, difference, number, rehearsal)
    return Verdict(case.name, next(_final(rehearsal, case), ""), len(case.turns) - 1, rehearsal)


def _differences(rehearsal: Rehearsal, turn: Turn, records: list[Record]) -> Iterator[str]:
    words = " | ".join(spoken(records))
    at = 0
    for fragment in turn.expect:
        found = words.lower().find(fragment.lower(), at)
        if found < 0:
            yield f'"{fragment}" was expected, and it said: "{words}".'
            return
        at = found + len(fragment)
    for fragment in turn.reject:
        if fragment.lower() in words.lower():
            yield f'"{fragment}" was not to be said, and it said: "{words}".'
    if turn.node and rehearsal.node != turn.node:
        yield f"It stands at {rehearsal.node}, not at {turn.node}."
    yield from _variables(rehearsal, turn.variables)


def _final(rehearsal: Rehearsal, case: Case) -> Iterator[str]:
    outcome = rehearsal.state.outcome
    if case.outcome is not None and outcome != case.outcome:
        got = f'"{outcome}"' if outcome else "not at all (it still goes on)"
        yield f'It was to end "{case.outcome}", and it ended {got}.'
    yield from _variables(rehearsal, case.variables)


def _variables(rehearsal: Rehearsal, expected: dict[str, Any]) -> Iterator[str]:
    values = rehearsal.variables
    for name, value in expected.items():
        if values.get(name) != value:
            yield f"{name} is {values.get(name)!r}, not {value!r}."


def case_files(flow_folder: Path) -> list[Path]:
    """The tests of a flow, by name."""
    return sorted((flow_folder / "tests").glob("*.json"))
