"""An ear at the end of a line: which of some sentences were said, in order."""

from array import array

from engine.providers.local_grammar import LocalGrammar
from engine.providers.speech import Hints
from tests.e2e.calling import beginnings

LOUD = 300
"""Of 32,767: what counts as sound."""
GAP_MS = 400
"""So long a silence ends a stretch of speech."""
SHORTEST_MS = 400
"""What is shorter is no sentence."""
TRIES = 6
"""Beginnings inside a stretch that are tried when it makes no sense as a whole."""


def stretches(pcm: bytes, rate: int) -> list[bytes]:
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
        elif begun is not None and at - last > rate * GAP_MS // 1000:
            if last - begun > rate * SHORTEST_MS // 1000:
                found.append(samples[max(0, begun - around) : last + around].tobytes())
            begun = None
    return found


async def recognised(pcm: bytes, sentences: list[str], rate: int) -> list[str]:
    """What was understood of each stretch: one or several of the sentences."""
    grammar = f"#JSGF V1.0;\ngrammar heard;\npublic <heard> = ( {' | '.join(sentences)} )+;\n"
    recogniser = LocalGrammar()
    found = []
    try:
        for piece in stretches(pcm, rate):
            text = ""
            # What comes first may be music, or broken; of what comes after nothing is left out.
            for start in [0, *sorted(beginnings(piece, rate)[:TRIES])]:
                heard = await recogniser.transcribe_batch(piece[start:], rate, Hints("en-US", (), grammar))
                if text := heard.text:
                    break
            found.append(text)
        return found
    finally:
        await recogniser.aclose()
