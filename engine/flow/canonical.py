"""Canonical files: UTF-8, LF, two spaces, ids sorted, fields in a fixed order, so that a small edit is a
small diff."""

from typing import Any

import msgspec

from engine.flow.document import Flow, FlowNode
from engine.flow.layout import Layout
from engine.flow.upgrades import SCHEMA


def canonical_json(value: Any) -> bytes:
    """JSON as it stands in our files; raises ``TypeError`` for what JSON cannot say. The order of keys is
    the caller's."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def dump_flow(flow: Flow) -> bytes:
    """The bytes of ``flow.json``; loading them gives an equal flow."""
    return canonical_json({"format": "parley-flow", "schema": SCHEMA, **flow_dict(flow)})


def dump_layout(layout: Layout) -> bytes:
    """The bytes of ``layout.json``."""
    body: dict[str, Any] = {"format": "parley-layout", "schema": SCHEMA}
    for key in ("nodes", "groups", "comments"):
        entries = getattr(layout, key)
        if entries:
            body[key] = {id: entries[id] for id in sorted(entries)}
    return canonical_json({**body, **_sorted(layout.extra)})


def flow_dict(flow: Flow, *, semantic: bool = False) -> dict[str, Any]:
    """A flow as raw JSON in canonical order. With ``semantic`` only what changes the program: no notes, no
    suppressions, no ``x_*``; labels stay, because people read them in sessions and reports."""
    body: dict[str, Any] = {"name": flow.name}
    if flow.description and not semantic:
        body["description"] = flow.description
    body["start"] = flow.start
    body["locales"] = list(flow.locales)
    for key in ("inputs", "outputs"):
        if getattr(flow, key):
            body[key] = list(getattr(flow, key))
    for key in ("defaults", "patience"):
        if getattr(flow, key):
            body[key] = _sorted(getattr(flow, key))
    if flow.recording:
        body["recording"] = flow.recording
    if flow.notices:
        body["notices"] = {name: _sorted(flow.notices[name]) for name in sorted(flow.notices)}
    if flow.personality is not None:
        body["personality"] = flow.personality
    if flow.escalate_after:
        body["escalate_after"] = flow.escalate_after
    if flow.never:
        body["never"] = list(flow.never)
    if flow.functions:
        body["functions"] = {name: flow.functions[name] for name in sorted(flow.functions)}
    if flow.variables:
        body["variables"] = {name: flow.variables[name] for name in sorted(flow.variables)}
    if flow.suppress and not semantic:
        body["suppress"] = list(flow.suppress)
    body["nodes"] = {id: node_dict(flow.nodes[id], semantic=semantic) for id in sorted(flow.nodes)}
    if flow.subflows:
        body["subflows"] = {
            id: flow_dict(flow.subflows[id], semantic=semantic) for id in sorted(flow.subflows)
        }
    return body if semantic else {**body, **_sorted(flow.extra)}


def node_dict(node: FlowNode, *, semantic: bool = False) -> dict[str, Any]:
    """A node as raw JSON in canonical order: kind, label, note, its fields by name, ``out``, ``x_*``."""
    body: dict[str, Any] = {"kind": node.kind}
    if node.label:
        body["label"] = node.label
    if node.note and not semantic:
        body["note"] = node.note
    body.update(_sorted(node.fields))
    if node.out:
        body["out"] = _sorted(node.out)
    if not semantic:
        body.update(_sorted(node.extra))
    return body


def _sorted(mapping: Any) -> dict[str, Any]:
    return {key: mapping[key] for key in sorted(mapping)}
