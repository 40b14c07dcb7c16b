"""The table of operators: which types each takes, what it gives, and what computes it."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from engine.expressions import arithmetic as a
from engine.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    STRING,
    TIME,
    ListType,
    MapType,
    RecordType,
    ScalarType,
    Type,
    compatible,
    plain,
)

Operation = Callable[[Any, Any], Any]

ORDERED: tuple[Type, ...] = (BOOL, INT, DECIMAL, STRING, DATE, TIME, DATETIME, DURATION)
"""The types whose values have an order."""

ORDERINGS: Mapping[str, Operation] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
"""The operator that says the same with the sides exchanged."""

OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
"""The operator that says the contrary."""

ARITHMETIC: Mapping[tuple[str, Type, Type], tuple[Type, Operation]] = {
    ("+", INT, INT): (INT, a.add_int),
    ("-", INT, INT): (INT, a.subtract_int),
    ("*", INT, INT): (INT, a.multiply_int),
    ("/", INT, INT): (INT, a.divide_int),
    ("%", INT, INT): (INT, a.remainder_int),
    ("+", DECIMAL, DECIMAL): (DECIMAL, a.add_decimal),
    ("-", DECIMAL, DECIMAL): (DECIMAL, a.subtract_decimal),
    ("*", DECIMAL, DECIMAL): (DECIMAL, a.multiply_decimal),
    ("/", DECIMAL, DECIMAL): (DECIMAL, a.divide_decimal),
    ("%", DECIMAL, DECIMAL): (DECIMAL, a.remainder_decimal),
    ("+", STRING, STRING): (STRING, a.add_text),
    ("+", DATE, DURATION): (DATE, a.date_plus),
    ("-", DATE, DURATION): (DATE, a.date_minus),
    ("-", DATE, DATE): (DURATION, a.difference),
    ("+", DATETIME, DURATION): (DATETIME, a.datetime_plus),
    ("-", DATETIME, DURATION): (DATETIME, a.datetime_minus),
    ("-", DATETIME, DATETIME): (DURATION, a.difference),
    ("+", TIME, DURATION): (TIME, a.time_plus),
    ("-", TIME, DURATION): (TIME, a.time_minus),
    ("-", TIME, TIME): (DURATION, a.time_between),
    ("+", DURATION, DURATION): (DURATION, a.add_duration),
    ("-", DURATION, DURATION): (DURATION, a.subtract_duration),
    ("*", DURATION, INT): (DURATION, a.multiply_duration),
}

NEGATION: Mapping[Type, Callable[[Any], Any]] = {
    INT: a.negate_int,
    DECIMAL: a.negate_decimal,
    DURATION: a.negate_duration,
}


def resolve(sign: str, left: Type, right: Type) -> tuple[Type, Operation] | None:
    """The result type of a binary operator and what computes it, or None when it does not take these
    types.
    """
    left, right = plain(left), plain(right)
    if sign in ("==", "!="):
        return (BOOL, equality(sign, left, right)) if compatible(left, right) else None
    if sign in ORDERINGS:
        return (BOOL, ORDERINGS[sign]) if left == right and left in ORDERED else None
    if sign == "in":
        return _membership(left, right)
    if sign == "+" and isinstance(left, ListType) and isinstance(right, ListType):
        if not compatible(left.element, right.element):
            return None
        element = right.element if left.element == DYN else left.element
        return ListType(element, left.max_length + right.max_length), a.add_list
    return ARITHMETIC.get((sign, left, right))


def equality(sign: str, left: Type, right: Type) -> Operation:
    """What compares two values of these types."""
    if isinstance(left, ScalarType) and left != DYN and right != DYN:
        return operator.eq if sign == "==" else operator.ne
    return a.same if sign == "==" else _different


def _different(left: Any, right: Any) -> bool:
    return not a.same(left, right)


def _membership(left: Type, right: Type) -> tuple[Type, Operation] | None:
    if isinstance(right, ListType) and compatible(left, right.element):
        return BOOL, (_in if isinstance(left, ScalarType) and left != DYN else a.among)
    if isinstance(right, MapType | RecordType) and left == STRING:
        return BOOL, _in
    return None


def _in(value: Any, container: Any) -> bool:
    return value in container
