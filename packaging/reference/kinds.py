"""The page of node kinds."""

from collections.abc import Iterator
from typing import Any

import msgspec
from markdown import code, intro, page, table

from engine.flow import Flow, FlowNode
from engine.kinds import FieldSpec, Kind, Port, all_kinds

ONE = "ONE"
"""Stands for the id of anything a port is named after."""
PART = Flow(nodes={"back": FlowNode("back", "return", fields={"exit": ONE})})


def kinds_page() -> str:
    """Every kind with its fields and ports, by family."""
    parts = [intro("kinds.md")]
    family = None
    for kind in all_kinds().values():
        if kind.family is not family:
            family = kind.family
            parts.append(f"## {family.value}")
        parts.extend(_kind(kind))
    return page(*parts)


def _kind(kind: Kind[Any]) -> Iterator[str]:
    yield f"### `{kind.id}`: {kind.title}"
    yield kind.summary + "".join(f" {sentence}" for sentence in _traits(kind))
    yield table(
        ("field", "in the studio", "kind of value", "when left out", "what it is"), _fields(kind.form())
    )
    ports = list(_ports(kind))
    yield (
        table(("port", "label", "class", "unwired"), ports)
        if ports
        else "No ports: nothing follows it by a wire."
    )


def _traits(kind: Kind[Any]) -> Iterator[str]:
    if kind.listens:
        yield "It waits for the other side."
    elif kind.waits:
        yield "It waits for something outside."
    if not kind.enters:
        yield "No wire leads to it."


def _fields(specs: tuple[FieldSpec, ...], above: str = "") -> Iterator[tuple[str, ...]]:
    for spec in specs:
        help = spec.help
        if spec.options:
            help = f"{help} One of {', '.join(code(o) if o else 'nothing' for o in spec.options)}.".strip()
        if spec.advanced:
            help = f"{help} *Advanced.*".strip()
        default = code(msgspec.to_builtins(spec.default)) if spec.default not in ("", None) else ""
        yield code(above + spec.name), spec.label, spec.editor, default, help
        yield from _fields(spec.items, f"{above}{spec.name}[].")


def _ports(kind: Kind[Any]) -> Iterator[tuple[str, ...]]:
    plain = kind.ports(kind.structure(), Flow())
    known = {port.id for port in plain}
    for port in plain:
        yield code(port.id), port.label, port.cls.value, _unwired(port)
    for field, fields in _named(kind):
        for port in kind.ports(fields, Flow(subflows={ONE: PART})):
            if port.id == ONE and port.id not in known:
                yield f"one for each of {code(field)}", "its label or id", port.cls.value, _unwired(port)


def _named(kind: Kind[Any]) -> Iterator[tuple[str, Any]]:
    """The kind's fields, each filled so that a port is named after it."""
    for spec in kind.form():
        if any(item.name == "id" for item in spec.items):
            yield spec.name, msgspec.convert({spec.name: [{"id": ONE}]}, kind.structure)
        elif spec.editor == "flow":
            yield "the sub-flow's exits", msgspec.convert({spec.name: ONE}, kind.structure)


def _unwired(port: Port) -> str:
    if port.ends:
        return f"the conversation ends, {code(port.ends)}"
    if port.optional:
        return "to leave here is a fault of the run"
    if port.instead:
        return f"{code(port.instead)} answers instead"
    if port.cls.failure:
        return f"the flow's default for {code(port.cls.value)}, else a finding"
    return "a finding"
