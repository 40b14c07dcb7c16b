"""``step``: one event in, another state and the effects out. Pure and total."""

from collections.abc import Callable
from typing import Any

from engine.expressions import EvaluationError
from engine.kinds import instructions as op
from engine.kinds.program import NOW_SLOT, SESSION_SLOT
from engine.protocol import (
    BargeIn,
    Digit,
    Event,
    Heard,
    HungUp,
    Pressed,
    Recording,
    Result,
    Resumed,
    Said,
    SetTimer,
    Signal,
    SpeechFinished,
    Started,
    State,
    StopSpeech,
    Switched,
    TimerFired,
    Trouble,
    Wrote,
)
from engine.runtime.acting import Effects, ask, finish, forget_timer, give_floor, words
from engine.runtime.answering import accept, amend, correct, miss, take_digit, take_digits
from engine.runtime.concluding import stopped, thought, wrote
from engine.runtime.entering import enter, fault
from engine.runtime.notices import notice
from engine.runtime.reacting import react
from engine.runtime.remembering import LETTERS, forget_unheard, remember
from engine.runtime.run import Run, take_inputs
from engine.runtime.taking import take
from engine.runtime.turns import (
    BARGE_IN,
    ENDED,
    IDLE,
    INPUT,
    OVER,
    SPEAKING,
    START,
    YIELD,
    after,
)

_copy: Callable[[State], State] = State.__copy__  # type: ignore[attr-defined]
"""``copy.copy`` without its detour: msgspec's structs copy themselves."""


def step(run: Run, state: State, event: Event) -> tuple[State, Effects]:
    """Consume one event. ``state`` is left as it was; an event that means nothing now only counts."""
    s = _copy(state)
    s.seq += 1
    fx: Effects = []
    if s.phase == ENDED:
        return s, fx
    s.vars = state.vars.copy()
    if run.program.clocked:
        s.vars[NOW_SLOT] = run.now(event.at)
    _CONSUME[type(event)](run, s, event, fx)
    return s, fx


def fail(run: Run, state: State, event: Event, message: str) -> tuple[State, Effects]:
    """What a step that raised is replaced by: the event counts, and the flow's failure path is taken."""
    s = _copy(state)
    s.seq += 1
    fx: Effects = []
    if s.phase != ENDED:
        s.vars = state.vars.copy()
        node = run.instructions[s.pc].node if 0 <= s.pc < len(run.instructions) else ""
        forget_timer(s, fx)
        try:
            fault(run, s, "fault", node, message, fx)
        except Exception:
            # The failure path fails as well: whatever it did is dropped and the session ends.
            fx.clear()
            finish(s, "fault", node, fx)
    return s, fx


def _started(run: Run, s: State, event: Started, fx: Effects) -> None:
    if s.phase != IDLE:
        return
    s.phase = after(s.phase, START)
    take_inputs(run, s.vars, {**run.header.inputs, **event.inputs})
    _record(run, s, fx)
    enter(run, s, run.program.flows[0].entry, fx)


def _record(run: Run, s: State, fx: Effects) -> None:
    """Where every call is recorded, the recording begins with the line."""
    if s.voice and run.program.recording == "always":
        fx.append(Recording(run.instructions[s.pc].node, "on"))


def _interrupt(s: State, fx: Effects) -> None:
    """The other side acts while we speak: be silent, and begin a new stretch of speech."""
    if s.phase == SPEAKING:
        fx.append(StopSpeech(s.epoch))
        s.epoch += 1


def _heard(run: Run, s: State, event: Heard, fx: Effects) -> None:
    i = run.instructions[s.pc]
    reading = event.reading
    target = reading.target
    if s.phase == IDLE:
        return
    if event.text:
        remember(run, s, Said("caller", event.text[:LETTERS]))
    if target not in ("", "here", "amend", "correct"):
        _interrupt(s, fx)
        react(run, s, lambda h: h.node == target, fx)
        return
    if not isinstance(i, op.Listen):
        return
    _interrupt(s, fx)
    s.phase = after(s.phase, INPUT)
    s.digits = ""
    if target == "here":
        accept(run, s, i, reading.value, fx)
    elif target == "amend" and i.amends >= 0:
        amend(run, s, i, reading.value, fx)
    elif target == "correct" and s.answered >= 0:
        correct(run, s, i, reading.value, fx)
    else:
        miss(run, s, i, fx)


