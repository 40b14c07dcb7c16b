"""A flow in which a model speaks, called by telephone and visited on a page: the same sentences, heard and read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.calling import RATE, falls_silent, spoken
from tests.e2e.ear import recognised
from tests.e2e.serving import Server
from tests.e2e.telephones import Line, telephones
from tests.e2e.test_thinking_killed import Away, kept, said
from tests.engine.providers.emulators.deepgram import DeepgramEmulator
from tests.engine.providers.emulators.emulator import RIGHT_KEY, Script
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ResponsesEmulator
from tests.phone.caller import Phone
from tests.server.language.test_talking import thinking
from tests.server.running import WAIT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

WISH = "I would like to sit by the window"
ANSWER = Reply(
    "Your table is by the window. The kitchen is open until ten.", read=1200, cached=0, written=300
)
COST = 2_250
"""Millionths of a dollar that its tokens cost by the list: 1,200 at 0.75 and 300 at 4.50 dollars a million."""
FIRST, SECOND = "your table is by the window", "the kitchen is open until ten"
OTHERS = ("the order is on its way", "we are closed on monday")


@asynccontextmanager
async def house(folder: Path, model: ResponsesEmulator, ears: DeepgramEmulator) -> AsyncIterator[Server]:
    """A server with a telephone whose callers are heard by a recogniser that finds the end of turns."""
    manager = telephones(
        folder,
        LANGUAGE_MODELS="openai",
        OPENAI_API_KEY=RIGHT_KEY,
        OPENAI_URL=model.url,
        SPEECH_TO_TEXT="deepgram",
        TEXT_TO_SPEECH="local",
        DEEPGRAM_API_KEY=RIGHT_KEY,
        DEEPGRAM_URL=ears.url,
        DEEPGRAM_MODEL="flux-general-en",
    )
    # The vendors live in this loop: it must run while the server starts and stops.
    server = await asyncio.to_thread(manager.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


async def calls(line: Line, agent: str) -> str:
    """Somebody calls, says her wish and hears the answer; answers with the session."""
    await line.ready()
    await line.number("720", agent)
    before = await line.sessions()
    async with Phone() as phone:
        call = await phone.call(line.uri("720"))
        await call.up()
        session = await line.newest(before)
        await line.house.says(session, "Yes?")
        await falls_silent(call)
        call.heard = b""
        call.say(spoken(WISH))
        await line.house.says(session, "until ten")
        assert await call.over() == "bye", "the agent hangs up when all is said"
        quiet = bytes(2 * RATE)
        heard = " ".join(await recognised(call.heard + quiet, [FIRST, SECOND, "goodbye", *OTHERS], RATE))
        assert f"{FIRST} {SECOND} goodbye" in heard, heard
    assert await line.house.outcome(session) == "done"
    return session


async def visits(server: Server, agent: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Somebody types the same wish on a page; answers with the session and what the page was sent."""
    async with httpx2.AsyncClient(base_url=server.origin, timeout=WAIT) as client:
        home = Away(server, client)
        async with home.visitor(agent["public_id"]) as visitor:
            frames = await visitor.says("Yes?")
            await visitor.text("m1", WISH)
            frames += await visitor.says("Goodbye.")
        session = visitor.session["session_id"]
        assert await kept(home, session) == said(frames)
        return session, frames


async def test_a_caller_hears_and_a_visitor_reads_what_a_model_says(tmp_path: Path) -> None:
    async with (
        ResponsesEmulator(Talk(replies=(ANSWER,))) as model,
        DeepgramEmulator(Script(hears=(WISH,))) as ears,
        house(tmp_path, model, ears) as server,
    ):
        line = Line(server)
        agent = await line.agent("Window", thinking("reply", instructions="Answer {{ words }}."))
        called = await calls(line, agent)
        visited, frames = await visits(server, await line.house.get(f"/agents/{agent}"))
        streams = [
            f.get("stream") for f in frames if f.get("text", "").startswith(("Your table", "The kitchen"))
        ]
        assert len(streams) == 2 and streams[0] and streams[0] == streams[1]
        for session in (called, visited):
            turn = (await line.house.get(f"/sessions/{session}/turns"))["items"][-1]
            assert (turn["tokens_read"], turn["tokens_written"]) == (1200, 300)
            assert turn["cost_micros"] >= COST
            assert turn["model"].startswith("openai/")
        await line.house.client.aclose()
