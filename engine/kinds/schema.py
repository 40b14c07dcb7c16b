"""JSON Schema of ``flow.json`` and ``layout.json``, made from what the kinds declare: for editors, and for
programs that write flows."""

from typing import Any

import msgspec

from engine.flow import SCHEMA, Comment, Function, Group, Personality, Suppression, Variable
from engine.flow.document import NOTICES, RECORDING
from engine.kinds.kind import Kind
from engine.kinds.registry import all_kinds

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OWN_FIELDS: dict[str, Any] = {"^x_": {}}
NODE_ID = {"type": "string", "minLength": 1}
LOCALES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
WORDS = {"type": "object", "additionalProperties": {"type": "string"}}
NAMES = {"type": "array", "items": {"type": "string"}}


def flow_schema() -> dict[str, Any]:
    """The schema of ``flow.json``, as JSON. Nodes of unknown kinds are allowed: they are kept as they are."""
    kinds = list(all_kinds().values())
    structures = [kind.structure for kind in kinds]
    schemas, parts = msgspec.json.schema_components(
        [*structures, Variable, Suppression, Personality, Function], ref_template="#/$defs/{name}"
    )
    variable, suppression, *thinking = schemas[-4:]
    nodes = {f"{kind.id} node": _node(kind, parts) for kind in kinds}
    body = _flow(variable, suppression)
    main = dict(zip(("personality", "function"), thinking, strict=True))
    return {
        "$schema": DIALECT,
        "title": "A Parley flow",
        **body,
        "properties": {
            "format": {"const": "parley-flow"},
            "schema": {"const": SCHEMA},
            **body["properties"],
            "personality": main["personality"],
            "escalate_after": {"type": "integer", "minimum": 0},
            "never": NAMES,
            "functions": {"type": "object", "additionalProperties": main["function"]},
            "subflows": {"type": "object", "additionalProperties": {"$ref": "#/$defs/flow"}},
        },
        "required": ["format", "schema", *body["required"]],
        "$defs": {**parts, **nodes, "node": _any_node(kinds), "flow": body},
    }


def layout_schema() -> dict[str, Any]:
    """The schema of ``layout.json``, as JSON."""
    (group, comment), parts = msgspec.json.schema_components([Group, Comment], ref_template="#/$defs/{name}")
    point = {
        "type": "array",
        "prefixItems": [{"type": "integer"}, {"type": "integer"}],
        "minItems": 2,
        "maxItems": 2,
    }
    return {
        "$schema": DIALECT,
        "title": "The layout of a Parley flow",
        "type": "object",
        "properties": {
            "format": {"const": "parley-layout"},
            "schema": {"const": SCHEMA},
            "nodes": {"type": "object", "additionalProperties": point},
            "groups": {"type": "object", "additionalProperties": group},
            "comments": {"type": "object", "additionalProperties": comment},
        },
        "required": ["format", "schema"],
        "patternProperties": OWN_FIELDS,
        "additionalProperties": False,
        "$defs": parts,
    }


def _flow(variable: dict[str, Any], suppression: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "description": {"type": "string"},
            "start": NODE_ID,
            "locales": LOCALES,
            "inputs": NAMES,
            "outputs": NAMES,
            "defaults": {"type": "object", "additionalProperties": NODE_ID},
            "patience": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
            "recording": {"enum": [*RECORDING]},
            "notices": {
                "type": "object",
                "propertyNames": {"enum": [*NOTICES]},
                "additionalProperties": WORDS,
            },
            "variables": {"type": "object", "additionalProperties": variable},
            "suppress": {"type": "array", "items": suppression},
            "nodes": {"type": "object", "additionalProperties": {"$ref": "#/$defs/node"}},
        },
        "required": ["start", "nodes"],
        "patternProperties": OWN_FIELDS,
        "additionalProperties": False,
    }


def _any_node(kinds: list[Kind[Any]]) -> dict[str, Any]:
    """A node of a known kind has that kind's fields; of an unknown one, any."""
    cases: list[dict[str, Any]] = [
        {
            "if": {"properties": {"kind": {"const": kind.id}}},
            "then": {"$ref": f"#/$defs/{kind.id} node"},
        }
        for kind in kinds
    ]
    return {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "required": ["kind"],
        "allOf": cases,
    }


def _node(kind: Kind[Any], parts: dict[str, Any]) -> dict[str, Any]:
    fields = parts[kind.structure.__name__]
    properties = {
        name: _described(kind, name, schema) for name, schema in fields.get("properties", {}).items()
    }
    return {
        "type": "object",
        "title": kind.title,
        "description": kind.summary,
        "properties": {
            "kind": {"const": kind.id},
            "label": {"type": "string"},
            "note": {"type": "string"},
            **properties,
            "out": {"type": "object", "additionalProperties": NODE_ID},
        },
        "required": ["kind", *fields.get("required", ())],
        "patternProperties": OWN_FIELDS,
        "additionalProperties": False,
    }


def _described(kind: Kind[Any], name: str, schema: dict[str, Any]) -> dict[str, Any]:
    spec = next((s for s in kind.form() if s.name == name), None)
    if spec is None:
        return schema
    return {**schema, "title": spec.label, **({"description": spec.help} if spec.help else {})}
