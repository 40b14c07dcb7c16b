"""Global reactions: handlers interrupt, and resume or leave."""

from collections.abc import Callable

from engine.kinds import instructions as op
from engine.kinds.program import FIRST_SLOT
from engine.protocol import Frame, State
from engine.runtime.acting import Effects, forget_timer
from engine.runtime.entering import DEPTH, enter, fault, resume, unstack_handler
from engine.runtime.run import Run
from engine.runtime.turns import INPUT, after


def react(
    run: Run,
    s: State,
    meant: Callable[[op.Handler], bool],
    fx: Effects,
    first: Callable[[], None] | None = None,
    *,
    leaving: bool = False,
) -> bool:
    """Fire the first handler in reach that is ``meant``; says whether there was one.

    One that resumes fires only while the conversation listens. With ``leaving`` there is nothing to come back
    to.
    """
    listening = isinstance(run.instructions[s.pc], op.Listen)
    for handler in run.handlers[s.flow]:
        if meant(handler) and (listening or leaving or not handler.resumes):
            break
    else:
        return False
    if first is not None:
        first()
    forget_timer(s, fx)
    s.digits = ""
    s.phase = after(s.phase, INPUT)
    if handler.resumes and not leaving:
        _interrupt(run, s, handler, fx)
    else:
        _leave(s, handler)
        if handler.entry >= 0:
            enter(run, s, handler.entry, fx)
    return True


def _interrupt(run: Run, s: State, handler: op.Handler, fx: Effects) -> None:
    frame = Frame(s.pc, s.flow, (), True, -1, s.failures)
    if handler.entry < 0:
        resume(run, s, frame, fx)
        return
    if len(s.stack) >= DEPTH:
        fault(run, s, "L004", handler.node, f"Interruptions are more than {DEPTH} deep", fx)
        return
    s.answered = -1
    if handler.flow != s.flow:
        depth = next(i for i, f in enumerate(s.stack) if f.flow == handler.flow and not f.handler)
        outer = s.stack[depth]
        frame = Frame(s.pc, s.flow, tuple(s.vars), True, depth, s.failures)
        s.vars, s.flow = [*s.vars[:FIRST_SLOT], *outer.vars[FIRST_SLOT:]], outer.flow
    s.stack = (*s.stack, frame)
    enter(run, s, handler.entry, fx)


def _leave(s: State, handler: op.Handler) -> None:
    """Unwind to the handler's flow: interruptions under way are over, sub-flows are abandoned."""
    s.answered = -1
    facts = s.vars[:FIRST_SLOT]
    while s.stack:
        frame = s.stack[-1]
        if frame.handler:
            unstack_handler(s)
        elif s.flow != handler.flow:
            s.stack = s.stack[:-1]
            s.vars, s.flow = list(frame.vars), frame.flow
        else:
            break
    s.vars[:FIRST_SLOT] = facts
