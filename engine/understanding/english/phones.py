"""Telephone numbers, written or read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from engine.understanding.english.digits import Run, runs
from engine.understanding.english.fillers import NOT, RED, RETRACTIONS, UNSURE, WAIT
from engine.understanding.english.reading import asks_back, fold
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.phones import e164
from engine.understanding.text import BREAKS, tokens

_EXTENSION: Final = frozenset(("extension", "ext", "x", "extn"))
_LINKING: Final = frozenset(("and", "then", "the", "my", "number", "is", "it's", "that's", "area", "code"))
_MOST_APART: Final = 2
"""Words between two groups of digits of one number ("area code 415, then the number is 555 2671")."""


def read_phone(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The number as E.164. An extension is left out; what no numbering plan knows is not understood."""
    words = fold(_without_extension(tokens(text)))
    if asks_back(words) or UNSURE in words:
        return NOTHING
    found = runs(words, alone=NOT in words)
    number, corrected, sure = "", False, 960
    for k, run in enumerate(found):
        before = words[found[k - 1].end if k else 0 : run.start]
        if NOT in before:
            continue
        digits = _signed(words, run)
        if any(word in RETRACTIONS or word == WAIT for word in before) and number:
            number, corrected = _replaced(number, digits, expected.region), True
            sure = 850
        elif k and sum(word not in BREAKS and word not in _LINKING for word in before) > _MOST_APART:
            number = digits
        else:
            number += digits.lstrip("+") if number else digits
    written = e164(number, expected.region)
    if written is None:
        return NOTHING
    if any(word in RED for word in words):
        sure -= 200
    return Understood(written, sure, written, corrected)


def _without_extension(words: list[str]) -> list[str]:
    for i, word in enumerate(words):
        if word in _EXTENSION and i:
            return words[:i]
    return words


def _signed(words: Sequence[str], run: Run) -> str:
    plus = words[run.start].startswith("+") or (run.start > 0 and words[run.start - 1] == "plus")
    return "+" + run.digits if plus else run.digits


def _replaced(number: str, digits: str, region: str) -> str:
    """A correction is a whole number of its own, or the end of the one before."""
    if e164(digits, region) is not None or len(digits) >= len(number):
        return digits
    return number[: -len(digits)] + digits
