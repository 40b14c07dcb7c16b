"""A person's name: said, introduced, spelled or corrected, and written as names are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final

from rapidfuzz import fuzz

from engine.understanding.english.fillers import HANDOVER, UNSURE
from engine.understanding.english.holidays import BY_FIRST_WORD
from engine.understanding.english.marking import mend
from engine.understanding.english.not_names import (
    CARRIERS,
    GIVEN_TOO,
    LEADING,
    PARTICLES,
    SUFFIXES,
    SURNAMES_TOO,
    TITLES,
    TRAILING,
    WORDS,
)
from engine.understanding.english.numerals import at
from engine.understanding.english.reading import asks_back, fold, hesitates
from engine.understanding.english.spelling import spelled
from engine.understanding.english.words import ORDINALS, REPEATS, TEENS, TENS, UNITS, WEEKDAYS, phrases
from engine.understanding.english.yes_no import read_yes_no
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import tokens

_WORD: Final = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+|[,;:.!?()\n]|(?<=\s)-+(?=\s)|@")
_TITLE_STOP: Final = re.compile(rf"\b({'|'.join(sorted(TITLES))}|st)\.", re.IGNORECASE)
_INITIALS: Final = re.compile(r"\b([^\W\d_])\.(?=\s?[^\W\d_])")
_ASKING: Final = frozenset(("is", "are", "was", "do", "does", "did", "has", "have"))
_TAKING_BACK: Final = frozenset(("no", "sorry", "wait", "actually", "rather", "oops", "correction"))
_NO_NAME_ENDS: Final = ("ous", "ated", "able", "ible", "ful", "less", "tion", "ment", "ness")
_FIRST: Final = ("first", "given", "christian")
_BETWEEN_LABELS: Final = frozenset(("is", ",", "and", "my", "the"))
_DOMAIN: Final = re.compile(r"[^\W\d_]{2,}\.[^\W\d_]{2,}")
_NUMBERED: Final = frozenset((*UNITS, *TEENS, *TENS, *ORDINALS, *WEEKDAYS)) - {
    "sun",
    "mon",
    "wed",
    "thu",
    "fri",
}
_LATE_CARRIERS: Final = frozenset(
    (("name", "is"), ("reservation", "for"), ("booking", "for"), ("name", "of"))
)
_AFTER: Final = (["is", "my", "name"], ["is", "the", "name"], ["is", "it"])
_MOST_WORDS: Final = 5
_PLAUSIBLE_LENGTH: Final = 40


def read_name(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The name in its proper case, without titles."""
    raw = [word for word in _raw_words(text) if not hesitates(word.lower())]
    plain = [word.lower() for word in raw]
    folded = fold(tokens(text))
    if (
        not raw
        or plain[0] in _ASKING
        or _refuses(folded)
        or asks_back(folded)
        or any(word.isdigit() or word == "@" for word in raw)
        or _DOMAIN.search(text)
        or "dot" in plain
        or _only_answers(text, expected, now, day_first)
    ):
        return NOTHING
    parts, corrected = _after_corrections(raw, plain)
    for words in parts:
        found = _labelled(words) or _name_in(words)
        if found is not None:
            name, sure = found
            return Understood(name, sure - (30 if corrected else 0), name, corrected)
        if len(parts) == 1 or any(word.lower() not in LEADING | TRAILING for word in words if word.isalpha()):
            break
    return NOTHING


def _only_answers(text: str, expected: Expected, now: datetime, day_first: bool) -> bool:
    """Whether the words are nothing but a yes or a no. Roger is a name as well."""
    return (
        text.lower().strip(" .!") != "roger" and read_yes_no(text, expected, now, day_first).confidence >= 950
    )


def _refuses(folded: Sequence[str]) -> bool:
    return UNSURE in folded or HANDOVER in folded


def _raw_words(text: str) -> list[str]:
    """Words with the case they came in, apostrophes and hyphens kept inside; a comma for every break."""
    same = unicodedata.normalize("NFKC", text).translate({0x2019: "'", 0x2018: "'", 0x2010: "-", 0x2011: "-"})
    same = _INITIALS.sub(r"\1 ", _TITLE_STOP.sub(r"\1", same))
    words: list[str] = []
    for match in _WORD.finditer(same):
        word = match.group()
        if not (word[0].isalnum() or word == "@"):
            word = ","
        if word == "," and (not words or words[-1] == ","):
            continue
        words += _parted(word)
    while words and words[-1] == ",":
        words.pop()
    return words


