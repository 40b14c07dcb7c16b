"""Dates, times and durations as texts, both ways."""

import re
from datetime import date, datetime, time, timedelta

from engine.expressions.errors import EvaluationError

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?", re.ASCII)
_DURATION = re.compile(
    r"(-?)(?=\d)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?", re.ASCII
)


def _bad(text: str, what: str, example: str) -> EvaluationError:
    shown = text if len(text) <= 40 else text[:40] + "…"
    return EvaluationError("bad_value", f'"{shown}" is no {what}. Write it like {example}.')


def date_of(text: str) -> date:
    """The date written ``2026-11-27``."""
    found = _DATE.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise _bad(text, "date", '"2026-11-27"')


def time_of(text: str) -> time:
    """The time written ``19:00`` or ``19:00:30``."""
    found = _TIME.fullmatch(text)
    try:
        if found:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass
    raise _bad(text, "time", '"19:30"')


def datetime_of(text: str) -> datetime:
    """The moment written ``2026-11-27T19:00``."""
    day, _, clock = text.replace(" ", "T", 1).partition("T")
    try:
        return datetime.combine(date_of(day), time_of(clock))
    except EvaluationError:
        raise _bad(text, "date with time", '"2026-11-27T19:30"') from None


def duration_of(text: str) -> timedelta:
    """The duration written ``2h30m``: days, hours, minutes, seconds, milliseconds."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise _bad(text, "duration", '"2h30m", "45m" or "3d"')
    days, hours, minutes, seconds, milliseconds = (int(part or 0) for part in found.groups()[1:])
    try:
        span = timedelta(days, seconds, 0, milliseconds, minutes, hours)
    except OverflowError:
        raise EvaluationError("overflow", "This duration is too large to hold.") from None
    return -span if found.group(1) else span


def time_text(moment: time) -> str:
    """``19:00``, with seconds only when there are some."""
    return moment.isoformat("seconds" if moment.second else "minutes")


def datetime_text(moment: datetime) -> str:
    """``2026-11-27T19:00``, with seconds only when there are some."""
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def duration_text(span: timedelta) -> str:
    """``2h30m``, which `duration_of` reads back. What is below a millisecond is dropped."""
    total = abs(span) // timedelta(milliseconds=1)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, total = divmod(total, size)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if span < timedelta(0) else "") + ("".join(parts) or "0s")
