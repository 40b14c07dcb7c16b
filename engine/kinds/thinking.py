"""What every kind that asks a model shares: its bounds, and the ports for when that fails."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from engine.flow import Diagnostic
from engine.kinds.building import Builder
from engine.kinds.describing import json_schema, object_schema
from engine.kinds.forms import Form
from engine.kinds.instructions import Save
from engine.kinds.kind import NodeFields, Outcome, Port, PortClass, Scope
from engine.kinds.set import unknown_variable
from engine.kinds.values import from_plain
from engine.protocol import Plain
from engine.protocol.script import Answer

FAILURES = ("refused", "timeout", "off_limits")
MOST_TOKENS = 8000
LONGEST = 60_000

THINKING_PORTS = (
    Port("refused", "the model refuses", PortClass.REFUSED, rare=True, instead="failed"),
    Port("off_limits", "off limits", PortClass.OFF_LIMITS, rare=True, instead="failed"),
    Port("timeout", "too slow", PortClass.TIMEOUT, rare=True, instead="failed"),
    Port("failed", "failed", PortClass.ERROR),
)


class Bounded(NodeFields, frozen=True):
    """The bounds of a node that asks a model."""

    tokens: Annotated[
        int, Form("Longest answer", "number", "In tokens: about four letters each.", advanced=True)
    ] = 400
    timeout: Annotated[int, Form("Time limit", "duration", "For one answer of the model.", advanced=True)] = (
        8000
    )


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value a model brings along, and the variable it goes to."""

    to: Annotated[str, Form("Keep it as", "variable")] = ""
    description: Annotated[str, Form("What it is", "text", "In words, for the model.")] = ""
    optional: Annotated[bool, Form("May be missing", "toggle")] = False


def bound_mistakes(fields: Bounded) -> Iterable[Diagnostic]:
    """What is wrong with the bounds."""
    if not 1 <= fields.tokens <= MOST_TOKENS:
        message = f"An answer of {fields.tokens} tokens makes no sense."
        yield Diagnostic("F003", message, field="tokens", fix=f"Choose from 1 to {MOST_TOKENS}.")
    if not 100 <= fields.timeout <= LONGEST:
        message = f"A time limit of {fields.timeout} ms makes no sense."
        yield Diagnostic("F003", message, field="timeout", fix="Choose from a tenth of a second to a minute.")


def kept_mistakes(kept: tuple[Kept, ...], field: str, scope: Scope) -> Iterable[Diagnostic]:
    """Values kept in variables that do not exist, or twice in one."""
    for i, value in enumerate(kept):
        if value.to not in scope.flow.variables:
            yield unknown_variable(value.to, f"{field}.{i}.to")
        elif value.to in [k.to for k in kept[:i]]:
            message = f'Two values go to "{value.to}".'
            yield Diagnostic("F003", message, field=f"{field}.{i}.to", fix="Keep one of them elsewhere.")


def function_mistakes(names: tuple[str, ...], field: str, scope: Scope) -> Iterable[Diagnostic]:
    """Functions the flow does not declare."""
    for i, name in enumerate(names):
        if name not in scope.document.functions:
            known = ", ".join(scope.document.functions) or "none yet"
            message = f'The flow has no function "{name}".'
            yield Diagnostic("F003", message, field=f"{field}.{i}", fix=f"Choose one of the flow's: {known}.")


def schema_of(kept: tuple[Kept, ...], scope: Scope) -> Plain:
    """What a model must bring along, as JSON Schema."""
    properties = {k.to: json_schema(scope.types.get(k.to), k.description) for k in kept}
    return object_schema(properties, [k.to for k in kept if not k.optional])


def saves_of(kept: tuple[Kept, ...], build: Builder) -> tuple[Save, ...]:
    """The same as instructions."""
    return tuple(
        Save((k.to,), build.slot(k.to), from_plain(build.scope.types.get(k.to)), k.optional) for k in kept
    )


def ways_of(build: Builder) -> dict[str, int]:
    """Where the failures of a model lead."""
    return {name: build.port(name) for name in FAILURES}


def failing_outcomes() -> Iterable[Outcome]:
    """What an exploration tries of a model that fails."""
    for name in FAILURES:
        yield Outcome(name, (Answer(name),))
    yield Outcome("failed", (Answer("error"),))
