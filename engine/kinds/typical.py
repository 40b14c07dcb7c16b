"""Typical values of a variable's type, for explorations."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.expressions import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INT,
    STRING,
    TIME,
    EnumType,
    ListType,
    MapType,
    RecordType,
    Type,
)


def typical_of(type: Type | None) -> list[Any]:
    """A few values of the type; at least one."""
    if isinstance(type, EnumType):
        return list(type.members)
    if isinstance(type, ListType):
        inner = typical_of(type.element)[:1]
        return [inner, []]
    if isinstance(type, MapType):
        return [{}]
    if isinstance(type, RecordType):
        return [{name: typical_of(field)[0] for name, field in type.fields}]
    for known, values in _TYPICAL:
        if type == known:
            return list(values)
    return ["some words"]


_TYPICAL: tuple[tuple[Type, tuple[Any, ...]], ...] = (
    (BOOL, (True, False)),
    (INT, (1, 0, 4)),
    (DECIMAL, (Decimal("12.50"), Decimal(0))),
    (STRING, ("some words", "")),
    (DATE, (date(2026, 11, 27),)),
    (TIME, (time(19, 30),)),
    (DATETIME, (datetime(2026, 11, 27, 19, 30),)),
    (DURATION, (timedelta(minutes=30),)),
)
