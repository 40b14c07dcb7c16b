"""Executing instructions until one waits."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from engine.expressions import EvaluationError
from engine.kinds import instructions as op
from engine.kinds import thoughts
from engine.kinds.chance import chance
from engine.kinds.play import KEYS
from engine.kinds.program import FIRST_SLOT
from engine.kinds.values import to_plain
from engine.protocol import (
    Button,
    Card,
    Fault,
    Frame,
    HttpRequest,
    Mark,
    PressKeys,
    Recording,
    SetTimer,
    State,
    TakeMessage,
    Transfer,
)
from engine.runtime import thinking
from engine.runtime.acting import (
    STOP,
    Effects,
    ask,
    finish,
    speak,
    wait_for,
    words,
)
from engine.runtime.run import Run, fresh

FUEL = 256
"""Instructions one event may execute. A checked flow never comes near it."""

DEPTH = 32
"""Frames a session may stack."""


def enter(run: Run, s: State, pc: int, fx: Effects, fuel: int = FUEL) -> None:
    """Execute from ``pc`` until an instruction waits or ends. Total: a failure takes the flow's failure
    path."""
    code = run.instructions
    instruction = code[pc]
    try:
        while pc >= 0 and fuel:
            fuel -= 1
            instruction = code[pc]
            pc = _ENTER[type(instruction)](run, s, pc, instruction, fx)
    except EvaluationError as error:
        target = getattr(instruction, "error", STOP)
        if target >= 0 and not isinstance(code[target], op.Trap):
            return enter(run, s, target, fx, fuel)
        return fault(run, s, "D003", instruction.node, str(error), fx)
    if pc >= 0:
        fault(run, s, "L001", instruction.node, f"{FUEL} steps without waiting for anyone", fx)


def fault(run: Run, s: State, code: str, node: str, message: str, fx: Effects) -> None:
    """Record a defect and take the flow's failure path once; without one, or a second time, the session
    ends."""
    fx.append(Fault(code, node, message))
    s.faults += 1
    target = run.program.flows[s.flow].fault
    if target >= 0 and s.faults == 1:
        enter(run, s, target, fx)
    else:
        finish(s, "fault", node, fx)


def _listen(run: Run, s: State, pc: int, i: op.Listen, fx: Effects) -> int:
    s.pc = pc
    if s.gone:
        finish(s, "hung_up", i.node, fx)
        return STOP
    s.failures = 0
    s.digits = ""
    if i.amends < 0:
        s.rounds = 0
    ask(run, s, i, i.prompt, fx)
    return STOP


def _deny(run: Run, s: State, pc: int, i: op.Deny, fx: Effects) -> int:
    question = run.instructions[i.question]
    rounds = s.rounds + 1
    if not isinstance(question, op.Listen) or rounds >= question.tries:
        return i.gives_up
    _listen(run, s, i.question, question, fx)
    s.rounds = rounds
    return STOP


def _speak(run: Run, s: State, pc: int, i: op.Speak, fx: Effects) -> int:
    more: dict[str, Any] = {}
    if not i.interruptible:
        more["interruptible"] = False
    if i.buttons:
        more["buttons"] = tuple(Button(id, words(run, s, label)[0]) for id, label in i.buttons)
    if i.cards:
        more["cards"] = tuple(
            Card(words(run, s, title)[0], words(run, s, text)[0], image) for title, text, image in i.cards
        )
    if i.image:
        more["image"] = i.image
    if i.audio:
        more["audio"] = i.audio if isinstance(i.audio, str) else i.audio(s.vars)
    speak(run, s, i.node, i.prompt, fx, **more)
    return i.next


def _branch(run: Run, s: State, pc: int, i: op.Branch, fx: Effects) -> int:
    values = s.vars
    for condition, target in i.cases:
        if condition(values):
            return target
    return i.otherwise


def _assign(run: Run, s: State, pc: int, i: op.Assign, fx: Effects) -> int:
    values = s.vars.copy()
    for slot, value in i.items:
        result = value(values)
        if slot >= 0:
            values[slot] = result
    s.vars = values
    return i.next


def _wait(run: Run, s: State, pc: int, i: op.Wait, fx: Effects) -> int:
    s.pc = pc
    s.timer = s.seq
    fx.append(SetTimer(s.seq, i.delay, s.voice))
    return STOP


def _loop(run: Run, s: State, pc: int, i: op.Loop, fx: Effects) -> int:
    count = s.vars[i.counter] or 0
    elements: Sequence[Any] = i.over(s.vars) if i.over else ()
    limit = len(elements) if i.over else i.times(s.vars) if i.times else 0
    if count >= min(limit, i.limit):
        s.vars[i.counter] = None
        return i.done
    s.vars[i.counter] = count + 1
    if i.item >= 0 and i.over:
        s.vars[i.item] = elements[count]
    return i.again


def _split(run: Run, s: State, pc: int, i: op.Split, fx: Effects) -> int:
    left = chance(run.header.seed, s.seq, i.node, sum(weight for _, weight, _ in i.arms))
    arm = 0
    while left >= i.arms[arm][1]:
        left -= i.arms[arm][1]
        arm += 1
    name, _, target = i.arms[arm]
    fx.append(Mark(name, i.node))
    return target


def _request(run: Run, s: State, pc: int, i: op.Request, fx: Effects) -> int:
    values = s.vars
    url = i.url if isinstance(i.url, str) else i.url(values)
    if i.query:
        url = _with_query(url, [(name, value(values)) for name, value in i.query])
    headers = {name: text if isinstance(text, str) else text(values) for name, text in i.headers}
    body = None if i.body is None else {name: to_plain(value(values)) for name, value in i.body}
    answered = s.answered
    id = wait_for(s, pc, fx)
    if i.replay != "never":
        s.answered = answered
    fx.append(HttpRequest(id, i.node, i.method, url, headers, body, i.limit, i.retries, i.replay))
    return STOP


def _with_query(url: str, pairs: list[tuple[str, Any]]) -> str:
    present = [(name, _as_text(to_plain(value))) for name, value in pairs if value is not None]
    return f"{url}{'&' if '?' in url else '?'}{urlencode(present)}" if present else url


def _as_text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _call(run: Run, s: State, pc: int, i: op.Call, fx: Effects) -> int:
    if len(s.stack) >= DEPTH:
        fault(run, s, "L004", i.node, f"Sub-flows call each other more than {DEPTH} deep", fx)
        return STOP
    values = fresh(run, i.flow, s.voice)
    values[0] = s.vars[0]
    for slot, value in i.inputs:
        result = value(s.vars)
        if slot >= 0:
            values[slot] = result
    s.stack = (*s.stack, Frame(pc, s.flow, tuple(s.vars)))
    s.flow = i.flow
    s.vars = values
    s.answered = -1
    return run.program.flows[i.flow].entry


def _return(run: Run, s: State, pc: int, i: op.Return, fx: Effects) -> int:
    if not s.stack:
        finish(s, i.exit, i.node, fx)
        return STOP
    frame = s.stack[-1]
    s.answered = -1
    if frame.handler:
        unstack_handler(s)
        return resume(run, s, frame, fx)
    s.stack = s.stack[:-1]
    call = run.instructions[frame.pc]
    inner, s.vars, s.flow = s.vars, list(frame.vars), frame.flow
    s.vars[:FIRST_SLOT] = inner[:FIRST_SLOT]
    if not isinstance(call, op.Call) or i.exit not in call.exits:
        fault(run, s, "R003", i.node, f'Nothing waits for the exit "{i.exit}"', fx)
        return STOP
    for here, there in call.outputs:
        if here >= 0:
            s.vars[here] = inner[there]
    return call.exits[i.exit]


def unstack_handler(s: State) -> None:
    """Take the top frame, a handler's, off the stack, and put its variables back where they belong."""
    frame = s.stack[-1]
    s.stack = s.stack[:-1]
    if frame.depth >= 0:
        below = s.stack[frame.depth]
        kept = Frame(below.pc, below.flow, tuple(s.vars), below.handler, below.depth, below.failures)
        s.stack = (*s.stack[: frame.depth], kept, *s.stack[frame.depth + 1 :])
        s.vars = list(frame.vars)
    s.flow = frame.flow


