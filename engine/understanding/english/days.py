"""Which day is meant: today and tomorrow, weekdays, weeks from now, weekends, named days, and written dates.

Conventions, with Friday 20 November 2026 as today:

- "Tuesday" is the next one after today; "Friday", said on a Friday, is a week away (today is called "today").
- "this Tuesday" is the first from today on, so "this Friday" is today; "coming" is after today.
- "next Tuesday" lies in the next week, weeks starting on Monday: the 24th; on a Monday it is eight days off.
- "Tuesday week" is a week after the coming Tuesday; "Friday week", said on a Friday, a week from today.
- "the weekend" is its Saturday; a date without a year is the next such day, or the last when dates look back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from engine.understanding.calendar import (
    WEEK,
    add_months,
    after,
    before,
    monday_of,
    months_from,
    nth_weekday,
    on_or_after,
    shift,
)
from engine.understanding.english.day_phrases import (
    MONTH_SPANS,
    SPANS,
    Day,
    Today,
    Words,
    month_meant,
    quantity,
    skip,
    year_number,
)
from engine.understanding.english.holidays import BY_FIRST_WORD, holiday_in
from engine.understanding.english.numerals import at, ordinal
from engine.understanding.english.words import MONTHS, WEEKDAYS
from engine.understanding.english.written_dates import (
    day_alone,
    day_and_month,
    edge_of_month,
    month_and_day,
    month_then_day,
    numeric,
)

_DEEPEST = 3
_SATURDAY, _FRIDAY = 5, 4
_OPEN_DAYS: Final = frozenset(("any", "every", "each", "most", "last", "first", "second"))
_PARTS: Final = frozenset(("morning", "afternoon", "evening", "night", "lunchtime"))
_NOT_THE_DAY: Final = frozenset(
    ("party", "week", "time", "shopping", "card", "menu", "weekend", "season", "holidays")
)


def read_day(words: Words, i: int, today: Today, depth: int = 0) -> Day | None:
    """The longest day phrase that starts at `i`."""
    if depth > _DEEPEST or i >= len(words):
        return None
    best: Day | None = None
    for rule in _RULES:
        found = rule(words, i, today, depth)
        if found is not None and (best is None or found.end > best.end):
            best = found
    return best


def _plain_rule(
    rule: Callable[[Words, int, Today], Day | None],
) -> Callable[[Words, int, Today, int], Day | None]:
    return lambda words, i, today, depth: rule(words, i, today)


def _near(words: Words, i: int, today: Today, depth: int) -> Day | None:
    """Today, tonight, this evening, tomorrow, yesterday."""
    word = at(words, i)
    if word in ("today", "tomorrow") and at(words, i + 1) in ("week", "fortnight"):
        return _shifted(today.day, (word == "tomorrow") + SPANS[words[i + 1]], i + 2, 900)
    if word == "later" and at(words, i + 1) in ("today", "tonight"):
        return Day(today.day, i + 2, 900, "today")
    if word in ("today", "tonight", "today's"):
        return Day(today.day, i + 1, 980, "today")
    if word == "this" and at(words, i + 1) in _PARTS:
        return Day(today.day, i + 1, 940, "today")
    if word in ("tomorrow", "tomorrow's"):
        return _shifted(today.day, 1, i + 1, 980, "tomorrow")
    if word == "yesterday" and today.past:
        return _shifted(today.day, -1, i + 1, 980)
    if word == "last" and at(words, i + 1) == "night" and today.past:
        return _shifted(today.day, -1, i + 1, 900)
    return None


def _shifted(day: date, days: int, end: int, confidence: int = 950, kind: str = "") -> Day | None:
    moved = shift(day, days)
    return None if moved is None else Day(moved, end, confidence, kind)


def _moved(day: date, count: int, unit: str, end: int, confidence: int = 950) -> Day | None:
    if unit in SPANS:
        return _shifted(day, count * SPANS[unit], end, confidence)
    moved = add_months(day, count * MONTH_SPANS[unit])
    return None if moved is None else Day(moved, end, confidence - 50)


def _offset(words: Words, i: int, today: Today, depth: int) -> Day | None:
    """ "In two weeks", "three days from now", "a week on Friday", "the day after tomorrow"."""
    if at(words, i - 1) == "half":
        return None
    inside = at(words, i) in ("in", "within")
    j = skip(words, i, "in", "within", "about", "exactly", "just")
    counted = quantity(words, j)
    unit_at = counted[1] if counted else skip(words, j, "the")
    unit = at(words, unit_at)
    if unit not in SPANS and unit not in MONTH_SPANS:
        return None
    if counted is None and unit != "day":
        return None
    count = counted[0] if counted else 1
    j = unit_at + 1
    if at(words, j) == "or" and quantity(words, j + 1) is not None:
        return None
    if counted and at(words, j) == "ago":
        return _moved(today.day, -count, unit, j + 1) if today.past else None
    if counted and inside:
        return _inside(words, skip(words, j, "time"), today, count, unit)
    if counted and at(words, j) in ("hence", "away", "ahead", "time"):
        return _moved(today.day, count, unit, j + 1)
    return _from_a_day(words, j, today, depth, count, unit)


def _inside(words: Words, j: int, today: Today, count: int, unit: str) -> Day | None:
    """ "In two weeks", and perhaps "on Friday" of that week."""
    found = _moved(today.day, count, unit, skip(words, j, "from", "now") if at(words, j) == "from" else j)
    weekday = WEEKDAYS.get(at(words, skip(words, j, ",", "on")))
    if found is not None and weekday is not None and unit in SPANS and SPANS[unit] >= WEEK:
        return _shifted(monday_of(found.day), weekday, skip(words, j, ",", "on") + 1, 850)
    return found


def _from_a_day(words: Words, j: int, today: Today, depth: int, count: int, unit: str) -> Day | None:
    """What follows "a week" or "the day": from now, on Friday, after tomorrow, before Christmas."""
    word = at(words, j)
    if word == "from" and at(words, j + 1) in ("now", "here"):
        return _moved(today.day, count, unit, j + 2)
    backwards = word in ("before", "prior")
    if word in ("from", "after", "on", "past", "following", "before", "prior"):
        k = skip(words, j + 1, "to")
    elif word in ("today", "tomorrow", "this", "next") or word in WEEKDAYS:
        k = j
    else:
        return None
    weekday = WEEKDAYS.get(at(words, k))
    base = read_day(words, k, today, depth + 1)
    if base is None or not base.confidence:
        return base
    start, sure = base.day, min(base.confidence, 940)
    if weekday is not None and base.end == k + 1 and (k == j or word in ("on", "from")) and not today.past:
        start = on_or_after(today.day, weekday)
        sure = 600 if start == today.day else sure
    return _moved(start, -count if backwards else count, unit, base.end, sure)


def _weekday(words: Words, i: int, today: Today, depth: int) -> Day | None:
    """A weekday with what stands before and after it."""
    j = skip(words, i, "the", "on")
    how = at(words, j)
    if how in ("this", "next", "coming", "upcoming", "following", "last", "past"):
        j += 1
        if how == "this" and at(words, j) in ("coming", "next"):
            how, j = "coming", j + 1
    else:
        how = ""
    weekday = WEEKDAYS.get(at(words, j))
    if weekday is None:
        return None
    if at(words, j - 1) in _OPEN_DAYS - {"last", "first", "second"}:
        return None
    if how in ("last", "past") or at(words, i - 1) in ("last", "past"):
        return Day(before(today.day, weekday), j + 1, 940) if today.past and how else None
    if at(words, j + 1) == "last" and at(words, j + 2) == "week":
        return _shifted(monday_of(today.day), weekday - WEEK, j + 3) if today.past else None
    return _weekday_with_date(words, j, today, weekday) or _weekday_in_week(
        words, j, today, weekday, how, depth
    )


def _weekday_in_week(words: Words, j: int, today: Today, weekday: int, how: str, depth: int) -> Day | None:
    tail = skip(words, j + 1, "of", "in", ",")
    monday, coming = monday_of(today.day), on_or_after(today.day, weekday)
    sure = 600 if coming == today.day else 940
    if at(words, tail) in MONTHS and tail > j + 1 and at(words, tail - 1) in ("of", "in"):
        return Day(coming, tail + 1, 0)
    if at(words, j + 1) in ("week", "fortnight"):
        return _shifted(coming, SPANS[words[j + 1]], j + 2, sure)
    if at(words, j + 1) == "after" and at(words, j + 2) == "next":
        return _shifted(monday, 2 * WEEK + weekday, j + 3, 900)
    if at(words, tail) == "next" and at(words, tail + 1) == "week":
        return _shifted(monday, WEEK + weekday, tail + 2, 970, "next_weekday")
    if at(words, tail) == "this" and at(words, tail + 1) == "week" and coming > monday + timedelta(days=6):
        return Day(coming, tail + 2, 0)
    if at(words, tail) == "this" and at(words, tail + 1) == "week":
        return Day(coming, tail + 2, 940)
    if at(words, j + 1) in ("after", "before", "following"):
        base = read_day(words, j + 2, today, depth + 1)
        if base is not None and base.confidence:
            found = before(base.day, weekday) if words[j + 1] == "before" else after(base.day, weekday)
            return Day(found, base.end, 900)
    if how == "next" or (at(words, j + 1) == "next" and at(words, j + 2) not in ("week", "month", "year")):
        return _shifted(monday, WEEK + weekday, j + 1 + (how != "next"), 900, "next_weekday")
    if how == "this":
        return Day(coming, j + 1, 940, "this_weekday")
    if today.past and not how:
        return Day(before(today.day, weekday), j + 1, 850, "weekday")
    same = weekday == today.day.weekday() and not how
    return Day(after(today.day, weekday), j + 1, 700 if same else 940, "weekday")


def _weekday_with_date(words: Words, j: int, today: Today, weekday: int) -> Day | None:
    """ "Friday the 27th", "Friday 27 November": the two must agree."""
    k = skip(words, j + 1, ",", "the", "on")
    for rule in (day_and_month, month_and_day, month_then_day, numeric):
        found = rule(words, k, today)
        if found is not None and found.confidence:
            return found if found.day.weekday() == weekday else found._replace(confidence=0)
    day = ordinal(words, k)
    bare = (
        day is None and at(words, k).isdigit() and len(words[k]) <= 2 and at(words, k + 1) not in ("am", "pm")
    )
    if bare:
        day = (int(words[k]), k + 1)
    if day is None or not 1 <= day[0] <= 31:
        return None
    for year, month in list(months_from(today.day, today.past))[:3]:
        try:
            guess = date(year, month, day[0])
        except ValueError:
            continue
        if bare and (today.past or (guess - today.day).days > 31 or (day[0] < 13 and not today.dotted)):
            continue
        if guess.weekday() == weekday and (guess <= today.day if today.past else guess >= today.day):
            return Day(guess, day[1], 960, "ordinal")
    contradicts = not bare or (today.dotted and day[0] >= 13)
    return Day(today.day, day[1], 0) if contradicts else None


def _week_then_weekday(words: Words, i: int, today: Today, depth: int) -> Day | None:
    """ "Next week on Friday", "the week after next on Monday"."""
    j = skip(words, i, "the")
    if at(words, j) in ("next", "this", "following") and at(words, j + 1) == "week":
        weeks, j = (0 if words[j] == "this" else 1), j + 2
    elif list(words[j : j + 3]) == ["week", "after", "next"]:
        weeks, j = 2, j + 3
    else:
        return None
    j = skip(words, j, ",", "on", "the")
    weekday = WEEKDAYS.get(at(words, j))
    if weekday is None:
        return None
    if not weeks:
        return Day(on_or_after(today.day, weekday), j + 1, 900)
    return _shifted(monday_of(today.day), weeks * WEEK + weekday, j + 1, 950, "next_weekday")


def _nth(words: Words, i: int, today: Today, depth: int) -> Day | None:
    """ "The last Friday of the month", "the first Monday in December", "the first Tuesday after Easter"."""
    j = skip(words, i, "the", "very")
    rank = (-1, j + 1) if at(words, j) == "last" else ordinal(words, j)
    if rank is None or rank[0] > 5:
        return None
    weekday = WEEKDAYS.get(at(words, rank[1]))
    if weekday is None:
        return None
    j = rank[1] + 1
    if at(words, j) in ("after", "before") and rank[0] in (1, -1):
        base = read_day(words, j + 1, today, depth + 1)
        if base is None or not base.confidence:
            return base
        move = before if words[j] == "before" else after
        return Day(move(base.day, weekday), base.end, 900)
    meant = month_meant(words, j, today)
    if meant is None:
        return None
    year, month, end = meant
    said = year_number(words, end, today) if not year else None
    open_month = list(words[end - 2 : end]) == ["the", "month"]
    for candidate_year, candidate_month in months_from(today.day, today.past):
        if year and not open_month and (candidate_year, candidate_month) != (year, month):
            continue
        if not year and (candidate_month != month or (said and candidate_year != said[0])):
            continue
        found = nth_weekday(candidate_year, candidate_month, weekday, rank[0])
        if found is not None and (found <= today.day if today.past else found >= today.day):
            return Day(found, said[1] if said else end, 950)
    return None


def _weekend(words: Words, i: int, today: Today, depth: int) -> Day | None:
    """ "This weekend" is its Saturday; "the end of the week" its Friday."""
    j = skip(words, i, "at", "on", "over", "the", "this", "coming", "next", "following")
    weeks = 1 if "next" in words[i:j] else 0
    if at(words, j) == "weekend" and (at(words, j - 1) in _OPEN_DAYS or at(words, j + 1) == "of"):
        return None
    if at(words, j) == "weekend":
        if at(words, j + 1) == "after" and at(words, j + 2) == "next":
            return _shifted(monday_of(today.day), 2 * WEEK + _SATURDAY, j + 3, 650)
        if today.day.weekday() > _SATURDAY and not weeks:
            return Day(today.day, j + 1, 600)
        return _shifted(monday_of(today.day), weeks * WEEK + _SATURDAY, j + 1, 700)
    k = skip(words, i, "at", "by", "the")
    if at(words, k) in ("end", "start", "beginning") and at(words, k + 1) == "of":
        m = skip(words, k + 2, "the", "this", "next")
        weeks = 1 if "next" in words[k:m] else 0
        if at(words, m) == "week" and (words[k] == "end" or weeks):
            return _shifted(
                monday_of(today.day), weeks * WEEK + (_FRIDAY if words[k] == "end" else 0), m + 1, 600
            )
    return None


def _holiday(words: Words, i: int, today: Today, depth: int) -> Day | None:
    """A day with a name, this year or next."""
    j = skip(words, i, "the", "next", "this")
    for parts in BY_FIRST_WORD.get(at(words, j), ()):
        end = j + len(parts)
        if tuple(words[j:end]) != parts or at(words, end) in _NOT_THE_DAY:
            continue
        name = " ".join(parts)
        said = year_number(words, end, today)
        if said is not None:
            exact = holiday_in(name, said[0], not today.day_first)
            return None if exact is None else Day(exact, said[1], 950)
        step = -1 if today.past else 1
        for year in range(today.day.year, today.day.year + 9 * step, step):
            found = holiday_in(name, year, not today.day_first) if 1 <= year <= 9999 else None
            if found is not None and (found <= today.day if today.past else found >= today.day):
                return Day(found, end, 950)
    return None


_RULES: Final = (
    _near,
    _offset,
    _weekday,
    _week_then_weekday,
    _nth,
    _weekend,
    _holiday,
    _plain_rule(numeric),
    _plain_rule(month_and_day),
    _plain_rule(day_and_month),
    _plain_rule(month_then_day),
    _plain_rule(edge_of_month),
    _plain_rule(day_alone),
)
