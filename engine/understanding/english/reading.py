"""From found values to the one that is meant: corrections, negations, alternatives, and words left over.

A reader for a type finds every value in the tokens; `settle` decides between them and says how sure that is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from engine.understanding.english.fillers import (
    ALTERNATIVES,
    BOUND,
    FILLERS,
    HANDOVER,
    HEDGE,
    IDIOMS,
    NO,
    NO_ONE,
    NOT,
    NOT_THIS,
    RED,
    RETRACT,
    RETRACTIONS,
    UNSURE,
    WAIT,
)
from engine.understanding.english.words import listed, phrases
from engine.understanding.text import BREAKS, QUESTION

LEAST: Final = 400
"""Per mille. Below it nothing counts as understood."""
_UNKNOWN_COST: Final = 70
_MOST_UNKNOWN: Final = 5
_QUIET: Final = frozenset((RETRACT, NO, WAIT, NOT, NOT_THIS, HEDGE, *BREAKS))
_JOINING: Final = frozenset(("or", "nor", "and"))
_CARRYING: Final = _JOINING | {"the", "a", "on", "at"}
_VAGUE: Final = frozenset(
    ("maybe", "perhaps", "possibly", "probably", "about", "around", "roughly", "approximately")
)
Phrases = dict[str, list[tuple[tuple[str, ...], str]]]


def phrase_table(phrases: dict[str, str]) -> Phrases:
    """Phrases by their first word, longest first."""
    table: Phrases = {}
    for phrase, token in phrases.items():
        parts = tuple(phrase.split())
        table.setdefault(parts[0], []).append((parts, token))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


_UM: Final = "um"
_HESITATION: Final = re.compile(r"u+h+m*|u+m+|h+m+|e+r+m*|a+h+m*|e+h+")
_IDIOMS: Final = phrase_table(
    {**{phrase: token for token, block in IDIOMS.items() for phrase in phrases(block)}, **NO_ONE}
)


IDIOM_STARTS: Final = frozenset(_IDIOMS)


def hesitates(word: str) -> bool:
    """Whether the word is only a sound: "uhh", "hmm", "erm"."""
    return word[0] in "uhea" and _HESITATION.fullmatch(word) is not None


def fold(words: Sequence[str], table: Phrases = _IDIOMS) -> list[str]:
    """Replace each idiom by the one token it amounts to."""
    out: list[str] = []
    i = 0
    if table is _IDIOMS:
        words = [_UM if hesitates(word) else word for word in words]
    while i < len(words):
        for parts, token in table.get(words[i], ()):
            if tuple(words[i : i + len(parts)]) == parts:
                out.append(token)
                i += len(parts)
                break
        else:
            out.append(words[i])
            i += 1
    return out


class Found(NamedTuple):
    """A value that the tokens `start:end` may stand for; `kind` says what sort of phrase it was."""

    start: int
    end: int
    value: Any
    confidence: int = 960
    kind: str = ""


class Settled(NamedTuple):
    """The value meant, how sure, and whether something was taken back on the way."""

    found: Found
    confidence: int
    corrected: bool


class Sides(NamedTuple):
    """The values that stand, those refused or taken back, and whether any was."""

    standing: tuple[Found, ...]
    refused: tuple[Found, ...]
    corrected: bool


def scan(words: Sequence[str], read: Callable[[int], Found | None]) -> list[Found]:
    """All values from left to right, each as long as it gets, none inside another."""
    found: list[Found] = []
    i = 0
    while i < len(words):
        value = read(i)
        if value is None or value.end <= i:
            i += 1
        else:
            found.append(value)
            i = value.end
    return found


def sides(words: Sequence[str], found: Sequence[Found]) -> Sides:
    """Sort the values: a correction drops what stood before it, a negation what it reaches."""
    standing: list[Found] = []
    refused: list[Found] = []
    corrected = negated = False
    position = 0
    for k, each in enumerate(found):
        before = words[position : each.start]
        if k == 0 and "or" in before[1:]:
            break  # "in a day or two": one of the alternatives was not understood
        after = words[each.end : found[k + 1].start if k + 1 < len(found) else len(words)]
        if takes_back(before) or (standing and WAIT in before):
            corrected = True
            refused += standing
            standing.clear()
        carried = negated and not _JOINING.isdisjoint(before) and all(word in _CARRYING for word in before)
        less = k > 0 and list(before) == ["to"] and "prefer" in words[: found[0].start]
        negated = is_negated(before) or is_dismissed(after) or carried or less
        (refused if negated else standing).append(each)
        position = each.end
    if len({each.value for each in standing}) > 1:
        beyond = [each for each in standing if is_negated(words[: each.start], beyond=True)]
        standing = [each for each in standing if each not in beyond]
        refused += beyond
    return Sides(tuple(standing), tuple(refused), corrected or bool(refused and standing))


def settle(
    words: Sequence[str], found: Sequence[Found], known: frozenset[str] = frozenset()
) -> Settled | None:
    """The one value that is meant, or None when there is none, several, or too much else was said.

    "Two, sorry" keeps the two; "four, no" and "four, actually I don't know" leave nothing standing.
    """
    standing, _, corrected = sides(words, found)
    if not standing or any(value.value != standing[0].value for value in standing):
        return None
    tail = words[found[-1].end :]
    if (UNSURE in tail and takes_back(tail)) or (tail and tail[-1] == NO):
        return None
    confidence = weigh(words, found, min(value.confidence for value in standing), known)
    return Settled(standing[-1], confidence, corrected) if confidence else None


def takes_back(words: Iterable[str]) -> bool:
    """Whether the words hold a correction: "no", "sorry", "I mean", "make that"."""
    return any(word in RETRACTIONS for word in words)


def is_negated(before: Sequence[str], beyond: bool = False) -> bool:
    """Whether a negation just before reaches the value: "not", "anything but", up to the last break.

    In "Tuesday, not Monday at noon" it reaches the day and not the time; `beyond` asks whether it might reach both.
    """
    for distance, word in enumerate(reversed(before)):
        if word in BREAKS or distance > 5 or word == "but" or (word.startswith("<#") and not beyond):
            return False
        if word == NOT:
            return True
    return False


def is_dismissed(after: Sequence[str]) -> bool:
    """ "Tuesday doesn't work": said right after the value."""
    return any(word == NOT_THIS for word in after[:2])


def weigh(words: Sequence[str], found: Iterable[Found], confidence: int, known: frozenset[str]) -> int:
    """Confidence after looking at what else was said; 0 when that forbids the value."""
    taken: set[int] = set()
    for each in found:
        taken.update(range(each.start, each.end))
    rest = [word for i, word in enumerate(words) if i not in taken]
    unknown = 0
    for word in rest:
        if word in (HANDOVER, BOUND):
            return 0
        if word == UNSURE:
            confidence = min(confidence, 550)
        elif word == HEDGE:
            confidence -= 30
        elif word == QUESTION or word in _VAGUE:
            confidence -= 60
        elif word in known or word.startswith("<#") or word in FILLERS or word in _QUIET:
            continue
        elif word in RED:
            return 0
        elif word not in ALTERNATIVES:
            unknown += 1
    if unknown > _MOST_UNKNOWN:
        return 0
    confidence -= unknown * _UNKNOWN_COST
    return confidence if confidence >= LEAST else 0


_ASKING: Final = listed(
    """
    what what's whats why how how's who who's where where's when when's which whose whom
    """
)
_OPENERS: Final = listed(
    """
    um uh er erm well so and oh hi hello hey sorry ok okay but <retract> <no> <wait> , .
    """
)
_MODALS: Final = listed(
    """
    can could may might would will shall should
    """
)
_PROPOSING: Final = listed(
    """
    have get do make come book take reserve say go change try order be want like choose pick put meet
    see fit manage squeeze sit eat stay pay arrive meet join use hear add keep bring switch we i it
    you please us me <retract> <hedge> maybe just
    """
)
_AUXILIARIES: Final = listed(
    """
    is are was were do does did am has have had isn't aren't doesn't don't didn't hasn't haven't
    """
)
_WELCOME: Final = listed(
    """
    ok okay possible available free fine good alright work works suit suits all right
    """
)


def asks_back(words: Sequence[str]) -> bool:
    """Whether this is a question of the caller's own, not an answer put as one ("can we do seven?")."""
    i = 0
    while i < len(words) and words[i] in _OPENERS:
        i += 1
    rest = list(words[i:])
    if not rest:
        return False
    first = rest[0]
    if first in _ASKING:
        return True
    if first in _MODALS and len(rest) > 1 and rest[1] in ("i", "we", "you", "it", "that", "there"):
        return len(rest) > 2 and rest[2] not in _PROPOSING
    if first in _AUXILIARIES and not (
        first == "have" and len(rest) > 1 and rest[1] not in ("you", "they", "i")
    ):
        return not any(word in _WELCOME for word in rest) and not _offers(rest)
    return False


def _offers(rest: Sequence[str]) -> bool:
    """ "Do you have anything at seven?", "is there a table on Friday?": the value in it is wanted."""
    if list(rest[:3]) == ["do", "you", "have"] and any(word.startswith("<#") for word in rest[3:5]):
        return True
    return (rest[0] in ("do", "have", "is", "are") and rest[1:2] in (["you"], ["there"])) and any(
        word
        in ("anything", "table", "space", "room", "availability", "slot", "free", "something", "appointment")
        for word in rest
    )


def first_break(words: Sequence[str]) -> int:
    """Index of the first comma or stop, or the length."""
    return next((i for i, word in enumerate(words) if word in BREAKS), len(words))


def unbroken(words: Sequence[str]) -> list[str]:
    """The words without commas and stops."""
    return [word for word in words if word not in BREAKS]
