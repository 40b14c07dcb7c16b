"""Ending an answer at a stop sequence, for vendors that do not do it themselves."""

import contextlib
from collections.abc import AsyncGenerator

from engine.providers.llm.contract import Words
from engine.providers.llm.draft import Ended, Piece


async def stopped(pieces: AsyncGenerator[Piece, None], stops: tuple[str, ...]) -> AsyncGenerator[Piece, None]:
    """The pieces, up to the first of ``stops``, which is not given. What may be the beginning of one waits."""
    held = ""
    stops = tuple(filter(None, stops))
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            if not isinstance(piece, Words) or not stops:
                if held:
                    yield Words(held)
                    held = ""
                yield piece
                continue
            held += piece.text
            found = [at for at in map(held.find, stops) if at >= 0]
            if found:
                if min(found):
                    yield Words(held[: min(found)])
                yield Ended("stop")
                return
            free = len(held) - begun(held, stops)
            if free:
                yield Words(held[:free])
                held = held[free:]
    if held:
        yield Words(held)


def begun(text: str, marks: tuple[str, ...]) -> int:
    """How much of the end of ``text`` may be the beginning of a mark."""
    longest = max(map(len, marks), default=0)
    for size in range(min(len(text), longest - 1), 0, -1):
        if any(mark.startswith(text[-size:]) for mark in marks):
            return size
    return 0
