"""Snapshots: a state as bytes and back. Only a cache of a fold of the log, and only for the same program."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.kinds.program import FIRST_SLOT, NOW_SLOT, SESSION_SLOT, FlowTable
from engine.kinds.values import from_plain, to_plain
from engine.protocol import Frame, State
from engine.runtime.run import Run

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)


def encode_state(state: State) -> bytes:
    """A state as MessagePack, values as plain ones."""
    plain = msgspec.structs.replace(
        state,
        vars=_plain(state.vars),
        stack=tuple(
            msgspec.structs.replace(f, vars=tuple(_plain(f.vars))) if f.vars else f for f in state.stack
        ),
    )
    return _encoder.encode(plain)


def decode_state(run: Run, data: bytes) -> State:
    """The state again; raises ``ValueError`` (``msgspec.DecodeError`` among them) for bytes that are none
    of this program."""
    state = _decoder.decode(data)
    tables = run.program.flows
    if not 0 <= state.flow < len(tables):
        raise ValueError("The snapshot is of another program.")
    state.vars = _values(run, tables[state.flow], state.vars, state.voice)
    state.stack = tuple(_frame(run, tables, f, state.voice) for f in state.stack)
    return state


def _plain(values: Sequence[Any]) -> list[Any]:
    return [to_plain(values[NOW_SLOT]), None, *(to_plain(v) for v in values[FIRST_SLOT:])]


def _frame(run: Run, tables: Sequence[FlowTable], frame: Frame, voice: bool) -> Frame:
    if not frame.vars:
        return frame
    return msgspec.structs.replace(frame, vars=tuple(_values(run, tables[frame.flow], frame.vars, voice)))


def _values(run: Run, table: FlowTable, plain: Sequence[Any], voice: bool) -> list[Any]:
    if len(plain) != len(table.types):
        raise ValueError("The snapshot is of another program.")
    values = [None if v is None else from_plain(t)(v) for t, v in zip(table.types, plain, strict=True)]
    values[NOW_SLOT] = run.now(0).fromisoformat(plain[NOW_SLOT])
    values[SESSION_SLOT] = run.sessions[voice]
    return values
