"""Reading ``flow.json`` and ``layout.json``.

The header is strict and decoded first; each node is decoded by itself, so that every bad node gives its own
diagnostic and the others load. What a kind's fields must be is the kind's affair (`engine.kinds`): here they
stay raw.
"""

from typing import Any, Literal

import msgspec

from engine.flow.diagnostic import Diagnostic
from engine.flow.document import Flow, FlowNode, Suppression, Variable
from engine.flow.layout import Comment, Group, Layout
from engine.flow.thinking import Function, Personality
from engine.flow.upgrades import SCHEMA, upgrade

MAX_BYTES = 64 * 1024 * 1024
NODE_KEYS = ("kind", "label", "note", "out")
FLOW_KEYS = frozenset(f for f in Flow.__struct_fields__ if f != "extra")
ONCE = ("recording", "notices", "personality", "escalate_after", "never")
"""What the main flow says for all."""
LAYOUT_KEYS = frozenset(f for f in Layout.__struct_fields__ if f != "extra")


class FlowFormatError(Exception):
    """The file is no flow document at all; the message says what to do."""


def load_flow(data: bytes) -> tuple[Flow, list[Diagnostic]]:
    """Decode ``flow.json``. Raises `FlowFormatError` when it is not one; every smaller mistake is a
    diagnostic."""
    return parse_flow(_document(data, "parley-flow"))


def load_layout(data: bytes) -> Layout:
    """Decode ``layout.json``. Raises `FlowFormatError`; entries that make no sense are left out."""
    raw = _document(data, "parley-layout")
    extra = _extra(raw)
    parts: dict[str, Any] = {k: v for k, v in raw.items() if k in LAYOUT_KEYS}
    return Layout(
        nodes=_each(parts.get("nodes"), tuple[int, int]),
        groups=_each(parts.get("groups"), Group),
        comments=_each(parts.get("comments"), Comment),
        extra=extra,
    )


def parse_flow(raw: dict[str, Any]) -> tuple[Flow, list[Diagnostic]]:
    """Turn the raw JSON of the current schema into a `Flow`, with a diagnostic for each part that is
    wrong."""
    diagnostics: list[Diagnostic] = []
    flow = _flow(raw, "", diagnostics)
    diagnostics += _twice(flow)
    return flow, diagnostics


def _twice(document: Flow) -> list[Diagnostic]:
    """Node ids that stand in several flows of a document: layouts, sessions and reports could not tell them apart."""
    found: dict[str, str] = {}
    return [
        Diagnostic(
            "F001",
            f"The node id {id} stands in two flows of this document.",
            flow=name,
            node=id,
            fix="Give one of the nodes another id, and lead its wires there.",
        )
        for name, part in document.flows()
        for id in part.nodes
        if found.setdefault(id, name) != name
    ]


