"""The local voice, where the conformance suite does not look."""

import asyncio
from typing import Any

import pytest

from engine.providers import sound
from engine.providers.local_voice import LocalVoice
from engine.providers.speech import Voice


class Espeak:
    """A process that has spoken as soon as it is told."""

    returncode: int | None = None

    def __init__(self) -> None:
        self.spoken = asyncio.Event()
        self.asked = asyncio.Event()

    async def communicate(self, given: bytes) -> tuple[bytes, bytes]:
        self.asked.set()
        await self.spoken.wait()
        self.returncode = 0
        return sound.write_wav(bytes(4_410), 22_050), b""

    def kill(self) -> None:
        self.returncode = -9

    async def wait(self) -> None:
        """It is over."""


@pytest.mark.parametrize("turns", range(5))
async def test_who_is_told_to_stop_stops_even_as_the_voice_is_done(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, after = Espeak(), asyncio.Event()

    async def start(*_: Any, **__: Any) -> Espeak:
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)

    async def speak_and_go_on() -> None:
        await LocalVoice().synthesize_batch("Good morning.", Voice(), 24_000)
        await after.wait()

    speaking = asyncio.create_task(speak_and_go_on())
    await process.asked.wait()
    process.spoken.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    speaking.cancel()
    done, _ = await asyncio.wait({speaking}, timeout=5)
    after.set()
    assert done and speaking.cancelled()
