"""Dates with a day and a month in them: "27 November", "11/27", "2026-11-27", "the third of next month"."""

from __future__ import annotations

import re
from datetime import date

from engine.understanding.calendar import add_months, make, nearest, nearest_day
from engine.understanding.english.day_phrases import (
    Day,
    Today,
    Words,
    century,
    day_number,
    month_meant,
    skip,
    year_number,
)
from engine.understanding.english.numerals import at, below_hundred, ordinal
from engine.understanding.english.words import MONTHS, listed

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)")
_THREE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_TWO = re.compile(r"(\d{1,2})([-/.])(\d{1,2})")
_NOT_A_DAY = listed(
    """
    one ones option floor time times thing person street avenue road half quarter week weekend month
    choice class place year hour course point question name number person's try attempt button two
    three few couple last slot
    """
)


def numeric(words: Words, i: int, today: Today) -> Day | None:
    """Digits with separators, in the locale's order; the other order when only that one is a date."""
    word = at(words, i)
    match = _YEAR_FIRST.fullmatch(word)
    if match:
        year, month, day = (int(part) for part in match.groups() if part is not None)
        found = make(year, month, day)
        return None if found is None else Day(found, i + 1, 1000, "full")
    match = _THREE.fullmatch(word)
    if match:
        digits = match[4]
        year = int(digits) if len(digits) == 4 else century(int(digits), today)
        return _ordered(int(match[1]), int(match[3]), year, i + 1, today)
    match = _TWO.fullmatch(word)
    if match and (match[2] == "/" or (today.dotted and _is_short_date(match, at(words, i + 1)))):
        return _ordered(int(match[1]), int(match[3]), 0, i + 1, today)
    return _spoken_numeric(words, i, today)


def _is_short_date(match: re.Match[str], following: str) -> bool:
    """ "27.11" and "11-27" are dates; "2.5" is a number, "5-6" a range, "7.30 pm" a time."""
    if following in ("am", "pm", "million", "thousand", "hundred", "k", "in", "o'clock", "percent"):
        return False
    return len(match[1]) == 2 or len(match[3]) == 2


def _spoken_numeric(words: Words, i: int, today: Today) -> Day | None:
    """ "eleven slash twenty seven", "27 11 2026"."""
    first = _small(words, i)
    if first is None:
        return None
    if at(words, first[1]) == "slash":
        second = _small(words, first[1] + 1)
        if second is None:
            return None
        year = year_number(words, second[1] + 1, today) if at(words, second[1]) == "slash" else None
        return _ordered(first[0], second[0], year[0] if year else 0, year[1] if year else second[1], today)
    second = _small(words, first[1])
    if second is not None and re.fullmatch(r"(?:19|20)\d\d", at(words, second[1])):
        return _ordered(first[0], second[0], int(words[second[1]]), second[1] + 1, today)
    return None


def _small(words: Words, i: int) -> tuple[int, int] | None:
    word = at(words, i)
    return (int(word), i + 1) if word.isdigit() and len(word) <= 2 else below_hundred(words, i)


def _ordered(first: int, second: int, year: int, end: int, today: Today) -> Day | None:
    orders = [(second, first), (first, second)] if today.day_first else [(first, second), (second, first)]
    for month, day in orders:
        found = _in_year(year, month, day, today)
        if found is not None:
            sure = 940 if (month, day) == orders[0] or month == day else 800
            return Day(found, end, sure, "full")
    return None


def _in_year(year: int, month: int, day: int, today: Today) -> date | None:
    if year:
        return make(year, month, day)
    return nearest(today.day, month, day, today.past) if 1 <= month <= 12 and 1 <= day <= 31 else None


def month_and_day(words: Words, i: int, today: Today) -> Day | None:
    """ "November 27th, 2026", "November the 27th", "in December on the 3rd"."""
    month = MONTHS.get(at(words, i), 0)
    if not month:
        return None
    day = day_number(words, skip(words, i + 1, ",", "on", "the"))
    if day is None:
        return None
    year = year_number(words, day[1], today)
    found = _in_year(year[0] if year else 0, month, day[0], today)
    end = year[1] if year else day[1]
    return Day(found, end, 970, "month_day") if found else Day(today.day, end, 0)


