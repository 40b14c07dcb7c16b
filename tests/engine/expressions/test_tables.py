"""Every operator and function, on any values of its types: a value of the declared type, or a clear failure."""

from collections.abc import Callable, Iterator
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
    EVALUATION_CODES,
    FUNCTIONS,
    INT,
    STRING,
    TIME,
    EvaluationError,
    ListType,
    MapType,
    Type,
)
from engine.expressions.arithmetic import CONTEXT
from engine.expressions.operators import ARITHMETIC, NEGATION
from engine.expressions.values import type_of
from tests.engine.expressions.speaking import run

INTS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3) | st.sampled_from([2**63 - 1, -(2**63)])
DECIMALS = st.builds(
    lambda digits, exponent: CONTEXT.create_decimal(Decimal(digits).scaleb(exponent)),
    st.integers(-(10**33), 10**33) | st.integers(-9, 9),
    st.integers(-4, 4) | st.sampled_from([-900, 900]),
)
TEXTS = st.text(max_size=12) | st.sampled_from(
    ["12", "-1.5", "2026-11-27", "19:30", "2h30m", "2026-11-27T19:30", "9" * 30]
)

SPANS = st.integers(-400, 400).map(lambda hours: timedelta(hours=hours))

VALUES: dict[Type, st.SearchStrategy[Any]] = {
    BOOL: st.booleans(),
    INT: INTS,
    DECIMAL: DECIMALS,
    STRING: TEXTS,
    DATE: st.dates(),
    TIME: st.times().map(lambda moment: moment.replace(microsecond=0)),
    DATETIME: st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    DURATION: st.one_of(SPANS, st.timedeltas(), st.sampled_from([timedelta.max, timedelta.min])),
}


def values_of(type: Type) -> st.SearchStrategy[Any]:
    if isinstance(type, ListType):
        return st.lists(INTS, max_size=3)
    if isinstance(type, MapType):
        return st.dictionaries(TEXTS, INTS, max_size=3)
    return VALUES[type]


Operation = tuple[str, tuple[Type, ...], Type, Callable[..., Any]]


def operations() -> Iterator[Operation]:
    """Name, what it takes, what it gives, and what computes it."""
    for (sign, left, right), (gives, compute) in ARITHMETIC.items():
        yield f"{left} {sign} {right}", (left, right), gives, compute
    for type, negate in NEGATION.items():
        yield f"-{type}", (type,), type, negate
    for name, function in FUNCTIONS.items():
        for overload in function.overloads:
            if len(overload.takes) <= 2 and name != "matches":
                takes = (DATETIME,) if overload.clock else overload.takes
                yield f"{name}({', '.join(map(str, takes))})", takes, overload.gives, overload.run


OPERATIONS = tuple(operations())


@pytest.mark.parametrize(
    ("takes", "gives", "compute"), [row[1:] for row in OPERATIONS], ids=[row[0] for row in OPERATIONS]
)
def test_an_operation_gives_its_type_or_says_why_not(
    takes: tuple[Type, ...], gives: Type, compute: Any
) -> None:
    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.tuples(*map(values_of, takes)))
    def check(arguments: tuple[Any, ...]) -> None:
        try:
            value = compute(*arguments)
        except EvaluationError as error:
            assert error.code in EVALUATION_CODES
            return
        assert type_of(value) == gives
        if gives == INT:
            assert -(2**63) <= value < 2**63
        if gives == DECIMAL:
            assert value.is_finite()
            assert len(value.as_tuple().digits) <= 34

    check()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    value=st.one_of(INTS, st.booleans(), st.dates(), VALUES[TIME], VALUES[DATETIME])
    | st.integers(-(10**12), 10**12).map(lambda ms: timedelta(milliseconds=ms))
)
def test_what_is_written_with_string_is_read_back(value: Any) -> None:
    readers = {int: "int", date: "date", time: "time", datetime: "datetime", timedelta: "duration"}
    scope = {"x": type_of(value)}
    if isinstance(value, bool):
        assert run("string(x)", scope, x=value) == ("true" if value else "false")
        return
    assert run(f"{readers[type(value)]}(string(x)) == x", scope, x=value) is True


@settings(max_examples=200, deadline=None, derandomize=True)
@given(value=DECIMALS)
def test_a_decimal_is_written_with_all_its_digits(value: Decimal) -> None:
    assert Decimal(run("string(x)", {"x": DECIMAL}, x=value)) == value
