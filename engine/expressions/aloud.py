"""Values spoken in parts that can be prepared: a weekday and a day of the year, a quarter of an hour, a digit.

What a hole of a template may come to say is closed when every part of it is known before anybody calls.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from engine.expressions.types import BOOL, DATE, DATETIME, INT, TIME, EnumType, Type, plain

LARGEST = 60
"""Whole numbers up to this one are prepared."""

LEAP_YEAR = 2028
QUARTERS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45))
SIGNS = (*"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "space", "dash", "dot", "at", "underscore", "plus", "slash")
ONE_BY_ONE = frozenset(("digits", "spell"))
"""Formatters that say a text sign by sign."""

_DAY = re.compile(r"(\w+day) (the \w+ of \w+)(?: (at .+))?")
_SILENT = re.compile(r"[^\w]*")


class Aloud(msgspec.Struct, frozen=True):
    """How a value is spoken: in which parts a text of it falls, and every part there may be (None: no end of
    them)."""

    split: Callable[[str], Sequence[str]]
    every: Callable[[], Iterable[str]] | None


def aloud_of(type: Type, pipes: Sequence[str], says: Sequence[Callable[[Any], str]]) -> Aloud:
    """How values of a type are spoken through these formatters."""
    if pipes and pipes[-1] in ONE_BY_ONE:
        return Aloud(_signs, lambda: SIGNS)
    values = _VALUES.get(plain(type))
    if isinstance(type, EnumType):
        members = type.members
        return Aloud(_whole, lambda: (_said(member, says) for member in members))
    if values is None:
        return Aloud(_whole, None)
    split = _day if type in (DATE, DATETIME) else _whole
    return Aloud(split, lambda: _parts(values, says, split))


def heard(text: str) -> str:
    """A part of a text as it is spoken by itself; empty when there is nothing in it to hear."""
    bare = text.strip()
    return "" if _SILENT.fullmatch(bare) else bare


def _parts(
    values: Callable[[], Iterable[Any]],
    says: Sequence[Callable[[Any], str]],
    split: Callable[[str], Sequence[str]],
) -> Iterator[str]:
    yield from dict.fromkeys(part for value in values() for part in split(_said(value, says)))


def _said(value: Any, says: Sequence[Callable[[Any], str]]) -> str:
    for say in says:
        value = say(value)
    return str(value)


def _whole(text: str) -> Sequence[str]:
    return (text,)


def _signs(text: str) -> Sequence[str]:
    return [sign.upper() if len(sign) == 1 else sign for sign in text.replace(",", " ").split()]


def _day(text: str) -> Sequence[str]:
    found = _DAY.fullmatch(text)
    return [part for part in found.groups() if part] if found else (text,)


def _days() -> Iterator[date]:
    first = date(LEAP_YEAR, 1, 1)
    return (first + timedelta(days=n) for n in range(366))


def _moments() -> Iterator[datetime]:
    first = next(_days())
    yield from (datetime.combine(first, clock) for clock in QUARTERS)
    yield from (datetime.combine(day, QUARTERS[0]) for day in _days())


_VALUES: dict[Type, Callable[[], Iterable[Any]]] = {
    BOOL: lambda: (True, False),
    INT: lambda: range(LARGEST + 1),
    TIME: lambda: QUARTERS,
    DATE: _days,
    DATETIME: _moments,
}
