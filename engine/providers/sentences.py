"""A text in sentences, as soon as each is there."""

import re
from collections.abc import AsyncIterator

SHORTEST = 12
"""Characters: a shorter sentence is spoken with the next one."""
LONGEST = 600
"""Characters after which a text without any stop is cut at a space."""
_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|\n+")


async def sentences(text: str | AsyncIterator[str]) -> AsyncIterator[str]:
    """The sentences of a text, or of a text that is still being written. Joined by spaces they are the text."""
    waiting = ""
    async for piece in _pieces(text):
        waiting += piece
        *whole, waiting = cut(waiting)
        for sentence in whole:
            yield sentence
    for sentence in cut(waiting + "\n"):
        if sentence.strip():
            yield sentence.strip()


async def _pieces(text: str | AsyncIterator[str]) -> AsyncIterator[str]:
    if isinstance(text, str):
        yield text
    else:
        async for piece in text:
            yield piece


def cut(text: str) -> list[str]:
    """Whole sentences, and last what may go on."""
    found: list[str] = []
    begin = 0
    for end in _END.finditer(text):
        if len(text[begin : end.start()].strip()) >= SHORTEST:
            found.append(text[begin : end.end()].strip())
            begin = end.end()
    rest = text[begin:]
    while len(rest) > LONGEST:
        at = rest.rfind(" ", 1, LONGEST)
        at = at if at > 0 else LONGEST
        found.append(rest[:at].strip())
        rest = rest[at:].lstrip()
    return [*found, rest]
