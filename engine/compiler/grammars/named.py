"""Things with names of their own (choices, and the phrases of handlers), in words a grammar can hold."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from engine.understanding import Choice, Expected, match_phrases, understand

MOST = 60
"""Names of one choice, and phrases, that a grammar takes up."""

SURE = 600
"""What is understood with less confidence (per mille) is no answer (`engine.conversation.hearing.SURE`)."""

PHRASE = 700
"""What a phrase must at least match with to set its handler off (`engine.conversation.hearing.PHRASE`)."""

_EPOCH = datetime(2000, 1, 1)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_BEFORE = ("", "the ", "i'd like ", "i'd like the ", "i want ", "i want the ", "i'll take the ")
_INSTEAD = ("", "the ")
_PLACES = frozenset(("a", "an", "at", "by", "in", "on", "to", "my", "near", "out", "with", "for", "from"))
"""Words that begin a name which takes no article."""

_BEFORE_PHRASE = ("", "i'd like to ", "i want to ", "can i ", "please ")


def plain_words(text: str) -> str:
    """The text in lower-case words of plain letters; empty when it has anything that cannot be said so."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.split(r"[\s,.;:!?/()\"-]+", bare.replace("’", "'").lower().strip())
    said = [
        _UNITS[int(w)] if w.isdecimal() and w.isascii() and int(w) < len(_UNITS) else w for w in words if w
    ]
    said = ["and" if w == "&" else w for w in said]
    return " ".join(said) if said and all(_WORD.fullmatch(w) for w in said) else ""


def choice_sentences(choices: Sequence[Choice], bare: bool = False) -> list[str]:
    """Every way to name a choice that is understood as that one; with ``bare`` the name alone."""
    expected = Expected("choice", tuple(choices))
    before = _INSTEAD if bare else _BEFORE
    return list(dict.fromkeys(s for choice in choices for s in _of_choice(choice, expected, before)))


def _of_choice(choice: Choice, expected: Expected, before: tuple[str, ...]) -> Iterator[str]:
    names = dict.fromkeys(plain_words(name) for name in (choice.label, *choice.synonyms))
    for name in [n for n in names if n][:MOST]:
        bare = name.removeprefix("the ")
        for words in before:
            if words.endswith("the ") and bare.split(maxsplit=1)[0] in _PLACES:
                continue
            sentence = words + bare
            meant = understand(sentence, expected, now=_EPOCH, locale="en-US")
            if meant.value == choice.id and meant.confidence >= SURE:
                yield sentence


def phrase_sentences(phrases: Iterable[str]) -> list[str]:
    """Every way to say one of the phrases that is heard as one of them."""
    wanted = tuple(phrases)
    words = [w for w in dict.fromkeys(map(plain_words, wanted)) if w][:MOST]
    every = dict.fromkeys(before + said for said in words for before in _BEFORE_PHRASE)
    return [said for said in every if match_phrases(said, wanted) >= PHRASE]
