"""What conditions may give is foretold, and never wrongly."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions import (
    EvaluationError,
    assume,
    candidates,
    compile_expression,
    domain_of,
    evaluate_abstract,
    parse,
)
from tests.engine.expressions.speaking import checked, slots_of
from tests.engine.expressions.writing import CONDITION_SCOPE, CONDITION_VALUES, conditions

# They run the same lines thousands of times, which coverage makes four times slower.
pytestmark = pytest.mark.no_cover

ALL = {name: domain_of(type) for name, type in CONDITION_SCOPE.items()}


def outcome(source: str, values: dict[str, Any]) -> Any:
    """What a run gives, or None when it fails."""
    run = compile_expression(checked(source, CONDITION_SCOPE), slots_of(CONDITION_SCOPE))
    try:
        return run([None, *(values[name] for name in CONDITION_SCOPE)])
    except EvaluationError:
        return None


@settings(max_examples=500, deadline=None, derandomize=True)
@given(source=conditions(), values=st.fixed_dictionaries(dict(CONDITION_VALUES)))
def test_what_a_condition_gives_was_foretold(source: str, values: dict[str, Any]) -> None:
    result = outcome(source, values)
    if result is not None:
        assert evaluate_abstract(parse(source), ALL).may(result)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    sources=st.lists(conditions(), min_size=1, max_size=4),
    values=st.fixed_dictionaries(dict(CONDITION_VALUES)),
)
def test_what_is_assumed_of_conditions_holds_in_every_run(sources: list[str], values: dict[str, Any]) -> None:
    env = ALL
    for source in sources:
        result = outcome(source, values)
        if result is None:
            return
        assert evaluate_abstract(parse(source), env).may(result)
        refined = assume(parse(source), env, result)
        assert refined is not None, "it happened, so it is possible"
        env = dict(refined)
        assert all(env[name].may(value) for name, value in values.items())


@pytest.mark.parametrize(
    "source",
    [
        "size > 8 || size <= 8",
        'seat == "bar" || seat in ["garden", "window"]',
        "vip || !vip",
        "vip == true || vip == false",
        "!(size > 8 && size < 9)",
        "size != 3 || size == 3",
        'name == "x" || name != "x"',
        "size > 3 ? size > 2 : size < 4",
        "1 + 1 == 2",
        'time("19:00") > time("18:00")',
        "size(name) >= 0",
    ],
)
def test_what_is_always_true(source: str) -> None:
    assert evaluate_abstract(parse(source), ALL).always_true


@pytest.mark.parametrize(
    "source",
    [
        "size > 8 && size < 3",
        "size >= 8 && size < 8",
        'seat == "bar" && seat == "garden"',
        "!(vip || !vip)",
        "has(size) && size == null",
        "size + 1 > 5 && size + 1 < 3 && false",
        'name == "x" && name == "y"',
        "size > 3 && (size == 1 || size in [2, 3])",
    ],
)
def test_what_is_always_false(source: str) -> None:
    assert evaluate_abstract(parse(source), ALL).always_false


@pytest.mark.parametrize(
    "source", ["size > 8", "vip", 'name == "x"', "size > tries", "has(size)", "size == null"]
)
def test_what_may_go_either_way(source: str) -> None:
    domain = evaluate_abstract(parse(source), ALL)
    assert domain.may(True)
    assert domain.may(False)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (["size > 8", "size > 4"], "size > 6"),
        (["size >= 1 && size <= 3", "size == 1", "size == 2"], "size != 3"),
        (['seat == "bar"', 'seat == "garden"'], 'seat != "window"'),
        (["vip"], "vip"),
        (["size < 3 || size > 5"], "size == 6"),
        (['name == "Ada"'], 'name == "Ada" && vip'),
    ],
)
def test_a_branch_that_earlier_ones_have_taken_all_from(before: list[str], now: str) -> None:
    env = {name: domain_of(type, absent=False) for name, type in CONDITION_SCOPE.items()}
    if before[0] == "size >= 1 && size <= 3":
        env = dict(assume(parse(before[0]), env, True) or {})
        before = before[1:]
    for source in before:
        env = dict(assume(parse(source), env, False) or {})
    assert evaluate_abstract(parse(now), env).always_false
    assert assume(parse(now), env, True) is None


def test_nested_conditions_end_in_bounded_time() -> None:
    source = "size > 1"
    for n in range(14):
        source = f"(size > {n} && (vip || {source}))"
    domain = evaluate_abstract(parse(source), ALL)
    assert domain.may(True)
    assert domain.may(False)


def test_values_at_which_conditions_change_their_mind() -> None:
    source = (
        'size > 8 && at <= time("19:00") && seat in ["bar", "garden"] && vip && price == 1.5 && name.startsWith("Mc")'
        ' && day != date("2026-11-27") && when > datetime("2026-11-27T19:00") && span < duration("2h") && 3 <= size + 1'
    )
    assert candidates(parse(source)) == {
        "at": (time(19), time(18, 59), time(19, 1)),
        "day": (date(2026, 11, 27), date(2026, 11, 26), date(2026, 11, 28)),
        "name": ("Mc",),
        "price": (Decimal("1.5"), Decimal("1.4"), Decimal("1.6")),
        "seat": ("bar", "garden"),
        "size": (8, 7, 9),
        "span": (timedelta(hours=2), timedelta(hours=1, minutes=59), timedelta(hours=2, minutes=1)),
        "vip": (True, False),
        "when": (datetime(2026, 11, 27, 19), datetime(2026, 11, 27, 18, 59), datetime(2026, 11, 27, 19, 1)),
    }


def test_candidates_stay_inside_what_can_be_held() -> None:
    assert candidates(parse('x < 9223372036854775807 || y > date("9999-12-31") || z > 4 / 0 || x == w')) == {
        "x": (2**63 - 1, 2**63 - 2),
        "y": (date(9999, 12, 31), date(9999, 12, 30)),
    }
