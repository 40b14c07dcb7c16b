"""Words out of raw text: one spelling for every apostrophe, dash, digit and case, then tokens.

Everything here is linear in the length of the text and knows nothing of any language but its letters.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 1000
"""Characters. A longer text is not an answer; readers refuse it before they look at a word."""

COMMA, STOP, QUESTION = ",", ".", "?"
BREAKS = frozenset((COMMA, STOP, QUESTION))

_SAME = str.maketrans(
    {
        **dict.fromkeys("’‘ʼʹ`´＇ʻ′", "'"),
        **dict.fromkeys("‐‑‒−﹣－", "-"),
        **dict.fromkeys('“”„‟«»″"', " "),
        "½": " 1/2 ",
        "¼": " 1/4 ",
        "¾": " 3/4 ",
        "–": " - ",
        "—": " - ",
        "⁄": "/",
    }
)
_KEPT_INSIDE = frozenset(".,:/'-@&_")


def soften(text: str) -> str:
    """NFKC, lower case without regard to any system locale, ASCII digits, plain apostrophes and dashes.

    Control characters become spaces and invisible ones go. Applying it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text.lower().translate(_SAME)
    for _ in range(4):
        before = text
        text = "".join(map(_plain, unicodedata.normalize("NFKC", text.translate(_SAME)))).lower()
        text = unicodedata.normalize("NFKC", text).translate(_SAME)
        if text == before:
            break
    return text


def _plain(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else " "
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Cf", "Cs", "Cn", "Co"):
        return ""
    return " " if category[0] in "CZ" else character


def normalise(text: str) -> str:
    """The text as compared with phrases: softened, single spaces, marks only inside words and numbers."""
    soft = soften(text)
    for _ in range(4):
        kept = " ".join(_without_loose_marks(soft).split())
        if kept == soft:
            break
        soft = kept
    return soft


def _without_loose_marks(soft: str) -> str:
    last = len(soft) - 1
    out: list[str] = []
    for at, character in enumerate(soft):
        if (
            character.isalnum()
            or character == " "
            or unicodedata.category(character)[0] in "MS"
            or (
                character in _KEPT_INSIDE
                and 0 < at < last
                and soft[at - 1].isalnum()
                and soft[at + 1].isalnum()
            )
        ):
            out.append(character)
        else:
            out.append(" ")
    return "".join(out)


_TOKEN = re.compile(
    r"""
    (?P<clock>\d{1,2}h\d{2}\b)
  | (?P<ordinal>\d+(?:st|nd|rd|th)\b)
  | (?P<number>(?:(?<![\w.,:/-])[-+])?\d+(?:[:.,/-]\d+)*)
  | (?P<half>\b[ap]\.\ ?m\b\.?)
  | (?P<initials>\b(?:[^\W\d_]\.){2,})
  | (?P<word>[^\W\d_][^\W\d_\u0300-\u036f]*(?:'[^\W\d_]+)*)
  | (?P<mark>[,;:!?.()\[\]…\n]|(?<=\s)-+(?=\s)|[+&%@])
    """,
    re.VERBOSE,
)
_MARKS = {
    "?": QUESTION,
    ".": STOP,
    "!": STOP,
    "…": COMMA,
    "+": "plus",
    "&": "and",
    "%": "percent",
    "@": "at",
}


def tokens(text: str) -> list[str]:
    """Split into words, numbers (`7:30`, `27th`, `2,000` stay whole) and the breaks `,` `.` `?`.

    Breaks never come first, last (but for `?`) or twice in a row, so grammars need not look out for them.
    """
    found: list[str] = []
    for match in _TOKEN.finditer(soften(text)):
        kind, token = match.lastgroup, match.group()
        if kind == "mark":
            token = _MARKS.get(token, COMMA)
        elif kind == "clock":
            token = token.replace("h", ":")
        elif kind == "half":
            token = token[0] + "m"
        elif kind == "initials":
            found.extend(token[::2])
            continue
        if token in BREAKS and (not found or found[-1] in BREAKS):
            if token == QUESTION and found:
                found[-1] = QUESTION
            continue
        found.append(token)
    while found and found[-1] in (COMMA, STOP):
        found.pop()
    return found
