"""Digits read aloud: one by one, doubled and tripled, in groups ("twenty one thirty four" is 2134)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from engine.understanding.english.fillers import FILLERS, HANDOVER, HEDGE, NOT, RED, RETRACTIONS, UNSURE, WAIT
from engine.understanding.english.numerals import at, below_hundred, is_pronoun, whole
from engine.understanding.english.reading import asks_back, fold
from engine.understanding.english.words import DIGITS, MONTHS, REPEATS, TENS, UNITS, WEEKDAYS, listed
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import BREAKS, COMMA, tokens

_GROUPED: Final = re.compile(r"\d+(?:[-./,:]\d+)*")
_DECIMAL: Final = re.compile(r"\d+\.\d{1,2}")
_MIXED: Final = re.compile(r"[^\W\d_]\d|\d[^\W\d_]")
_TWINS: Final = {
    "ones": 1,
    "twos": 2,
    "threes": 3,
    "fours": 4,
    "fives": 5,
    "sixes": 6,
    "sevens": 7,
    "eights": 8,
}
_TWINS_ALL: Final = {**_TWINS, "nines": 9, "zeros": 0, "zeroes": 0, "ohs": 0, "noughts": 0}
_BETWEEN: Final = frozenset(("dash", "hyphen", "space", "slash", "dot", "then", "and", "stroke", "pause"))
_KEYS: Final = frozenset(("hash", "pound", "star", "asterisk", "key"))
_NAMING: Final = listed(
    """
    code pin number digits digit id order account booking reference confirmation customer member
    membership card last four three six zip postcode postal security ticket case client policy invoice
    patient tracking extension phone mobile cell telephone home work area country
    """
)
_LINKS: Final = listed("is it's that's are be 's in with as reads says code number")
_NO_CODES: Final = (
    frozenset(MONTHS)
    | frozenset(WEEKDAYS)
    | listed(
        """
        tomorrow today tonight morning evening afternoon noon midnight past quarter half o'clock am pm week month
        people guests table minutes hours
        """
    )
)
_MOST_BEFORE: Final = 6


class Run(NamedTuple):
    """Digits in a row, from the token `start` up to `end`."""

    digits: str
    start: int
    end: int


def runs(words: Sequence[str], alone: bool = False) -> list[Run]:
    """Every run of digits; commas and dashes do not end one. `alone` starts a new run at each comma."""
    found: list[Run] = []
    i = 0
    while i < len(words):
        group = digit_group(words, i)
        if group is None:
            i += 1
            continue
        before = found[-1] if found else None
        gap = words[before.end : i] if before else ()
        joined = before is not None and all(
            word in _BETWEEN or (word in BREAKS and not alone) for word in gap
        )
        if before is not None and joined:
            found[-1] = Run(before.digits + group[0], before.start, group[1])
        else:
            found.append(Run(group[0], i, group[1]))
        i = group[1]
    return found


def digit_group(words: Sequence[str], i: int) -> tuple[str, int] | None:
    """The digits that start at `i` as one says them: "triple seven", "oh", "four hundred", "555-1234"."""
    word = at(words, i)
    if word in REPEATS:
        digit = _digit(at(words, i + 1))
        return (digit * REPEATS[word], i + 2) if digit else None
    count = UNITS.get(word, int(word) if word.isdigit() and len(word) == 1 else 0)
    if 1 < count < 10 and at(words, i + 1) in _TWINS_ALL:
        return str(_TWINS_ALL[words[i + 1]]) * count, i + 2
    if word[:1].isdigit() or (word[:1] == "+" and word[1:2].isdigit()):
        return _written(words, i)
    if word in DIGITS and at(words, i + 1) not in ("hundred", "thousand"):
        if at(words, i + 1) in ("twice", "times"):
            return None
        return str(DIGITS[word]), i + 1
    number = whole(words, i)
    if number is None or word == "a":
        return None
    if at(words, i + 1) == "hundred" and _digit(at(words, i + 2)) and _digit(at(words, i + 3)):
        return str(UNITS.get(word, 0)) + "00", i + 2
    if word in TENS or at(words, i + 1) in ("hundred", "thousand"):
        return str(number[0]), number[1]
    tens = below_hundred(words, i)
    return (str(tens[0]), tens[1]) if tens else None


def _digit(word: str) -> str:
    if word in DIGITS:
        return str(DIGITS[word])
    return word if word.isdigit() and len(word) == 1 else ""


def _written(words: Sequence[str], i: int) -> tuple[str, int] | None:
    word = words[i].lstrip("+")
    if not _GROUPED.fullmatch(word) or _DECIMAL.fullmatch(word):
        return None
    if at(words, i + 1) in ("hundred", "thousand") and word.isdigit():
        number = whole(words, i)
        return (str(number[0]), number[1]) if number else None
    return re.sub(r"\D", "", word), i + 1


def read_digits(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The digits as a string; a letter or any stray word among them means that they were not understood."""
    words = fold(_without_interjection(_without_counts(tokens(text))))
    if asks_back(words) or not words or _MIXED.search(text):
        return NOTHING
    found = runs(words, alone=NOT in words)
    parts = _between_corrections(words, found)
    if not found or parts is None:
        return NOTHING
    digits, corrected, sure = _corrected(parts, expected)
    outside = _outside(words, found)
    if outside is None or not digits or _is_no_code(words, found):
        return NOTHING
    return Understood(digits, max(400, sure - 40 * outside), " ".join(digits), corrected)


