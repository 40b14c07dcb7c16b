"""A recorded session as a conversation test: what the other side did, what was said to it, and who answered what."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from engine.protocol import (
    BargeIn,
    Digit,
    End,
    Event,
    Header,
    Heard,
    HungUp,
    Pressed,
    Record,
    Result,
    Signal,
    TakeMessage,
    TimerFired,
    Transfer,
)
from engine.simulation.cases import Case, Turn
from engine.simulation.recorded import recorded_minds, recorded_services
from engine.simulation.rehearsal import spoken

MESSAGE = "A recorded message."
"""What stands for the words of a message: they are in the recording, not in the log."""


def recorded_case(name: str, header: Header, records: Sequence[Record]) -> Case:
    """The talk as a test that runs without a network. Time is virtual in a test: what depended on the minute may go
    another way, and `engine.simulation.run_case` says so."""
    turns: list[Turn] = []
    calls: dict[str, Transfer | TakeMessage] = {}
    cut = False
    for record in records:
        event = record.event
        step = _step(event, calls.get(event.effect) if isinstance(event, Result) else None, cut)
        cut = isinstance(event, BargeIn) or (cut and not isinstance(event, Heard))
        calls |= {e.id: e for e in record.effects if isinstance(e, Transfer | TakeMessage)}
        said = tuple(spoken([record]))
        if "keys" in step and turns and turns[-1].keys is not None and not turns[-1].expect:
            turns[-1] = replace(turns[-1], keys=turns[-1].keys + step["keys"], expect=said)
        elif step or not turns:
            turns.append(Turn(expect=said, **step))
        else:
            turns[-1] = replace(turns[-1], expect=(*turns[-1].expect, *said))
    return Case(
        name,
        tuple(turns),
        now=header.started,
        locale=header.locale,
        modality=header.modality,
        seed=header.seed,
        services=recorded_services(records),
        minds=recorded_minds(records),
        outcome=_outcome(records),
    )


def _step(event: Event, call: Transfer | TakeMessage | None, cut: bool) -> dict[str, Any]:
    """The fields of the turn an event is; none for what the other side did not do."""
    if isinstance(event, Heard):
        if not event.text:
            return {}
        return {"cut_in" if cut else "say": event.text}
    if isinstance(event, Digit):
        return {"keys": event.digit}
    if isinstance(event, Pressed):
        return {"press": event.button}
    if isinstance(event, TimerFired):
        return {"silence": True}
    if isinstance(event, Signal):
        return {"signal": event.name}
    if isinstance(event, HungUp):
        return {"leave": True}
    if isinstance(event, Result) and isinstance(call, Transfer):
        return {"transfer": event.outcome}
    if isinstance(event, Result) and isinstance(call, TakeMessage):
        return {"say": MESSAGE} if event.outcome == "ok" else {"message": event.outcome}
    return {}


def _outcome(records: Iterable[Record]) -> str | None:
    ends = [e.outcome for record in records for e in record.effects if isinstance(e, End)]
    return ends[-1] if ends else None
