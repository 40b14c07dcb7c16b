"""Dates as people reckon them: rolling months, the n-th weekday, Easter. Pure arithmetic, no language."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

WEEK = 7


def make(year: int, month: int, day: int) -> date | None:
    """The date, or None when that month has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift(start: date, days: int) -> date | None:
    """`start` plus days, or None beyond the calendar."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def add_months(start: date, months: int) -> date | None:
    """The same day so many months on; the last day when the month is shorter."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        return None
    return date(year, month, min(start.day, last_day(year, month)))


def last_day(year: int, month: int) -> int:
    """How many days the month has."""
    return calendar.monthrange(year, month)[1]


def month_end(year: int, month: int) -> date:
    """The last day of the month."""
    return date(year, month, last_day(year, month))


def monday_of(day: date) -> date:
    """The Monday of the week `day` stands in (weeks start on Monday)."""
    return day - timedelta(days=day.weekday())


def on_or_after(day: date, weekday: int) -> date:
    """The first such weekday from `day` on."""
    return day + timedelta(days=(weekday - day.weekday()) % WEEK)


def after(day: date, weekday: int) -> date:
    """The first such weekday later than `day`."""
    return on_or_after(day + timedelta(days=1), weekday)


def before(day: date, weekday: int) -> date:
    """The last such weekday earlier than `day`."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % WEEK + 1)


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date | None:
    """The n-th such weekday of a month; `n` = -1 is the last."""
    if n < 0:
        end = month_end(year, month)
        return end - timedelta(days=(end.weekday() - weekday) % WEEK)
    first = on_or_after(date(year, month, 1), weekday)
    return make(year, month, first.day + (n - 1) * WEEK)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher's rule)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, spare = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarter, remainder = divmod(rest, 4)
    days = (32 + 2 * spare + 2 * quarter - moon - remainder) % 7
    correction = (golden + 11 * moon + 22 * days) // 451
    month, day = divmod(moon + days - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def months_from(start: date, backwards: bool) -> Iterator[tuple[int, int]]:
    """(year, month) from the one of `start` on or back: five years of them."""
    index = start.year * 12 + start.month - 1
    for step in range(60):
        year, month = divmod(index - step if backwards else index + step, 12)
        if 1 <= year <= 9999:
            yield year, month + 1


def nearest(start: date, month: int, day: int, backwards: bool) -> date | None:
    """That day and month on or after `start` (or on or before it); leap days wait for their year."""
    step = -1 if backwards else 1
    for year in range(start.year, start.year + 9 * step, step):
        found = make(year, month, day) if 1 <= year <= 9999 else None
        if found is not None and (found <= start if backwards else found >= start):
            return found
    return None


def nearest_day(start: date, day: int, backwards: bool) -> date | None:
    """That day of a month on or after `start` (or on or before it), skipping months without it."""
    for year, month in months_from(start, backwards):
        found = make(year, month, day)
        if found is not None and (found <= start if backwards else found >= start):
            return found
    return None
