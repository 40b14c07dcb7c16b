"""Dates as people reckon them, against the standard library and published tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.understanding.calendar import (
    add_months,
    after,
    before,
    easter,
    monday_of,
    nearest,
    nearest_day,
    nth_weekday,
    on_or_after,
)

days = st.dates(date(1950, 1, 1), date(2100, 12, 31))
weekdays = st.integers(0, 6)


@pytest.mark.parametrize(
    "published",
    [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2024, 3, 31),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ],
)
def test_easter_falls_where_the_tables_say(published: date) -> None:
    assert easter(published.year) == published


@settings(deadline=None, max_examples=60, derandomize=True)
@given(days, weekdays)
def test_weekdays_around_a_day(day: date, weekday: int) -> None:
    assert (
        on_or_after(day, weekday).weekday()
        == after(day, weekday).weekday()
        == before(day, weekday).weekday()
        == weekday
    )
    assert day <= on_or_after(day, weekday) < day + timedelta(days=7)
    assert day < after(day, weekday) <= day + timedelta(days=7)
    assert day - timedelta(days=7) <= before(day, weekday) < day
    assert monday_of(day).weekday() == 0 <= (day - monday_of(day)).days < 7


@settings(deadline=None, max_examples=60, derandomize=True)
@given(days, st.integers(-30, 30))
def test_months_move_to_the_same_day_or_the_end(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert moved is not None
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


@settings(deadline=None, max_examples=60, derandomize=True)
@given(days, st.integers(1, 12), st.integers(1, 28), st.booleans())
def test_the_nearest_date_lies_on_the_side_it_is_wanted(
    day: date, month: int, number: int, backwards: bool
) -> None:
    found = nearest(day, month, number, backwards)
    assert found is not None
    assert (found <= day) if backwards else (found >= day)
    assert abs((found - day).days) <= 366
    of_month = nearest_day(day, number, backwards)
    assert of_month is not None
    assert abs((of_month - day).days) <= 31


def test_leap_days_wait_and_impossible_days_never_come() -> None:
    assert nearest(date(2026, 11, 20), 2, 29, backwards=False) == date(2028, 2, 29)
    assert nearest(date(2026, 11, 20), 2, 30, backwards=False) is None
    assert nearest_day(date(2026, 11, 20), 31, backwards=False) == date(2026, 12, 31)


def test_the_nth_weekday_of_a_month() -> None:
    assert nth_weekday(2026, 11, 4, -1) == date(2026, 11, 27)
    assert nth_weekday(2026, 11, 3, 4) == date(2026, 11, 26)
    assert nth_weekday(2026, 11, 3, 5) is None
