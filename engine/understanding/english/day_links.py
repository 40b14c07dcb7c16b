"""Days that lean on a day said before: corrections in part, "the day after", a weekday beside its date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.understanding.calendar import make, monday_of, nearest, nearest_day, shift
from engine.understanding.english.day_phrases import Today, day_number
from engine.understanding.english.reading import Found
from engine.understanding.english.words import MONTHS, listed
from engine.understanding.text import BREAKS

_TAKING_BACK: Final = listed("no sorry wait actually mean meant rather it that not oops correction")
_NEXT_ONES: Final = (
    (("the", "day", "after"), 1),
    (("day", "after"), 1),
    (("the", "one", "after"), 7),
    (("the", "one", "after", "that"), 7),
    (("the", "next", "one"), 7),
    (("the", "next"), 7),
    (("the", "following", "one"), 7),
    (("the", "week", "after"), 7),
    (("a", "week", "later"), 7),
)


def completed(words: Sequence[str], days: list[Found], today: Today) -> list[Found]:
    """The days found, each read in the light of the one before it, and those that only that light shows."""
    fixed: list[Found] = []
    for k, each in enumerate(days):
        found = _kept_in_place(words, fixed[-1], each, today) if fixed else each
        fixed.append(found)
        limit = days[k + 1].start if k + 1 < len(days) else len(words)
        late = _late_number(words, found, limit, today) or _late_month(words, found, limit, today)
        late = late or _next_one(words, found, limit)
        if late is not None:
            fixed.append(late)
    return _agreeing(words, fixed)


def _kept_in_place(words: Sequence[str], before: Found, found: Found, today: Today) -> Found:
    """A correction keeps what it does not touch.

    The month of "27 November, no, the 28th", the week of "next Tuesday, no, Wednesday".
    """
    if before.kind in ("month_day", "ordinal") and found.kind == "ordinal":
        same = make(before.value.year, before.value.month, found.value.day)
        return found._replace(value=same) if same and (today.past or same >= today.day) else found
    if before.kind == "next_weekday" and found.kind == "weekday" and _taken_back(words, found.start):
        moved = shift(monday_of(before.value), found.value.weekday())
        return found._replace(value=moved) if moved else found
    return found


def _taken_back(words: Sequence[str], i: int) -> bool:
    return any(word in _TAKING_BACK for word in words[max(0, i - 3) : i])


def _ends(words: Sequence[str], i: int) -> bool:
    return i >= len(words) or words[i] in BREAKS or words[i] == "please"


def _late_number(words: Sequence[str], found: Found, limit: int, today: Today) -> Found | None:
    """ "November 27th, no, 28": a bare number after a correction is a day again."""
    if found.kind not in ("month_day", "ordinal"):
        return None
    for i in range(found.end + 1, limit):
        read = day_number(words, i)
        if read is None or words[i - 1] not in _TAKING_BACK | BREAKS or not _taken_back(words, i):
            continue
        if _ends(words, read[1]):
            day = make(found.value.year, found.value.month, read[0])
            day = day or nearest_day(today.day, read[0], today.past)
            return None if day is None else Found(i, read[1], day, 800, "ordinal")
    return None


def _late_month(words: Sequence[str], found: Found, limit: int, today: Today) -> Found | None:
    """ "The 5th of December, no, January": the month alone is taken back."""
    if found.kind != "month_day":
        return None
    for i in range(found.end + 1, limit):
        if words[i] in MONTHS and _taken_back(words, i) and _ends(words, i + 1):
            day = nearest(today.day, MONTHS[words[i]], found.value.day, today.past)
            return None if day is None else Found(i, i + 1, day, 800, "month_day")
    return None


def _next_one(words: Sequence[str], found: Found, limit: int) -> Found | None:
    """ "Not tomorrow, the day after", "not this Saturday but the next one"."""
    for i in range(found.end + 1, limit):
        for phrase, days in _NEXT_ONES:
            end = i + len(phrase)
            if tuple(words[i:end]) == phrase and _ends(words, end):
                day = shift(found.value, days)
                return None if day is None else Found(i, end, day, 850)
    return None


def _agreeing(words: Sequence[str], days: list[Found]) -> list[Found]:
    """ "The 25th of December, a Friday": a weekday beside a date it fits says nothing new."""
    dates = [each for each in days if each.kind in ("", "full", "month_day", "ordinal")]
    if len(dates) != 1 or any(_taken_back(words, each.start) for each in days):
        return days
    date_said = dates[0].value
    return [
        each._replace(value=date_said)
        if each.kind == "weekday" and each.value.weekday() == date_said.weekday()
        else each
        for each in days
    ]
