"""Figures of talks with models: what the engine adds to a model, and what never happens."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator

from engine.conversation import Outcome
from engine.protocol import AskModel, Wrote
from engine.providers.llm.asking import Asking
from engine.providers.llm.contract import Done, Event, Prompt, Words
from tests.bench.figures import REFERENCE, Figure, loop_speed
from tests.engine.thinking.attacks import attacked, attacks
from tests.engine.thinking.chaos import fares
from tests.engine.thinking.hotel import House, Model, Stay, quote

TALKS = 200
TURNS = 40
BOUND = 8
"""Turns of one talk: the flow bounds them."""
PACE = 0.02
"""Seconds between two pieces of the emulated model, as of a quick one."""

PIECES = ("We ", "have ", "a ", "room ", "with ", "a ", "view ", "of ", "the ", "lake. ", "Shall ", "I?")


def figures() -> Iterator[Figure]:
    """All of them."""
    yield asyncio.run(_overhead())
    yield asyncio.run(_first_sentence())
    yield asyncio.run(_chaos())
    yield asyncio.run(_injections())


async def _nothing_found(request: object) -> Outcome:
    return Outcome("ok", [])


async def _overhead() -> Figure:
    """CPU time from a model's last piece of a sentence to the sentence committed and handed on, in a whole talk."""

    async def answer(prompt: Prompt) -> AsyncIterator[Event]:
        for piece in PIECES:
            yield Words(piece)
        yield Done("stop")

    speed = loop_speed()
    spent = []
    for _ in range(TURNS // BOUND):
        async with Stay(Model(answer), House(quote, _nothing_found)) as stay:
            await stay.say("a room please")
            for _ in range(BOUND):
                before = len(stay.log.records)
                began = time.process_time()
                await stay.conversation.say("the lake room")
                while not any(isinstance(r.event, Wrote) for r in stay.log.records[before:]):
                    await asyncio.sleep(0)
                spent.append((time.process_time() - began) * 1000 * speed / REFERENCE)
                await stay.settled()
    return Figure(
        "reply_overhead_ref_ms",
        statistics.median(spent),
        "ref_ms",
        "a whole turn up to its first sentence; goal <= 20",
    )


async def _first_sentence() -> Figure:
    """How long the first sentence takes, over the model's own time to the word that ends it."""
    own, ours = [], []
    for _ in range(TURNS):
        began = time.perf_counter()
        ended = 0.0

        async def answer(prompt: Prompt) -> AsyncIterator[Event]:
            nonlocal ended
            for piece in PIECES:
                await asyncio.sleep(PACE)
                if piece == "lake. ":
                    ended = time.perf_counter()
                yield Words(piece)
            yield Done("stop")

        first: list[float] = []

        async def wrote(text: str, first: list[float] = first) -> None:
            first.append(time.perf_counter())

        request = AskModel("1:0", "n", "reply", "Speak.", spoken=True)
        await Asking(Model(answer)).ask(request, (), wrote, "k")
        own.append(ended - began)
        ours.append(first[0] - began)
    ratio = statistics.median(o / m for o, m in zip(ours, own, strict=True))
    return Figure(
        "first_sentence_vs_model", ratio, "x", "the model's own time to the same words; goal <= 1.05"
    )


async def _chaos() -> Figure:
    defined = sum([not await fares(seed) for seed in range(TALKS)])
    return Figure(
        "chaos_defined_of_200",
        defined,
        "talks",
        "models, knowledge and services fail half of the time; goal 200",
    )


async def _injections() -> Figure:
    every = attacks()
    happened = [what for where, text in every for what in await attacked(where, text)]
    return Figure(
        "injection_effects", len(happened), "effects", f"{len(every)} injections, all obeyed; goal 0"
    )