def _parted(word: str) -> list[str]:
    """ "A-N-N-A" is four letters; "Anna-Maria" one word."""
    parts = word.split("-")
    return parts if len(parts) > 2 and all(len(part) == 1 for part in parts) else [word]


def _after_corrections(raw: list[str], plain: list[str]) -> tuple[list[list[str]], bool]:
    """The stretches between corrections, last first, and whether there was one; "not Bob" goes."""
    raw, plain = _without_refused(raw, plain)
    parts: list[list[str]] = [[]]
    for i, (word, low) in enumerate(zip(raw, plain, strict=True)):
        if low in _TAKING_BACK:
            parts.append([])
        elif low in ("mean", "meant") and at(plain, i - 1) == "i":
            parts[-1].pop()
            parts.append([])
        else:
            parts[-1].append(word)
    kept = [part for part in parts if any(word != "," for word in part)]
    return (kept[::-1] or [[]]), len(kept) > 1 or (len(parts) > 1 and bool(kept) and plain[0] in _TAKING_BACK)


def _without_refused(raw: list[str], plain: list[str]) -> tuple[list[str], list[str]]:
    spread = [part for word in raw for part in (("is", "not") if word.lower() == "isn't" else (word,))]
    raw, plain = spread, [word.lower() for word in spread]
    if "not" not in plain:
        return raw, plain
    i = plain.index("not")
    end = i + 1
    while end < len(plain) and plain[end] != "," and plain[end] not in ("but", "it's"):
        end += 1
    if i and plain[i - 1] in ("it's", "is"):
        i -= 1
    return raw[:i] + raw[end + 1 :], plain[:i] + plain[end + 1 :]


def _labelled(words: Sequence[str]) -> tuple[str, int] | None:
    """ "Surname Smith, first name John"; "John, last name Smith"."""
    low = [word.lower() for word in words]
    labels: list[tuple[str, int, int]] = []
    for i, word in enumerate(low):
        if at(low, i + 1) in ("name", "name's") and word in (*_FIRST, "last", "family"):
            labels.append(("first" if word in _FIRST else "last", i, i + 2))
        elif word in ("surname", "surname's"):
            labels.append(("last", i, i + 1))
    if len(labels) == 1 and labels[0][0] == "last":
        labels.insert(0, ("first", 0, 0))
    if sorted(label for label, _, _ in labels) != ["first", "last"]:
        return None
    limits = (labels[1][1], len(words))
    pieces = {
        label: [word for word in words[start:limit] if word.lower() not in _BETWEEN_LABELS]
        for (label, _, start), limit in zip(labels, limits, strict=True)
    }
    whole = [*pieces["first"], *pieces["last"]]
    if not all(pieces.values()) or any(word.lower() in WORDS | LEADING or "'s" in word for word in whole):
        return None
    return cased(whole), 930


@cache
def _carriers() -> list[tuple[str, ...]]:
    return sorted({tuple(phrase.split()) for phrase in phrases(CARRIERS)}, key=len, reverse=True)


def _name_in(words: Sequence[str]) -> tuple[str, int] | None:
    start, introduced = _introduction(words)
    rest = list(words[start:])
    low = [word.lower() for word in rest]
    spelt = _spelled_name(rest, low)
    if spelt is not None:
        return spelt
    end = len(rest)
    while end and (low[end - 1] in TRAILING or low[end - 1] == ","):
        end -= 1
    if end < len(rest) and end > 1 and low[end - 1 : end + 2] in _AFTER:
        end -= 1
    rest, low = rest[:end], low[:end]
    for i in range(len(low)):
        if low[i : i + 2] in (
            ["with", "a"],
            ["with", "an"],
            ["without", "a"],
            ["without", "an"],
            ["with", "two"],
        ):
            rest, low = rest[:i], low[:i]
            break
    rest = _unrepeated(rest)
    return _checked(rest, introduced)


def _introduction(words: Sequence[str]) -> tuple[int, bool]:
    """Where the name starts after "hello, my name is" and the like."""
    low = [word.lower() for word in words]
    i, introduced = 0, False
    while i < len(low):
        for carrier in _carriers():
            if tuple(low[i : i + len(carrier)]) == carrier and i + len(carrier) <= len(low):
                i, introduced = i + len(carrier), True
                break
        else:
            spelling = len(low[i]) == 1 and (len(at(low, i + 1)) == 1 or at(low, i + 1) in REPEATS)
            if (low[i] in LEADING or low[i] == ",") and i + 1 < len(low) and not (spelling and low[i] != ","):
                i += 1
            else:
                break
    for k in range(len(low) - 1, i, -1):
        if low[k - 1] == "under" or (k > 1 and tuple(low[k - 2 : k]) in _LATE_CARRIERS):
            return k, True
    return i, introduced


