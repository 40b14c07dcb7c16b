"""Types as a model's tools describe them: JSON Schema, in the small part every vendor understands."""

from typing import Any

from engine.expressions import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INT,
    TIME,
    EnumType,
    ListType,
    MapType,
    RecordType,
    Type,
)

_SIMPLE: dict[Any, dict[str, Any]] = {
    BOOL: {"type": "boolean"},
    INT: {"type": "integer"},
    DECIMAL: {"type": "string", "description": "a decimal number, like 2.5"},
    DATE: {"type": "string", "description": "a date, like 2026-11-27"},
    TIME: {"type": "string", "description": "a time of day, like 19:30"},
    DATETIME: {"type": "string", "description": "a date with a time, like 2026-11-27T19:30"},
    DURATION: {"type": "integer", "description": "milliseconds"},
}


def json_schema(type: Type | None, description: str = "") -> dict[str, Any]:
    """The schema of a type's plain values."""
    schema = _schema(type)
    if description:
        hint = schema.get("description")
        schema = {**schema, "description": f"{description} ({hint})" if hint else description}
    return schema


def _schema(type: Type | None) -> dict[str, Any]:
    if type in _SIMPLE:
        return dict(_SIMPLE[type])
    if isinstance(type, EnumType):
        return {"type": "string", "enum": list(type.members)}
    if isinstance(type, ListType):
        return {"type": "array", "items": _schema(type.element)}
    if isinstance(type, MapType):
        return {"type": "object", "additionalProperties": _schema(type.value)}
    if isinstance(type, RecordType):
        return object_schema({name: _schema(field) for name, field in type.fields}, ())
    return {"type": "string"}


def object_schema(properties: dict[str, Any], required: tuple[str, ...] | list[str]) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