def day_and_month(words: Words, i: int, today: Today) -> Day | None:
    """ "27 November 2026", "the twenty-seventh of November", "the 3rd of next month"."""
    i = skip(words, i, "the")
    day = day_number(words, i)
    if day is None:
        return None
    joined = at(words, day[1]) == "of" or ordinal(words, i) is not None
    meant = month_meant(words, day[1], today)
    if meant is None or (meant[0] and not joined):
        return None
    year, month, end = meant
    if year:
        found = make(year, month, day[0])
        if found is not None and found < today.day and at(words, end - 2) == "the" and not today.past:
            found = nearest_day(today.day, day[0], today.past)
    else:
        said = year_number(words, end, today)
        end = said[1] if said else end
        found = _in_year(said[0] if said else 0, month, day[0], today)
    return Day(found, end, 970, "month_day") if found else Day(today.day, end, 0)


def month_then_day(words: Words, i: int, today: Today) -> Day | None:
    """ "Next month on the 3rd"."""
    if at(words, i) in MONTHS:
        return None
    meant = month_meant(words, i, today)
    if meant is None or not meant[0]:
        return None
    j = skip(words, meant[2], ",", "on", "the")
    day = ordinal(words, j) or (day_number(words, j) if j > meant[2] else None)
    if day is None:
        return None
    found = make(meant[0], meant[1], day[0])
    return Day(found, day[1], 950, "month_day") if found else Day(today.day, day[1], 0)


def day_alone(words: Words, i: int, today: Today) -> Day | None:
    """ "The 27th": the next one (or the last). A bare "second" is no day: people wait one."""
    j = skip(words, i, "the")
    day = ordinal(words, j)
    if day is None and j > i and today.dotted and j + 1 >= len(words) and at(words, j).isdigit():
        day = day_number(words, j)
    if day is None or not 1 <= day[0] <= 31:
        return None
    before = i - 1 - (at(words, i - 1) == "the")
    if at(words, before) == "of" and at(words, before - 1) in ("week", "weekend", "month"):
        return None
    bare_word = j == i and not words[j][0].isdigit()
    if (
        at(words, day[1]) in _NOT_A_DAY
        or at(words, day[1]) == "of"
        or list(words[day[1] :][:2]) == ["to", "last"]
    ):
        return None
    if bare_word and (day[0] < 4 or (i > 0 and at(words, i - 1) in ("a", "my", "our", "your", "his", "her"))):
        return None
    found = nearest_day(today.day, day[0], today.past)
    return None if found is None else Day(found, day[1], 700 if bare_word else 900, "ordinal")


def edge_of_month(words: Words, i: int, today: Today) -> Day | None:
    """ "The end of the month", "the first day of next month", "the last day of the year"."""
    j = skip(words, i, "the", "very", "at", "by")
    head = at(words, j)
    if head in ("last", "first", "final") and at(words, j + 1) in ("day", "of"):
        j += 1 + (words[j + 1] == "day")
    elif head in ("end", "start", "beginning"):
        j += 1
    else:
        return None
    if at(words, j) != "of":
        return None
    last = head in ("end", "last", "final")
    k = skip(words, j, "of", "the")
    next_year = at(words, k) == "next"
    if at(words, k + next_year + (at(words, k) == "this")) == "year":
        year = today.day.year + next_year + (not last and not next_year)
        found = make(year, 12, 31) if last else make(year, 1, 1)
        return Day(found, skip(words, k, "next", "this", "year"), 850) if found else None
    meant = month_meant(words, j, today)
    if meant is None:
        return None
    year, month, end = meant
    if not year:
        said = year_number(words, end, today)
        end = said[1] if said else end
        near = nearest(today.day, month, 28 if last else 1, today.past)
        year = said[0] if said else (near.year if near else today.day.year)
    first = date(year, month, 1)
    if not last and first < today.day and at(words, end - 2) != "this":
        first = add_months(first, 1) or first
    following = add_months(first, 1)
    if last and following is not None:
        return Day(date.fromordinal(following.toordinal() - 1), end, 900)
    return Day(first, end, 900)
