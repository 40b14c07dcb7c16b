"""The table of functions: each with its types, what it computes, and an example of its use."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from engine.expressions.arithmetic import CONTEXT, bounded_text, whole
from engine.expressions.calendar import (
    date_of,
    datetime_of,
    datetime_text,
    duration_of,
    duration_text,
    time_of,
    time_text,
)
from engine.expressions.errors import EvaluationError
from engine.expressions.operators import ORDERED
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
    Type,
    plain,
)


class Overload(msgspec.Struct, frozen=True):
    """One way to call a function.

    ``clock`` says it is given the session's present moment before its arguments. ``cost`` is in the units of
    `limits.COST`.
    """

    takes: tuple[Type, ...]
    gives: Type
    run: Callable[..., Any]
    cost: int = 1
    clock: bool = False


class Function(msgspec.Struct, frozen=True):
    """A function by its name; ``example`` is how it is written."""

    name: str
    example: str
    overloads: tuple[Overload, ...]
    as_function: bool = True
    as_method: bool = False

    def overload(self, types: tuple[Type, ...]) -> Overload | None:
        """The overload that takes these types."""
        return next((o for o in self.overloads if _takes(o.takes, types)), None)


def _takes(wanted: tuple[Type, ...], given: tuple[Type, ...]) -> bool:
    return len(wanted) == len(given) and all(_accepts(w, g) for w, g in zip(wanted, given, strict=True))


def _accepts(wanted: Type, given: Type) -> bool:
    given = plain(given)
    if wanted == given or given == DYN:
        return True
    if isinstance(wanted, ListType):
        return isinstance(given, ListType)
    return isinstance(wanted, MapType) and isinstance(given, MapType)


_ANY_LIST = ListType(DYN)
_ANY_MAP = MapType(DYN)
_WHOLE = re.compile(r"\s*([+-]?)0*(\d{1,19})\s*", re.ASCII)
_DECIMAL = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)


def _quoted(text: str) -> str:
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def int_of_text(text: str) -> int:
    """The whole number written in a text."""
    found = _WHOLE.fullmatch(text)
    if not found:
        raise EvaluationError("bad_value", f"{_quoted(text)} is no whole number.")
    return whole(int(found[1] + found[2]))


def int_of_decimal(value: Decimal) -> int:
    """What stands before the point."""
    return whole(int(value))


def decimal_of_text(text: str) -> Decimal:
    """The number written in a text."""
    if not _DECIMAL.fullmatch(text) or len(text) > 80:
        raise EvaluationError("bad_value", f"{_quoted(text)} is no number.")
    try:
        return CONTEXT.create_decimal(text.strip())
    except InvalidOperation:
        raise EvaluationError("overflow", "This number has too many digits.") from None


def text_of_bool(value: bool) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


def text_of_decimal(value: Decimal) -> str:
    """Digits and a point, without an exponent."""
    return bounded_text(format(value, "f"))


def _today(now: datetime) -> date:
    return now.date()


def _now(now: datetime) -> datetime:
    return now


def _absolute_int(value: int) -> int:
    return whole(abs(value))


def _contains(text: str, part: str) -> bool:
    return part in text


def _lower(text: str) -> str:
    return bounded_text(text.lower())


def _upper(text: str) -> str:
    return bounded_text(text.upper())


def _full(unit: timedelta) -> Callable[[timedelta], int]:
    def count(span: timedelta) -> int:
        amount = abs(span) // unit
        return -amount if span < timedelta(0) else amount

    return count


def _attribute(name: str) -> Callable[[Any], int]:
    def read(moment: Any) -> int:
        value: int = getattr(moment, name)
        return value

    return read


def _weekday(day: date) -> int:
    return day.isoweekday()


def _method(name: str, example: str, *overloads: Overload) -> Function:
    return Function(name, example, overloads, as_function=False, as_method=True)


def _both(name: str, example: str, *overloads: Overload) -> Function:
    return Function(name, example, overloads, as_method=True)


def _extremes() -> Iterator[Function]:
    for name, choose in (("min", min), ("max", max)):
        several = tuple(Overload((t,) * n, t, choose) for t in ORDERED for n in (2, 3, 4, 5, 6))
        yield Function(name, f"{name}(size, 8)", several)


def _conversions() -> Iterator[Function]:
    yield Function(
        "int",
        'int("12")',
        (
            Overload((STRING,), INT, int_of_text),
            Overload((DECIMAL,), INT, int_of_decimal),
            Overload((INT,), INT, whole),
        ),
    )
    yield Function(
        "decimal",
        'decimal("12.50")',
        (
            Overload((INT,), DECIMAL, Decimal),
            Overload((STRING,), DECIMAL, decimal_of_text),
            Overload((DECIMAL,), DECIMAL, Decimal),
        ),
    )
    yield Function(
        "string",
        "string(size)",
        (
            Overload((INT,), STRING, str),
            Overload((STRING,), STRING, str),
            Overload((BOOL,), STRING, text_of_bool),
            Overload((DECIMAL,), STRING, text_of_decimal),
            Overload((DATE,), STRING, date.isoformat),
            Overload((TIME,), STRING, time_text),
            Overload((DATETIME,), STRING, datetime_text),
            Overload((DURATION,), STRING, duration_text),
        ),
    )


def _moments() -> Iterator[Function]:
    yield Function("now", "now()", (Overload((), DATETIME, _now, clock=True),))
    yield Function("today", "today()", (Overload((), DATE, _today, clock=True),))
    yield Function(
        "date",
        'date("2026-11-27")',
        (Overload((STRING,), DATE, date_of), Overload((DATETIME,), DATE, datetime.date)),
    )
    yield Function(
        "time",
        'time("19:30")',
        (Overload((STRING,), TIME, time_of), Overload((DATETIME,), TIME, datetime.time)),
    )
    yield Function(
        "datetime",
        'datetime("2026-11-27T19:30")',
        (Overload((STRING,), DATETIME, datetime_of), Overload((DATE, TIME), DATETIME, datetime.combine)),
    )
    yield Function("duration", 'duration("2h30m")', (Overload((STRING,), DURATION, duration_of),))
    for name in ("year", "month", "day"):
        read = _attribute(name)
        yield _method(name, f"when.{name}()", Overload((DATE,), INT, read), Overload((DATETIME,), INT, read))
    yield _method(
        "weekday",
        "when.weekday() == 1",
        Overload((DATE,), INT, _weekday),
        Overload((DATETIME,), INT, _weekday),
    )
    for name in ("hour", "minute"):
        read = _attribute(name)
        yield _method(name, f"when.{name}()", Overload((TIME,), INT, read), Overload((DATETIME,), INT, read))
    for name, unit in (
        ("days", timedelta(days=1)),
        ("hours", timedelta(hours=1)),
        ("minutes", timedelta(minutes=1)),
        ("seconds", timedelta(seconds=1)),
    ):
        yield _method(name, f"(when - today()).{name}()", Overload((DURATION,), INT, _full(unit)))


def _texts() -> Iterator[Function]:
    sizes = tuple(Overload((t,), INT, len) for t in (STRING, _ANY_LIST, _ANY_MAP))
    yield _both("size", "size(name)", *sizes)
    yield _method("startsWith", 'name.startsWith("Mc")', Overload((STRING, STRING), BOOL, str.startswith, 4))
    yield _method("endsWith", 'email.endsWith(".org")', Overload((STRING, STRING), BOOL, str.endswith, 4))
    yield _method("contains", 'note.contains("window")', Overload((STRING, STRING), BOOL, _contains, 4))
    yield _both("lower", "name.lower()", Overload((STRING,), STRING, _lower, 4))
    yield _both("upper", "name.upper()", Overload((STRING,), STRING, _upper, 4))
    yield _both("trim", "name.trim()", Overload((STRING,), STRING, str.strip, 4))
    yield _both(
        "matches", 'code.matches("^[A-Z]{2}[0-9]+$")', Overload((STRING, STRING), BOOL, _contains, 16)
    )


def _numbers() -> Iterator[Function]:
    yield Function(
        "abs",
        "abs(balance)",
        (
            Overload((INT,), INT, _absolute_int),
            Overload((DECIMAL,), DECIMAL, CONTEXT.abs),
            Overload((DURATION,), DURATION, abs),
        ),
    )
    yield from _extremes()


FUNCTIONS: Mapping[str, Function] = {
    function.name: function for function in (*_conversions(), *_moments(), *_texts(), *_numbers())
}
"""Every function by its name. ``matches`` is computed by `patterns.matcher`, compiled once."""

READING: frozenset[str] = frozenset({"date", "time", "datetime", "duration", "int", "decimal"})
"""The functions that read a text, so that a text written in the source can be judged before anything runs."""
