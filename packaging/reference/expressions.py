"""The page of functions and formatters."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from markdown import code, intro, page, table

from engine.expressions import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    FORMATTERS,
    FUNCTIONS,
    INT,
    STRING,
    TIME,
    Formatter,
    Function,
    ListType,
    Type,
    check_template,
    compile_template,
    parse_template,
)
from engine.expressions.types import plural
from engine.kinds.values import to_plain

SAMPLES: dict[str, tuple[Type, Any]] = {
    "when": (DATETIME, datetime(2026, 11, 27, 19, 30)),
    "day": (DATE, date(2026, 11, 27)),
    "clock": (TIME, time(19, 30)),
    "number": (STRING, "427"),
    "name": (STRING, "anna rossi"),
    "place": (INT, 3),
    "size": (INT, 4),
    "price": (DECIMAL, Decimal("12.50")),
    "total": (DECIMAL, Decimal("1234.567")),
    "names": (ListType(STRING), ["Anna", "Ben", "Clara"]),
    "vip": (BOOL, True),
}
"""The variables of the examples."""

MANY = 8
"""Ways to call a function, above which they are not listed one by one."""


def expressions_page() -> str:
    """Functions with their types, formatters with what they say."""
    functions = table(("function", "takes and gives", "example"), map(_function, FUNCTIONS.values()))
    formatters = table(
        ("formatter", "takes", "example", "written, en-US", "spoken, en-US", "spoken, en-GB"),
        (row for formatter in FORMATTERS.values() for row in _formatter(formatter)),
    )
    values = ", ".join(f"{code(name)} is {code(to_plain(value))}" for name, (_, value) in SAMPLES.items())
    plain = table(("template", "written", "spoken"), _plain())
    return page(
        intro("expressions.md"),
        "## Functions",
        functions,
        "## Formatters",
        f"A formatter says how a value sounds: `{{{{ when | say_time }}}}`. In the examples {values}.",
        formatters,
        "Without a formatter a value is said like this:",
        plain,
    )


def _function(function: Function) -> tuple[str, ...]:
    ways: dict[str, None] = {}
    for overload in function.overloads:
        takes = ", ".join(str(type) for type in overload.takes) or "nothing"
        ways[f"{takes} → {overload.gives}"] = None
    if len(ways) > MANY:
        kinds = dict.fromkeys(plural(overload.gives) for overload in function.overloads)
        ways = {f"several of one kind → one of them: {', '.join(kinds)}": None}
    return code(function.name), "; ".join(ways), code(function.example)


def _formatter(formatter: Formatter) -> Iterator[tuple[str, ...]]:
    takes = ", ".join(str(type) for type in formatter.takes)
    for example in formatter.example.split(" or "):
        source = "{{ " + example + " }}"
        said = [_said(source, *way) for way in (("en-US", False), ("en-US", True), ("en-GB", True))]
        yield code(formatter.name), takes, code(example), *said


def _plain() -> Iterator[tuple[str, str, str]]:
    for name in SAMPLES:
        source = "{{ " + name + " }}"
        yield code(source), _said(source, "en-US", False), _said(source, "en-US", True)


def _said(source: str, locale: str, voice: bool) -> str:
    types = {name: type for name, (type, _) in SAMPLES.items()}
    values = [value for _, value in SAMPLES.values()]
    slots = {name: slot for slot, name in enumerate(SAMPLES)}
    text = compile_template(check_template(parse_template(source), types), slots, locale, voice)
    return text if isinstance(text, str) else text(values)
