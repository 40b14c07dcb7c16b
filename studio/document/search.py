"""Search in a document: nodes by name and kind, words anywhere in their fields, variables."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.flow import FlowNode
from studio.document.patch import State

NAME, NOTE, VARIABLE, FLOW = "name", "note", "variable", "flow"


class Hit(msgspec.Struct, frozen=True):
    """One find: from ``start`` to ``end`` in ``text``.

    ``where`` is ``name``, ``note``, ``variable``, ``flow`` or the path of a field; ``node`` is empty for a variable
    or a flow.
    """

    part: str
    node: str
    where: str
    text: str
    start: int
    end: int


def search(state: State, text: str, limit: int = 200) -> list[Hit]:
    """Every place that holds ``text``, whatever its case: names first, those that begin with it before the others."""
    needle = text.strip().casefold()
    if not needle:
        return []
    hits = []
    for part, where, node, value in _texts(state):
        start = value.casefold().find(needle)
        if start >= 0:
            hits.append(Hit(part, node, where, value, start, start + len(needle)))
    rank = {NAME: 0, FLOW: 1, VARIABLE: 2}
    hits.sort(key=lambda hit: (rank.get(hit.where, 3), hit.start > 0, len(hit.text), hit.text, hit.node))
    return hits[:limit]


def _texts(state: State) -> Iterator[tuple[str, str, str, str]]:
    for part, flow in state.flow.flows():
        if part:
            yield part, FLOW, "", flow.name or part
        for name in flow.variables:
            yield part, VARIABLE, "", name
        for node in flow.nodes.values():
            yield part, NAME, node.id, node.label or node.kind
            if node.note:
                yield part, NOTE, node.id, node.note
            for where, value in _field_texts(node):
                yield part, where, node.id, value


def _field_texts(node: FlowNode) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, Any]] = [("", node.fields)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            waiting += [(f"{path}.{key}" if path else str(key), inner) for key, inner in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [(f"{path}.{i}", inner) for i, inner in enumerate(value)]
