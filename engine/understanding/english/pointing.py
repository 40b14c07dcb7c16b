"""Pointing at a choice by its place: "the second one", "option b", "the last of those", "the former"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.understanding.english.numerals import at, below_hundred, ordinal

_COUNTED: Final = frozenset(
    (
        "number",
        "option",
        "choice",
        "answer",
        "item",
        "nr",
        "letter",
        "selection",
        "button",
        "press",
        "dial",
        "hit",
    )
)
_AFTER: Final = frozenset(
    ("one", "option", "choice", "of", "those", "these", "them", "the", "two", "three", "you", "thing")
)
_LISTED: Final = frozenset(("mentioned", "said", "listed", "named", "offered", "gave"))
NOWHERE: Final = -1


def pointed_at(words: Sequence[str], i: int, count: int) -> tuple[int, int] | None:
    """(index of the choice, end) of a pointing phrase; index `NOWHERE` when it points past the list."""
    return _counted(words, i, count) or _ranked(words, i, count)


def _counted(words: Sequence[str], i: int, count: int) -> tuple[int, int] | None:
    if at(words, i) not in _COUNTED:
        return None
    word = at(words, i + 1)
    if len(word) == 1 and "a" <= word <= "z":
        return _inside(ord(word) - ord("a"), i + 2, count)
    number = (int(word), i + 2) if word.isdigit() and len(word) < 4 else below_hundred(words, i + 1)
    return _inside(number[0] - 1, number[1], count) if number else None


def _ranked(words: Sequence[str], i: int, count: int) -> tuple[int, int] | None:
    j = i + (at(words, i) == "the" or at(words, i) == "very")
    j += at(words, j) == "very"
    word = at(words, j)
    if word in ("last", "final", "bottom", "latter"):
        if word == "last" and at(words, j + 1) == "but" and at(words, j + 2) == "one":
            return _inside(count - 2, j + 3, count)
        return _inside(count - 1, _tail(words, j + 1), count)
    if word == "penultimate":
        return _inside(count - 2, _tail(words, j + 1), count)
    if word in ("former", "top"):
        return _inside(0, _tail(words, j + 1), count)
    if word in ("middle", "center", "centre"):
        return _inside(count // 2 if count % 2 and count > 1 else NOWHERE, _tail(words, j + 1), count)
    rank = ordinal(words, j)
    if rank is None:
        return None
    if rank[0] == 2 and (
        at(words, rank[1]) == "last" or list(words[rank[1] : rank[1] + 2]) == ["to", "last"]
    ):
        return _inside(count - 2, _tail(words, rank[1] + (1 if words[rank[1]] == "last" else 2)), count)
    if j == i and at(words, i - 1) in ("a", "my", "our"):
        return None
    if at(words, rank[1]) in ("two", "three", "2", "3", "few"):
        return NOWHERE, rank[1] + 1
    return _inside(rank[0] - 1, _tail(words, rank[1]), count)


def _tail(words: Sequence[str], i: int) -> int:
    while at(words, i) in _AFTER or at(words, i) in _LISTED:
        i += 1
    return i


def _inside(index: int, end: int, count: int) -> tuple[int, int]:
    return (index if 0 <= index < count else NOWHERE), end
