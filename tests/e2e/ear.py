"""An ear at the end of a line: which of some sentences were said, in order."""

from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from engine.providers.local_grammar import LocalGrammar
from engine.providers.speech import Hints
from tests.e2e.calling import LOUD, RATE

GAP_MS = 400
"""So long a silence ends a stretch of speech."""
BREATH_MS = 180
"""So long a silence is more than a stop between two words."""
SHORTEST_MS = 400
"""What is shorter is no sentence."""
TRIES = 6
"""Beginnings inside a stretch that are tried when it makes no sense as a whole."""


def stretches(pcm: bytes, rate: int, gap_ms: int = GAP_MS) -> list[bytes]:
    """Speech between silences, with 200 ms around each; one that may go on is left out."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    frame = rate // 50
    around = rate // 5
    found: list[bytes] = []
    begun: int | None = None
    last = 0
    for at in range(0, len(samples) - frame, frame):
        if max(map(abs, samples[at : at + frame])) > LOUD:
            begun = at if begun is None else begun
            last = at + frame
        elif begun is not None and at - last > rate * gap_ms // 1000:
            if last - begun > rate * SHORTEST_MS // 1000:
                found.append(samples[max(0, begun - around) : last + around].tobytes())
            begun = None
    return found


def beginnings(pcm: bytes, rate: int) -> list[int]:
    """Where stretches of speech begin after a gap of 80 ms, in bytes, the last one first."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    frame, gap, found = rate // 50, 4, []
    for i in range(0, len(samples) - frame, frame):
        loud = max(abs(s) for s in samples[i : i + frame]) > LOUD
        if loud and gap >= 4:
            found.append(max(0, i - frame * 4) * 2)
        gap = 0 if loud else gap + 1
    return found[::-1]


async def understood(pcm: bytes, sentences: Sequence[str], rate: int = RATE) -> str:
    """Which of some sentences was said last in there; empty for none."""
    hints = Hints("en-US", (), _grammar(" | ".join(sentences)))
    async with recogniser() as ears:
        for start in beginnings(pcm, rate)[:4]:
            if text := (await ears.transcribe_batch(pcm[start:], rate, hints)).text:
                return text
    return ""


async def recognised(pcm: bytes, sentences: Sequence[str], rate: int, *wanted: str) -> list[str]:
    """What was understood of each stretch (as `meant`): one or several of the sentences."""
    async with recogniser() as ears:
        return [await meant(piece, sentences, rate, ears, *wanted) for piece in stretches(pcm, rate)]


@asynccontextmanager
async def recogniser() -> AsyncIterator[LocalGrammar]:
    """Somebody who understands, for as long as there is something to hear: to come costs half a second of a core."""
    ears = LocalGrammar()
    try:
        yield ears
    finally:
        await ears.aclose()


async def meant(piece: bytes, sentences: Sequence[str], rate: int, ears: LocalGrammar, *wanted: str) -> str:
    """What was understood of a stretch, empty when it makes no sense. It may begin with music, or amid a word, and
    what is believed of it all is wrong then: a reading with something that is ``wanted`` goes before the others."""
    first = ""
    async for reading in _readings(piece, sentences, rate, ears):
        if reading and (not wanted or any(sentence in reading for sentence in wanted)):
            return reading
        first = first or reading
    return first


async def _readings(
    piece: bytes, sentences: Sequence[str], rate: int, ears: LocalGrammar
) -> AsyncIterator[str]:
    """As a whole; sentence by sentence, each of which may be believed when all at once are not; without what it begins
    with."""
    hints = Hints("en-US", (), _grammar(f"( {' | '.join(sentences)} )+"))

    async def read(sound: bytes) -> str:
        return (await ears.transcribe_batch(sound, rate, hints)).text

    yield await read(piece)
    found = []
    for part in stretches(piece + bytes(rate), rate, BREATH_MS):
        for start in [0, *sorted(beginnings(part, rate)[:TRIES])]:
            if heard := await read(part[start:]):
                found.append(heard)
                break
    yield " ".join(found)
    for start in sorted(beginnings(piece, rate)[:TRIES]):
        yield await read(piece[start:])


def _grammar(heard: str) -> str:
    return f"#JSGF V1.0;\ngrammar heard;\npublic <heard> = {heard};\n"
