"""Between plain values (`engine.protocol.values`) and the values programs compute with."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
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
from engine.protocol import Plain

INT64 = 2**63


def to_plain(value: Any) -> Plain:
    """A program's value as JSON can say it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        return value // timedelta(milliseconds=1)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {str(k): to_plain(v) for k, v in value.items()}
    return [to_plain(v) for v in value]


def from_plain(type: Type | None) -> Callable[[Plain], Any]:
    """The function that turns a plain value into one of ``type``; it raises ``ValueError`` for what does
    not fit."""
    if type is None:
        return _anything
    simple = _SIMPLE.get(type)
    if simple is not None:
        return simple
    if isinstance(type, EnumType):
        return _member_of(type.members)
    if isinstance(type, ListType):
        return _list_of(from_plain(type.element), type.max_length)
    if isinstance(type, MapType):
        return _map_of(from_plain(type.value))
    if isinstance(type, RecordType):
        return _record_of({name: from_plain(field) for name, field in type.fields})
    return _anything


def _anything(value: Plain) -> Any:
    return value


def _bool(value: Plain) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"yes or no was expected, not {value!r}")


def _int(value: Plain) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and -INT64 <= value < INT64:
        return value
    raise ValueError(f"a whole number was expected, not {value!r}")


def _decimal(value: Plain) -> Decimal:
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, int | str) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
    raise ValueError(f"a number was expected, not {value!r}")


def _text(value: Plain) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"a text was expected, not {value!r}")


def _date(value: Plain) -> date:
    return date.fromisoformat(_text(value))


def _time(value: Plain) -> time:
    return time.fromisoformat(_text(value)).replace(tzinfo=None)


def _datetime(value: Plain) -> datetime:
    return datetime.fromisoformat(_text(value)).replace(tzinfo=None)


def _duration(value: Plain) -> timedelta:
    return timedelta(milliseconds=_int(value))


_SIMPLE: dict[Any, Callable[[Plain], Any]] = {
    BOOL: _bool,
    INT: _int,
    DECIMAL: _decimal,
    STRING: _text,
    DATE: _date,
    TIME: _time,
    DATETIME: _datetime,
    DURATION: _duration,
}


def _member_of(members: tuple[str, ...]) -> Callable[[Plain], str]:
    def convert(value: Plain) -> str:
        if value in members:
            return str(value)
        raise ValueError(f"one of {', '.join(members)} was expected, not {value!r}")

    return convert


def _list_of(element: Callable[[Plain], Any], longest: int) -> Callable[[Plain], list[Any]]:
    def convert(value: Plain) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise ValueError(f"a list was expected, not {value!r}")
        if len(value) > longest:
            raise ValueError(f"at most {longest} elements were expected, not {len(value)}")
        return [element(v) for v in value]

    return convert


def _map_of(inner: Callable[[Plain], Any]) -> Callable[[Plain], dict[str, Any]]:
    def convert(value: Plain) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"a map was expected, not {value!r}")
        return {str(k): inner(v) for k, v in value.items()}

    return convert


def _record_of(fields: dict[str, Callable[[Plain], Any]]) -> Callable[[Plain], dict[str, Any]]:
    def convert(value: Plain) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"a record was expected, not {value!r}")
        return {
            name: None if value.get(name) is None else inner(value[name]) for name, inner in fields.items()
        }

    return convert
