"""Values on their way between JSON and programs."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from engine.kinds.typical import typical_of
from engine.kinds.values import from_plain, to_plain

TYPES: list[Type] = [
    BOOL,
    INT,
    DECIMAL,
    STRING,
    DATE,
    TIME,
    DATETIME,
    DURATION,
    EnumType(("bar", "garden")),
    ListType(INT, 5),
    MapType(DATE),
    RecordType((("day", DATE), ("guests", INT))),
]

VALUES: dict[Type, st.SearchStrategy[Any]] = {
    BOOL: st.booleans(),
    INT: st.integers(-(2**63), 2**63 - 1),
    DECIMAL: st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    ),
    STRING: st.text(max_size=30),
    DATE: st.dates(),
    TIME: st.times().map(lambda t: t.replace(microsecond=0)),
    DATETIME: st.datetimes().map(lambda t: t.replace(microsecond=0)),
    DURATION: st.integers(-(10**9), 10**9).map(lambda ms: timedelta(milliseconds=ms)),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(VALUES)).flatmap(lambda type: st.tuples(st.just(type), VALUES[type])))
def test_a_value_survives_the_way_to_json_and_back(pair: tuple[Type, Any]) -> None:
    type, value = pair
    assert from_plain(type)(to_plain(value)) == value


@pytest.mark.parametrize("type", TYPES, ids=str)
def test_typical_values_are_values_of_their_type(type: Type) -> None:
    for value in typical_of(type):
        assert from_plain(type)(to_plain(value)) == value


@pytest.mark.parametrize(
    ("type", "plain"),
    [
        (BOOL, 1),
        (BOOL, "yes"),
        (INT, True),
        (INT, 2**63),
        (INT, "4"),
        (INT, 4.0),
        (DECIMAL, "much"),
        (DECIMAL, "NaN"),
        (DECIMAL, True),
        (STRING, 4),
        (DATE, "tomorrow"),
        (TIME, "half past"),
        (DATETIME, "2026-13-01T00:00"),
        (DURATION, "long"),
        (EnumType(("bar",)), "garden"),
        (ListType(INT, 2), [1, 2, 3]),
        (ListType(INT, 2), ["one"]),
        (ListType(INT, 2), "12"),
        (MapType(INT), [1]),
        (RecordType((("n", INT),)), 4),
    ],
)
def test_what_does_not_fit_is_refused(type: Type, plain: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_plain(type)(plain)


def test_a_decimal_may_come_as_a_number_of_json() -> None:
    assert from_plain(DECIMAL)(2.5) == Decimal("2.5")
    assert from_plain(DECIMAL)(3) == Decimal(3)


def test_a_record_with_a_missing_field_holds_nothing_there() -> None:
    assert from_plain(RecordType((("n", INT), ("d", DATE))))({"n": 4}) == {"n": 4, "d": None}


def test_times_are_written_short_when_they_are_round() -> None:
    assert to_plain(datetime(2026, 11, 27, 19, 30)) == "2026-11-27T19:30"
    assert to_plain(time(19, 30, 5)) == "19:30:05"
    assert to_plain(date(2026, 11, 27)) == "2026-11-27"
