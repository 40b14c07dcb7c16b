"""The power goes while a model answers: what was said is not said again, what was not is."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.serving import ROOT, Server
from tests.engine.providers.emulators.emulator import RIGHT_KEY
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator
from tests.server.language.test_talking import thinking
from tests.server.running import WAIT, Owner, Running, Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

WHOLE = Reply("Good morning. Your table is ready.")
REST = Reply("It stands by the window.")
BETWEEN = 7
"""Pieces of `WHOLE` after which its first sentence is whole, and the second is not."""
ASKING = thinking("reply", instructions="Greet {{ words }}.", timeout=20_000)


class Away(Running):
    """A server in a process of its own, seen from a visitor's page."""

    def __init__(self, server: Server, client: httpx2.AsyncClient) -> None:
        self.url = server.origin
        self.owner = Owner(client, server.token)


@asynccontextmanager
async def up(server: Server) -> AsyncIterator[Away]:
    """The server runs."""
    await asyncio.to_thread(server.start)
    try:
        async with httpx2.AsyncClient(base_url=server.origin, timeout=WAIT) as client:
            yield Away(server, client)
    finally:
        server.kill()


def house(folder: Path, vendor: ChatEmulator) -> Server:
    """Asks this model."""
    return Server(
        folder / "data",
        PARLEY_COMPATIBLE_URL=vendor.url,
        PARLEY_COMPATIBLE_API_KEY=RIGHT_KEY,
        PARLEY_COMPATIBLE_MODEL="small",
    )


async def asks(home: Away, visitor: Visitor) -> list[dict[str, Any]]:
    """Say who she is; answers with what came until then."""
    frames = await visitor.says("Yes?")
    await visitor.text("m1", "Anna")
    return frames


def said(frames: list[dict[str, Any]]) -> list[str]:
    """The agent's words, as the page shows them."""
    return [f["text"] for f in frames if f["type"] == "message" and f["role"] == "agent" and f["text"]]


async def kept(home: Away, session: str) -> list[str]:
    """The agent's words, as the log has them."""
    history = (await home.owner.ask("GET", f"/sessions/{session}/messages")).json()
    assert history["session"]["status"] == "ended"
    return [m["text"] for m in history["messages"] if m["role"] == "agent" and m["text"]]


def replays(server: Server, session: str) -> str:
    """What ``parley replay`` says of it, from the database alone."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
    command = [sys.executable, "-m", "server", "replay", session, "--data", str(server.data)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("trouble", "before", "after"),
    [
        ("silent", ["Yes?"], ["It stands by the window.", "Goodbye."]),
        ("stall", ["Yes?", "Good morning."], ["It stands by the window.", "Goodbye."]),
    ],
    ids=["before the first word", "between two sentences"],
)
async def test_an_answer_goes_on_where_it_was_cut_off(
    tmp_path: Path, trouble: str, before: list[str], after: list[str]
) -> None:
    talk = Talk(replies=(WHOLE, REST), trouble=trouble, troubled=1, cut_after=BETWEEN)
    async with ChatEmulator(talk) as vendor:
        server = house(tmp_path, vendor)
        async with up(server) as home:
            agent = await home.owner.agent(ASKING)
            async with home.visitor(agent["public_id"]) as visitor:
                frames = await asks(home, visitor)
                await vendor.until(lambda: len(vendor.messages) == 1)
                if before[1:]:
                    frames += await visitor.says(before[-1])
                server.kill()
        assert said(frames) == before
        seen = max(f["seq"] for f in frames if "seq" in f)
        async with up(server) as home:
            async with home.connect(visitor.session, last_seq=seen) as again:
                more = await again.says("Goodbye.")
            assert said(more) == after
            session = visitor.session["session_id"]
            assert await kept(home, session) == before + after
        assert "outcome done" in replays(server, session)
    told = vendor.messages[-1]["messages"]
    assert ({"role": "assistant", "content": "Good morning."} in told) == bool(before[1:])
    assert len(vendor.messages) == 2


async def test_a_model_that_is_gone_afterwards_leaves_the_way_for_that(tmp_path: Path) -> None:
    talk = Talk(replies=(WHOLE,), trouble="stall", troubled=1, cut_after=BETWEEN)
    async with ChatEmulator(talk) as vendor:
        server = house(tmp_path, vendor)
        async with up(server) as home:
            agent = await home.owner.agent(ASKING)
            async with home.visitor(agent["public_id"]) as visitor:
                frames = await asks(home, visitor)
                frames += await visitor.says("Good morning.")
                server.kill()
        vendor.script.trouble, vendor.script.troubled = "broken", None
        async with up(server) as home:
            seen = max(f["seq"] for f in frames if "seq" in f)
            async with home.connect(visitor.session, last_seq=seen) as again:
                await again.until("ended")
            session = visitor.session["session_id"]
            assert await kept(home, session) == ["Yes?", "Good morning."]
        assert "outcome sorry" in replays(server, session)
