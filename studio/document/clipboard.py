"""Nodes as text: copied, pasted (also into another window) and duplicated under fresh ids."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.flow import FlowNode, new_node_id, parse_flow
from engine.flow.canonical import node_dict
from studio.document.edits import NOTHING
from studio.document.patch import Edit, PartPatch, Patch, Place, State, part_of

FORMAT = "parley-nodes"
MAX_CHARACTERS = 16 * 1024 * 1024
STEP = 32
"""How far a duplicate stands from its original, in canvas units."""


class Pasted(msgspec.Struct, frozen=True):
    """The edit that pastes, the ids of the new nodes, and sentences to show."""

    edit: Edit
    ids: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def copy_text(state: State, part: str, ids: Iterable[str]) -> str:
    """The nodes as JSON text; positions are relative to their upper left corner."""
    flow = part_of(state.flow, part)
    nodes = [flow.nodes[id] for id in ids if flow is not None and id in flow.nodes]
    places = {node.id: state.layout.nodes.get(node.id, (0, 0)) for node in nodes}
    left = min((x for x, _ in places.values()), default=0)
    top = min((y for _, y in places.values()), default=0)
    body = {
        "format": FORMAT,
        "schema": 1,
        "nodes": {node.id: node_dict(node) for node in nodes},
        "places": {id: (x - left, y - top) for id, (x, y) in places.items()},
    }
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()


def paste(state: State, part: str, text: str, at: Place) -> Pasted:
    """Put copied nodes on the canvas with their upper left corner at ``at``; other text pastes nothing, and says so."""
    raw = _parse(text)
    if raw is None:
        return Pasted(NOTHING, notices=("The clipboard holds no nodes.",))
    flow, wrong = parse_flow({"nodes": raw.get("nodes", {})})
    if not flow.nodes:
        return Pasted(NOTHING, notices=("The clipboard holds no nodes.",))
    places = _places(raw.get("places"), at)
    notices = tuple(diagnostic.message for diagnostic in wrong[:3])
    return _insert(state, part, list(flow.nodes.values()), places, at, notices)


def duplicate(state: State, part: str, ids: Iterable[str]) -> Pasted:
    """Copies of nodes beside them; wires among them are copied too, wires that leave them are kept."""
    flow = part_of(state.flow, part)
    nodes = [flow.nodes[id] for id in ids if flow is not None and id in flow.nodes]
    places = {}
    for node in nodes:
        x, y = state.layout.nodes.get(node.id, (0, 0))
        places[node.id] = (x + STEP, y + STEP)
    return _insert(state, part, nodes, places, (0, 0), ())


def _insert(
    state: State,
    part: str,
    nodes: list[FlowNode],
    places: Mapping[str, Place],
    at: Place,
    notices: tuple[str, ...],
) -> Pasted:
    flow = part_of(state.flow, part)
    if flow is None or not nodes:
        return Pasted(NOTHING, notices=notices)
    ids = {node.id: new_node_id() for node in nodes}
    there = {*ids, *flow.nodes}
    dropped = sum(to not in there for node in nodes for to in node.out.values())
    fresh: dict[str, FlowNode | None] = {}
    for node in nodes:
        out = {port: ids.get(to, to) for port, to in node.out.items() if to in there}
        fields = {
            key: ids.get(value, value) if isinstance(value, str) else value
            for key, value in node.fields.items()
        }
        fresh[ids[node.id]] = msgspec.structs.replace(node, id=ids[node.id], out=out, fields=fields)
    if dropped:
        wires = "1 wire that leads" if dropped == 1 else f"{dropped} wires that lead"
        notices = (*notices, f"{wires} to nodes that are not here were left out.")
    label = "Paste a node" if len(nodes) == 1 else f"Paste {len(nodes)} nodes"
    put = {ids[node.id]: places.get(node.id, at) for node in nodes}
    return Pasted(Edit(label, Patch({part: PartPatch(fresh)}, places=put)), tuple(ids.values()), notices)


def _parse(text: str) -> dict[str, Any] | None:
    if len(text) > MAX_CHARACTERS or FORMAT not in text:
        return None
    try:
        raw = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None
    return raw if isinstance(raw, dict) and raw.get("format") == FORMAT else None


def _places(raw: Any, at: Place) -> dict[str, Place]:
    try:
        relative = msgspec.convert(raw, dict[str, Place])
    except msgspec.ValidationError:
        return {}
    return {id: (x + at[0], y + at[1]) for id, (x, y) in relative.items()}
