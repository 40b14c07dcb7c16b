"""`understand`: plain literals at once, everything else by the reader of its type and language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from engine.understanding.locales import locale_for
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import LONGEST

_PLAIN_YES_NO: Final[Mapping[str, Understood]] = {
    **dict.fromkeys(("yes", "Yes", "YES", "yes.", "Yes."), Understood(True, 1000)),
    **dict.fromkeys(("no", "No", "NO", "no.", "No."), Understood(False, 1000)),
}
_LONGEST_NUMBER: Final = 9
_NOON: Final = 12
TYPES: Final = (
    "text",
    "number",
    "yes_no",
    "date",
    "time",
    "datetime",
    "phone",
    "email",
    "choice",
    "name",
    "digits",
)


def understand(text: str, expected: Expected, *, now: datetime, locale: str) -> Understood:
    """What `text` means where `expected` was asked for; `NOTHING` (value None) when it is not an answer.

    Pure: the same arguments give the same result everywhere. `now` is naive local civil time. Never raises on
    any text; more than `LONGEST` characters are not parsed (but for the type "text"). Raises ValueError for an
    unknown type.
    """
    kind = expected.type
    if kind == "number":
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
            return Understood(int(text), 1000)
    elif kind == "yes_no":
        plain = _PLAIN_YES_NO.get(text)
        if plain is not None:
            return plain
    elif kind == "time" and len(text) == 5 and text[2] == ":":
        literal = _clock_literal(text)
        if literal is not None:
            return literal
    return _read(text, expected, now, locale)


def _clock_literal(text: str) -> Understood | None:
    """ "18:30" and "07:30"; from 01:00 to 12:59 only a leading zero says that the morning is meant."""
    hours, minutes = text[:2], text[3:]
    if not (text.isascii() and hours.isdigit() and minutes.isdigit()) or minutes >= "60" or hours >= "24":
        return None
    return Understood(text, 1000) if hours[0] == "0" or int(hours) > _NOON else None


def _read(text: str, expected: Expected, now: datetime, locale: str) -> Understood:
    if expected.type not in TYPES:
        raise ValueError(f'Nothing can be understood as "{expected.type}". Expect one of {", ".join(TYPES)}.')
    said = text.strip()
    if not said:
        return NOTHING
    if expected.type == "text":
        return Understood(said, 1000)
    if len(said) > LONGEST:
        return Understood(None, 0, f"longer than {LONGEST} characters, so not an answer")
    place = locale_for(locale)
    if expected.type == "phone" and not expected.region:
        expected = replace(expected, region=place.region)
    try:
        return place.readers[expected.type](said, expected, now, place.day_first)
    except OverflowError:  # the Friday after 9999-12-31
        return Understood(None, 0, "beyond the calendar")
