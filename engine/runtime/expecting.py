"""What a session would understand now: for the driver, which reads the words before the engine sees them."""

from datetime import datetime

import msgspec

from engine.kinds import instructions as op
from engine.protocol import Reading, State
from engine.runtime.run import Run
from engine.runtime.turns import ENDED, IDLE
from engine.understanding import Expected


class Expectation(msgspec.Struct, frozen=True):
    """``here`` is what the listening node wants (None: nothing listens), ``amend`` another value for what
    is being confirmed, ``correct`` another value for the answer before; ``handlers`` are (node id,
    phrases) in reach."""

    here: Expected | None = None
    amend: Expected | None = None
    correct: Expected | None = None
    handlers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    readings: dict[str, Reading] = {}
    """What words were taken to mean here before: a memory for who reads them, shared by all sessions of a program."""


NOTHING_EXPECTED = Expectation()


def expectation(run: Run, state: State) -> Expectation:
    """What may be said now and understood."""
    if state.phase == IDLE or state.phase == ENDED:
        return NOTHING_EXPECTED
    key = (state.pc, state.answered, state.flow, run.locale)
    known = run.program.expectations.get(key)
    if known is None:
        known = run.program.expectations[key] = _expectation(run, state)
    return _with_moments(run, state, known)


def _with_moments(run: Run, state: State, known: Expectation) -> Expectation:
    """The same, knowing the moments given before: "no, Sunday" leaves the time as it was."""
    asked = ((known.here, state.pc), (known.correct, state.answered), (known.amend, _amended(run, state.pc)))
    if all(expected is None or expected.type != "datetime" for expected, _ in asked):
        return known
    here, correct, amend = (_standing(run, state, expected, pc) for expected, pc in asked)
    return msgspec.structs.replace(known, here=here, correct=correct, amend=amend)


def _standing(run: Run, state: State, expected: Expected | None, pc: int) -> Expected | None:
    if expected is None or expected.type != "datetime":
        return expected
    question = run.instructions[pc]
    value = state.vars[question.slot] if isinstance(question, op.Listen) and question.slot >= 0 else None
    if not isinstance(value, datetime):
        return expected
    return msgspec.structs.replace(expected, standing=value.isoformat(timespec="minutes"))


def _amended(run: Run, pc: int) -> int:
    i = run.instructions[pc]
    return i.amends if isinstance(i, op.Listen) else -1


def _expectation(run: Run, state: State) -> Expectation:
    i = run.instructions[state.pc]
    handlers = run.handlers[state.flow]
    if not isinstance(i, op.Listen):
        return Expectation(handlers=_phrases(run, tuple(h for h in handlers if not h.resumes)))
    return Expectation(
        here=i.expected[run.locale],
        amend=_expected(run, i.amends),
        correct=_expected(run, state.answered),
        handlers=_phrases(run, handlers) if handlers else (),
    )


def _expected(run: Run, pc: int) -> Expected | None:
    if pc < 0:
        return None
    question = run.instructions[pc]
    return question.expected[run.locale] if isinstance(question, op.Listen) else None


def _phrases(run: Run, handlers: tuple[op.Handler, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((h.node, h.phrases[run.locale]) for h in handlers if h.phrases and h.phrases[run.locale])
