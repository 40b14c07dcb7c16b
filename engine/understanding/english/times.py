"""A time of day, and a moment: a date with a time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from engine.understanding.calendar import shift
from engine.understanding.english.hours import resolve
from engine.understanding.english.occasions import KNOWN, Occasion, gather
from engine.understanding.english.reading import Found, settle
from engine.understanding.meaning import NOTHING, Expected, Understood

_NIGHT_ENDS: Final = 5 * 60
_OPEN: Final = frozenset(("week", "month", "year", "weekday", "weekdays", "day"))
"""A time with one of these left over ("next week at seven") still lacks its day."""


def hhmm(minutes: int) -> str:
    """Minutes of the day as HH:MM."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def read_time(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The time meant as HH:MM; what is said about the day is let pass."""
    occasion = gather(text, expected, now, day_first)
    if occasion is None or not occasion.clocks:
        return NOTHING
    clocks = resolve(occasion, expected, now)
    settled = settle(occasion.words, clocks, KNOWN)
    if settled is None:
        return NOTHING
    value = hhmm(settled.found.value)
    note = f"{value}, taking the likelier half of the day" if settled.found.kind == "guess" else value
    return Understood(value, settled.confidence, note, settled.corrected)


def read_datetime(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The moment meant, YYYY-MM-DDTHH:MM. A time alone is the next such time; a date alone is not enough. When
    a moment stands already, a time alone is that day's, and a date alone has that time."""
    occasion = gather(text, expected, now, day_first)
    if occasion is None or any(not found.confidence for found in occasion.days):
        return NOTHING
    if not occasion.clocks:
        return _day_alone(occasion, expected)
    if not occasion.days and occasion.clocks[-1].value.relative is not None:
        return _later(occasion, expected, now)
    clocks = resolve(occasion, expected, now)
    clock = settle(occasion.words, clocks, KNOWN)
    if clock is None:
        return NOTHING
    if not occasion.days:
        if _OPEN.intersection(occasion.words):
            return Understood(None, 0, "on which day?")
        if expected.standing is not None:
            moment = _same_day(clock.found, expected, expected.standing)
            return _moment(moment, clock.confidence, clock.corrected, "the day as before")
        moment = _next(clock.found.value, now)
        return _moment(moment, min(clock.confidence, 700), clock.corrected, "the next such time")
    day = settle(occasion.words, occasion.days, KNOWN)
    if day is None or (clock.found.kind == "hourless" and day.found.value != now.date()):
        return NOTHING
    confidence = min(clock.confidence, day.confidence)
    together, sure = _together(day.found.value, clock.found, occasion, now)
    return _moment(together, min(confidence, sure), clock.corrected or day.corrected, "")


def _day_alone(occasion: Occasion, expected: Expected) -> Understood:
    settled = settle(occasion.words, occasion.days, KNOWN) if occasion.days else None
    if settled is None:
        return NOTHING
    day: date = settled.found.value
    if expected.standing is None:
        return Understood(None, 0, f"{day.isoformat()}, at what time?")
    moment = datetime.combine(day, time.fromisoformat(expected.standing[11:16]))
    return _moment(moment, settled.confidence, settled.corrected, "the time as before")


def _same_day(clock: Found, expected: Expected, standing: str) -> datetime:
    """The time on the day that stands; which half of the day, when nothing else says, as it stands too."""
    before = datetime.fromisoformat(standing)
    minutes: int = clock.value
    if clock.kind == "guess" and expected.earliest is None and (minutes < 720) != (before.hour < 12):
        minutes = (minutes + 720) % 1440
    return datetime(before.year, before.month, before.day) + timedelta(minutes=minutes)


def _later(occasion: Occasion, expected: Expected, now: datetime) -> Understood:
    settled = settle(occasion.words, resolve(occasion, expected, now), KNOWN)
    if settled is None:
        return NOTHING
    relative = occasion.clocks[-1].value.relative or 0
    return _moment(
        now + timedelta(minutes=relative), settled.confidence, settled.corrected, "counted from now"
    )


def _next(minutes: int, now: datetime) -> datetime:
    today = datetime(now.year, now.month, now.day) + timedelta(minutes=minutes)
    return today if now < today else today + timedelta(days=1)


def _together(day: date, time: Found, occasion: Occasion, now: datetime) -> tuple[datetime | None, int]:
    """The day at the time: nine o'clock is tonight's when it is ten already, tonight's midnight tomorrow."""
    minutes = time.value
    if day == now.date() and time.kind == "guess" and minutes <= now.hour * 60 + now.minute and minutes < 720:
        minutes += 720
    at_night = "tonight" in occasion.said or "night" in occasion.said
    moved = shift(day, 1) if at_night and minutes < _NIGHT_ENDS else day
    if moved is None:
        return None, 0
    moment = datetime(moved.year, moved.month, moved.day) + timedelta(minutes=minutes)
    return moment, 600 if moment < now else 1000


def _moment(moment: datetime | None, confidence: int, corrected: bool, why: str) -> Understood:
    if moment is None:
        return NOTHING
    value = moment.strftime("%Y-%m-%dT%H:%M").rjust(16, "0")
    return Understood(value, confidence, f"{value}, {why}" if why else value, corrected)
