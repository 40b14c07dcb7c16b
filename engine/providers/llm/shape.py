"""Whether a value fits a JSON schema: the part of it that models are given.

Types, enum, const, properties, required, additionalProperties, items, anyOf, bounds of numbers, texts and lists. What
else a schema says is for the model to read; nothing is fetched (no ``$ref``).
"""

from collections.abc import Iterator, Mapping
from typing import Any

DEEPEST = 32
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def problems(value: Any, schema: Mapping[str, Any], at: str = "the answer") -> list[str]:
    """What does not fit, in words that name the place; nothing when all fits."""
    return list(_problems(value, schema, at, 0))


def _problems(value: Any, schema: Any, at: str, depth: int) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    if depth > DEEPEST:
        yield f"{at} is nested too deeply"
        return
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{at} is not of type {' or '.join(kinds)}"
        return
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        yield f"{at} is none of the values there are"
    if "const" in schema and not _same(value, schema["const"]):
        yield f"{at} is not the value it must be"
    choices = schema.get("anyOf")
    if choices and all(any(_problems(value, one, at, depth + 1)) for one in choices):
        yield f"{at} fits none of its shapes"
    if isinstance(value, dict):
        yield from _of_object(value, schema, at, depth)
    elif isinstance(value, list):
        yield from _of_list(value, schema, at, depth)
    elif isinstance(value, str):
        yield from _of_size(len(value), schema, at, "minLength", "maxLength")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _of_size(value, schema, at, "minimum", "maximum")


def _of_object(value: dict[str, Any], schema: Mapping[str, Any], at: str, depth: int) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at} lacks {name}"
    more = schema.get("additionalProperties", True)
    for name, one in value.items():
        if name in known:
            yield from _problems(one, known[name], f"{at}, {name},", depth + 1)
        elif more is False:
            yield f"{at} has {name[:40]}, which nobody asked for"
        else:
            yield from _problems(one, more, f"{at}, {name[:40]},", depth + 1)


def _of_list(value: list[Any], schema: Mapping[str, Any], at: str, depth: int) -> Iterator[str]:
    yield from _of_size(len(value), schema, at, "minItems", "maxItems")
    for number, one in enumerate(value):
        yield from _problems(one, schema.get("items"), f"{at}, item {number + 1},", depth + 1)


def _of_size(size: float, schema: Mapping[str, Any], at: str, least: str, most: str) -> Iterator[str]:
    if least in schema and size < schema[least]:
        yield f"{at} is below its {least} {schema[least]}"
    if most in schema and size > schema[most]:
        yield f"{at} is above its {most} {schema[most]}"


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(kind, object))


def _same(left: Any, right: Any) -> bool:
    # True == 1 in Python, not in JSON.
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
