"""What comes of asking others to think."""

from typing import Any

import msgspec

from engine.kinds import thoughts as op
from engine.kinds.converse import EXIT
from engine.kinds.instructions import Instruction, Listen
from engine.protocol import Passage, Pending, Plain, Result, Said, Speak, State, ToolCall, Wrote
from engine.runtime.acting import Effects
from engine.runtime.entering import enter
from engine.runtime.prompting import SAID, as_data, forbidden, passages
from engine.runtime.quoting import quoted
from engine.runtime.remembering import forget_unheard, remember
from engine.runtime.run import Run
from engine.runtime.taking import dig, take
from engine.runtime.thinking import ask, call, done, last_words, quote, say
from engine.runtime.turns import OVER, YIELD, after

ROUNDS = 8
"""How often a model may call functions before it must speak."""

UNANSWERED = ("error", "timeout")
"""Outcomes of a model that did not answer at all."""

CALLS = 8
"""Calls a model may make at once."""


def wrote(run: Run, s: State, event: Wrote, fx: Effects) -> None:
    """A sentence came: say it, unless it must not be said."""
    waiting = next((p for p in s.pending if p.effect == event.effect), None)
    if waiting is None or waiting.pc != s.pc:
        return
    i = run.instructions[waiting.pc]
    if not isinstance(i, op.Generate) or not i.spoken or not event.text:
        return
    if forbidden(run, event.text):
        s.pending = tuple(p for p in s.pending if p is not waiting)
        enter(run, s, i.ways.get("off_limits", i.error), fx)
        return
    if i.quotes:
        s.asked = 1  # half an answer is not followed by a quotation
    say(run, s, i, event.text, event.effect, fx)


def thought(run: Run, s: State, waiting: Pending, i: Instruction, event: Result, fx: Effects) -> int:
    """Where what came of it leads; -1 when it goes on by itself."""
    if isinstance(i, op.Generate):
        if waiting.call:
            return answered_call(run, s, waiting.pc, i, event, waiting.call, fx)
        return generated(run, s, waiting.pc, i, event, fx)
    if isinstance(i, op.Search):
        return found(s, i, event)
    if isinstance(i, op.Judge):
        return judged(s, i, event)
    return used(run, s, i, event) if isinstance(i, op.Use) else -1


def generated(run: Run, s: State, pc: int, i: op.Generate, event: Result, fx: Effects) -> int:
    """Where a model's answer leads; -1 when it goes on by itself."""
    if event.outcome != "ok":
        quotation = _quotation(run, s, i) if event.outcome in UNANSWERED else ""
        return quote(run, s, i, quotation, fx) if quotation else i.ways.get(event.outcome, i.error)
    value = event.value if isinstance(event.value, dict) else {}
    calls = _calls_of(value.get("calls"))
    if calls is None:
        return _again(run, s, pc, i, fx, "its calls made no sense.")
    if calls:
        return _called(run, s, pc, i, calls[:CALLS], fx)
    if i.schema is not None:
        data = value.get("data")
        if isinstance(data, dict) and data.get(SAID) is False:
            return i.ways.get("not_known", i.error)
        if take(s, i.saves, data):
            return i.next
        return _again(run, s, pc, i, fx, "a value is missing or does not fit its type.")
    text = value.get("text")
    return done(s, i, text if isinstance(text, str) else "", fx)


def _quotation(run: Run, s: State, i: op.Generate) -> str:
    """What to say in place of a model that said nothing; empty when there is nothing, or it must not be said."""
    best = next(iter(passages(s, i.passages)), None) if i.quotes and not s.asked and not s.gone else None
    if best is None:
        return ""
    text = best.answer or quoted(best.text, last_words(s))
    return "" if forbidden(run, text) else text


def _again(run: Run, s: State, pc: int, i: op.Generate, fx: Effects, why: str) -> int:
    s.asked += 1
    if s.asked >= i.tries:
        return i.error
    ask(run, s, pc, i, fx, why)
    return -1


def _calls_of(raw: Any) -> tuple[ToolCall, ...] | None:
    if not raw:
        return ()
    try:
        return msgspec.convert(raw, tuple[ToolCall, ...])
    except msgspec.ValidationError:
        return None


