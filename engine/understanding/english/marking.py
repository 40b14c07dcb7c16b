"""Dates and times marked before idioms are folded, so that "one day" cannot spoil "one day from now"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA

from engine.understanding.english.reading import Found
from engine.understanding.english.words import (
    CLOSE_ENOUGH,
    MISSPELT,
    MONTHS,
    ORDINALS,
    TEENS,
    TENS,
    UNITS,
    WEEKDAYS,
    listed,
)

_MARK: Final = "<#{}>"
_KNOWN_WORDS: Final = frozenset((*WEEKDAYS, *MONTHS, *ORDINALS, *TEENS, *TENS, *UNITS, *CLOSE_ENOUGH))
_TRUSTED: Final = listed(
    """
    someday nobody midday holiday holidays payday weekday weekdays remember member members yesterday
    evenings
    """
)


def mend(words: Sequence[str]) -> list[str]:
    """Common misspellings of long date words put right; a word's first letter is trusted."""
    return _joined_clock([part for word in words for part in _mended(word).split()])


def _mended(word: str) -> str:
    if word in MISSPELT:
        return MISSPELT[word]
    stem = word.removesuffix("ish").removesuffix("'")
    if stem != word and (stem in UNITS or stem in TEENS or stem + "e" in UNITS):
        return f"{stem if stem in UNITS or stem in TEENS else stem + 'e'} ish"
    bare = word.removesuffix("'s") if word.endswith("'s") else word
    if bare in WEEKDAYS:
        return bare
    if word.removesuffix("s") in WEEKDAYS:
        return word
    if len(word) < 6 or word in _KNOWN_WORDS or word in _TRUSTED or not word.isalpha():
        return word
    reach = 1 if len(word) < 8 else 2
    for right in CLOSE_ENOUGH:
        if (
            right[0] == word[0]
            and (reach == 1 or right[-1] == word[-1])
            and OSA.distance(word, right, score_cutoff=reach) <= reach
        ):
            return right
    return word


def _joined_clock(words: list[str]) -> list[str]:
    """ "7 p m" and "seven o clock" as one writes them."""
    out: list[str] = []
    i = 0
    while i < len(words):
        pair = tuple(words[i : i + 2])
        if pair in (("p", "m"), ("a", "m")):
            out.append(words[i] + "m")
            i += 2
        elif pair in (("o", "clock"), ("o", "clocks")):
            out.append("o'clock")
            i += 2
        else:
            out.append(words[i])
            i += 1
    return out


def mark(words: Sequence[str], found: Sequence[Found], offset: int = 0) -> list[str]:
    """Each found span replaced by one mark that no idiom contains."""
    out: list[str] = []
    position = 0
    for number, each in enumerate(found):
        out += words[position : each.start]
        out.append(_MARK.format(number + offset))
        position = each.end
    out += words[position:]
    return out
