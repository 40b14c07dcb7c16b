"""The small parts of English dates: a day of the month, a year, a count of weeks, which month is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engine.understanding.calendar import add_months
from engine.understanding.english.numerals import at, below_hundred, cardinal, ordinal
from engine.understanding.english.words import MONTHS, UNITS

Words = Sequence[str]
SPANS = {
    "day": 1,
    "days": 1,
    "night": 1,
    "nights": 1,
    "week": 7,
    "weeks": 7,
    "week's": 7,
    "wk": 7,
    "wks": 7,
    "fortnight": 14,
    "fortnights": 14,
    "fortnight's": 14,
    "day's": 1,
}
"""Days in a unit. Months and years are not a number of days: see `MONTH_SPANS`."""
MONTH_SPANS = {"month": 1, "months": 1, "month's": 1, "year": 12, "years": 12, "year's": 12}
CLOCK_WORDS = frozenset(
    ("am", "pm", "o'clock", "hours", "hrs", "minutes", "minute", "past", "people", "of us", "guests")
)


class Today(NamedTuple):
    """The day of speaking, whether dates look back, and whether 3/4 is the third of April."""

    day: date
    past: bool
    day_first: bool
    dotted: bool = True


class Day(NamedTuple):
    """A date read from the words up to `end`. Confidence 0 marks a contradiction ("Friday the 26th")."""

    day: date
    end: int
    confidence: int = 960
    kind: str = ""


def skip(words: Words, i: int, *some: str) -> int:
    """The index after any of these words."""
    while at(words, i) in some:
        i += 1
    return i


def day_number(words: Words, i: int) -> tuple[int, int] | None:
    """A day of the month, ordinal or cardinal: 1 to 31 and where it ends."""
    read = ordinal(words, i)
    if read is None:
        word = at(words, i)
        read = (int(word), i + 1) if word.isdigit() and len(word) <= 2 else below_hundred(words, i)
        if read is not None and at(words, read[1]) in CLOCK_WORDS:
            return None
    return read if read is not None and 1 <= read[0] <= 31 else None


def year_number(words: Words, i: int, today: Today) -> tuple[int, int] | None:
    """ "2026", "twenty twenty six", "nineteen eighty two", "next year", for the past "82"."""
    i = skip(words, i, ",", "of", "in")
    word = at(words, i)
    if word in ("this", "next", "last") and at(words, i + 1) == "year":
        return today.day.year + {"this": 0, "next": 1, "last": -1}[word], i + 2
    if re.fullmatch(r"(?:19|20|21)\d\d", word):
        return (int(word), i + 1) if _sensible(int(word), today) else None
    if re.fullmatch(r"\d\d", word) and today.past:
        return century(int(word), today), i + 1
    if word == "two" and at(words, i + 1) == "thousand":
        whole = cardinal(words, i)
        return (int(whole.value), whole.end) if whole and 2000 <= whole.value < 2100 else None
    first = below_hundred(words, i)
    if first is None or first[0] not in (19, 20) or first[1] != i + 1:
        if first is not None and today.past and first[0] >= 20 and at(words, first[1]) == "":
            return century(first[0], today), first[1]
        return None
    j = first[1]
    if at(words, j) in ("oh", "o", "hundred") and at(words, j + 1) in UNITS:
        return first[0] * 100 + UNITS[words[j + 1]], j + 2
    second = below_hundred(words, j)
    if second is None or second[0] < 10 or not _sensible(first[0] * 100 + second[0], today):
        return None
    return first[0] * 100 + second[0], second[1]


def _sensible(year: int, today: Today) -> bool:
    """In a booking "27 November 1930" is half past seven in the evening, not a year."""
    near = today.day.year - 1 <= year <= today.day.year + 12
    return today.past or today.dotted or near or year % 100 > 59 or bool(year % 5)


def century(two_digits: int, today: Today) -> int:
    """The century of a year in two digits: this one, unless a date that looks back would lie ahead."""
    year = today.day.year // 100 * 100 + two_digits
    return year - 100 if today.past and year > today.day.year else year


def quantity(words: Words, i: int) -> tuple[int, int] | None:
    """How many days or weeks: "two", "a", "a couple of"."""
    number = cardinal(words, i)
    if number is not None and number.value == int(number.value) and 0 < number.value < 10_000:
        return int(number.value), skip(words, number.end, "of", "more")
    if at(words, i) == "couple":
        return 2, skip(words, i + 1, "of")
    return (1, i + 1) if at(words, i) in ("a", "an") else None


def month_meant(words: Words, i: int, today: Today) -> tuple[int, int, int] | None:
    """ "November", "the month", "next month", "this month", "the month after next": (year, month, end).

    Year 0 says that only the month was named.
    """
    i = skip(words, i, "the", "of", "in")
    word = at(words, i)
    if word in MONTHS:
        return 0, MONTHS[word], i + 1
    steps, j = 0, i
    if word in ("this", "current"):
        j = i + 1
    elif word in ("next", "following", "coming"):
        steps, j = 1, i + 1
    elif word == "last" and today.past:
        steps, j = -1, i + 1
    if at(words, j) != "month":
        return None
    if at(words, j + 1) == "after" and at(words, j + 2) == "next":
        steps, j = 2, j + 2
    moved = add_months(today.day.replace(day=1), steps)
    return None if moved is None else (moved.year, moved.month, j + 1)