def _document(data: bytes, expected: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise FlowFormatError(
            f"The file is larger than {MAX_BYTES // 2**20} MB; that is no flow drawn by a person."
        )
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FlowFormatError(
            f"The file is not valid JSON: {error}. Restore it from the last good version."
        ) from error
    if not isinstance(raw, dict) or raw.get("format") != expected:
        raise FlowFormatError(f'The file is no Parley document: "format" must be "{expected}".')
    version = raw.get("schema")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FlowFormatError(f'"schema" must be a whole number from 1 to {SCHEMA}, not {version!r}.')
    if version > SCHEMA:
        raise FlowFormatError(
            f"The file was made by a newer Parley (schema {version}; this one reads up to {SCHEMA}). "
            "Update Parley to open it; the file was left as it is."
        )
    try:
        raw = upgrade(raw)
    except Exception as error:
        raise FlowFormatError(f"The file could not be upgraded from schema {version}: {error!r}.") from error
    return {k: v for k, v in raw.items() if k not in ("format", "schema")}


def _flow(raw: dict[str, Any], name: str, out: list[Diagnostic]) -> Flow:
    def wrong(message: str, field: str = "", node: str = "", fix: str = "") -> None:
        out.append(Diagnostic("F001", message, flow=name, node=node, field=field, fix=fix))

    extra = _extra(raw)
    for key, value in raw.items():
        if key not in FLOW_KEYS and key not in extra:
            wrong(
                f'A flow has no field "{key}".', key, fix='Remove it, or begin its name with "x_" to keep it.'
            )
            extra[key] = value
    take = {k: v for k, v in raw.items() if k in FLOW_KEYS}
    parts: dict[str, Any] = {"extra": extra}
    for key, kind in _SIMPLE.items():
        if key in take:
            try:
                parts[key] = msgspec.convert(take[key], kind)
            except msgspec.ValidationError as error:
                wrong(f'"{key}" of the flow is wrong: {error}.', key)
    for key in ONCE if name else ():
        if parts.pop(key, None):
            wrong(f'"{key}" is said once, by the main flow.', key, fix="Move it there.")
    parts["variables"] = _entries(take, "variables", Variable, wrong)
    if not name:
        parts["functions"] = _entries(take, "functions", Function, wrong)
    elif take.get("functions"):
        wrong('"functions" is said once, by the main flow.', "functions", fix="Move it there.")
    parts["nodes"] = _nodes(take.get("nodes", {}), wrong)
    subflows = take.get("subflows", {})
    if name and subflows:
        wrong("A sub-flow may not hold sub-flows of its own.", "subflows", fix="Move them beside this one.")
    elif not isinstance(subflows, dict):
        wrong('"subflows" must map ids to flows.', "subflows")
    else:
        parts["subflows"] = {k: _flow(v, k, out) for k, v in subflows.items() if isinstance(v, dict)}
    return Flow(**parts)


_SIMPLE: dict[str, Any] = {
    "name": str,
    "description": str,
    "start": str,
    "locales": tuple[str, ...],
    "inputs": tuple[str, ...],
    "outputs": tuple[str, ...],
    "defaults": dict[str, str],
    "patience": dict[str, int],
    "recording": Literal["", "consent", "always", "forbidden"],
    "notices": dict[Literal["resumed", "hearing", "apology", "hold"], dict[str, str]],
    "personality": Personality | None,
    "escalate_after": int,
    "never": tuple[str, ...],
    "suppress": tuple[Suppression, ...],
}


def _nodes(raw: Any, wrong: Any) -> dict[str, FlowNode]:
    if not isinstance(raw, dict):
        wrong('"nodes" must map node ids to nodes.', "nodes")
        return {}
    nodes: dict[str, FlowNode] = {}
    for id, node in raw.items():
        kind = node.get("kind") if isinstance(node, dict) else None
        if not isinstance(kind, str):
            wrong(
                f'Node {id} has no "kind", so it does nothing.', node=id, fix='Give it a kind, such as "say".'
            )
            nodes[id] = FlowNode(id, "", fields=node if isinstance(node, dict) else {"value": node})
            continue
        label, note, edges = node.get("label", ""), node.get("note", ""), node.get("out", {})
        if not (isinstance(label, str) and isinstance(note, str)):
            wrong(f'"label" and "note" of node {id} must be texts.', node=id)
            label, note = str(label), str(note)
        if not isinstance(edges, dict) or not all(isinstance(v, str) for v in edges.values()):
            wrong(f'"out" of node {id} must map ports to node ids.', "out", node=id)
            edges = {k: v for k, v in edges.items() if isinstance(v, str)} if isinstance(edges, dict) else {}
        fields = {k: v for k, v in node.items() if k not in NODE_KEYS and k[:2] != "x_"}
        extra = {k: v for k, v in node.items() if k[:2] == "x_"}
        nodes[id] = FlowNode(id, kind, label, note, fields, edges, extra)
    return nodes


def _entries(take: dict[str, Any], key: str, kind: Any, wrong: Any) -> dict[str, Any]:
    raw = take.get(key, {})
    if not isinstance(raw, dict):
        wrong(f'"{key}" must map names to descriptions.', key)
        return {}
    found = {}
    for name, value in raw.items():
        try:
            found[name] = msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            wrong(f'"{key}.{name}" is wrong: {error}.', f"{key}.{name}")
    return found


def _each(raw: Any, kind: Any) -> dict[str, Any]:
    found = {}
    for key, value in raw.items() if isinstance(raw, dict) else ():
        try:
            found[key] = msgspec.convert(value, kind)
        except msgspec.ValidationError:
            continue
    return found


def _extra(raw: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in raw.items() if k.startswith("x_")}