def resume(run: Run, s: State, frame: Frame, fx: Effects) -> int:
    """Take the interrupted instruction up again; a question keeps the failures it had."""
    interrupted = run.instructions[frame.pc]
    if not isinstance(interrupted, op.Listen):
        return frame.pc
    rounds = s.rounds
    _listen(run, s, frame.pc, interrupted, fx)
    s.failures, s.rounds = frame.failures, rounds
    return STOP


def _mark(run: Run, s: State, pc: int, i: op.Mark, fx: Effects) -> int:
    fx.append(Mark(i.name, i.node, i.value))
    return i.next


def _transfer(run: Run, s: State, pc: int, i: op.Transfer, fx: Effects) -> int:
    to = (i.to if isinstance(i.to, str) else i.to(s.vars)).strip()
    if s.gone or not to:
        return i.error
    briefing = words(run, s, i.briefing)[0] if i.briefing else ""
    fx.append(Transfer(wait_for(s, pc, fx), i.node, to, i.manner, briefing, i.limit))
    return STOP


def _message(run: Run, s: State, pc: int, i: op.Message, fx: Effects) -> int:
    if s.gone:
        return i.error
    fx.append(TakeMessage(wait_for(s, pc, fx), i.node, i.longest, i.silence, i.finish, i.beep))
    return STOP


def _record(run: Run, s: State, pc: int, i: op.Record, fx: Effects) -> int:
    fx.append(Recording(i.node, i.action))
    return i.next


def _press(run: Run, s: State, pc: int, i: op.Press, fx: Effects) -> int:
    text = i.keys if isinstance(i.keys, str) else i.keys(s.vars)
    keys = "".join(key for key in text if key in KEYS)
    if keys:
        fx.append(PressKeys(i.node, keys))
    return i.next


def _jump(run: Run, s: State, pc: int, i: op.Jump, fx: Effects) -> int:
    return i.next


def _end(run: Run, s: State, pc: int, i: op.End, fx: Effects) -> int:
    s.pc = pc
    finish(s, i.outcome, i.node, fx)
    return STOP


def _trap(run: Run, s: State, pc: int, i: op.Trap, fx: Effects) -> int:
    s.pc = pc
    fault(run, s, i.code, i.node, i.message, fx)
    return STOP


_ENTER: dict[type[op.Instruction], Callable[..., int]] = {
    op.Listen: _listen,
    op.Speak: _speak,
    op.Branch: _branch,
    op.Assign: _assign,
    op.Wait: _wait,
    op.Loop: _loop,
    op.Split: _split,
    op.Request: _request,
    op.Call: _call,
    op.Return: _return,
    op.Mark: _mark,
    op.Jump: _jump,
    op.End: _end,
    op.Trap: _trap,
    op.Deny: _deny,
    op.Transfer: _transfer,
    op.Message: _message,
    op.Record: _record,
    op.Press: _press,
    thoughts.Generate: thinking.generate,
    thoughts.Search: thinking.search,
    thoughts.Judge: thinking.judge,
    thoughts.Use: thinking.use,
}
