"""The types values have, how a flow document writes them, and how a person reads them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.expressions.limits import DEFAULT_LIST, LIST_RESULT


class Type(msgspec.Struct, frozen=True):
    """A type. Immutable and hashable; ``str()`` says it in words."""


class ScalarType(Type, frozen=True):
    """A type without parts. ``name`` is its canonical spec."""

    name: str

    def __str__(self) -> str:
        return _WORDS[self.name][0]


class EnumType(Type, frozen=True):
    """A text that is one of a few."""

    members: tuple[str, ...]

    def __str__(self) -> str:
        return "choice"


class ListType(Type, frozen=True):
    """A list of at most ``max_length`` entries."""

    element: Type
    max_length: int = DEFAULT_LIST

    def __str__(self) -> str:
        return f"list of {plural(self.element)}"


class MapType(Type, frozen=True):
    """Values by a text."""

    value: Type

    def __str__(self) -> str:
        return f"map of {plural(self.value)}"


class RecordType(Type, frozen=True):
    """Named fields, each with its own type."""

    fields: tuple[tuple[str, Type], ...]

    def field(self, name: str) -> Type | None:
        """The type of a field, or None when there is no such field."""
        return next((type for known, type in self.fields if known == name), None)

    def __str__(self) -> str:
        return "record"


NULL = ScalarType("null")
BOOL = ScalarType("yes_no")
INT = ScalarType("int")
DECIMAL = ScalarType("decimal")
STRING = ScalarType("text")
DATE = ScalarType("date")
TIME = ScalarType("time")
DATETIME = ScalarType("datetime")
DURATION = ScalarType("duration")
DYN = ScalarType("unknown")
"""The type of what is already reported as wrong, and of the entries of an empty list: it goes with
everything.
"""

_WORDS: Mapping[str, tuple[str, str]] = {
    "null": ("null", "nulls"),
    "yes_no": ("yes/no value", "yes/no values"),
    "int": ("whole number", "whole numbers"),
    "decimal": ("decimal number", "decimal numbers"),
    "text": ("text", "texts"),
    "date": ("date", "dates"),
    "time": ("time", "times"),
    "datetime": ("date with time", "dates with times"),
    "duration": ("duration", "durations"),
    "unknown": ("value", "values"),
}

_SPECS: Mapping[str, Type] = {
    "text": STRING,
    "int": INT,
    "decimal": DECIMAL,
    "yes_no": BOOL,
    "date": DATE,
    "time": TIME,
    "datetime": DATETIME,
    "duration": DURATION,
    "phone": STRING,
    "email": STRING,
    "name": STRING,
    "digits": STRING,
}

_DEPTH = 8

_ALLOWED = (
    f"a type is one of {', '.join(_SPECS)}, "
    'or {"enum": ["a", "b"]}, {"list": type, "max": 20}, {"map": type}, {"record": {"field": type}}'
)


def plural(type: Type) -> str:
    """The type in words, for many of it."""
    if isinstance(type, ScalarType):
        return _WORDS[type.name][1]
    head, _, rest = str(type).partition(" ")
    return f"{head}s {rest}".strip()


def with_article(type: Type) -> str:
    """The type in words, for one of it: ``a whole number``."""
    return str(type) if type == NULL else f"a {type}"


def plain(type: Type) -> Type:
    """The type operators see: a choice is a text to them."""
    return STRING if isinstance(type, EnumType) else type


def compatible(left: Type, right: Type) -> bool:
    """Whether values of the two types may be compared, or stand in one list."""
    if left is right or left == DYN or right == DYN:
        return True
    left, right = plain(left), plain(right)
    if isinstance(left, ListType) and isinstance(right, ListType):
        return compatible(left.element, right.element)
    if isinstance(left, MapType) and isinstance(right, MapType):
        return compatible(left.value, right.value)
    if isinstance(left, RecordType) and isinstance(right, RecordType):
        others = dict(right.fields)
        return len(left.fields) == len(others) and all(
            name in others and compatible(field, others[name]) for name, field in left.fields
        )
    return left == right


def join(left: Type, right: Type) -> Type | None:
    """The type that holds values of both, or None. Null joins with everything."""
    if left == right or right in (NULL, DYN):
        return left
    if left in (NULL, DYN):
        return right
    if isinstance(left, EnumType) and isinstance(right, EnumType):
        return EnumType(tuple(dict.fromkeys(left.members + right.members)))
    if isinstance(left, ListType) and isinstance(right, ListType):
        element = join(left.element, right.element)
        return None if element is None else ListType(element, max(left.max_length, right.max_length))
    if isinstance(left, MapType) and isinstance(right, MapType):
        value = join(left.value, right.value)
        return None if value is None else MapType(value)
    return plain(left) if compatible(left, right) else None


def fits(type: Type, want: Type) -> bool:
    """Whether every value of ``type`` is a value of ``want``.

    How long a list may be is judged when it runs.
    """
    if type in (want, DYN, NULL) or want == DYN:
        return True
    if isinstance(want, EnumType):
        return isinstance(type, EnumType) and set(type.members) <= set(want.members)
    if isinstance(want, ListType):
        return isinstance(type, ListType) and fits(type.element, want.element)
    if isinstance(want, MapType):
        return isinstance(type, MapType) and fits(type.value, want.value)
    if isinstance(want, RecordType):
        if not isinstance(type, RecordType):
            return False
        wanted = dict(want.fields)
        return all(name in wanted and fits(field, wanted[name]) for name, field in type.fields)
    return plain(type) == want


def parse_type(spec: Any, depth: int = 0) -> Type:
    """The type a flow document's spec stands for; ``ValueError`` says what is allowed."""
    if depth > _DEPTH:
        raise ValueError(f"a type nests at most {_DEPTH} deep")
    if isinstance(spec, str):
        if spec == "number":
            raise ValueError('"number" is "int" for whole numbers or "decimal" for others')
        known = _SPECS.get(spec)
        if known is None:
            raise ValueError(f'"{spec[:80]}" is no type: {_ALLOWED}')
        return known
    if not isinstance(spec, Mapping):
        raise ValueError(_ALLOWED)
    rest = set(spec) - {"max"} if "list" in spec else set(spec)
    if rest == {"enum"}:
        return _parse_enum(spec["enum"])
    if rest == {"list"}:
        longest = spec.get("max", DEFAULT_LIST)
        if not isinstance(longest, int) or isinstance(longest, bool) or not 1 <= longest <= LIST_RESULT:
            raise ValueError(f'"max" of a list is a whole number from 1 to {LIST_RESULT}')
        return ListType(parse_type(spec["list"], depth + 1), longest)
    if rest == {"map"}:
        return MapType(parse_type(spec["map"], depth + 1))
    if rest == {"record"} and isinstance(spec["record"], Mapping):
        return RecordType(
            tuple((str(name), parse_type(field, depth + 1)) for name, field in spec["record"].items())
        )
    raise ValueError(_ALLOWED)


def _parse_enum(members: Any) -> EnumType:
    if not isinstance(members, list | tuple) or not members or not all(isinstance(m, str) for m in members):
        raise ValueError('"enum" is a list of one or more texts')
    if len(set(members)) != len(members):
        raise ValueError('"enum" names a text twice')
    return EnumType(tuple(members))


def type_spec(type: Type) -> Any:
    """The spec that `parse_type` reads back as the type."""
    if isinstance(type, ScalarType):
        return type.name
    if isinstance(type, EnumType):
        return {"enum": list(type.members)}
    if isinstance(type, ListType):
        return {"list": type_spec(type.element), "max": type.max_length}
    if isinstance(type, MapType):
        return {"map": type_spec(type.value)}
    if isinstance(type, RecordType):
        return {"record": {name: type_spec(field) for name, field in type.fields}}
    raise ValueError(f"{type} has no spec")
