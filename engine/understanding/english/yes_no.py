"""Yes or no: the last clear word counts ("no, yes" is yes, "yeah, no" is no), and doubt is neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from engine.understanding.english import agreement
from engine.understanding.english.reading import Phrases, asks_back, fold, phrase_table
from engine.understanding.english.words import TEENS, TENS, UNITS, WEEKDAYS, listed, phrases
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import BREAKS, QUESTION, tokens

_YES, _NO, _MILD_YES, _MILD_NO, _NEITHER = "<yes>", "<no>", "<mild-yes>", "<mild-no>", "<neither>"
_DENIAL: Final = "<denial>"
_MEANING: Final = {_YES: True, _NO: False, _MILD_YES: True, _MILD_NO: False}
_STRONG: Final = listed(
    """
    yes yeah yep yup sure absolutely definitely certainly correct exactly ok okay no nope nah never
    wrong incorrect aye yea ya
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
_REACH: Final = 4
"""How many words after a denial an agreement still belongs to it."""
_ALONE: Final = {"y": True, "k": True, "please": True, "n": False}
"""Letters and words that answer only when nothing else is said."""
_CONDITIONS: Final = frozenset(
    (
        *UNITS,
        *TEENS,
        *TENS,
        *WEEKDAYS,
        *listed("make change instead different another earlier later tomorrow"),
    )
)
"""Words that, after "yes, but", make the yes worthless: it was not this that was agreed to."""
_MOST_UNKNOWN: Final = 7
_SURE, _MILD = 960, 650


@cache
def _table() -> Phrases:
    meanings: dict[str, str] = {}
    for block, token in (
        (agreement.YES, _YES),
        (agreement.SAYING_YES, _YES),
        (agreement.NO, _NO),
        (agreement.DENIALS, _DENIAL),
        (agreement.MILD_YES, _MILD_YES),
        (agreement.MILD_NO, _MILD_NO),
        (agreement.UNSURE, _NEITHER),
    ):
        meanings.update((phrase, token) for phrase in phrases(block))
    return phrase_table(meanings)


def read_yes_no(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """True for yes, False for no, nothing for doubt, questions and everything else."""
    for hand, word in _HANDS.items():
        text = text.replace(hand, word)
    words = [_LONG_SOUND.sub(r"\1", word) for word in tokens(text)]
    if not words:
        return NOTHING
    if len(words) == 1 and words[0] in _ALONE:
        return _answer(
            _YES if _ALONE[words[0]] else _NO, 1000 if len(words[0]) == 1 else _MILD, corrected=False
        )
    folded = [_denied(fold(clause, _table())) for clause in _clauses(words)]
    whole = _denied(fold([word for word in words if word not in BREAKS], _table()))
    if len(whole) == 1 and whole[0] in _MEANING:
        return _answer(whole[0], 1000 if whole[0] in (_YES, _NO) else _MILD, corrected=False)
    if (words[-1] == QUESTION and len(whole) > 1) or _asks(words, folded):
        return NOTHING
    meant = _last_meant(words, folded)
    return NOTHING if meant.value is True and _conditional(words) else meant


def _conditional(words: Sequence[str]) -> bool:
    """ "Yes, but at nine": agreed to something that was not asked."""
    rest = words[words.index("but") + 1 :] if "but" in words else ()
    return any(word in _CONDITIONS or word[:1].isdigit() for word in rest)


def _denied(folded: Sequence[str]) -> list[str]:
    """ "It's not okay", "I can't do it": a denied agreement is a refusal, and so is a denial alone.

    "Not no" is a yes.
    """
    out: list[str] = []
    i = 0
    while i < len(folded):
        if folded[i] != _DENIAL:
            out.append(folded[i])
            i += 1
            continue
        reach = range(i + 1, min(i + 1 + _REACH, len(folded)))
        denied = next((j for j in reach if folded[j] in _MEANING), None)
        out.append(_YES if denied == i + 1 and folded[denied] == _NO else _NO)
        i = i + 1 if denied is None else denied + 1
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
