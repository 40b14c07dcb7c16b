"""Answers an exploration may give: typical values of each type, and how a person would say them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.kinds.values import to_plain

NONSENSE = "hm"
"""Words that are an answer to nothing."""

ANYTHING = ("text",)
"""Types that take any words for an answer."""


MOST_TRIES = 20
"""Failures an exploration goes through one after the other; a node that asks more often is not explored there."""


def failing(tries: int) -> int:
    """How many failures lead out of a node that asks so often; 0 when they are too many to try."""
    tries = max(1, tries)
    return tries if tries <= MOST_TRIES else 0


def typical(type: str, now: str) -> Sequence[Any]:
    """Values people give when asked for ``type``, at the reference time ``now``."""
    today = datetime.fromisoformat(now)
    week = (today + timedelta(days=7)).replace(hour=19, minute=30, second=0, microsecond=0)
    return {
        "text": ("some words",),
        "number": (4, 2, 1, 8, 12, 30),
        "yes_no": (True, False),
        "date": (week.date(), (week + timedelta(days=30)).date()),
        "time": (time(19, 30), time(12, 0), time(9, 0)),
        "datetime": (week, week.replace(hour=12, minute=0)),
        "phone": ("+12025550123", "+12025550147"),
        "email": ("anna@example.com", "ben@example.org"),
        "name": ("Anna Smith", "Ben Jones"),
        "digits": ("123456", "1234", "12345678", "1", "1234567890"),
    }.get(type, ())


def spoken(type: str, value: Any) -> str:
    """Words that mean ``value`` when ``type`` is expected."""
    if type == "yes_no":
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date | time):
        return str(to_plain(value))
    return str(to_plain(value))


def fitting(type: str, values: Iterable[Any]) -> list[Any]:
    """Those of ``values`` an answer of ``type`` can be."""
    wanted = {
        "number": int,
        "yes_no": bool,
        "date": date,
        "time": time,
        "datetime": datetime,
    }.get(type, str)
    return [v for v in values if isinstance(v, wanted) and isinstance(v, bool) == (wanted is bool)]
