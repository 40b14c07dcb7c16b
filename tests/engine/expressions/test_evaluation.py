"""What expressions give, beyond what CEL has: absent variables, decimals, dates, times, durations, records."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.expressions import (
    BOOL,
    CLOCK,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INT,
    STRING,
    TIME,
    EnumType,
    EvaluationError,
    ListType,
    MapType,
    RecordType,
    Type,
    compile_expression,
    parse_type,
    type_spec,
)
from tests.engine.expressions.speaking import checked, run, slots_of

SCOPE: dict[str, Type] = {
    "size": INT,
    "tries": INT,
    "name": STRING,
    "vip": BOOL,
    "price": DECIMAL,
    "day": DATE,
    "at": TIME,
    "when": DATETIME,
    "span": DURATION,
    "seat": EnumType(("bar", "garden")),
    "tags": ListType(STRING, 4),
    "codes": MapType(INT),
    "order": RecordType((("total", DECIMAL), ("customer", RecordType((("name", STRING),))))),
}

VALUES: dict[str, Any] = {
    "size": 4,
    "tries": 2,
    "name": "Ada",
    "vip": True,
    "price": Decimal("12.50"),
    "day": date(2026, 11, 27),
    "at": time(19, 30),
    "when": datetime(2026, 11, 27, 19, 30),
    "span": timedelta(hours=2, minutes=30),
    "seat": "bar",
    "tags": ("a", "b"),
    "codes": {"x": 1},
    "order": {"total": Decimal("9.90"), "customer": {"name": "Bob"}},
    "now": datetime(2026, 11, 20, 10, 0),
}

GIVES = [
    ("price * 3.0", Decimal("37.500")),
    ("10.0 / 4.0", Decimal("2.5")),
    ("1.0 / 3.0", Decimal("0.3333333333333333333333333333333333")),
    ("-7.5 % 2.0", Decimal("-1.5")),
    ("0.1 + 0.2 == 0.3", True),
    ("decimal(size) + 0.5", Decimal("4.5")),
    ('decimal("12.50") == price', True),
    ("int(12.99)", 12),
    ("int(-12.99)", -12),
    ("string(price)", "12.50"),
    ("string(1e3)", "1000"),
    ("abs(-3) + abs(3)", 6),
    ("abs(-1.5)", Decimal("1.5")),
    ("min(size, 8, 2)", 2),
    ('max("a", "b")', "b"),
    ("size > 3 && size <= 4", True),
    ('date("2026-11-27") == day', True),
    ("day - today()", timedelta(days=7)),
    ("(day - today()).days()", 7),
    ('day + duration("3d")', date(2026, 11, 30)),
    ('day - duration("27d")', date(2026, 10, 31)),
    ('when + duration("5h")', datetime(2026, 11, 28, 0, 30)),
    ("when - now()", timedelta(days=7, hours=9, minutes=30)),
    ("now() < when", True),
    ('at + duration("6h")', time(1, 30)),
    ('at - duration("20h")', time(23, 30)),
    ('at - time("19:00")', timedelta(minutes=30)),
    ('at >= time("19:00") && at < time("21:30")', True),
    ("date(when) == day && time(when) == at", True),
    ("datetime(day, at) == when", True),
    ('datetime("2026-11-27 19:30") == when', True),
    ("day.year() * 10000 + day.month() * 100 + day.day()", 20261127),
    ("day.weekday()", 5),
    ("when.hour() * 60 + at.minute()", 19 * 60 + 30),
    ("span.minutes()", 150),
    ("(-span).minutes()", -150),
    ("span * 2 + span", timedelta(hours=7, minutes=30)),
    ("string(span)", "2h30m"),
    ('duration(string(-span)) == duration("-2h30m")', True),
    ("string(day) + string(at) + string(when)", "2026-11-2719:302026-11-27T19:30"),
    ("name.lower() + upper(name) + '  x '.trim()", "adaADAx"),
    ('seat == "bar" ? "inside" : seat', "inside"),
    ('seat + "!"', "bar!"),
    ('seat in ["bar", "garden"]', True),
    ('order.customer.name + order["customer"]["name"]', "BobBob"),
    ("order.total > price", False),
    ("codes.x + codes['x']", 2),
    ('"x" in codes && !("y" in codes)', True),
    ("tags[1]", "b"),
    ('tags == ["a", "b"]', True),
    ('"b" in tags', True),
    ('tags + ["c"]', ["a", "b", "c"]),
    ('tags.filter(t, t != "a")', ["b"]),
    ("tags.exists(size, size == name.lower()) || size == 4", True),
    ("vip ? null : size", None),
    ("{'total': 1.5, 'name': name}", {"total": Decimal("1.5"), "name": "Ada"}),
    ("[[1, 2], [3]][1] == [3]", True),
]


@pytest.mark.parametrize(("source", "value"), GIVES, ids=[row[0] for row in GIVES])
def test_an_expression_gives(source: str, value: Any) -> None:
    result = run(source, SCOPE, **VALUES)
    assert result == value
    assert type(result) is type(value)


FAILS = [
    ("size + 9223372036854775807", "overflow"),
    ("-9223372036854775808 - size", "overflow"),
    ("size * 9223372036854775807", "overflow"),
    ("abs(-9223372036854775808 + 0 * size)", "overflow"),
    ("price * 1e990 * 1e990", "overflow"),
    ('day + duration("999999999d")', "overflow"),
    ("span * 999999999999", "overflow"),
    ("size / 0", "divide_by_zero"),
    ("size % 0", "divide_by_zero"),
    ("price / 0.0", "divide_by_zero"),
    ("0.0 / (price - price)", "divide_by_zero"),
    ("price % 0.0", "divide_by_zero"),
    ("tags[2]", "bad_index"),
    ("tags[-1]", "bad_index"),
    ("codes.y", "absent"),
    ("codes['y'] + 1", "absent"),
    ("int(name)", "bad_value"),
    ("int(name + '123456789012345678901')", "bad_value"),
    ("decimal(name)", "bad_value"),
    ("date(name)", "bad_value"),
    ('day + duration("1h")', "bad_value"),
    ("(vip ? null : size) + 1", "absent"),
    ("1 / 0 > 1 && vip", "divide_by_zero"),
    ("vip && 1 / 0 > 1", "divide_by_zero"),
    ("size / 0 > 1 || size % 0 > 1 || !vip", "divide_by_zero"),
]


@pytest.mark.parametrize(("source", "code"), FAILS, ids=[row[0] for row in FAILS])
def test_an_expression_without_a_value_says_why(source: str, code: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        run(source, SCOPE, **VALUES)
    assert raised.value.code == code
    assert raised.value.message.endswith(".")


def absent_in(source: str) -> Any:
    """The value of a source while no variable has one, or the code of the failure."""
    try:
        return run(source, SCOPE, now=VALUES["now"])
    except EvaluationError as error:
        return error.code


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("size", "absent"),
        ("size > 8", "absent"),
        ("size >= 8", "absent"),
        ("size < 8", "absent"),
        ("size <= 8", "absent"),
        ("size == 8", "absent"),
        ("size != 8", "absent"),
        ("8 != size", "absent"),
        ("!vip", "absent"),
        ("vip && size > 1", "absent"),
        ("order.customer.name", "absent"),
        ("has(size)", False),
        ("has(order.customer.name)", False),
        ("has(tags)", False),
        ("size == null", True),
        ("null != size", False),
        ("order.total == null", True),
        ("tags[0] == null", True),
        ("has(size) && size > 8", False),
        ("size > 8 && has(size)", False),
        ("has(size) ? size : 3", 3),
        ("size > 8 || true", True),
        ("vip || size > 8 || true", True),
        ("false && vip", False),
        ("vip && size > 8 && false", False),
        ("vip && vip && vip && false", False),
        ('!has(name) || name == "x"', True),
        ("[size]", "absent"),
    ],
)
def test_a_variable_without_a_value(source: str, value: Any) -> None:
    assert absent_in(source) == value


@pytest.mark.parametrize(
    ("source", "references", "guarded"),
    [
        ("size > 8", {"size"}, set()),
        ("has(size) && size > 8", {"size"}, {"size"}),
        ("size > 8 && has(size)", {"size"}, {"size"}),
        ("has(size) || size > 8", {"size"}, set()),
        ("!has(size) || size > 8", {"size"}, {"size"}),
        ("has(size) ? size : tries", {"size", "tries"}, {"size"}),
        ("size == null ? 0 : size", {"size"}, {"size"}),
        ("null != size && size > tries", {"size", "tries"}, {"size"}),
        ("has(size) && (vip || size > 1) && tries > size", {"size", "vip", "tries"}, {"size"}),
        ("(has(size) || has(tries)) && size > 1", {"size", "tries"}, {"tries"}),
        ("has(order.total) && order.total > 1.0", {"order"}, {"order"}),
        ("has(order.total) ? size : 1", {"order", "size"}, {"order"}),
        ('tags.exists(size, size == "x")', {"tags"}, set()),
        ("now() > when", {"when"}, set()),
    ],
)
def test_which_variables_are_read_only_when_they_have_a_value(
    source: str, references: set[str], guarded: set[str]
) -> None:
    found = checked(source, SCOPE)
    assert found.references == references
    assert found.guarded == guarded


def test_the_clock_is_a_slot_and_is_asked_for_only_when_needed() -> None:
    assert checked("day > today()", SCOPE).clocked
    assert not checked("size > 8", SCOPE).clocked
    with pytest.raises(ValueError, match=r"now\(\)"):
        compile_expression(checked("now()", SCOPE), {})
    assert compile_expression(checked("now()", SCOPE), {CLOCK: 1})([None, VALUES["now"]]) == VALUES["now"]


def test_an_expression_with_errors_is_not_compiled() -> None:
    with pytest.raises(ValueError, match="with errors"):
        compile_expression(checked("nobody", SCOPE), slots_of(SCOPE))


def test_a_list_longer_than_declared_is_refused_before_it_is_gone_through() -> None:
    with pytest.raises(EvaluationError) as raised:
        run('tags.all(t, t == "a")', SCOPE, tags=["a"] * 5)
    assert raised.value.code == "too_long"


@pytest.mark.parametrize(
    "spec",
    [
        "text",
        "int",
        "decimal",
        "yes_no",
        "date",
        "time",
        "datetime",
        "duration",
        {"enum": ["a", "b"]},
        {"list": "int", "max": 20},
        {"map": "text"},
        {"record": {"a": "int", "b": {"list": "date", "max": 3}}},
    ],
)
def test_a_type_is_written_and_read_back(spec: Any) -> None:
    assert type_spec(parse_type(spec)) == spec
    assert hash(parse_type(spec)) == hash(parse_type(spec))


@pytest.mark.parametrize("spec", ["phone", "email", "name", "digits"])
def test_what_people_say_about_themselves_is_a_text(spec: str) -> None:
    assert parse_type(spec) == STRING


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("number", '"int" for whole numbers or "decimal"'),
        ("float", "a type is one of text, int"),
        (7, "a type is one of text"),
        ({"list": "int", "max": 0}, "whole number from 1"),
        ({"enum": []}, "one or more texts"),
        ({"enum": ["a", "a"]}, "twice"),
        ({"record": 3}, "a type is one of"),
        (
            {"list": {"list": {"list": {"list": {"list": {"list": {"list": {"list": {"list": "int"}}}}}}}}},
            "8 deep",
        ),
    ],
)
def test_a_wrong_type_says_what_is_allowed(spec: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_type(spec)
