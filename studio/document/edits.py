"""Edits of nodes and of a flow's own fields. Each function looks at the state and returns an `Edit`."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final

import msgspec

from engine.flow import Flow, FlowNode
from studio.document.patch import Edit, PartPatch, Patch, Place, Settings, State, part_of


class Removal(Enum):
    """The type of `REMOVE`."""

    REMOVE = "remove"


REMOVE: Final = Removal.REMOVE
"""The value that takes a field away, so that the kind's default holds again."""

NOTHING = Edit("", Patch())
"""The edit that changes nothing."""

FieldPath = str | tuple[str | int, ...]
"""A place inside a node's fields: ``"cases.0.when"`` or ``("text", "en-US")``."""


def add_node(state: State, part: str, node: FlowNode, at: Place) -> Edit:
    """Put a new node on the canvas; the first node of a flow becomes its start."""
    flow = part_of(state.flow, part)
    first = flow is not None and not flow.nodes and not flow.start
    settings = Settings(start=node.id) if first else Settings()
    patch = Patch({part: PartPatch({node.id: node}, settings=settings)}, places={node.id: at})
    return Edit(f"Add {name_of(node)}", patch)


def remove_nodes(state: State, part: str, ids: Iterable[str], heal: bool = True) -> Edit:
    """Take nodes away with every wire to them.

    With ``heal``, what led to a node with one way out leads on to where that went.
    """
    flow = part_of(state.flow, part)
    gone = [id for id in dict.fromkeys(ids) if flow is not None and id in flow.nodes]
    if flow is None or not gone:
        return NOTHING
    onward = {id: _onward(flow, id, frozenset(gone)) if heal else None for id in gone}
    nodes: dict[str, FlowNode | None] = dict.fromkeys(gone)
    for node in flow.nodes.values():
        if node.id not in onward and not onward.keys().isdisjoint(node.out.values()):
            nodes[node.id] = msgspec.structs.replace(node, out=_rewired(node.out, onward))
    defaults = {port: onward[to] for port, to in flow.defaults.items() if to in onward}
    settings = Settings(start=onward[flow.start] or "") if flow.start in onward else Settings()
    patch = Patch({part: PartPatch(nodes, defaults=defaults, settings=settings)}, places=dict.fromkeys(gone))
    label = f"Delete {name_of(flow.nodes[gone[0]])}" if len(gone) == 1 else f"Delete {len(gone)} nodes"
    return Edit(label, patch)


def move_nodes(state: State, places: Mapping[str, Place]) -> Edit:
    """Put nodes elsewhere on the canvas."""
    moved = {id: at for id, at in places.items() if state.layout.nodes.get(id) != at}
    label = "Move a node" if len(moved) == 1 else f"Move {len(moved)} nodes"
    return Edit(label, Patch(places=moved))


def put_node(state: State, part: str, node: FlowNode, label: str) -> Edit:
    """Replace a node by a new version of itself."""
    return Edit(label, Patch({part: PartPatch({node.id: node})}))


def set_field(state: State, part: str, id: str, path: FieldPath, value: Any) -> Edit:
    """Set a field of a node, or one inside it; ``REMOVE`` takes it away. A path that leads nowhere makes its way."""
    node = node_at(state, part, id)
    steps = tuple(path.split(".")) if isinstance(path, str) else path
    if node is None or not steps:
        return NOTHING
    fields = _set_in(node.fields, steps, value)
    return put_node(state, part, msgspec.structs.replace(node, fields=fields), f"Edit {name_of(node)}")


def set_label(state: State, part: str, id: str, label: str) -> Edit:
    """Name a node."""
    node = node_at(state, part, id)
    if node is None:
        return NOTHING
    return put_node(state, part, msgspec.structs.replace(node, label=label), f"Name {label or node.kind}")


def set_note(state: State, part: str, id: str, note: str) -> Edit:
    """Write a note on a node; notes change no program."""
    node = node_at(state, part, id)
    if node is None:
        return NOTHING
    return put_node(state, part, msgspec.structs.replace(node, note=note), f"Note on {name_of(node)}")


def set_start(state: State, part: str, id: str) -> Edit:
    """Let the flow begin at a node."""
    node = node_at(state, part, id)
    label = f"Start at {name_of(node)}" if node else "Start nowhere"
    return Edit(label, Patch({part: PartPatch(settings=Settings(start=id))}))


LABELS = {
    "name": "Name the flow",
    "suppress": "Accept a finding",
    "never": "Change what is never said",
    "escalate_after": "Change when it gives up understanding",
}


def set_setting(state: State, part: str, name: str, value: Any) -> Edit:
    """Set one of a flow's own fields: name, description, start, locales, inputs, outputs, patience, suppress, ..."""
    label = LABELS.get(name, f"Change the flow's {name}")
    return Edit(label, Patch({part: PartPatch(settings=Settings(**{name: value}))}))


def set_default(state: State, part: str, port: str, id: str | None) -> Edit:
    """Let a node answer for every unwired port of that name; None lets nothing answer."""
    node = node_at(state, part, id) if id else None
    label = f"{name_of(node)} answers for {port}" if node else f"Nothing answers for {port}"
    return Edit(label, Patch({part: PartPatch(defaults={port: id})}))


def node_at(state: State, part: str, id: str) -> FlowNode | None:
    """A node of a flow, or None."""
    flow = part_of(state.flow, part)
    return flow.nodes.get(id) if flow is not None else None


def name_of(node: FlowNode) -> str:
    """What to call a node in a sentence."""
    return f"“{node.label}”" if node.label else (node.kind or "a node")


def _onward(flow: Flow, id: str, gone: frozenset[str]) -> str | None:
    """Where a conversation that came to ``id`` goes on when it is no longer there: only when there is but one way."""
    seen = set()
    while id in gone:
        ways = set(flow.nodes[id].out.values())
        if id in seen or len(ways) != 1:
            return None
        seen.add(id)
        id = ways.pop()
    return id


def _rewired(out: Mapping[str, str], onward: Mapping[str, str | None]) -> dict[str, str]:
    targets = {port: onward.get(to, to) if to in onward else to for port, to in out.items()}
    return {port: to for port, to in targets.items() if to is not None}


def _set_in(value: Any, steps: tuple[str | int, ...], new: Any) -> Any:
    step, rest = steps[0], steps[1:]
    if isinstance(value, list | tuple):
        return _set_in_list(list(value), int(step), rest, new)
    mapping = dict(value) if isinstance(value, Mapping) else {}
    key = str(step)
    if rest:
        mapping[key] = _set_in(mapping.get(key, [] if _is_index(rest[0]) else {}), rest, new)
    elif new is REMOVE:
        mapping.pop(key, None)
    else:
        mapping[key] = new
    return mapping


def _set_in_list(items: list[Any], at: int, rest: tuple[str | int, ...], new: Any) -> list[Any]:
    if not rest and new is REMOVE:
        return items[:at] + items[at + 1 :]
    while len(items) <= at:
        items.append({} if rest else None)
    items[at] = _set_in(items[at], rest, new) if rest else new
    return items


def _is_index(step: str | int) -> bool:
    return isinstance(step, int) or step.isdigit()
