"""Edits of a flow's variables. A new name goes wherever the old one is used: expressions, templates, forms, calls."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.expressions import ExpressionError, rename
from engine.flow import Flow, FlowNode, Variable
from engine.kinds import FieldSpec, kind_of
from studio.document.edits import NOTHING
from studio.document.patch import Edit, PartPatch, Patch, Settings, State, part_of


def put_variable(state: State, part: str, name: str, variable: Variable | None) -> Edit:
    """Declare or change a variable; None takes it away."""
    flow = part_of(state.flow, part)
    there = flow is not None and name in flow.variables
    if variable is None:
        if not there:
            return NOTHING
        return Edit(f"Remove the variable {name}", Patch({part: PartPatch(variables={name: None})}))
    label = f"Change the variable {name}" if there else f"Add the variable {name}"
    return Edit(label, Patch({part: PartPatch(variables={name: variable})}))


def rename_variable(state: State, part: str, old: str, new: str) -> Edit:
    """Call a variable ``new`` wherever its flow uses it. An expression that cannot be read stays as it is."""
    flow = part_of(state.flow, part)
    if flow is None or old not in flow.variables or not new or new in flow.variables:
        return NOTHING
    settings = Settings(inputs=_listed(flow.inputs, old, new), outputs=_listed(flow.outputs, old, new))
    parts = {
        part: PartPatch(
            _renamed_nodes(flow, old, new), {old: None, new: flow.variables[old]}, settings=settings
        )
    }
    for name, other in state.flow.flows():
        if part and name != part and (nodes := _renamed_calls(other, part, old, new)):
            parts[name] = PartPatch(nodes)
    return Edit(f"Rename {old} to {new}", Patch(parts))


def _listed(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def _renamed_nodes(flow: Flow, old: str, new: str) -> dict[str, FlowNode]:
    changed = {}
    for node in flow.nodes.values():
        kind = kind_of(node.kind)
        fields = _renamed_fields(node.fields, kind.form(), old, new) if kind is not None else node.fields
        if node.kind == "call" and isinstance(node.fields.get("outputs"), Mapping):
            outputs = {new if key == old else key: to for key, to in node.fields["outputs"].items()}
            fields = {**fields, "outputs": outputs}
        if fields != node.fields:
            changed[node.id] = msgspec.structs.replace(node, fields=fields)
    return changed


def _renamed_calls(flow: Flow, part: str, old: str, new: str) -> dict[str, FlowNode]:
    changed = {}
    for node in flow.nodes.values():
        if node.kind != "call" or node.fields.get("flow") != part:
            continue
        fields = dict(node.fields)
        if isinstance(fields.get("inputs"), Mapping):
            fields["inputs"] = {new if key == old else key: text for key, text in fields["inputs"].items()}
        if isinstance(fields.get("outputs"), Mapping):
            fields["outputs"] = {key: new if to == old else to for key, to in fields["outputs"].items()}
        if fields != node.fields:
            changed[node.id] = msgspec.structs.replace(node, fields=fields)
    return changed


def _renamed_fields(
    fields: Mapping[str, Any], form: tuple[FieldSpec, ...], old: str, new: str
) -> dict[str, Any]:
    result = dict(fields)
    for spec in form:
        if spec.name in result:
            result[spec.name] = _renamed_value(result[spec.name], spec, old, new)
    return result


def _renamed_value(value: Any, spec: FieldSpec, old: str, new: str) -> Any:
    match spec.editor:
        case "variable":
            return new if value == old else value
        case "expression" | "expressions":
            return _each_text(value, old, new, template=False)
        case "template" | "templates" | "prompt" | "prompts":
            return _each_text(value, old, new, template=True)
        case "list" if isinstance(value, list | tuple):
            return [
                _renamed_fields(item, spec.items, old, new) if isinstance(item, Mapping) else item
                for item in value
            ]
    return value


def _each_text(value: Any, old: str, new: str, *, template: bool) -> Any:
    if isinstance(value, str):
        try:
            return rename(value, old, new, template)
        except ExpressionError:
            return value
    if isinstance(value, Mapping):
        return {key: _each_text(inner, old, new, template=template) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(inner, old, new, template=template) for inner in value]
    return value
