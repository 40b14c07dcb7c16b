"""Letters one by one: "a n n a", "S for Sierra", "double l", the radio alphabet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.understanding.english.numerals import at
from engine.understanding.english.words import NATO, REPEATS

_AS_IN: Final = (("for",), ("as", "in"), ("like", "in"), ("like",), ("is", "for"), ("as",))
_SPOKEN: Final = {
    "ay": "a",
    "bee": "b",
    "cee": "c",
    "dee": "d",
    "eff": "f",
    "gee": "g",
    "aitch": "h",
    "haitch": "h",
}
_LETTERS: Final = {
    **_SPOKEN,
    "jay": "j",
    "kay": "k",
    "ell": "l",
    "em": "m",
    "en": "n",
    "pee": "p",
    "queue": "q",
    "cue": "q",
    "ess": "s",
    "tee": "t",
    "vee": "v",
    "ex": "x",
    "wye": "y",
    "zee": "z",
    "zed": "z",
}


def letter_at(words: Sequence[str], i: int, *, names: bool = True) -> tuple[str, int] | None:
    """The letter or letters said at `i`: "b", "b as in bravo", "double n", with `names` also "bee"."""
    i += at(words, i) in ("capital", "uppercase", "lowercase")
    word = at(words, i)
    if word in REPEATS:
        following = letter_at(words, i + 1, names=names)
        if following is None or len(following[0]) > 1:
            return None
        return following[0] * REPEATS[word], following[1]
    letter = word if len(word) == 1 and word.isalpha() else (_LETTERS.get(word, "") if names else "")
    if not letter:
        return None
    for joint in _AS_IN:
        end = i + 1 + len(joint)
        if tuple(words[i + 1 : end]) == joint and at(words, end)[:1] == letter:
            return letter, end + 1
    return letter, i + 1


def spelled(words: Sequence[str], i: int, *, fewest: int = 2) -> tuple[str, int] | None:
    """A word spelled from `i` on: its letters and where it ends. Breaks between letters are pauses."""
    letters, j, count = "", i, 0
    while True:
        k = j
        while count and at(words, k) in (",", ".", "and", "then", "dash"):
            k += 1
        found = letter_at(words, k, names=count > 0) or _radio(words, k)
        if found is None:
            break
        letters, j, count = letters + found[0], found[1], count + 1
    return (letters, j) if count >= fewest else None


def _radio(words: Sequence[str], i: int) -> tuple[str, int] | None:
    """A word of the radio alphabet, when at least three stand together."""
    if at(words, i) not in NATO:
        return None
    start = i
    while start > 0 and (at(words, start - 1) in NATO or at(words, start - 1) in (",",)):
        start -= 1
    end = i
    while at(words, end) in NATO or at(words, end) == ",":
        end += 1
    run = sum(word in NATO for word in words[start:end])
    return (NATO[words[i]], i + 1) if run >= 3 else None
