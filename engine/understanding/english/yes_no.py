"""Yes or no: the last clear word counts ("no, yes" is yes, "yeah, no" is no), and doubt is neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from engine.understanding.english import agreement
from engine.understanding.english.reading import Phrases, asks_back, fold, phrase_table
from engine.understanding.english.words import listed
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import BREAKS, QUESTION, tokens

_YES, _NO, _MILD_YES, _MILD_NO, _NEITHER = "<yes>", "<no>", "<mild-yes>", "<mild-no>", "<neither>"
_MEANING: Final = {_YES: True, _NO: False, _MILD_YES: True, _MILD_NO: False}
_STRONG: Final = listed(
    """
    yes yeah yep yup sure absolutely definitely certainly correct exactly please ok okay no nope nah
    never wrong incorrect aye yea ya
    """
)
_LONG_SOUND: Final = re.compile(r"(.)\1{2,}")
_HANDS: Final = {
    "👍": " yes ",
    "👌": " yes ",
    "✅": " yes ",
    "✔": " yes ",
    "👎": " no ",
    "❌": " no ",
    "🙅": " no ",
}
_DENYING: Final = frozenset(("not", "isn't", "isnt", "ain't", "wasn't", "aren't", "doesn't"))
_STRESS: Final = frozenset(
    ("very", "really", "quite", "so", "at", "all", "exactly", "entirely", "sound", "look", "seem")
)
_AGREEABLE: Final = frozenset(
    (
        "ok",
        "okay",
        "fine",
        "good",
        "right",
        "correct",
        "true",
        "great",
        "perfect",
        "alright",
        "acceptable",
        "happy",
    )
)
_MOST_UNKNOWN: Final = 7
_SURE, _MILD = 960, 650


@cache
def _table() -> Phrases:
    phrases: dict[str, str] = {}
    for block, token in (
        (agreement.YES, _YES),
        (agreement.SAYING_YES, _YES),
        (agreement.NO, _NO),
        (agreement.MILD_YES, _MILD_YES),
        (agreement.MILD_NO, _MILD_NO),
        (agreement.UNSURE, _NEITHER),
    ):
        phrases.update((" ".join(phrase.split()), token) for phrase in block.split("|"))
    return phrase_table(phrases)


def read_yes_no(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """True for yes, False for no, nothing for doubt, questions and everything else."""
    for hand, word in _HANDS.items():
        text = text.replace(hand, word)
    words = [_LONG_SOUND.sub(r"\1", word) for word in tokens(text)]
    if not words:
        return NOTHING
    words = _denied(words)
    clauses = list(_clauses(words))
    folded = [fold(clause, _table()) for clause in clauses]
    whole = fold([word for word in words if word not in BREAKS], _table())
    if len(whole) == 1 and whole[0] in _MEANING:
        return _answer(whole[0], 1000 if whole[0] in (_YES, _NO) else _MILD, corrected=False)
    if (words[-1] == QUESTION and len(whole) > 1) or _asks(words, folded):
        return NOTHING
    return _last_meant(words, folded)


def _denied(words: list[str]) -> list[str]:
    """ "It's not okay", "that isn't quite right": a denied agreement is a refusal."""
    out: list[str] = []
    i = 0
    while i < len(words):
        j = i + 1
        while j < len(words) and words[j] in _STRESS:
            j += 1
        if words[i] in _DENYING and j < len(words) and words[j] in _AGREEABLE:
            out.append("nope")
            i = j + 1
        else:
            out.append(words[i])
            i += 1
    return out


def _clauses(words: Sequence[str]) -> Iterator[list[str]]:
    clause: list[str] = []
    for word in words:
        if word in BREAKS:
            yield clause
            clause = []
        else:
            clause.append(word)
    yield clause


def _asks(words: Sequence[str], folded: Sequence[Sequence[str]]) -> bool:
    leading = next((clause[0] for clause in folded if clause), "")
    return leading not in _MEANING and asks_back(words)


def _last_meant(words: Sequence[str], folded: Sequence[Sequence[str]]) -> Understood:
    flat = [word for clause in folded for word in clause]
    marks = [word for word in flat if word in _MEANING or word == _NEITHER]
    if not marks or marks[-1] == _NEITHER:
        return NOTHING
    meant = [word for word in marks if word in _MEANING]
    unknown = [
        word for word in flat if word not in _MEANING and word != _NEITHER and word not in agreement.FILLERS
    ]
    opens = flat[0] in _MEANING or (flat[0] in agreement.FILLERS and len(flat) > 1 and flat[1] in _MEANING)
    strong = any(word in _STRONG for word in words[:2]) or words[-1] in _STRONG
    both = len({_MEANING[word] for word in meant}) > 1
    if unknown and (both or not (opens and strong) or len(unknown) > _MOST_UNKNOWN):
        if both and opens and strong and flat[-1] not in _MEANING:
            return _answer(meant[0], 600, False)
        return NOTHING
    sure = _SURE if meant[-1] in (_YES, _NO) else _MILD
    if any(word in (_MILD_YES, _MILD_NO) for word in meant[:-1]):
        sure = min(sure, 800)
    return _answer(meant[-1], sure - 45 * len(unknown) - 120 * both - 150 * (_NEITHER in marks), both)


def _answer(token: str, confidence: int, corrected: bool) -> Understood:
    return Understood(_MEANING[token], confidence, "yes" if _MEANING[token] else "no", corrected)
