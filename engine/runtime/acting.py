"""What instructions do to a session: words leave, the floor is given, an effect is waited for, the end comes."""

from typing import Any

from engine.expressions import Rendered
from engine.kinds import instructions as op
from engine.protocol import (
    Button,
    CancelTimer,
    Effect,
    End,
    Listen,
    Pending,
    Said,
    SetTimer,
    Speak,
    State,
)
from engine.runtime.remembering import remember
from engine.runtime.run import Run
from engine.runtime.turns import END, LISTEN, SPEAK, after

STOP = -1
"""What an instruction answers when it waits or ends."""

Effects = list[Effect]


def finish(s: State, outcome: str, node: str, fx: Effects) -> None:
    """End the session."""
    forget_timer(s, fx)
    s.outcome = outcome
    s.phase = after(s.phase, END)
    s.stack = ()
    fx.append(End(outcome, node))


def forget_timer(s: State, fx: Effects) -> None:
    """Cancel the running timer, if any."""
    if s.timer:
        fx.append(CancelTimer(s.timer))
        s.timer = 0


def words(run: Run, s: State, prompt: op.Prompt) -> tuple[str, str]:
    """The text of a prompt here and now, and the content hash of static speech."""
    text = (prompt.voice if s.voice else prompt.texts)[run.locale]
    if isinstance(text, str):
        return text, prompt.hashes[run.locale] if s.voice else ""
    return text(s.vars), ""


def speak(run: Run, s: State, node: str, prompt: op.Prompt, fx: Effects, **more: Any) -> None:
    """Say a prompt; nothing when it has no words and nothing to show."""
    aloud = prompt.voice[run.locale] if s.voice else None
    if isinstance(aloud, Rendered):
        text, more["parts"] = aloud.spoken(s.vars)
        digest = ""
    else:
        text, digest = words(run, s, prompt)
    if text or more:
        speech(run, s, Speak(text, node, s.epoch, prompt=digest, **more), fx)


def speech(run: Run, s: State, said: Speak, fx: Effects) -> None:
    """Words leave, and are remembered where a model reads the talk."""
    if s.voice:
        s.phase = after(s.phase, SPEAK)
    if said.text:
        remember(run, s, Said("agent", said.text, epoch=said.epoch))
    fx.append(said)


def give_floor(run: Run, s: State, listen: op.Listen, fx: Effects) -> None:
    """Listen, and start the clock of patience."""
    s.phase = after(s.phase, LISTEN)
    s.timer = s.seq
    fx.append(Listen(listen.node, listen.expected[run.locale].type))
    fx.append(SetTimer(s.seq, listen.patience[s.voice], s.voice))


def ask(run: Run, s: State, listen: op.Listen, prompt: op.Prompt | None, fx: Effects) -> None:
    """Say the prompt with the listening node's buttons, and give the floor."""
    if prompt is not None:
        more: dict[str, Any] = {} if listen.interruptible else {"interruptible": False}
        if listen.buttons:
            more["buttons"] = tuple(Button(id, words(run, s, label)[0]) for id, label, _ in listen.buttons)
        speak(run, s, listen.node, prompt, fx, **more)
    give_floor(run, s, listen, fx)


def wait_for(s: State, pc: int, fx: Effects, call: str = "") -> str:
    """Stand at ``pc`` until the effect that comes next is answered; what must not be done twice can't be taken
    back by a correction. What this place waited for before is waited for no more, but for other calls of the same
    model. Answers the effect's id."""
    id = f"{s.seq}:{len(fx)}"
    s.pc = pc
    s.answered = -1
    kept = [p for p in s.pending if p.pc != pc or (call and p.call)]
    s.pending = (*kept, Pending(id, pc, s.epoch, call))
    return id
