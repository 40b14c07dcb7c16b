"""The state of one session: a fold of its log. A snapshot of it is only a cache."""

from typing import Any

import msgspec

from engine.protocol.thinking import Said


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """What to go back to.

    ``pc`` is the instruction to continue at. A call frame keeps the caller's ``flow`` and ``vars``; a handler
    frame keeps those of the conversation it interrupted, and ``depth`` says whose variables the handler works
    on (the index of the frame that holds them, or -1 when they are the interrupted ones themselves).
    """

    pc: int
    flow: int
    vars: tuple[Any, ...]
    handler: bool = False
    depth: int = -1
    failures: int = 0


class Pending(msgspec.Struct, frozen=True, array_like=True):
    """An effect that has not answered yet, and the instruction that waits for it; ``call`` is the model's call that
    it answers, if one asked for it."""

    effect: str
    pc: int
    epoch: int
    call: str = ""


class State(msgspec.Struct, array_like=True):
    """Where a session stands. `engine.runtime.step` never changes one in place: it answers with another.

    ``seq`` counts events. ``phase`` is the turn machine's state (`engine.runtime.turns`). ``epoch`` numbers
    stretches of speech. ``vars`` are the current flow's variables by slot; ``failures`` counts what went
    wrong at the listening node, ``rounds`` how often its answer was denied; ``timer`` is the running timer's
    number or 0; ``digits`` are the keys collected so far; ``answered`` is the listening instruction whose
    answer may still be corrected, or -1; ``gone`` says the other side hung up; ``outcome`` is empty until the
    end; ``voice`` says that the talk is spoken now; ``talk`` is what was said lately, kept where a model reads
    it, ``asked`` how often a model was asked at this node in vain (or that its words were said), ``missed`` how many
    answers in a row were not understood.
    """

    seq: int = 0
    pc: int = 0
    flow: int = 0
    phase: int = 0
    epoch: int = 0
    failures: int = 0
    rounds: int = 0
    timer: int = 0
    digits: str = ""
    answered: int = -1
    gone: bool = False
    faults: int = 0
    outcome: str = ""
    vars: list[Any] = []
    stack: tuple[Frame, ...] = ()
    pending: tuple[Pending, ...] = ()
    voice: bool = False
    talk: tuple[Said, ...] = ()
    asked: int = 0
    missed: int = 0
