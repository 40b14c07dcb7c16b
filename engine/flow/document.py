"""The flow document in memory. Nothing here is changed in place: an edit makes new values that share the
old ones."""

import base64
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.flow.thinking import Function, Personality

MAIN = ""
"""The id of the main flow among the flows of a document."""


RECORDING = ("", "consent", "always", "forbidden")
"""When a call may be recorded: as the nodes say, only after consent, from the start, never."""

NOTICES = ("resumed", "hearing", "apology", "hold")
"""What is said by itself: the line was lost and is back, nothing can be heard, nothing works any more, it takes
a while."""


class FlowNode(msgspec.Struct, frozen=True):
    """A node as written: its kind's fields stay raw JSON, so that nothing unknown or wrong is ever lost.

    ``out`` maps port ids to node ids. ``extra`` holds the ``x_*`` fields, which mean nothing to Parley and
    round-trip.
    """

    id: str
    kind: str
    label: str = ""
    note: str = ""
    fields: Mapping[str, Any] = {}
    out: Mapping[str, str] = {}
    extra: Mapping[str, Any] = {}


class Variable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A variable of a flow. ``type`` is a type as written (``"int"``, ``{"enum": [...]}``); ``initial`` is a
    plain value.

    ``export`` says that it is part of the session's result, so keeping it without reading it is no mistake.
    """

    type: Any
    initial: Any = None
    description: str = ""
    export: bool = False


class Suppression(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding that was looked at and accepted, with the reason. Without ``nodes`` it holds for the whole
    flow."""

    code: str
    reason: str
    nodes: tuple[str, ...] = ()


class Flow(msgspec.Struct, frozen=True):
    """A flow, or a sub-flow of one (``subflows``, one level deep: sub-flows call each other by id).

    ``inputs`` and ``outputs`` name variables a caller fills in and gets back. ``defaults`` maps a port
    (``gives_up``, ``error``, ...) to the node that answers for every node of this flow that leaves it
    unwired. ``patience`` is how long the flow waits for an answer, in milliseconds, by modality.

    Of the main flow: ``recording`` says when a call may be recorded (``RECORDING``; empty: as the flow's nodes
    say), and ``notices`` has words of the flow's own for what Parley says by itself (``NOTICES``), by locale.
    ``personality``, ``functions`` (by name) and ``never`` (words no model may say) are said once for all that is
    generated. After ``escalate_after`` answers in a row that nobody understood (0: never) the signal
    ``not_understood`` reaches a handler.
    """

    name: str = ""
    description: str = ""
    start: str = ""
    locales: tuple[str, ...] = ("en-US",)
    variables: Mapping[str, Variable] = {}
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    defaults: Mapping[str, str] = {}
    patience: Mapping[str, int] = {}
    recording: str = ""
    notices: Mapping[str, Mapping[str, str]] = {}
    personality: Personality | None = None
    escalate_after: int = 0
    never: tuple[str, ...] = ()
    functions: Mapping[str, Function] = {}
    suppress: tuple[Suppression, ...] = ()
    nodes: Mapping[str, FlowNode] = {}
    subflows: Mapping[str, "Flow"] = {}
    extra: Mapping[str, Any] = {}

    def flows(self) -> Iterator[tuple[str, "Flow"]]:
        """The main flow under ``""``, then each sub-flow under its id, in order of id."""
        yield MAIN, self
        for name in sorted(self.subflows):
            yield name, self.subflows[name]

    def part(self, name: str) -> "Flow":
        """The main flow for ``""``, else the sub-flow; raises ``KeyError`` when there is none."""
        return self.subflows[name] if name else self


def new_node_id() -> str:
    """A fresh, never reused id: ``n_`` and eight base32 letters."""
    return "n_" + base64.b32encode(secrets.token_bytes(5)).decode().lower()
