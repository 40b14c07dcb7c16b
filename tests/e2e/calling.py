"""Callers of a real server: what they say is espeak-ng's voice, and what they hear is listened to."""

import asyncio
import subprocess
from array import array
from collections.abc import Callable
from typing import Any

import httpx2 as httpx

from tests.e2e.serving import Server
from tests.phone.caller import Call

RATE = 8000
PATIENCE = 60.0
LOUD = 300
"""Of 32,767: what counts as sound."""


def spoken(words: str, rate: int = RATE) -> bytes:
    """How somebody says it: 16-bit mono PCM, with a breath before and after."""
    wave = subprocess.run(
        ["espeak-ng", "-v", "en-us", "-s", "150", "--stdout"],
        input=words.encode(),
        capture_output=True,
        check=True,
    ).stdout
    pcm = subprocess.run(
        ["sox", "-t", "wav", "-", "-r", str(rate), "-c", "1", "-b", "16", "-e", "signed", "-t", "raw", "-"],
        input=wave,
        capture_output=True,
        check=True,
    ).stdout
    breath = bytes(rate // 5 * 2)
    return breath + pcm + breath


def loud_ms(pcm: bytes, rate: int = RATE) -> int:
    """How many milliseconds of it are sound."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    frame = rate // 50
    return 20 * sum(
        max(abs(s) for s in samples[i : i + frame]) > LOUD for i in range(0, len(samples) - frame, frame)
    )


class House:
    """A server's API, as its owner asks it."""

    def __init__(self, server: Server) -> None:
        token = (server.data / "owner-token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        self.client = httpx.AsyncClient(base_url=f"{server.origin}/api/v1", headers=headers, timeout=30)

    async def get(self, path: str, **query: str) -> Any:
        """What is at a path."""
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until(self, look: Callable[[], Any], what: str) -> Any:
        """Look again and again until something is there."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await look()
                if found:
                    return found
                await asyncio.sleep(0.1)
        raise AssertionError(what)

    async def session(self) -> str:
        """The newest telephone session, once there is one."""

        async def look() -> Any:
            items = (await self.get("/sessions", channel="phone", limit="1"))["items"]
            return items[0]["id"] if items else None

        return str(await self.until(look, "no session began"))

    async def says(self, session: str, words: str, after: int = 0) -> int:
        """Wait until the agent has said something with these words; answers with the message's number."""

        async def look() -> Any:
            messages = (await self.get(f"/sessions/{session}/messages"))["messages"]
            found = [m for m in messages if m["role"] == "agent" and words in m["text"] and m["seq"] > after]
            return found[-1]["seq"] if found else None

        return int(await self.until(look, f"the agent never said {words!r}"))

    async def outcome(self, session: str) -> str:
        """How it ended, once it has."""

        async def look() -> Any:
            view = await self.get(f"/sessions/{session}")
            return view["outcome"] if view["status"] == "ended" else None

        return str(await self.until(look, "the session never ended"))


async def falls_silent(call: Call) -> None:
    """Wait until the far side has spoken and is silent: nothing loud in the last 0.8 s."""
    async with asyncio.timeout(PATIENCE):
        while loud_ms(call.heard) < 200 or loud_ms(call.heard[-RATE * 16 // 10 :]) > 0:
            await asyncio.sleep(0.1)
