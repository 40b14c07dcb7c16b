"""From a node as written to the typed fields of its kind, or to a diagnostic that says what is wrong."""

import re
from typing import Any

import msgspec

from engine.flow import Diagnostic, FlowNode, Severity
from engine.kinds.kind import Kind, NodeFields
from engine.kinds.registry import kind_of

_AT = re.compile(r" - at `\$\.?(.*)`$")


class TypedNode(msgspec.Struct, frozen=True):
    """A node with its kind and its typed fields; both are None when the kind is unknown or a field is
    wrong."""

    node: FlowNode
    kind: Kind[Any] | None
    fields: NodeFields | None
    diagnostics: tuple[Diagnostic, ...] = ()


def typed_node(node: FlowNode) -> TypedNode:
    """Decode one node's fields. Never raises."""
    kind = kind_of(node.kind)
    if kind is None:
        return TypedNode(node, None, None, (_unknown_kind(node),))
    try:
        return TypedNode(node, kind, msgspec.convert(node.fields, kind.structure))
    except msgspec.ValidationError as error:
        return TypedNode(node, kind, None, (_wrong_field(node, kind, str(error)),))


def _unknown_kind(node: FlowNode) -> Diagnostic:
    message = (
        f'This Parley knows no node of the kind "{node.kind}"; the node is kept as it is, and cannot run.'
    )
    return Diagnostic(
        "F002", message, node=node.id, fix="Update Parley, or replace the node by one it knows."
    )


def _wrong_field(node: FlowNode, kind: Kind[Any], error: str) -> Diagnostic:
    at = _AT.search(error)
    path = at.group(1) if at else ""
    what = error[: at.start()] if at else error
    unknown = re.search(r"unknown field `(.+?)`", what)
    if unknown:
        name = unknown.group(1)
        message = f'"{name}" is no field of {kind.title}.'
        fix = 'Remove it, or begin its name with "x_" to keep it.'
        return Diagnostic("F003", message, Severity.ERROR, node=node.id, field=path or name, fix=fix)
    message = f"{kind.title}: {what[0].lower()}{what[1:]}" + (f" (at {path})." if path else ".")
    return Diagnostic("F003", message, Severity.ERROR, node=node.id, field=path, fix=_example(kind, path))


def _example(kind: Kind[Any], path: str) -> str:
    name = path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
    spec: Any = next((s for s in kind.form() if s.name == name), None)
    return f'"{name}" is: {spec.help}' if spec is not None and spec.help else ""
