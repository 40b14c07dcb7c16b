"""The table of formatters: ``{{ when | say_date }}``. Each declares what it takes, and gives a text."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from engine.expressions.arithmetic import CONTEXT
from engine.expressions.calendar import datetime_text
from engine.expressions.english import English
from engine.expressions.errors import EvaluationError
from engine.expressions.language import Language
from engine.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INT,
    STRING,
    TIME,
    ListType,
    MapType,
    RecordType,
    Type,
    plain,
)

Argument = str | int | bool
Say = Callable[[Any], str]

_ANY_LIST = ListType(STRING)


class Formatter(msgspec.Struct, frozen=True):
    """One formatter. ``required`` and ``optional`` are the types of its arguments.

    ``build`` is given the value's type, the arguments, the language and whether it is spoken.
    """

    name: str
    takes: tuple[Type, ...]
    build: Callable[[Type, tuple[Argument, ...], Language, bool], Say]
    example: str
    required: tuple[type, ...] = ()
    optional: tuple[type, ...] = ()

    def accepts(self, type: Type) -> bool:
        """Whether it takes values of the type."""
        type = plain(type)
        return type in self.takes or (
            _ANY_LIST in self.takes and isinstance(type, ListType) and sayable(type)
        )


def sayable(type: Type) -> bool:
    """Whether a value of the type can be said without choosing a part of it."""
    if isinstance(type, ListType):
        return sayable(type.element)
    return not isinstance(type, MapType | RecordType)


LANGUAGES: Mapping[str, Callable[[str], Language]] = {"en": English}
"""Languages by the first part of a locale; each is built for a locale."""


def language_of(locale: str) -> Language:
    """The language of a locale such as ``en-US``. What has no table is said in English, with its 24 hours."""
    return LANGUAGES.get(locale.replace("_", "-").partition("-")[0].lower(), English)(locale)


def plainly(type: Type, language: Language, voice: bool) -> Say:
    """How a value is said when no formatter is named."""
    type = plain(type)
    if isinstance(type, ListType):
        item = plainly(type.element, language, voice)
        return lambda items: language.listed([item(value) for value in items], "and")
    says: Mapping[Type, Say] = {
        STRING: str,
        INT: str,
        DECIMAL: lambda value: f"{value:f}",
        BOOL: language.yes_no,
        DATE: lambda value: language.date(value, voice, False),
        TIME: lambda value: language.time(value, voice),
        DATETIME: lambda value: language.datetime(value, voice, False),
        DURATION: language.duration,
    }
    return says.get(type, str)


def _say_date(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    year = "year" in arguments

    def say(value: date) -> str:
        return language.date(value.date() if isinstance(value, datetime) else value, voice, year)

    return say


def _say_time(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    def say(value: time | datetime) -> str:
        return language.time(value.time() if isinstance(value, datetime) else value, voice)

    return say


def _say_datetime(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    year = "year" in arguments
    return lambda value: language.datetime(value, voice, year)


def _digits(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    return lambda value: language.digits(str(value))


def _spell(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    return lambda value: language.spelled(value, voice)


def _ordinal(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    return lambda value: language.ordinal(value, voice)


def _money(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    currency = str(arguments[0]).upper()
    return _bounded(lambda value: language.money(Decimal(value), currency, voice))


def _count(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    one, many = str(arguments[0]), str(arguments[1])

    def say(value: int) -> str:
        return f"{language.whole(value, voice)} {one if value == 1 else many}"

    return say


def _number(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    if not arguments:
        if type == INT:
            return lambda value: language.whole(value, voice)
        return lambda value: language.number(value, voice)
    places = Decimal(1).scaleb(-min(max(int(arguments[0]), 0), 10))
    return _bounded(lambda value: language.number(CONTEXT.quantize(Decimal(value), places), voice))


def _bounded(say: Say) -> Say:
    def bounded(value: Any) -> str:
        try:
            return say(value)
        except InvalidOperation:
            raise EvaluationError("overflow", "This number is too large to round.") from None

    return bounded


def _changed(change: Callable[[str], str]) -> Callable[..., Say]:
    def build(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
        return change

    return build


def _title(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


def _list(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    word = str(arguments[0]) if arguments else "and"
    item = plainly(type.element if isinstance(type, ListType) else STRING, language, voice)
    return lambda items: language.listed([item(value) for value in items], word)


def _yes_no(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    return language.yes_no


def _machine(type: Type, arguments: tuple[Argument, ...], language: Language, voice: bool) -> Say:
    def write(value: Any) -> str:
        if isinstance(value, datetime):
            return datetime_text(value)
        return str(value.isoformat() if isinstance(value, date) else value.isoformat("minutes"))

    return write


_TABLE = (
    Formatter(
        "say_date", (DATE, DATETIME), _say_date, 'when | say_date or when | say_date("year")', optional=(str,)
    ),
    Formatter("say_time", (TIME, DATETIME), _say_time, "when | say_time"),
    Formatter("say_datetime", (DATETIME,), _say_datetime, "when | say_datetime", optional=(str,)),
    Formatter("iso", (DATE, TIME, DATETIME), _machine, "when | iso"),
    Formatter("digits", (STRING, INT), _digits, "number | digits"),
    Formatter("spell", (STRING,), _spell, "name | spell"),
    Formatter("ordinal", (INT,), _ordinal, "place | ordinal"),
    Formatter("money", (INT, DECIMAL), _money, 'price | money("EUR")', required=(str,)),
    Formatter("count", (INT,), _count, 'size | count("guest", "guests")', required=(str, str)),
    Formatter("number", (INT, DECIMAL), _number, "total | number or total | number(2)", optional=(int,)),
    Formatter("upper", (STRING,), _changed(str.upper), "name | upper"),
    Formatter("lower", (STRING,), _changed(str.lower), "name | lower"),
    Formatter("title", (STRING,), _changed(_title), "name | title"),
    Formatter("list", (_ANY_LIST,), _list, 'names | list or names | list("or")', optional=(str,)),
    Formatter("yes_no", (BOOL,), _yes_no, "vip | yes_no"),
)

FORMATTERS: Mapping[str, Formatter] = {formatter.name: formatter for formatter in _TABLE}
"""Every formatter by its name."""