def _spelled_name(rest: Sequence[str], low: Sequence[str]) -> tuple[str, int] | None:
    """Letters alone, or a name and then its letters: the letters are right."""
    words = [word.strip("'") for word in low]
    for i in range(len(words)):
        found = spelled(words, i, fewest=2 if i == 0 else 3)
        if found is None:
            continue
        letters, end = found
        more = spelled(words, end + 1, fewest=2) if at(words, end) in (",", "space") else None
        after = [word for word in words[(more[1] if more else end) :] if word != ","]
        if any(word not in TRAILING for word in after) or not letters.isalpha():
            return None
        before = [
            w
            for w in rest[:i]
            if w != "," and w.lower() not in ("spelled", "spelt", "that's", "it's", "is", "spell", "and")
        ]
        if not before:
            return (cased([letters]), 900) if len(letters) > 1 else None
        if any(word.lower() in WORDS for word in before):
            return None
        if letters == "".join(before).lower():
            return cased(before), 950
        scores = [fuzz.ratio(word.lower(), letters) for word in before]
        best = scores.index(max(scores))
        if max(scores) < 40:
            before.append(letters)
        else:
            before[best] = letters
        return cased(before), 920
    return None


def _unrepeated(rest: list[str]) -> list[str]:
    """ "Bond, James Bond" is James Bond; "Smith, John" is John Smith."""
    if "," not in rest:
        return rest
    i = rest.index(",")
    first, second = rest[:i], rest[i + 1 :]
    if "," in second:
        return [word for word in rest if word != ","] if len(set(rest)) <= 3 else rest
    lows = [word.lower() for word in second]
    if all(word.lower() in lows for word in first):
        return second
    if second and second[0].lower() in SUFFIXES:
        return first + second
    return second + first if len(first) == 1 and len(second) <= 2 else rest


def _checked(rest: Sequence[str], introduced: bool) -> tuple[str, int] | None:
    """The words as a name, unless one of them is no name or there are too many."""
    kept = [word for word in rest if word.lower() not in TITLES]
    if not kept or len(kept) > _MOST_WORDS or "," in kept:
        return None
    low = [word.lower() for word in kept]
    ordinary = [i for i, word in enumerate(low) if word in WORDS or _NUMBERED.intersection(word.split("-"))]
    if any(low[i] not in SURNAMES_TOO or not (i or introduced) for i in ordinary) or low[0] in SUFFIXES:
        return None
    given = len(low) == 1 and low[0] in GIVEN_TOO
    if all(word in PARTICLES for word in low) and not introduced and not given:
        return None
    if len(kept) == 1 and kept[0] == low[0] and low[0].endswith(_NO_NAME_ENDS):
        return None
    if any(word.endswith("'s") or word.removesuffix("s") in _NUMBERED for word in low):
        return None
    if set(mend(low)) & (WORDS | _NUMBERED) - set(low) or tuple(low) in BY_FIRST_WORD.get(low[0], ()):
        return None
    if any(len(word) > _PLAUSIBLE_LENGTH for word in kept) or all(
        len(word) == 1 and word.isascii() for word in low
    ):
        return None
    name = cased(kept)
    capital = any(word[0].isupper() for word in kept)
    return name, 960 if introduced or capital else 850 if len(kept) <= 3 else 700


def cased(words: Sequence[str]) -> str:
    """Names in their case: what was written with capitals stays, the rest is capitalised part by part."""
    shouted = all(word.isupper() for word in words if len(word) > 1) and any(len(word) > 1 for word in words)
    out: list[str] = []
    for i, word in enumerate(words):
        low = word.lower()
        if low.strip(".") in SUFFIXES and i:
            out.append(SUFFIXES[low.strip(".")])
        elif word != low and not shouted and not word.isupper():
            out.append(word)
        elif low in PARTICLES and i + 1 < len(words) and (i > 0 or low not in ("al", "ben", "e", "do")):
            out.append(low)
        else:
            out.append(_capitalised(low))
    return " ".join(out)


def _capitalised(word: str) -> str:
    parts = ["'".join(_part(piece) for piece in part.split("'")) for part in word.split("-")]
    return "-".join(parts)


def _part(piece: str) -> str:
    if piece.startswith("mc") and len(piece) > 3:
        return "Mc" + piece[2].upper() + piece[3:]
    return piece[:1].upper() + piece[1:]
