"""How long the agent goes on speaking once the caller has begun, on a telephone call without a room."""

import asyncio
import random
import statistics
import tempfile
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.heartbeat import Heartbeat
from tests.e2e.calling import LOUD, loud_ms, spoken
from tests.e2e.telephones import Line, telephones
from tests.phone.caller import Call, Phone
from tests.phone.sounds import FRAME

TRIALS = 21
GOAL = 400
QUIET = 0.8
"""Seconds without sound that are a silence, and no gap between two words."""
GONE = 0.5
"""Seconds after which nothing is heard any more of what was said before the story."""
FAINT = 8
"""A sample above this is no silence of the edge's, which is nothing at all."""
NUMBER = "4200"
STORY = "and the little telephone rang and rang " * 12
FLOW: dict[str, Any] = {
    "format": "parley-flow",
    "schema": 1,
    "name": "Story",
    "start": "n_storyaaa",
    "locales": ["en-US"],
    "patience": {"voice": 60_000},
    "variables": {"key": {"type": "text"}},
    "nodes": {
        "n_storyaaa": {
            "kind": "say",
            "label": "Story",
            "text": {"en-US": STORY},
            "out": {"then": "n_againaaa"},
        },
        "n_againaaa": {
            "kind": "digits",
            "label": "Again",
            "prompt": {"en-US": "Press one to hear it again."},
            "maximum": 1,
            "tries": 9,
            "save": "key",
            "out": {"understood": "n_storyaaa", "gives_up": "n_overaaaa"},
        },
        "n_overaaaa": {"kind": "end", "label": "Over", "outcome": "done"},
    },
}


def words() -> bytes:
    """A caller's sentence that begins at once."""
    pcm = spoken("I would like to ask you something about my order please")
    samples = array("h", pcm)
    first = next(i for i, sample in enumerate(samples) if abs(sample) > LOUD)
    return pcm[first * 2 :]


async def last_loud(call: Call) -> float:
    """When the last sound came, once it has been silent for `QUIET`."""
    have, at = len(call.heard), time.monotonic()
    while time.monotonic() - at < QUIET:
        await asyncio.sleep(0.004)
        new = len(call.heard) // (2 * FRAME) * 2 * FRAME
        if new > have:
            if max(map(abs, array("h", call.heard[have:new]))) > FAINT:
                at = time.monotonic()
            have = new
    return at


async def begun(line: Line, session: str, before: int) -> bool:
    """Whether the story was begun more often than that."""
    return await told(line, session) > before


async def told(line: Line, session: str) -> int:
    """How often the story was begun."""
    effects = [effect for record in await line.log(session) for effect in record["effects"]]
    return sum(effect["type"] == "speak" and effect["node"] == "n_storyaaa" for effect in effects)


async def trial(
    line: Line, session: str, call: Call, sentence: bytes, chance: random.Random, beat: Heartbeat
) -> float:
    """Milliseconds of one interruption."""
    before = await told(line, session)
    await call.press("1")
    await line.house.until(lambda: begun(line, session, before), "the story was not begun again")
    await asyncio.sleep(GONE)
    call.heard = b""
    await call.until(lambda: loud_ms(call.heard) > 600)
    await asyncio.sleep(chance.uniform(0, 0.8))
    await call.until(lambda: loud_ms(call.heard[-8 * FRAME :]) >= 40)
    began = time.monotonic()
    call.say(sentence)
    until = await last_loud(call)
    took = (until - began - beat.late(began, until)) * 1000
    await call.until(lambda: not call._mouth or call.ended)
    return took


async def measured(folder: Path) -> list[float]:
    """All of them, in one call."""
    with telephones(folder) as server, Heartbeat() as beat:
        line = Line(server)
        await line.ready()
        await line.number(NUMBER, await line.agent("Story", FLOW))
        before = await line.sessions()
        async with Phone() as phone:
            call = await phone.call(line.uri(NUMBER))
            await call.up()
            session = await line.newest(before)
            await line.house.until(lambda: told(line, session), "the story was not begun")
            await call.until(lambda: loud_ms(call.heard) > 600)
            chance, sentence = random.Random(7), words()
            took = [await trial(line, session, call, sentence, chance, beat) for _ in range(TRIALS + 1)][1:]
            await call.hang_up()
        await line.house.client.aclose()
        return took


def figures() -> Iterator[Figure]:
    """The median."""
    with tempfile.TemporaryDirectory() as temporary:
        took = asyncio.run(measured(Path(temporary)))
    told = f"goal {GOAL}; of {TRIALS}, from {min(took):.0f} to {max(took):.0f}"
    yield Figure("barge_in_ms", statistics.median(took), "ms", told)