def _digit(run: Run, s: State, event: Digit, fx: Effects) -> None:
    i = run.instructions[s.pc]
    if s.phase == IDLE:
        return
    if isinstance(i, op.Listen) and take_digit(run, s, i, event.digit, fx, _interrupt):
        return
    if not s.digits:
        react(run, s, lambda h: event.digit in h.keys, fx, lambda: _interrupt(s, fx))


def _pressed(run: Run, s: State, event: Pressed, fx: Effects) -> None:
    i = run.instructions[s.pc]
    if not isinstance(i, op.Listen) or s.phase == IDLE:
        return
    for id, label, value in i.buttons:
        if id == event.button:
            _interrupt(s, fx)
            remember(run, s, Said("caller", words(run, s, label)[0]))
            s.phase = after(s.phase, INPUT)
            accept(run, s, i, value, fx)
            return


def _timer(run: Run, s: State, event: TimerFired, fx: Effects) -> None:
    if not s.timer or event.timer != s.timer:
        return
    s.timer = 0
    i = run.instructions[s.pc]
    s.phase = after(s.phase, INPUT)
    if isinstance(i, op.Listen):
        if s.digits:
            take_digits(run, s, i, fx)
        else:
            miss(run, s, i, fx, silence=True)
    elif isinstance(i, op.Wait):
        enter(run, s, i.next, fx)


def _speech_finished(run: Run, s: State, event: SpeechFinished, fx: Effects) -> None:
    if s.phase == SPEAKING and event.epoch == s.epoch:
        listening = isinstance(run.instructions[s.pc], op.Listen)
        s.phase = after(s.phase, YIELD if listening else OVER)


def _barge_in(run: Run, s: State, event: BargeIn, fx: Effects) -> None:
    if s.phase != SPEAKING or event.epoch != s.epoch:
        return
    fx.append(StopSpeech(s.epoch))
    forget_unheard(s, event.epoch, event.heard)
    s.epoch += 1
    listening = isinstance(run.instructions[s.pc], op.Listen)
    s.phase = after(s.phase, BARGE_IN if listening else OVER)
    if not listening:
        stopped(run, s, fx)


def _signal(run: Run, s: State, event: Signal, fx: Effects) -> None:
    if s.phase != IDLE:
        react(run, s, lambda h: event.name in h.signals, fx, lambda: _interrupt(s, fx))


def _hung_up(run: Run, s: State, event: HungUp, fx: Effects) -> None:
    s.gone = True
    s.pending = ()
    if s.phase == IDLE or not react(run, s, lambda h: h.hang_up, fx, leaving=True):
        finish(s, "hung_up", run.instructions[s.pc].node, fx)


def _resumed(run: Run, s: State, event: Resumed, fx: Effects) -> None:
    """The process that held the timers is gone: set the running one again, whole."""
    i = run.instructions[s.pc]
    if s.timer and isinstance(i, op.Listen):
        fx.append(SetTimer(s.timer, i.patience[s.voice], s.voice))
    elif s.timer and isinstance(i, op.Wait):
        fx.append(SetTimer(s.timer, i.delay, s.voice))


def _switched(run: Run, s: State, event: Switched, fx: Effects) -> None:
    """The talk is spoken from now on, or typed, or it goes on over another line: what was being asked is
    asked again where nobody can read it."""
    if s.phase == IDLE:
        s.voice = event.modality == "voice"
        s.vars[SESSION_SLOT] = run.sessions[s.voice]
        return
    again = s.voice
    if s.phase == SPEAKING:
        fx.append(StopSpeech(s.epoch))
        s.phase = after(s.phase, OVER)
    s.epoch += 1
    s.digits = ""
    s.voice = event.modality == "voice"
    s.vars[SESSION_SLOT] = run.sessions[s.voice]
    i = run.instructions[s.pc]
    _record(run, s, fx)
    if s.voice and again:
        notice(run, s, "resumed", fx)
    if isinstance(i, op.Listen):
        forget_timer(s, fx)
        s.phase = after(s.phase, INPUT)
        ask(run, s, i, i.prompt if s.voice else None, fx)
    elif s.timer and isinstance(i, op.Wait):
        fx.append(SetTimer(s.timer, i.delay, s.voice))
    elif s.pending and isinstance(i, op.Transfer | op.Message):
        _line_lost(run, s, i, fx)