def _without_interjection(words: list[str]) -> list[str]:
    """ "Oh, one two three": an "oh" set off by a comma is a sigh, not a zero."""
    if words[:2] == ["oh", COMMA] and words.count(COMMA) == 1:
        return words[2:]
    return words


def _without_counts(words: list[str]) -> list[str]:
    """ "The last four are 1 2 3 4": how many digits there are is none of them."""
    out: list[str] = []
    for i, word in enumerate(words):
        counted = word in UNITS or (word.isdigit() and len(word) == 1)
        if not (
            counted and (at(words, i - 1) in ("last", "first") or at(words, i + 1) in ("digits", "digit"))
        ):
            out.append(word)
    return out


def _between_corrections(words: Sequence[str], found: Sequence[Run]) -> list[str] | None:
    """The digits of each stretch between corrections; None when something refuses or doubts them."""
    parts = [""]
    for k, run in enumerate(found):
        before = words[found[k - 1].end if k else 0 : run.start]
        if any(word in RETRACTIONS or word == WAIT for word in before):
            parts.append("")
        if NOT in before:
            continue
        if parts[-1] and not all(
            word in BREAKS or word in _BETWEEN or word in ("um", "uh", "er") for word in before
        ):
            return None
        parts[-1] += run.digits
    tail = words[found[-1].end :] if found else words
    if UNSURE in words or HANDOVER in words or (tail and tail[-1] == "<no>"):
        return None
    return [part for part in parts if part]


def _corrected(parts: list[str], expected: Expected) -> tuple[str, bool, int]:
    """A correction as long as what it corrects replaces it; a shorter one replaces its end."""
    if not parts:
        return "", False, 0
    digits = parts[0]
    sure = 960
    for part in parts[1:]:
        enough = expected.minimum is not None and len(part) >= expected.minimum
        if len(part) >= len(digits) or enough:
            digits, sure = part, 930
        else:
            digits, sure = digits[: -len(part)] + part, 600
    return digits, len(parts) > 1, sure


def _outside(words: Sequence[str], found: Sequence[Run]) -> int | None:
    """How many strange words introduce the digits; None when any follow or stand among them."""
    unknown = 0
    last = found[-1].end
    taken = {i for run in found for i in range(run.start, run.end)}
    for i, word in enumerate(words):
        if i in taken or word in BREAKS or word in RETRACTIONS or word in (WAIT, HEDGE, NOT):
            continue
        spoken = len(word) > 1 or word in ("a", "i")
        if word in FILLERS and word != "of" and spoken and not _is_letter(words, i, taken):
            continue
        if word in _BETWEEN or word in _KEYS or word in _NAMING:
            continue
        if i >= last or word in _NO_CODES or word == "of" or len(word) == 1 or word in RED:
            return None
        unknown += 1
    named = not unknown or any(word in _LINKS for word in words[: found[0].start])
    return unknown if unknown <= _MOST_BEFORE and named else None


def _is_no_code(words: Sequence[str], found: Sequence[Run]) -> bool:
    """ "The other one", "oh yes", "at 19:30": digits by their look only."""
    if any(":" in word or ("/" in word and word[0].isdigit()) for word in words):
        return True
    if len(found) > 1 or found[0].end - found[0].start > 1:
        return False
    start = found[0].start
    sigh = words[start] in ("oh", "o") and len([word for word in words if word not in BREAKS]) > 1
    return sigh or is_pronoun(words, start) or words[start - 1 : start] == ["the"]


def _is_letter(words: Sequence[str], i: int, taken: set[int]) -> bool:
    """ "A one two": an article straight before or between digits is a letter."""
    return words[i] == "a" and (i + 1 in taken or i - 1 in taken)
