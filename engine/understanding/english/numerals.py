"""Number words into numbers: "two hundred and five", "a dozen", "minus two point five", "twenty-first"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from engine.understanding.english.words import (
    COLLECTIVES,
    DIGITS,
    ORDINALS,
    SCALES,
    SMALL_ORDINALS,
    TEENS,
    TENS,
    UNITS,
)

_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,15}")
_WRITTEN = re.compile(r"(?P<sign>[-+]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(?P<fraction>\d{1,9}))?")
_WRITTEN_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th)")
_HALVES = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "1/2": Decimal("0.5"), "1/4": Decimal("0.25")}
_HALVES["3/4"] = Decimal("0.75")


_PRONOUN_AFTER = frozenset(
    (
        *(
            "that",
            "this",
            "which",
            "any",
            "no",
            "every",
            "some",
            "each",
            "another",
            "other",
            "last",
            "middle",
            "right",
        ),
        *(
            "left",
            "wrong",
            "either",
            "neither",
            "same",
            "next",
            "large",
            "small",
            "big",
            "bigger",
            "smaller",
            "good",
        ),
    )
)


class Numeral(NamedTuple):
    """A number and the index of the token after it."""

    value: Decimal
    end: int


def at(words: Sequence[str], i: int) -> str:
    """The word at `i`, or an empty one past either end."""
    return words[i] if 0 <= i < len(words) else ""


def below_hundred(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "seven", "twelve", "forty two": its value and where it ends. Written digits are not read here."""
    word = at(words, i)
    if word in TENS:
        unit = UNITS.get(at(words, i + 1), 0)
        return (TENS[word] + unit, i + 2) if unit else (TENS[word], i + 1)
    if word in TEENS:
        return TEENS[word], i + 1
    if word in UNITS:
        return UNITS[word], i + 1
    return None


