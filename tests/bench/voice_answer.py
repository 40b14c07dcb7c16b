"""How long a caller waits for an answer: telephone, edge, room, recogniser, a service, voice, and all the way back."""

import asyncio
import os
import statistics
import tempfile
import time
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.bench.figures import Figure
from tests.bench.heartbeat import Heartbeat
from tests.bench.voice_barge_in import GONE
from tests.bench.voice_rooms import RoomsExchange, rooms_exchange
from tests.e2e.calling import LOUD, loud_ms, spoken
from tests.e2e.telephones import Line
from tests.engine.providers.emulators.cartesia import CartesiaEmulator
from tests.engine.providers.emulators.deepgram import DeepgramEmulator
from tests.engine.providers.emulators.emulator import RIGHT_KEY, Script
from tests.loopback import on_loopback
from tests.phone.caller import Call, Phone
from tests.phone.sounds import FRAME

TURNS = 21
GOAL = 1500
LATENCY = 0.3
"""Seconds that each provider, and the service, takes."""
EN = "en-US"
NUMBER = "4300"
HEARS = "four"


def answering(service: str) -> dict[str, Any]:
    """The flow: ask for a number, ask the service, say what it says, ask again. No sound of an answer can be
    prepared. A number, because whoever dictates free words is given longer to pause."""
    return {
        "format": "parley-flow",
        "schema": 1,
        "name": "Answers",
        "start": "n_questaaa",
        "locales": [EN],
        "patience": {"voice": 60_000},
        "defaults": {"gives_up": "n_overaaaa", "error": "n_overaaaa", "unknown": "n_overaaaa"},
        "variables": {"words": {"type": "int"}, "answer": {"type": "text", "initial": "Ask me"}},
        "nodes": {
            "n_questaaa": {
                "kind": "ask",
                "label": "Question",
                "type": "number",
                "prompt": {EN: "{{ answer }}"},
                "save": "words",
                "out": {"understood": "n_servicea"},
            },
            "n_servicea": {
                "kind": "http",
                "label": "Service",
                "method": "POST",
                "url": f"http://{service}/answers",
                "body": {"words": "words"},
                "response": [{"path": "answer", "to": "answer"}],
                "timeout": 20_000,
                "out": {"ok": "n_questaaa", "error": "n_overaaaa"},
            },
            "n_overaaaa": {"kind": "end", "label": "Over", "outcome": "done"},
        },
    }


@asynccontextmanager
async def answers() -> AsyncIterator[str]:
    """The service: another answer each time, once it has thought."""
    count = iter(range(1_000_000))

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(LATENCY)
        return web.json_response({"answer": f"Answer {next(count)}"})

    app = web.Application()
    app.add_routes([web.post("/answers", answer)])
    async with on_loopback(app) as url:
        yield url.removeprefix("http://")


def sentence() -> bytes:
    """What the caller says, from its first loud sample to its last."""
    pcm = spoken("four")
    samples = array("h", pcm)
    loud = [i for i, sample in enumerate(samples) if abs(sample) > LOUD]
    return pcm[loud[0] * 2 : (loud[-1] + 1) * 2]


async def turn(call: Call, pcm: bytes, beat: Heartbeat) -> tuple[float, float]:
    """From the end of the caller's sound to the first sound of the answer, and how late the machine was; ms."""
    call.say(pcm)
    await call.until(lambda: not call._mouth)
    ended, have = time.monotonic(), len(call.heard)
    await call.until(lambda: loud_ms(call.heard[have:] + bytes(2 * FRAME)) > 0)
    until = time.monotonic()
    late = beat.late(ended, until)
    await call.until(lambda: loud_ms(call.heard[have:]) > 300 and not loud_ms(call.heard[-40 * FRAME :]))
    await asyncio.sleep(GONE)
    return (until - ended - late) * 1000, late * 1000


def where(turns: list[dict[str, Any]]) -> str:
    """The medians of the house's own times of these turns, from what it takes for the end of the speech."""
    found = []
    for part in ("transcript", "decision", "audio"):
        values = [turn[f"{part}_ms"] for turn in turns if turn.get(f"{part}_ms") is not None]
        found.append(f"{part} {statistics.median(values) if values else 0:.0f}")
    return ", ".join(found)


async def measured(folder: Path) -> tuple[list[tuple[float, float]], str]:
    """All turns, of one call."""
    async with (
        answers() as service,
        DeepgramEmulator(Script(hears=(HEARS,), latency=LATENCY)) as ears,
        CartesiaEmulator(Script(latency=LATENCY)) as mouth,
    ):
        settings = {
            "PARLEY_HTTP_ALLOW": service,
            "PARLEY_SPEECH_TO_TEXT": "deepgram",
            "PARLEY_DEEPGRAM_API_KEY": RIGHT_KEY,
            "PARLEY_DEEPGRAM_URL": ears.url,
            "PARLEY_TEXT_TO_SPEECH": "cartesia",
            "PARLEY_CARTESIA_API_KEY": RIGHT_KEY,
            "PARLEY_CARTESIA_URL": mouth.url,
        }
        house = rooms_exchange(folder, **settings)
        exchange = await asyncio.to_thread(house.__enter__)
        try:
            with Heartbeat() as beat:
                return await talk(exchange, service, beat)
        finally:
            await asyncio.to_thread(house.__exit__, None, None, None)


async def talk(
    exchange: RoomsExchange, service: str, beat: Heartbeat
) -> tuple[list[tuple[float, float]], str]:
    """The call."""
    line, worker, pcm = Line(exchange.house.server), exchange.worker(), sentence()
    async with asyncio.timeout(90):
        while not await asyncio.to_thread(lambda: worker.ready):
            await asyncio.sleep(0.2)
    await line.number(NUMBER, await line.agent("Answers", answering(service)))
    try:
        async with Phone() as phone:
            before = await line.sessions()
            call = await phone.call(line.uri(NUMBER))
            await call.up()
            await call.until(lambda: loud_ms(call.heard) > 300 and not loud_ms(call.heard[-40 * FRAME :]))
            took = [await turn(call, pcm, beat) for _ in range(TURNS + 1)][1:]
            session = (await line.sessions() - before).pop()
            parts = await line.house.get(f"/sessions/{session}/turns")
            await call.hang_up()
            return took, where(parts["items"])
    finally:
        await line.house.client.aclose()


def figures() -> Iterator[Figure]:
    """95 of 100 answers."""
    with tempfile.TemporaryDirectory() as temporary:
        both, parts = asyncio.run(measured(Path(temporary)))
    took = sorted(ms for ms, _ in both)
    late, load = sum(ms for _, ms in both) / len(both), os.getloadavg()[0]
    told = (
        f"goal {GOAL}; of {TURNS}: median {statistics.median(took):.0f}, from {took[0]:.0f} to {took[-1]:.0f}"
    )
    told += f"; in a room; providers and the service {LATENCY * 1000:.0f} each; by the worker: {parts}"
    told += f"; less {late:.0f}, load {load:.1f}"
    yield Figure("answer_p95_ms", statistics.quantiles(took, n=20, method="inclusive")[-1], "ms", told)
