"""Computing with values whose types are only known by looking at them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.expressions.domains import ANYTHING, EITHER, Domain, between
from engine.expressions.errors import EvaluationError
from engine.expressions.functions import FUNCTIONS
from engine.expressions.limits import INT_MAX
from engine.expressions.operators import NEGATION, resolve
from engine.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIME,
    ListType,
    MapType,
    Type,
)

FAILED: Final = object()
"""Stands for a computation that has no value."""

_TYPES: Mapping[type, Type] = {
    type(None): NULL,
    bool: BOOL,
    int: INT,
    Decimal: DECIMAL,
    str: STRING,
    date: DATE,
    time: TIME,
    datetime: DATETIME,
    timedelta: DURATION,
    list: ListType(DYN),
    tuple: ListType(DYN),
    dict: MapType(DYN),
}


def type_of(value: Any) -> Type:
    """The type of a value."""
    return _TYPES.get(type(value), DYN)


def apply(sign: str, left: Any, right: Any) -> Any:
    """What a binary operator gives, or `FAILED`."""
    found = resolve(sign, type_of(left), type_of(right))
    if found is None:
        return FAILED
    try:
        return found[1](left, right)
    except EvaluationError:
        return FAILED


def negate(value: Any) -> Any:
    """The negative, or `FAILED`."""
    operation = NEGATION.get(type_of(value))
    try:
        return FAILED if operation is None else operation(value)
    except EvaluationError:
        return FAILED


def call(function: str, arguments: Sequence[Any]) -> Any:
    """What a function gives, or `FAILED`."""
    known = FUNCTIONS.get(function)
    overload = known.overload(tuple(type_of(argument) for argument in arguments)) if known else None
    if overload is None:
        return FAILED
    try:
        return overload.run(*arguments)
    except EvaluationError:
        return FAILED


_RANGES: Mapping[str, Domain] = {
    "size": between(0, INT_MAX),
    "weekday": between(1, 7),
    "month": between(1, 12),
    "day": between(1, 31),
    "year": between(1, 9999),
    "hour": between(0, 23),
    "minute": between(0, 59),
    "startsWith": EITHER,
    "endsWith": EITHER,
    "contains": EITHER,
    "matches": EITHER,
}


def range_of(function: str) -> Domain:
    """What a function may give, whatever it is given."""
    return _RANGES.get(function, ANYTHING)
