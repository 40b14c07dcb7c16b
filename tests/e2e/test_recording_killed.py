"""The worker is killed while a talk is recorded: what was recorded is there, and the next worker goes on recording."""

import asyncio
import os
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import httpx2 as httpx
import psutil
import pytest
import websockets

from tests.e2e.calling import House
from tests.e2e.serving import PATIENCE, Server
from tests.server.flows import document

FRAME = bytes(640)
LOST = 10_000
"""Milliseconds a crash may cost."""
FLOW = document(
    "n_on",
    {
        "n_on": {"kind": "record_control", "action": "on", "out": {"then": "n_ask"}},
        "n_ask": {
            "kind": "ask",
            "type": "number",
            "prompt": {"en-US": "For how many people may I book a table this evening?"},
            "save": "guests",
            "out": {"understood": "n_end", "gives_up": "n_end"},
        },
        "n_end": {"kind": "end", "outcome": "booked", "text": {"en-US": "Thank you."}},
    },
    {"guests": {"type": "int"}},
)


def worker_of(server: Server) -> int:
    """The process that carries the sound."""
    assert server.process is not None
    for child in psutil.Process(server.process.pid).children(recursive=True):
        if child.cmdline()[-1:] == ["voice"] or "voice" in child.cmdline():
            return child.pid
    raise AssertionError("The server has no voice.")


class Caller:
    """Somebody at an audio socket, who says nothing."""

    def __init__(self, ws: Any) -> None:
        self._ws = ws
        self.sound = 0
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._breathe())]

    async def _hear(self) -> None:
        async for frame in self._ws:
            if isinstance(frame, bytes) and any(frame):
                self.sound += len(frame)

    async def _breathe(self) -> None:
        while True:
            await self._ws.send(FRAME)
            await asyncio.sleep(0.02)

    async def leave(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._ws.close()


def length_ms(data: bytes, path: Path) -> int:
    """How much of a file can be played."""
    path.write_bytes(data)
    with av.open(str(path), "r") as container:
        return sum(frame.samples * 1000 // frame.sample_rate for frame in container.decode(audio=0))


async def enter(server: Server, agent: dict[str, Any]) -> tuple[str, str]:
    """A visitor who wants to talk; answers with her session and the token of its audio socket."""
    async with httpx.AsyncClient(base_url=f"{server.origin}/api/v1", timeout=PATIENCE) as page:
        headers = {"Origin": server.origin}
        wanted = {"agent_id": agent["public_id"], "visitor_id": "v-1"}
        session = (await page.post("/widget/sessions", json=wanted, headers=headers)).json()
        headers["Authorization"] = f"Bearer {session['token']}"
        path = f"/widget/sessions/{session['session_id']}/voice"
        async with asyncio.timeout(PATIENCE * 2):
            # The worker may still be starting.
            while (
                answer := await page.post(path, json={"way": "media"}, headers=headers)
            ).status_code == 409:
                await asyncio.sleep(0.2)
        assert answer.status_code == 200, answer.text
        return session["session_id"], answer.json()["token"]


@pytest.mark.asyncio
async def test_a_killed_worker_costs_seconds_of_a_recording_and_the_next_goes_on(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", PARLEY_VOICE="1", PARLEY_PHONE="0").start()
    house = House(server)
    try:
        agent = (await house.client.post("/agents", json={"name": "Recorded"})).json()
        put = await house.client.put(
            f"/agents/{agent['id']}/flow", json={"flow": FLOW}, headers={"If-Match": "*"}
        )
        assert put.status_code == 200, put.text
        assert (await house.client.post(f"/agents/{agent['id']}/publish", json={})).status_code == 200
        session, token = await enter(server, agent)
        where = f"/sessions/{session}/recordings"
        address = server.origin.replace("http", "ws", 1) + "/api/v1/media"
        async with websockets.connect(address, origin=server.origin, compression=None) as ws:
            await ws.send(f'{{"type":"hello","token":"{token}","rate":16000,"encoding":"pcm16"}}')
            caller = Caller(ws)

            async def first() -> Any:
                return [r for r in await house.get(where) if r["ms"] > 4_000]

            (before,) = await house.until(first, "nothing was recorded")
            began = datetime.fromisoformat(
                (await house.get(f"/sessions/{session}"))["started_at"]
            ).timestamp()
            os.kill(worker_of(server), signal.SIGKILL)
            lived = int((time.time() - began) * 1000) - before["at_ms"]
            (kept,) = await house.get(where)
            assert kept["ms"] >= max(before["ms"], lived - LOST)

            async def second() -> Any:
                found = await house.get(where)
                return found if len(found) == 2 and found[1]["ms"] > 2_000 else None

            old, new = await house.until(second, "the next worker did not record")
            await caller.leave()
        assert (old["name"], new["name"]) == ("call.ogg", "call-2.ogg")
        assert new["at_ms"] > old["at_ms"] + old["ms"] - 100
        for recording in (old, new):
            data = (await house.client.get(f"{where}/{recording['name']}")).content
            assert abs(length_ms(data, tmp_path / recording["name"]) - recording["ms"]) < 3_000
        transcript = await house.get(f"{where}/call-2.ogg/transcript")
        texts = [line["text"] for line in transcript["lines"] if line["who"] == "agent"]
        assert texts.count("For how many people may I book a table this evening?") >= 2, texts
    finally:
        await house.client.aclose()
        server.stop()
