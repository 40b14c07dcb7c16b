"""Which half of the day a said time means, and when "in an hour" is."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from engine.understanding.english.clock import DAY_MINUTES, Clock, night_half
from engine.understanding.english.occasions import Occasion
from engine.understanding.english.reading import Found, is_negated, takes_back
from engine.understanding.meaning import Expected

_HALF_DAY: Final = DAY_MINUTES // 2
_EIGHT: Final = 8 * 60
_PARTS: Final = {
    "morning": "am",
    "mornings": "am",
    "breakfast": "am",
    "brunch": "am",
    "afternoon": "pm",
    "evening": "pm",
    "tonight": "pm",
    "dinner": "pm",
    "supper": "pm",
    "night": "night",
    "lunch": "lunch",
}


def resolve(occasion: Occasion, expected: Expected, now: datetime) -> list[Found]:
    """The clock times as minutes of the day, each with the half of the day it must mean.

    A correction stays near what it corrects: "half past five pm, no, six" is 18:00. `kind` is "guess" when
    only custom decided.
    """
    part = next((_PARTS[word] for word in occasion.said if word in _PARTS), "")
    resolved: list[Found] = []
    half = ""
    for found in occasion.clocks:
        clock: Clock = found.value
        before = resolved[-1] if resolved and _corrects(occasion, resolved[-1], found) else None
        kept = half if before is not None else ""
        half = clock.half if clock.half in ("am", "pm") else kept
        if clock.relative is not None:
            minutes = (now.hour * 60 + now.minute + clock.relative) % DAY_MINUTES
            resolved.append(found._replace(value=minutes, kind=""))
        elif clock.hourless:
            kind = "" if before is not None else "hourless"
            resolved.append(found._replace(value=_without_hour(clock, before, now), kind=kind))
        else:
            meant = clock._replace(half=clock.half or _half_of(part, clock.hour) or kept)
            resolved.append(_in_half(found, meant, before, expected))
    return resolved


def _corrects(occasion: Occasion, before: Found, found: Found) -> bool:
    between = occasion.words[before.end : found.start]
    return takes_back(between) or is_negated(occasion.words[: before.start])


def _without_hour(clock: Clock, before: Found | None, now: datetime) -> int:
    """ "Twenty past": of the hour just named, or the next twenty past from now."""
    if before is not None:
        hour = int(before.value) // 60 - (clock.hourless == "to")
    else:
        hour = now.hour + (now.minute >= clock.minute)
    return (hour * 60 + clock.minute) % DAY_MINUTES


def _in_half(found: Found, clock: Clock, before: Found | None, expected: Expected) -> Found:
    minutes, half = clock.hour * 60 + clock.minute, clock.half
    if half == "24" or clock.hour > 12:
        return found._replace(value=minutes, kind="")
    in_half = clock.hour % 12 * 60 + clock.minute
    if half:
        return found._replace(value=in_half + (_HALF_DAY if half == "pm" else 0), kind="")
    minutes, sure = likely(in_half, expected)
    if before is not None:
        minutes = min(
            (minutes, (minutes + _HALF_DAY) % DAY_MINUTES), key=lambda each: abs(each - int(before.value))
        )
    return found._replace(value=minutes, confidence=min(found.confidence, sure), kind="guess")


def _half_of(part: str, hour: int) -> str:
    if part == "night":
        return night_half(hour)
    if part == "lunch":
        return "pm" if hour in (12, 1, 2, 3) else ""
    if part == "am" and hour == 12:
        return "pm"
    return part


def likely(minutes: int, expected: Expected) -> tuple[int, int]:
    """Which half of the day a bare time means, and how sure.

    `minutes` counts from midnight or noon (0 to 719). The one inside `earliest`..`latest` wins when only one
    is; else 8 to 11 o'clock are in the morning, all others (7:45 and 12 too) after noon.
    """
    morning, evening = minutes, minutes + _HALF_DAY
    low, high = _minutes(expected.earliest, 0), _minutes(expected.latest, DAY_MINUTES - 1)
    if low <= high and (expected.earliest or expected.latest):
        fits = [each for each in (morning, evening) if low <= each <= high]
        if len(fits) == 1:
            return fits[0], 920
    return (morning, 760) if minutes >= _EIGHT else (evening, 800)


def _minutes(hint: str | None, default: int) -> int:
    if not hint:
        return default
    hour, colon, minute = hint.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit()):
        return default
    return int(hour) * 60 + int(minute)
