"""What a listening node does with what it gets."""

from collections.abc import Callable
from typing import Any

from engine.expressions import EvaluationError
from engine.kinds import instructions as op
from engine.protocol import SetTimer, State
from engine.runtime.acting import Effects, ask, forget_timer
from engine.runtime.entering import enter, fault
from engine.runtime.reacting import react
from engine.runtime.run import Run
from engine.runtime.turns import INPUT, after

NOT_UNDERSTOOD = "not_understood"
"""The signal a handler gets when too much in a row was not understood."""


def accept(run: Run, s: State, i: op.Listen, plain: Any, fx: Effects) -> None:
    """Take an answer: convert it, check it, keep it, go on. What fails counts as not understood."""
    if i.routes and not (isinstance(plain, str | bool) and plain in i.routes):
        miss(run, s, i, fx)
        return
    if not _keep(run, s, i, plain, i, fx):
        return
    forget_timer(s, fx)
    s.missed = 0
    if i.correctable:
        s.answered = s.pc
    enter(run, s, i.routes[plain] if i.routes else i.understood, fx)


def amend(run: Run, s: State, i: op.Listen, plain: Any, fx: Effects) -> None:
    """At a confirmation another value was given: keep that one, and confirm again."""
    question = run.instructions[i.amends]
    if isinstance(question, op.Listen) and _keep(run, s, question, plain, i, fx):
        forget_timer(s, fx)
        enter(run, s, s.pc, fx)


def correct(run: Run, s: State, i: op.Listen, plain: Any, fx: Effects) -> None:
    """The answer before was meant otherwise: keep the new one and go on from there again."""
    question = run.instructions[s.answered]
    if isinstance(question, op.Listen) and _keep(run, s, question, plain, i, fx):
        forget_timer(s, fx)
        enter(run, s, question.understood, fx)


def _keep(run: Run, s: State, question: op.Listen, plain: Any, listening: op.Listen, fx: Effects) -> bool:
    """Convert, check and keep an answer to ``question``; else speak the failure at ``listening``, and
    answer False."""
    try:
        value = question.convert(plain)
        if question.value_slot >= 0:
            s.vars[question.value_slot] = value
        for check in question.checks:
            if not check.condition(s.vars):
                miss(run, s, listening, fx, prompt=check.prompt)
                _drop(s, question)
                return False
    except ValueError:
        miss(run, s, listening, fx)
        return False
    except EvaluationError as error:
        _drop(s, question)
        fault(run, s, "D003", question.node, str(error), fx)
        return False
    _drop(s, question)
    if question.slot >= 0:
        s.vars[question.slot] = value
    return True


def _drop(s: State, question: op.Listen) -> None:
    if question.value_slot >= 0 and not s.outcome:
        s.vars[question.value_slot] = None


def miss(
    run: Run, s: State, i: op.Listen, fx: Effects, *, silence: bool = False, prompt: op.Prompt | None = None
) -> None:
    """Nothing, or nothing that made sense: the next rung of the ladder, or the way out after the last."""
    forget_timer(s, fx)
    s.failures += 1
    s.missed += 1
    s.digits = ""
    if s.missed == run.program.escalate_after and react(run, s, _escalates, fx):
        return
    if s.failures >= i.tries:
        enter(run, s, i.no_input if silence else i.no_match, fx)
        return
    rungs = i.on_silence if silence else i.on_no_match
    if prompt is None:
        prompt = rungs[min(s.failures, len(rungs)) - 1] if rungs else i.prompt
    try:
        ask(run, s, i, prompt, fx)
    except EvaluationError as error:
        fault(run, s, "D003", i.node, str(error), fx)


def _escalates(handler: op.Handler) -> bool:
    return NOT_UNDERSTOOD in handler.signals


def take_digit(
    run: Run, s: State, i: op.Listen, digit: str, fx: Effects, interrupt: Callable[[State, Effects], None]
) -> bool:
    """Collect a key if the node can use it; says whether it could."""
    rules = i.collect
    keys = s.digits + digit
    codes = [code for code in i.keys if code.startswith(keys)]
    if rules is not None and digit == rules.finish and s.digits:
        interrupt(s, fx)
        take_digits(run, s, i, fx)
        return True
    if not codes and (rules is None or not digit.isdecimal()):
        return False
    interrupt(s, fx)
    s.digits = keys
    if (codes == [keys] and rules is None) or (rules is not None and len(keys) >= rules.maximum):
        take_digits(run, s, i, fx)
    else:
        forget_timer(s, fx)
        s.timer = s.seq
        fx.append(SetTimer(s.seq, rules.gap if rules else op.KeyRules().gap, s.voice))
    return True


def take_digits(run: Run, s: State, i: op.Listen, fx: Effects) -> None:
    """The keys are complete: a code chooses, a number answers."""
    keys, s.digits = s.digits, ""
    s.phase = after(s.phase, INPUT)
    if keys in i.keys:
        accept(run, s, i, i.keys[keys], fx)
    elif i.collect is not None and len(keys) >= i.collect.minimum:
        accept(run, s, i, int(keys) if i.expected[run.locale].type == "number" else keys, fx)
    else:
        miss(run, s, i, fx)
