"""Sets of values: what is in both, what is in either, and what is left."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions import INT, Domain, assume, domain_of, evaluate_abstract, parse
from engine.expressions.domains import between, only

NUMBERS = st.integers(-4, 4)
DECIMALS = NUMBERS.map(lambda n: Decimal(n) / 2)


def domains(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Domain]:
    """Domains of any shape."""
    bounds = st.none() | values
    few = st.builds(
        lambda found, absent: only(*found, absent=absent), st.frozensets(values, max_size=4), st.booleans()
    )
    flags = st.booleans()
    ranges = st.builds(between, bounds, bounds, flags, flags, st.frozensets(values, max_size=2), flags)
    return few | ranges


@pytest.mark.parametrize("values", [NUMBERS, DECIMALS], ids=["whole numbers", "decimals"])
def test_meet_is_exact_and_join_loses_nothing(values: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=400, deadline=None, derandomize=True)
    @given(one=domains(values), other=domains(values), value=values | st.none())
    def check(one: Domain, other: Domain, value: Any) -> None:
        assert one.meet(other).may(value) == (one.may(value) and other.may(value))
        if one.may(value) or other.may(value):
            assert one.join(other).may(value)
        if value is not None:
            assert not one.without(value).may(value)
            assert one.present().may(value) == one.may(value)
        assert not one.present().may(None)

    check()


@pytest.mark.parametrize("values", [NUMBERS, DECIMALS], ids=["whole numbers", "decimals"])
def test_what_is_impossible_has_no_value(values: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(domain=domains(values), value=values | st.none())
    def check(domain: Domain, value: Any) -> None:
        assert not (domain.impossible and domain.may(value))

    check()


def test_many_values_become_bounds() -> None:
    domain = only(*range(60)).join(only(*range(100, 160)))
    assert domain.values is None
    assert (domain.low, domain.high) == (0, 159)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("price < 1.5", "price == 1.5"),
        ("price > 1.5", "price <= 1.5"),
        ("1.5 > price", "price >= 1.5"),
        ('day > date("2026-11-27")', 'day == date("2026-11-27")'),
        ('name < "b"', 'name >= "b"'),
        ("low < 2.0 && price <= low", "price >= 2.0"),
    ],
)
def test_what_is_known_excludes_its_bound(known: str, asked: str) -> None:
    env = assume(parse(known), {}, True)
    assert env is not None
    assert evaluate_abstract(parse(asked), env).always_false


@pytest.mark.parametrize(
    ("source", "low", "high"),
    [("x + 1", 2, 11), ("x - y", -98, 10), ("-x", -10, -1), ("-(-x) + y", 1, 109)],
)
def test_bounds_are_carried_through_arithmetic(source: str, low: int, high: int) -> None:
    env = {"x": only(*range(1, 11)), "y": between(0, 99)}
    domain = evaluate_abstract(parse(source), env)
    assert (domain.least[0], domain.greatest[0]) == (low, high)


def test_a_whole_number_is_anything_that_fits() -> None:
    domain = domain_of(INT)
    assert domain.may(2**63 - 1)
    assert not domain.may(2**63)
    assert domain.may(None)
    assert not domain_of(INT, absent=False).may(None)