def whole(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """A whole number in words or digits: the longest one that starts at `i`."""
    total, last_scale, end = 0, 10**12, 0
    while True:
        group = _group(words, i)
        if group is None:
            break
        value, i = group
        scale = SCALES.get(at(words, i), 0)
        if scale and scale < last_scale and value:
            total, last_scale, i = total + value * scale, scale, i + 1
            end = i
            i += at(words, i) == "and" and _group(words, i + 1) is not None
            continue
        if last_scale == 10**12 or value < last_scale:
            return total + value, i
        break
    return (total, end) if end else None


def _group(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """Below a thousand in words ("two hundred and five", "twelve hundred"), or written digits."""
    word = at(words, i)
    if _WHOLE.fullmatch(word):
        value, i = int(word.replace(",", "")), i + 1
    elif word == "a" and at(words, i + 1) in ("hundred", "thousand", "million"):
        value, i = 1, i + 1
    else:
        read = below_hundred(words, i)
        if read is None:
            return None
        value, i = read
    if at(words, i) == "hundred" and 0 < value < 100:
        value, i = value * 100, i + 1
        rest = below_hundred(words, i + (at(words, i) == "and"))
        if rest is not None and rest[0]:
            return value + rest[0], rest[1]
    return value, i


def cardinal(words: Sequence[str], i: int) -> Numeral | None:
    """Any number that starts at `i`: signed, decimal, with halves, dozens and couples."""
    if at(words, i) in ("minus", "negative"):
        inner = cardinal(words, i + 1)
        return Numeral(-inner.value, inner.end) if inner and inner.value >= 0 else None
    if at(words, i) == "point" and at(words, i + 1) in DIGITS | _SPOKEN_DIGITS:
        return _counted(("zero", *words[i:]), 0, i - 1)
    return _written(words, i) or _collective(words, i) or _fraction(words, i) or _counted(words, i)


def _written(words: Sequence[str], i: int) -> Numeral | None:
    """Digits that a bare whole number cannot hold: "-5", "2.5", "+3"."""
    match = _WRITTEN.fullmatch(at(words, i))
    if match is None or not (match["sign"] or match["fraction"]):
        return None
    value = Decimal(
        (match["sign"] or "") + match["whole"].replace(",", "") + "." + (match["fraction"] or "0")
    )
    if at(words, i + 1) in SCALES:
        return Numeral(value * SCALES[words[i + 1]], i + 2)
    return Numeral(value, i + 1)


def _collective(words: Sequence[str], i: int) -> Numeral | None:
    """ "a dozen", "half a dozen", "two dozen", "a couple of", "a pair"."""
    factor, j = Decimal(1), i
    if at(words, i) == "half" and at(words, i + 1) in ("a", "dozen"):
        factor, j = Decimal("0.5"), i + 1 + (at(words, i + 1) == "a")
        if at(words, j) != "dozen":
            return None
    elif at(words, i) in ("a", "the", "one"):
        j = i + 1
    else:
        read = whole(words, i)
        if read is not None:
            factor, j = Decimal(read[0]), read[1]
    size = COLLECTIVES.get(
        at(words, j).removesuffix("s") if at(words, j) in ("pairs", "couples") else at(words, j)
    )
    if size is None or (size != 12 and factor != 1 and at(words, j)[-1] != "s"):
        return None
    j += 1
    return Numeral(
        factor * size, j + (at(words, j) == "of" and at(words, j + 1) not in ("us", "the", "them"))
    )


def _fraction(words: Sequence[str], i: int) -> Numeral | None:
    """ "half", "a half", "one half", "three quarters", when nothing more follows to count."""
    word = at(words, i)
    if word in _HALVES and at(words, i + 1) not in ("past", "to", "a", "an", "of"):
        return Numeral(_HALVES[word], i + 1)
    if word in ("a", "one") and at(words, i + 1) in ("half", "quarter"):
        return Numeral(_HALVES[words[i + 1]], i + 2)
    if word in ("three", "3") and at(words, i + 1) == "quarters":
        return Numeral(Decimal("0.75"), i + 2)
    return None


def _counted(words: Sequence[str], i: int, shift: int = 0) -> Numeral | None:
    read = whole(words, i)
    if read is None:
        return None
    value, j = Decimal(read[0]), read[1]
    if at(words, j) in ("point", "dot") and at(words, j + 1) in DIGITS | _SPOKEN_DIGITS:
        digits = ""
        j += 1
        while at(words, j) in DIGITS or at(words, j).isdigit():
            digits += str(DIGITS[words[j]]) if words[j] in DIGITS else words[j]
            j += 1
        value = Decimal(f"{read[0]}.{digits[:9]}")
        if at(words, j) in SCALES:
            value, j = value * SCALES[words[j]], j + 1
        return Numeral(value, j + shift)
    if at(words, j) == "and" and at(words, j + 1) in ("a", "one") and at(words, j + 2) in ("half", "quarter"):
        return Numeral(value + _HALVES[words[j + 2]], j + 3)
    if at(words, j) in ("1/2", "1/4", "3/4"):
        return Numeral(value + _HALVES[words[j]], j + 1)
    return Numeral(value, j)


_SPOKEN_DIGITS = {str(digit): digit for digit in range(10)}


def ordinal(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "27th", "third", "twenty seventh": its value and where it ends."""
    word = at(words, i)
    match = _WRITTEN_ORDINAL.fullmatch(word)
    if match:
        return int(match[1]), i + 1
    if word in ORDINALS:
        return ORDINALS[word], i + 1
    if word in TENS and at(words, i + 1) in SMALL_ORDINALS:
        return TENS[word] + SMALL_ORDINALS[words[i + 1]], i + 2
    return None


def is_pronoun(words: Sequence[str], i: int) -> bool:
    """Whether the "one" at `i` stands for a thing ("the other one"), not for the number; "just the one" counts."""
    if at(words, i) != "one":
        return False
    before = at(words, i - 1)
    if before == "the":
        return at(words, i - 2) not in ("just", "only") and at(words, i + 1) != "of"
    return before in _PRONOUN_AFTER or before in ORDINALS


def plain(value: Decimal) -> int | str:
    """A whole number as int, any other as the shortest decimal text."""
    if value == value.to_integral_value():
        return int(value)
    return format(value.normalize(), "f")
