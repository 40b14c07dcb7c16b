"""E-mail addresses, written or read aloud: "john dot smith at example dot com"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from engine.understanding.emails import address, written_addresses
from engine.understanding.english.digits import digit_group
from engine.understanding.english.numerals import at
from engine.understanding.english.reading import fold, phrase_table
from engine.understanding.english.spelling import letter_at
from engine.understanding.english.words import listed
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import BREAKS, soften, tokens

_SPOKEN: Final = phrase_table(
    {
        "at sign": "@",
        "at": "@",
        "dot": ".dot",
        "period": ".dot",
        "full stop": ".dot",
        "point": ".dot",
        "underscore": "_",
        "under score": "_",
        "dash": "-",
        "hyphen": "-",
        "minus": "-",
        "plus": "+",
        "plus sign": "+",
        "apostrophe": "'",
        "all one word": "",
        "all in one word": "",
        "one word": "",
        "all lower case": "",
        "all lowercase": "",
        "in lower case": "",
        "lower case": "",
        "lowercase": "",
        "all small letters": "",
        "all together": "",
        "no spaces": "",
        "no space": "",
        "with no spaces": "",
        "without spaces": "",
        "that's all": "",
        "the number": "",
        "the letter": "",
        "the digit": "",
        "the digits": "",
        "g mail": "gmail",
        "gee mail": "gmail",
        "hot mail": "hotmail",
        "out look": "outlook",
        "i cloud": "icloud",
        "proton mail": "protonmail",
        "you know": "",
        "please": "",
        "thanks": "",
        "thank you": "",
    }
)
_STARTS: Final = listed(
    """
    is it's its that's at address email e-mail mail to me yes yeah sure ok okay well um uh er so me's email's
    would be be'll use using try try's on write send contact under have got i'm was sorry no not wait
    actually mean meant rather please hi hello of course my the
    """
)
_TAKING_BACK: Final = frozenset(
    ("no", "sorry", "wait", "actually", "mean", "meant", "rather", "correction", "oops")
)
_HYPHEN: Final = re.compile(r"(?<=[^\W_][^\W_])-(?=[^\W_][^\W_])")
_MISWRITTEN: Final = re.compile(r"\S@\S+\.\S|@\S*@")
_AT: Final = re.compile(r"[(\[]\s?at\s?[)\]]", re.IGNORECASE)
_DOT: Final = re.compile(r"(?<=[^\W_])\.(?=[^\W_])")
_SIGNS: Final = {".dot": ".", "_": "_", "-": "-", "+": "+", "'": "'"}


def read_email(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The address meant, its domain in lower case; the last one when it was corrected."""
    written = written_addresses(text)
    if written:
        wanted = [each for each in written if not _refused(soften(text), each.lower())] or written[-1:]
        if len(set(wanted)) > 1 and not _TAKING_BACK.intersection(tokens(text)):
            return NOTHING
        return Understood(wanted[-1], 1000 if len(written) == 1 else 900, wanted[-1], len(written) > 1)
    if _MISWRITTEN.search(text):
        return NOTHING
    spoken = _HYPHEN.sub(" hyphen ", _DOT.sub(" dot ", _AT.sub(" at ", text)))
    words = [word for word in fold(_uncapped(tokens(spoken)), _SPOKEN) if word]
    heard = [_spoken_address(words, i) for i, word in enumerate(words) if word == "@"]
    addresses = [each for each in heard if each is not None]
    found, count = addresses[-1] if addresses else "", len(addresses)
    if count == 1 and _TAKING_BACK.intersection(words):
        found, count = _with_new_ending(found, words)
    if not found or (count > 1 and not _TAKING_BACK.intersection(words)):
        return NOTHING
    return Understood(found, 880, found, count > 1)


def _with_new_ending(found: str, words: Sequence[str]) -> tuple[str, int]:
    """ "... dot com, I mean dot org": only the last label is taken back."""
    last = max(i for i, word in enumerate(words) if word in _TAKING_BACK)
    tail = [word for word in words[last + 1 :] if word not in BREAKS]
    if len(tail) == 2 and tail[0] == ".dot" and last > words.index("@"):
        changed = address(f"{found.rpartition('.')[0]}.{tail[1]}")
        return (changed, 2) if changed else (found, 1)
    return found, 1


def _refused(soft: str, one: str) -> bool:
    return f"not {one}" in soft


def _uncapped(words: list[str]) -> list[str]:
    """ "With a capital J" says nothing: addresses are compared without case."""
    out: list[str] = []
    i = 0
    while i < len(words):
        if words[i] == "with" and at(words, i + 1) in ("a", "an") and at(words, i + 2) == "capital":
            i += 4
        elif words[i] == "capital" or (words[i] == "a" and at(words, i + 1) == "capital"):
            i += 1 + (words[i] == "a")
        else:
            out.append(words[i])
            i += 1
    return out


def _spoken_address(words: Sequence[str], sign: int) -> str | None:
    """The address around the "at" at index `sign`."""
    domain = _domain(words, sign + 1)
    if domain is None:
        return None
    start = sign
    while start > 0 and not _begins(words, start - 1, sign):
        start -= 1
    local = _joined(words[start:sign])
    return address(f"{local}@{domain}") if local else None


def _begins(words: Sequence[str], i: int, sign: int) -> bool:
    """Whether the word at `i` stands before the address rather than in it."""
    word = words[i]
    if word in BREAKS:
        return not (i + 1 < sign and len(at(words, i + 1)) == 1)
    return (
        word == "@"
        or (word in _STARTS and i < sign - 1 and at(words, i + 1) not in _SIGNS)
        or word in ("is", "it's")
    )


def _joined(words: Sequence[str]) -> str:
    """Words, letters, digits and signs written together."""
    out, i = "", 0
    while i < len(words):
        word = words[i]
        letter = letter_at(words, i, names=False)
        numeric = word not in ("o", "oh") or out[-1:].isdigit() or digit_group(words, i + 1) is not None
        group = digit_group(words, i) if numeric and word != "o" else None
        if word in BREAKS:
            i += 1
        elif word in _SIGNS:
            out, i = out + _SIGNS[word], i + 1
        elif group is not None:
            out, i = out + group[0], group[1]
        elif letter is not None:
            out, i = out + letter[0], letter[1]
        else:
            out, i = out + word, i + 1
    return out


def _domain(words: Sequence[str], i: int) -> str | None:
    """ "example dot co dot uk": ends where no "dot" follows a label. Spelled labels are joined."""
    labels: list[str] = []
    label: list[str] = []
    while i < len(words):
        word = words[i]
        if word == ".dot":
            labels.append(_joined(label))
            label = []
        elif word in BREAKS or word in ("@", "_", "+") or word in _TAKING_BACK:
            break
        elif labels and label and ".dot" not in words[i:]:
            if not all(len(each) == 1 for each in [*label, word]):
                break
            label.append(word)
        else:
            label.append(word)
        i += 1
    labels.append(_joined(label))
    return ".".join(labels) if len(labels) > 1 and all(labels) else None
