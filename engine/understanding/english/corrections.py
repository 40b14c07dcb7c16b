"""What somebody puts in the place of what was understood: "no, I meant Tuesday" -> "tuesday"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.understanding.english.fillers import HANDOVER, HEDGE, NO, NOT, NOT_THIS, RETRACT, UNSURE, WAIT
from engine.understanding.english.reading import asks_back, fold, phrase_table
from engine.understanding.english.words import listed
from engine.understanding.text import BREAKS, COMMA, normalise, tokens

_CHANGES: Final = phrase_table(
    {
        **{
            f"{verb} {what} {to}": RETRACT
            for verb in ("change", "switch", "move", "correct", "update", "set", "shift")
            for what in (
                "it",
                "that",
                "this",
                "the date",
                "the time",
                "the day",
                "the number",
                "the name",
                "my name",
            )
            for to in ("to", "for", "into")
        },
        "can you change it to": RETRACT,
        "can we change it to": RETRACT,
        "could you change it to": RETRACT,
        "could we change that to": RETRACT,
        "can you make it": RETRACT,
        "can we make it": RETRACT,
        "could we make it": RETRACT,
        "could you make it": RETRACT,
        "can i make it": RETRACT,
        "i'd rather have": RETRACT,
        "i want to change it to": RETRACT,
        "i want to change that to": RETRACT,
        "i'd like to change it to": RETRACT,
        "i'd like to change that to": RETRACT,
        "it's actually": RETRACT,
        "that's actually": RETRACT,
        "it was": RETRACT,
        "it is": "it's",
        "that is": "that's",
    }
)
_MARKS: Final = frozenset((RETRACT, NO, WAIT))
_EMPTY: Final = listed(
    """
    it's that's it that is the a an please thanks thank you i i'd like said want meant but and um uh
    er well oh so to for my name's be of course right wrong correct ok okay good fine great yes yeah
    sure all then problem worries really way need not one at on this was
    """
)
_LEADING: Final = listed(
    """
    it's that's it that is please but and um uh er well oh so then the was i was
    """
)
_REFUSALS: Final = frozenset(
    ("thanks", "thank", "problem", "worries", "way", "need", "idea", "one", "don't", "i'd")
)


def correction(text: str) -> str | None:
    """The words that are to stand instead, in lower case; None when nothing is corrected or put in its place."""
    words = fold(fold(tokens(text)[:200], _CHANGES))
    if asks_back(words) or UNSURE in words or HANDOVER in words:
        return None
    while len(words) > 1 and words[-1] == RETRACT and any(word in _MARKS for word in words[:-1]):
        words.pop()  # "make it eight instead" says it twice
    last = max((i for i, word in enumerate(words) if word in _MARKS), default=-1)
    if last < 0:
        refused = _after_refusal(words)
        return _spoken(refused, text) if refused is not None else None
    tail = list(words[last + 1 :])
    if NOT in tail:
        replaced = _after_refusal(tail)
        tail = replaced if replaced is not None else tail[: tail.index(NOT)]
    if not tail and words[last] in (RETRACT, WAIT) and last and words[last - 1] not in _MARKS:
        tail = _before(words, last)
    return _spoken(tail, text)


def _before(words: Sequence[str], last: int) -> list[str]:
    """ "Tuesday instead", "Tuesday I meant": the marker follows what it introduces."""
    head = list(words[:last])
    return head if not any(word in _MARKS or word == NOT for word in head) and words[last] == RETRACT else []


def _after_refusal(words: Sequence[str]) -> list[str] | None:
    """ "Not Monday, Tuesday" and "Tuesday, not Monday": what is not refused."""
    if NOT in words:
        i = list(words).index(NOT)
        tail = list(words[i + 1 :])
        for j, word in enumerate(tail):
            if word in (COMMA, ".", "but", "it's"):
                return tail[j + 1 :]
        head = [word for word in words[:i] if word not in BREAKS]
        return head if head and not all(word in _EMPTY for word in head) else None
    if NOT_THIS in words:
        return list(words[list(words).index(NOT_THIS) + 1 :])
    return None


def _spoken(tail: Sequence[str], text: str) -> str | None:
    kept = [word for word in tail if not word.startswith("<") or word == HEDGE]
    while kept and (kept[0] in _LEADING or kept[0] in BREAKS or kept[0] == HEDGE):
        kept.pop(0)
    while kept and (kept[-1] in BREAKS or kept[-1] in ("please", HEDGE, "thanks")):
        kept.pop()
    if not kept or all(word in _EMPTY or word in BREAKS for word in kept) or kept[0] in _REFUSALS:
        return None
    return _as_written([word for word in kept if word not in BREAKS and word != HEDGE], text)


def _as_written(kept: Sequence[str], text: str) -> str:
    """The stretch of the text that the words came from, so that addresses and hyphens stay whole."""
    written = normalise(text).split()
    for end in range(len(written), 0, -1):
        for start in range(max(0, end - len(kept)), end):
            if [word for word in tokens(" ".join(written[start:end])) if word not in BREAKS] == kept:
                return " ".join(written[start:end])
    return " ".join(kept)
