"""A date, and only a date: what is said about the hour is let pass."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from engine.understanding.calendar import nearest_day
from engine.understanding.english.occasions import KNOWN, gather
from engine.understanding.english.reading import settle
from engine.understanding.english.words import WEEKDAY_NAMES
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import tokens

_LEAST_BARE_DAY: Final = 13
_MONTH_OR_WEEK: Final = frozenset(("week", "month", "year"))


def read_date(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The date meant as YYYY-MM-DD; see `days` for the conventions."""
    occasion = gather(text, expected, now, day_first)
    if occasion is None or not occasion.days:
        return _bare_day(text, expected, now)
    if any(not found.confidence for found in occasion.days):
        return Understood(None, 0, "there is no such day")
    settled = settle(occasion.words, occasion.days, KNOWN)
    if settled is None:
        return NOTHING
    day = settled.found.value
    note = f"{WEEKDAY_NAMES[day.weekday()]} {day.isoformat()}"
    return Understood(day.isoformat(), settled.confidence, note, settled.corrected)


def _bare_day(text: str, expected: Expected, now: datetime) -> Understood:
    """ "27", when nothing else is said, is the 27th; "7" could be anything."""
    words = tokens(text)
    if (
        len(words) == 1
        and words[0].isdigit()
        and text.strip(" .,!?")[:1].isdigit()
        and _LEAST_BARE_DAY <= int(words[0][:6]) <= 31
    ):
        day = nearest_day(now.date(), int(words[0]), expected.past)
        if day is not None:
            return Understood(day.isoformat(), 500, f'"{words[0]}" taken for a day of the month')
    if _MONTH_OR_WEEK.intersection(words):
        return Understood(None, 0, "which day of it?")
    return NOTHING