def _line_lost(run: Run, s: State, i: op.Transfer | op.Message, fx: Effects) -> None:
    """What was done on the line that is gone: nobody will say what came of it. A message can still be typed."""
    s.pending = tuple(p for p in s.pending if p.pc != s.pc)
    s.phase = after(s.phase, INPUT)
    if isinstance(i, op.Message):
        enter(run, s, i.error if s.voice else i.typed, fx)
    else:
        enter(run, s, i.ways.get("unknown", i.error), fx)


def _trouble(run: Run, s: State, event: Trouble, fx: Effects) -> None:
    """A sense is gone: a handler may know what to do; else the caller is asked to use the keys, or the
    failure path is taken. A recording that could not be had is only told: its words were spoken instead."""
    if (
        s.phase == IDLE
        or event.what == "recording"
        or react(run, s, lambda h: f"{event.what}_lost" in h.signals, fx, lambda: _interrupt(s, fx))
    ):
        return
    i = run.instructions[s.pc]
    if event.what != "hearing":
        _interrupt(s, fx)
        forget_timer(s, fx)
        s.phase = after(s.phase, INPUT)
        fault(run, s, "speech", i.node, event.detail or "Nothing can be spoken.", fx)
    elif isinstance(i, op.Listen):
        _interrupt(s, fx)
        forget_timer(s, fx)
        s.phase = after(s.phase, INPUT)
        notice(run, s, "hearing", fx)
        give_floor(run, s, i, fx)


def _result(run: Run, s: State, event: Result, fx: Effects) -> None:
    waiting = next((p for p in s.pending if p.effect == event.effect), None)
    if waiting is None:
        return
    s.pending = tuple(p for p in s.pending if p is not waiting)
    i = run.instructions[waiting.pc]
    if waiting.pc != s.pc:
        return
    if isinstance(i, op.Request | op.Transfer | op.Message):
        s.phase = after(s.phase, INPUT)
        enter(run, s, _way(s, i, event), fx)
    else:
        try:
            target = thought(run, s, waiting, i, event, fx)
        except EvaluationError:
            target = getattr(i, "error", -1)
        if target >= 0:
            enter(run, s, target, fx)


def _way(s: State, i: op.Request | op.Transfer | op.Message, event: Result) -> int:
    """Where what came of an effect leads."""
    if isinstance(i, op.Request):
        return _answered(s, i, event)
    if isinstance(i, op.Message) and event.outcome == "ok":
        value = event.value if isinstance(event.value, dict) else {}
        name = value.get("recording")
        if not isinstance(name, str) or not name:
            return i.error
        if i.slot >= 0:
            s.vars[i.slot] = name
    return i.ways.get(event.outcome, i.error)


def _answered(s: State, i: op.Request, event: Result) -> int:
    """Where an answer leads; it fills variables only when every value it must hold is there."""
    if event.outcome != "ok":
        return {"timeout": i.timeout, "unknown": i.unknown}.get(event.outcome, i.error)
    answer = event.value if isinstance(event.value, dict) else {}
    status = answer.get("status")
    if not isinstance(status, int):
        return i.error
    for lowest, highest, target, saves in i.cases:
        if lowest <= status <= highest:
            return target if take(s, saves, answer.get("body")) else i.error
    if 200 <= status <= 299 and take(s, i.saves, answer.get("body")):
        return i.ok
    return i.error


_CONSUME: dict[type, Callable[[Run, State, Any, Effects], None]] = {
    Started: _started,
    Heard: _heard,
    Digit: _digit,
    Pressed: _pressed,
    TimerFired: _timer,
    SpeechFinished: _speech_finished,
    BargeIn: _barge_in,
    Signal: _signal,
    HungUp: _hung_up,
    Resumed: _resumed,
    Switched: _switched,
    Trouble: _trouble,
    Result: _result,
    Wrote: wrote,
}