def _called(run: Run, s: State, pc: int, i: op.Generate, calls: tuple[ToolCall, ...], fx: Effects) -> int:
    """The model calls functions, or chooses a way out. What it may not call, it is told so and nothing happens."""
    for wanted in calls:
        way = next((e for e in i.exits if EXIT + e.id == wanted.name), None)
        if way is not None and take(s, way.saves, wanted.arguments):
            if i.counter >= 0:
                s.vars[i.counter] = None
            return i.leads[way.id]
    s.asked += 1
    if s.asked > ROUNDS:
        return i.error
    remember(run, s, Said("agent", calls=calls, epoch=s.epoch))
    for wanted in calls:
        wrong = _refusal(i, wanted) or call(run, s, pc, i.node, wanted.name, wanted.arguments, fx, wanted.id)
        if wrong:
            remember(run, s, Said("tool", as_data({"error": wrong}), call=wanted.id))
    if not any(p.pc == pc for p in s.pending):
        ask(run, s, pc, i, fx)
    return -1


def _refusal(i: op.Generate, wanted: ToolCall) -> str:
    if wanted.name.startswith(EXIT):
        return "A value this way out needs is missing or does not fit its type."
    return "" if wanted.name in i.functions else f'You may not call "{wanted.name}".'


def answered_call(run: Run, s: State, pc: int, i: op.Generate, event: Result, asked: str, fx: Effects) -> int:
    """A function the model called has answered; when all have, the model goes on."""
    remember(run, s, Said("tool", as_data(_told(run, i, s, event, asked)), call=asked))
    if not any(p.pc == pc for p in s.pending):
        ask(run, s, pc, i, fx)
    return -1


def _told(run: Run, i: op.Generate, s: State, event: Result, asked: str) -> Plain:
    if event.outcome != "ok":
        reasons = {
            "timeout": "It took too long.",
            "unknown": "Nobody can say whether it was done. Do not try again.",
        }
        return {"error": reasons.get(event.outcome, "It failed.")}
    name = next((c.name for line in reversed(s.talk) for c in line.calls if c.id == asked), "")
    code = run.program.functions.get(name)
    if code is None or code.request is None:
        return event.value
    answer = event.value if isinstance(event.value, dict) else {}
    status = answer.get("status")
    if not isinstance(status, int) or not 200 <= status <= 299:
        return {"error": "It failed.", "status": status}
    return dig(answer.get("body"), code.take)


def found(s: State, i: op.Search, event: Result) -> int:
    """Where a search leads."""
    if event.outcome != "ok":
        return i.timeout if event.outcome == "timeout" else i.error
    try:
        passages = msgspec.convert(event.value or [], tuple[Passage, ...])
    except msgspec.ValidationError:
        return i.error
    s.vars[i.passages] = msgspec.to_builtins(passages)
    return i.next if passages and passages[0].score >= i.threshold else i.not_known


def judged(s: State, i: op.Judge, event: Result) -> int:
    """Where a judgement leads."""
    value = event.value if isinstance(event.value, dict) else {}
    intent = value.get("intent")
    if event.outcome != "ok":
        return i.error
    return i.routes.get(intent, i.otherwise) if isinstance(intent, str) else i.otherwise


def used(run: Run, s: State, i: op.Use, event: Result) -> int:
    """Where a function's answer leads."""
    if event.outcome != "ok":
        return {"timeout": i.timeout, "unknown": i.unknown}.get(event.outcome, i.error)
    code = run.program.functions[i.function]
    value = event.value
    if code.request is not None:
        answer = value if isinstance(value, dict) else {}
        status = answer.get("status")
        if not isinstance(status, int) or not 200 <= status <= 299:
            return i.error
        value = dig(answer.get("body"), code.take)
    return i.ok if take(s, i.saves, value) else i.error


def stopped(run: Run, s: State, fx: Effects) -> bool:
    """The caller cut in on words a model was still writing: what was heard of them was the answer, and she has the
    floor. Says whether it was so."""
    i = run.instructions[s.pc]
    waiting = [p for p in s.pending if p.pc == s.pc]
    if not isinstance(i, op.Generate) or not i.spoken or not waiting or any(p.call for p in waiting):
        return False
    s.pending = tuple(p for p in s.pending if p.pc != s.pc)
    said = len(fx)
    enter(run, s, i.next, fx)
    later = [e for e in fx[said:] if not (isinstance(e, Speak) and e.interruptible)]
    if len(later) < len(fx) - said:
        forget_unheard(s, s.epoch, "")
        if not any(isinstance(e, Speak) for e in later):
            s.phase = after(s.phase, YIELD if isinstance(run.instructions[s.pc], Listen) else OVER)
    fx[said:] = later
    return True
