"""Replay: a session is its header and its events. The log also holds what followed, so a difference shows."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from engine.protocol import Effect, Record, Speak, State
from engine.runtime.run import Run, initial
from engine.runtime.step import fail, step


class ReplayMismatch(Exception):
    """The engine answers an event otherwise than the log says it did."""

    def __init__(self, seq: int, expected: Any, got: Any) -> None:
        super().__init__(f"Event {seq}: the log holds {expected!r}, the engine answers {got!r}.")
        self.seq = seq
        self.expected = expected
        self.got = got


def replay(run: Run, records: Iterable[Record], *, check: bool = False, state: State | None = None) -> State:
    """Fold records into a state. With ``check`` the effects are compared; raises `ReplayMismatch` at the
    first difference.

    Raises ``ValueError`` when records are missing or out of order.
    """
    state = state or initial(run)
    for record in records:
        if record.seq != state.seq + 1:
            raise ValueError(f"Event {state.seq + 1} is missing: the log goes on with {record.seq}.")
        state, effects = perform(run, state, record)
        if check and tuple(effects) != record.effects and not _alike(effects, record.effects):
            raise ReplayMismatch(record.seq, record.effects, tuple(effects))
    return state


def _alike(effects: list[Effect], logged: tuple[Effect, ...]) -> bool:
    """Whether they are the same but for what older logs do not hold: in which parts a text is spoken."""
    if len(effects) != len(logged):
        return False
    return all(
        a == b
        or (isinstance(a, Speak) and isinstance(b, Speak) and not b.parts and replace(a, parts=()) == b)
        for a, b in zip(effects, logged, strict=True)
    )


def perform(run: Run, state: State, record: Record) -> tuple[State, list[Effect]]:
    """What a record's event does: a step, or the failure path it took then."""
    if record.fault:
        return fail(run, state, record.event, record.fault)
    return step(run, state, record.event)
