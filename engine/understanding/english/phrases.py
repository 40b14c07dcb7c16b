"""Whether somebody means one of a handler's phrases: "could I talk to a human" is "speak to someone"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from engine.understanding.english.fillers import NOT
from engine.understanding.english.reading import fold, phrase_table
from engine.understanding.english.words import listed
from engine.understanding.text import BREAKS, LONGEST, normalise, tokens

_SAME: Final = phrase_table(
    {
        **dict.fromkeys(
            (
                "somebody",
                "a person",
                "a human",
                "a human being",
                "a real person",
                "a real human",
                "an actual person",
                "a live person",
                "a living person",
                "an agent",
                "a live agent",
                "a representative",
                "an operator",
                "the operator",
                "a member of staff",
                "anyone",
                "anybody",
                "a colleague",
                "an advisor",
                "an adviser",
                "a manager",
                "the manager",
                "a supervisor",
                "your manager",
                "your supervisor",
                "customer service",
                "customer services",
                "a receptionist",
            ),
            "someone",
        ),
        **dict.fromkeys(("talk", "chat", "speaking", "talking", "spoken"), "speak"),
        **dict.fromkeys(("with",), "to"),
        **dict.fromkeys(("begin",), "start"),
        **dict.fromkeys(("restart", "start from the beginning", "start from scratch"), "start again"),
        **dict.fromkeys(
            (
                "put me through to",
                "transfer me to",
                "connect me to",
                "connect me with",
                "connect to",
                "get me",
            ),
            "speak to",
        ),
        **dict.fromkeys(("again", "once more", "one more time"), "again"),
    }
)
_FILLERS: Final = listed(
    """
    a an the um uh er oh well so ok okay please thanks thank you hi hello hey i we me my like want
    would could can may might need to let just maybe really now right yes yeah sorry excuse have got
    get for and that do it this actually instead rather think gonna wanna is there any way possible be
    able here us go ahead some sure quickly am are will had been he she his her lot badly very much
    still bit in of
    """
)
_STAFF: Final = frozenset(
    ("agent", "operator", "representative", "human", "person", "advisor", "adviser", "receptionist")
)
_WANTING: Final = frozenset(("need", "want", "get", "like", "please"))
_WHOLE: Final = {
    "can't": ["can", "not"],
    "cannot": ["can", "not"],
    "won't": ["will", "not"],
    "let's": ["let", "us"],
    "cant": ["can", "not"],
    "dont": ["do", "not"],
    "im": ["i", "am"],
}
_ENDINGS: Final = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "is"}
_BEFORE_IS: Final = listed("it that what there here he she who where how this")
_NEAR: Final = 86
_MOST_EXTRA: Final = 3


def match_phrases(text: str, phrases: Sequence[str]) -> int:
    """Per mille: how surely the text means one of the phrases. 1000 when it is one, 0 when it is not meant.

    Filler around a phrase costs little, other words do; a negation in front ("don't transfer me") forbids it.
    """
    if len(text) > LONGEST:
        return 0
    said = normalise(text)
    if not said:
        return 0
    words = _asking_for_people(_words(text))
    best = 0
    for phrase in phrases:
        wanted = normalise(phrase)
        if not wanted:
            continue
        if said == wanted:
            return 1000
        best = max(best, _likeness(words, _words(phrase)))
    return best


def _words(text: str) -> list[str]:
    full = [part for word in tokens(text) if word not in BREAKS for part in _expanded(word)]
    return [part for word in fold(full, _SAME) for part in word.split()]


def _expanded(word: str) -> list[str]:
    """A contraction in full: "can't" is "can not", "I'm" is "I am"."""
    if word in _WHOLE:
        return _WHOLE[word]
    if word.endswith("n't"):
        return [word[:-3], "not"]
    stem, mark, ending = word.rpartition("'")
    return (
        [stem, _ENDINGS[ending]]
        if mark and ending in _ENDINGS and (ending != "s" or stem in _BEFORE_IS)
        else [word]
    )


def _asking_for_people(words: list[str]) -> list[str]:
    """ "Agent!" and "I need a human" ask to speak to someone."""
    core = [word for word in words if word not in _FILLERS]
    if (
        words[:2] != ["are", "you"]
        and len(core) == 1
        and (core[0] in _STAFF or (core[0] == "someone" and _WANTING & set(words)))
    ):
        return ["speak", "to", "someone"]
    return words


def _likeness(words: list[str], wanted: list[str]) -> int:
    if not wanted or not words:
        return 0
    if words == wanted:
        return 980
    place = next((i for i in range(len(words)) if words[i : i + len(wanted)] == wanted), -1)
    if place >= 0:
        extra = [word for word in words[:place] + words[place + len(wanted) :] if word not in _FILLERS]
        if NOT in fold(words[:place]) or "no" in words[:place]:
            return 0
        weight = len([word for word in wanted if word not in _FILLERS]) or 1
        score = 950 - (250 if weight == 1 else 120) * len(extra)
        return score if score >= 400 else 0
    return _fuzzy(words, wanted)


def _fuzzy(words: Sequence[str], wanted: Sequence[str]) -> int:
    """The content words in order but for misspellings and fillers between them."""
    core = [word for word in words if word not in _FILLERS]
    target = [word for word in wanted if word not in _FILLERS] or list(wanted)
    denied = fold(words).count(NOT) > fold(wanted).count(NOT) or "no" in words
    if not core or denied or len(core) > len(target) + _MOST_EXTRA:
        return 0
    if len(target) > 1 and sorted(core) == sorted(target) and core != target:
        return 750
    if core == target:
        return 900 if len(target) > 1 or set(words) - set(wanted) <= _FILLERS else 0
    ratio = fuzz.ratio(" ".join(core), " ".join(target))
    short = min(len("".join(core)), len("".join(target))) < 5
    return int(ratio * 8) if ratio >= _NEAR and not short else 0
