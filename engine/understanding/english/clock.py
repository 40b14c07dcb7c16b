"""Times of day as they are said: "half past three", "ten to six", "1900 hours", "in an hour".

A clock time says which half of the day it belongs to when the words do; `half` is then "am", "pm" or "24".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from engine.understanding.english.numerals import at, below_hundred, cardinal, is_pronoun
from engine.understanding.english.words import UNITS, listed

Words = Sequence[str]
_COLON: Final = re.compile(r"(\d{1,2})[:.]([0-5]\d)(?::[0-5]\d)?")
_FOUR: Final = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_THREE: Final = re.compile(r"([1-9])([0-5]\d)")
_PAST: Final = frozenset(("past", "after"))
_TO: Final = frozenset(("to", "before", "of", "till", "until", "'til", "til"))
_NAMED: Final = {
    "noon": (12, 0, 960),
    "midday": (12, 0, 960),
    "midnight": (0, 0, 960),
    "noonish": (12, 0, 800),
    "lunchtime": (12, 30, 600),
    "noontime": (12, 0, 900),
}
_PARTS: Final = {"morning": "am", "afternoon": "pm", "evening": "pm", "night": "night"}
_HOURS: Final = frozenset(("hours", "hrs", "hour", "h", "hundred"))
_BEFORE_ONE: Final = listed(
    """
    at around about by for say maybe like make it um uh er think is it's that's no not sorry actually mean meant
    wait or and to then rather , . please yes ok okay until <no> <retract>
    """
) | {""}
DAY_MINUTES: Final = 24 * 60


class Clock(NamedTuple):
    """A time up to the token `end`. `relative` is minutes from now instead, None for a time of day."""

    hour: int
    minute: int
    end: int
    half: str = ""
    confidence: int = 960
    weak: bool = False
    relative: int | None = None
    hourless: str = ""


def read_clock(words: Words, i: int) -> Clock | None:
    """The longest time that starts at `i`, with the half of the day said right after it."""
    best: Clock | None = None
    for rule in _RULES:
        found = rule(words, i)
        if found is not None and (best is None or found.end > best.end):
            best = found
    if best is None or best.relative is not None:
        return best
    return _with_half(words, best)


def _with_half(words: Words, clock: Clock) -> Clock | None:
    end, half = clock.end, clock.half
    if at(words, end) in ("ish", "sharp", "exactly", "o'clock"):
        end, weak = end + 1, clock.weak and words[end] != "o'clock"
        end += at(words, end) in ("ish", "sharp", "exactly")
        clock = clock._replace(end=end, weak=weak)
    if list(words[end : end + 3]) == ["on", "the", "dot"]:
        end, clock = end + 3, clock._replace(end=end + 3, weak=False)
    said = ""
    if at(words, end) in ("am", "pm"):
        said, end = words[end], end + 1
    elif at(words, end) in ("in", "at", "on", "of", "during"):
        j = end + 1 + (at(words, end + 1) in ("the", "that"))
        if at(words, j) in _PARTS:
            said, end = _PARTS[words[j]], j + 1
    elif at(words, end) in ("this", "tonight", "tomorrow") or at(words, end) in _PARTS:
        j = end + (words[end] == "this")
        if at(words, j) in _PARTS:
            said, end = _PARTS[words[j]], j + 1
    if not said or half == "24":
        return clock._replace(end=end) if said and half == "24" and said != "am" else clock
    return clock._replace(half=night_half(clock.hour) if said == "night" else said, end=end, weak=False)


def night_half(hour: int) -> str:
    """ "Two at night" is early, "ten at night" is late."""
    return "pm" if 5 <= hour <= 11 else "am"


def _digits(words: Words, i: int) -> Clock | None:
    """ "19:30", "7.30", "1930", "0730 hours", "730 pm"."""
    word = at(words, i)
    match = _COLON.fullmatch(word)
    if match:
        hour, minute = int(match[1]), int(match[2])
        if hour > 24 or (hour == 24 and minute):
            return None
        exact = hour > 12 or hour == 0 or match[1][0] == "0"
        return Clock(hour % 24, minute, _past_hours(words, i + 1), "24" if exact else "", 970)
    match = _FOUR.fullmatch(word)
    if match:
        end = _past_hours(words, i + 1)
        hour = int(match[1])
        if at(words, end) in ("am", "pm") and 1 <= hour <= 12:
            return Clock(hour, int(match[2]), end, "", 900)
        if int(match[2]) % 5 and end == i + 1 and at(words, i - 1) not in ("at", "around", "about", "by"):
            return None
        return Clock(hour, int(match[2]), end, "24", 950 if end > i + 1 else 750)
    match = _THREE.fullmatch(word)
    if match and (at(words, i + 1) in ("am", "pm", "in") or at(words, i - 1) in ("at", "")):
        return Clock(int(match[1]), int(match[2]), i + 1, "", 700)
    return None


def _past_hours(words: Words, i: int) -> int:
    return i + 1 if at(words, i) in ("hours", "hrs", "h", "hour") else i


def hour_word(words: Words, i: int) -> tuple[int, int] | None:
    """An hour from 0 to 24 in words or digits."""
    word = at(words, i)
    if word.isdigit() and len(word) <= 2 and int(word) <= 24:
        return int(word), i + 1
    read = below_hundred(words, i)
    return read if read is not None and read[0] <= 24 else None


def _named(words: Words, i: int) -> Clock | None:
    """Noon and midnight, with or without the twelve."""
    j = i
    if at(words, i) in ("twelve", "12") and at(words, i + 1) in ("noon", "midnight", "midday"):
        j = i + 1
    if at(words, j) == "high" and at(words, j + 1) == "noon":
        j += 1
    if at(words, j) == "lunch" and at(words, j + 1) == "time":
        return Clock(12, 30, j + 2, "24", 600)
    named = _NAMED.get(at(words, j))
    return None if named is None else Clock(named[0], named[1], j + 1, "24", named[2])


def _minutes_from_hour(words: Words, i: int) -> Clock | None:
    """ "Half past three", "half three", "quarter to eight", "twenty past", "five minutes before six"."""
    j = i + (at(words, i) == "a" and at(words, i + 1) == "quarter")
    word = at(words, j)
    if word == "half" and at(words, j + 1) not in ("past", "after"):
        hour = hour_word(words, j + 1)
        return Clock(hour[0], 30, hour[1], "", 900) if hour and 1 <= hour[0] <= 12 else None
    if word in ("half", "quarter"):
        minutes, j, loose = (30 if word == "half" else 15), j + 1, False
    else:
        read = (int(word), j + 1) if word.isdigit() and len(word) <= 2 else below_hundred(words, j)
        if read is None or not 1 <= read[0] <= 59:
            return None
        minutes, j = read
        loose = at(words, j) not in ("minutes", "minute", "mins", "min")
        j += not loose
    side = at(words, j)
    if side not in _PAST and side not in _TO and not (side == "from" and word == "quarter"):
        return None
    if loose and (minutes % 5 or (minutes == 30 and side not in _PAST)):
        return None
    return _relative_to_hour(words, j + 1, minutes if side in _PAST else -minutes, side)


def _relative_to_hour(words: Words, j: int, minutes: int, side: str) -> Clock | None:
    hour = hour_word(words, j)
    named = _named(words, j)
    if named is not None:
        total = (named.hour * 60 + minutes) % DAY_MINUTES
        return Clock(total // 60, total % 60, named.end, "24", 930)
    if hour is None:
        hourless = "past" if minutes > 0 else "to"
        open_end = at(words, j) == "" or at(words, j) in (",", ".", "?", "please", "the")
        if side in ("of", "before", "after") or not open_end:
            return None
        j += 2 if at(words, j) == "the" and at(words, j + 1) == "hour" else 0
        return Clock(0, minutes % 60, j, "24", 550, hourless=hourless)
    if hour[0] == 0 or hour[0] > 12:
        total = (hour[0] * 60 + minutes) % DAY_MINUTES
        return Clock(total // 60, total % 60, hour[1], "24", 930)
    total = (hour[0] % 12 * 60 + minutes) % (DAY_MINUTES // 2)
    return Clock(total // 60 or 12, total % 60, hour[1], "", 950)


def _hour_and_minutes(words: Words, i: int) -> Clock | None:
    """ "Seven thirty", "seven oh five", "nineteen hundred hours", "7 30", or the hour alone."""
    leading = at(words, i) in ("oh", "o", "zero") and at(words, i + 1) in UNITS
    hour = (UNITS[words[i + 1]], i + 2) if leading else hour_word(words, i)
    if hour is None:
        return None
    value, j = hour
    exact = leading or value > 12 or value == 0
    if at(words, j) == "hundred" and (exact or at(words, j + 1) in _HOURS):
        return Clock(value % 24, 0, _past_hours(words, j + 1), "24", 950)
    minutes = _minutes(words, j)
    if minutes is not None and value < 24:
        return Clock(value, minutes[0], _past_hours(words, minutes[1]), "24" if exact else "", 940)
    marked = at(words, j) in ("o'clock", "pm", "am", "in")
    if words[i] == "one" and not marked and (is_pronoun(words, i) or at(words, i - 1) not in _BEFORE_ONE):
        return None
    if value == 0 and not leading and not marked:
        return None
    if at(words, j) in ("hours", "hrs", "h") and (exact or at(words, j) != "hours"):
        return Clock(value % 24, 0, j + 1, "24", 850)
    return Clock(value % 24, 0, j, "24" if exact else "", 900, weak=True)


def _minutes(words: Words, j: int) -> tuple[int, int] | None:
    word = at(words, j)
    if word in ("oh", "o", "zero") and at(words, j + 1) in UNITS:
        return UNITS[words[j + 1]], j + 2
    if re.fullmatch(r"[0-5]\d", word):
        return int(word), j + 1
    read = below_hundred(words, j)
    if read is None or not 10 <= read[0] <= 59 or at(words, read[1]) in ("past", "to", "people", "guests"):
        return None
    return read


def _from_now(words: Words, i: int) -> Clock | None:
    """ "In an hour", "in half an hour", "twenty minutes from now", "right now"."""
    if at(words, i - 1) == "from" and at(words, i) == "now":
        return None
    if at(words, i) in ("now", "immediately") or (at(words, i) == "right" and at(words, i + 1) == "now"):
        return Clock(0, 0, i + 1 + (words[i] == "right"), "24", 650, relative=0)
    inside = at(words, i) == "in"
    j = i + inside
    j += at(words, j) in ("about", "around", "exactly", "like", "just")
    length = duration(words, j)
    if length is None:
        return None
    minutes, end = length
    if inside:
        end += at(words, end) == "time"
        end += 2 * (list(words[end : end + 2]) == ["from", "now"])
        return Clock(0, 0, end, "24", 930, relative=minutes)
    if list(words[end : end + 2]) == ["from", "now"]:
        return Clock(0, 0, end + 2, "24", 930, relative=minutes)
    return None


def duration(words: Words, i: int) -> tuple[int, int] | None:
    """Minutes in "an hour and a half", "half an hour", "two hours", "an hour and ten minutes", "45 mins"."""
    if at(words, i) == "half" and at(words, i + 1) in ("an", "a") and at(words, i + 2) == "hour":
        return 30, i + 3
    if at(words, i) == "a" and at(words, i + 1) == "half" and at(words, i + 2) == "hour":
        return 30, i + 3
    quarter = i + (at(words, i) == "a")
    if list(words[quarter : quarter + 4]) == ["quarter", "of", "an", "hour"]:
        return 15, quarter + 4
    if list(words[i : i + 4]) == ["three", "quarters", "of", "an"] and at(words, i + 4) == "hour":
        return 45, i + 5
    number = cardinal(words, i)
    if number is not None:
        count, j = number.value, number.end
    elif at(words, i) in ("an", "a"):
        count, j = Decimal(1), i + 1
    else:
        return None
    unit = at(words, j)
    if unit in ("minute", "minutes", "min", "mins"):
        return (int(count), j + 1) if 1 < count < 3 * DAY_MINUTES else None
    if unit not in ("hour", "hours", "hr", "hrs", "hour's") or not 0 < count <= 72:
        return None
    minutes, j = int(count * 60), j + 1
    if at(words, j) == "and" and at(words, j + 1) == "a":
        extra = {"half": 30, "quarter": 15}.get(at(words, j + 2), 0)
        return (minutes + extra, j + 3) if extra else (minutes, j)
    if at(words, j) == "and":
        more = cardinal(words, j + 1)
        if more is not None and at(words, more.end) in ("minute", "minutes", "min", "mins"):
            return minutes + int(more.value), more.end + 1
    return minutes, j


_RULES: Final[tuple[Callable[[Words, int], Clock | None], ...]] = (
    _digits,
    _named,
    _minutes_from_hour,
    _hour_and_minutes,
    _from_now,
)
