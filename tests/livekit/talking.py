"""A server with LiveKit beside it, workers as processes, and visitors who talk."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx2
from livekit import rtc

from engine.providers import sound
from tests.livekit.harness import ROOT, LiveKit, until
from tests.livekit.visitor import Visitor
from tests.server.running import Frame, Running, serving, settings_for

RATE = 16_000


async def spoken(text: str, rate: int = RATE) -> bytes:
    """A person's words as sound: 16-bit mono PCM, with half a second of silence on each side."""
    said = await asyncio.to_thread(
        subprocess.run,
        ["espeak-ng", "-v", "en-us", "-s", "150", "--stdout", text],
        capture_output=True,
        check=True,
    )
    # espeak-ng writes 22,050 samples a second after a header of 44 bytes.
    pcm = sound.resample(said.stdout[44:], 22_050, rate)
    return bytes(rate) + pcm + bytes(rate)


class Line:
    """A visitor's line in a room, joined with the token the server gave."""

    def __init__(self, entrance: Frame) -> None:
        self.entrance = entrance
        self.visitor = Visitor(rtc.Room())
        self._quiet: asyncio.Task[None] | None = None
        self._words: asyncio.Queue[bytes] = asyncio.Queue()

    async def join(self) -> None:
        """Be there, with an open microphone."""
        room = self.visitor.room
        await room.connect(self.entrance["url"], self.entrance["token"])
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self.visitor.source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        self._quiet = asyncio.create_task(self._breathe())

    async def say(self, text: str) -> None:
        """Speak, in time."""
        self._words.put_nowait(await spoken(text))

    async def leave(self) -> None:
        """Hang up."""
        if self._quiet is not None:
            self._quiet.cancel()
            await asyncio.gather(self._quiet, return_exceptions=True)
        await self.visitor.leaves()

    async def _breathe(self) -> None:
        """A microphone is never off: silence between the words."""
        while True:
            await self.visitor.says(self._words.get_nowait() if not self._words.empty() else bytes(640))


class Address(Protocol):
    """Where a LiveKit server is, and what opens it."""

    url: str
    key: str
    secret: str


class Workers:
    """Processes that hold lines, killed when the test is over."""

    def __init__(self, running: Running, livekit: Address, folder: Path) -> None:
        self._running = running
        self._livekit = livekit
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    async def start(self, command: str = "worker", **settings: str) -> subprocess.Popen[bytes]:
        """One more, once the server knows it."""
        hub = self._running.parts.voice.hub
        known = len(hub.workers)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PARLEY_SERVER_URL": self._running.url,
            "PARLEY_WORKER_TOKEN": hub.token,
            "PARLEY_LIVEKIT_URL": self._livekit.url,
            "PARLEY_LIVEKIT_API_KEY": self._livekit.key,
            "PARLEY_LIVEKIT_API_SECRET": self._livekit.secret,
            "PARLEY_SEATS": "4",
            "PARLEY_DRAIN": "0",
            **settings,
        }
        with (self._folder / f"worker-{known}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "server", command],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        await until(lambda: process.poll() is not None or len(hub.workers) > known, "a worker")
        assert process.poll() is None, self.logs()
        return process

    def logs(self) -> str:
        """What they wrote."""
        return "\n".join(f.read_text("utf-8", "replace") for f in sorted(self._folder.glob("worker-*.log")))

    async def stop(self) -> None:
        """End them all."""
        for process in self._processes:
            process.kill()
            await asyncio.to_thread(process.wait)


@asynccontextmanager
async def served(livekit: LiveKit, folder: Path, **given: Any) -> AsyncIterator[tuple[Running, Workers]]:
    """A server that knows this LiveKit, and no worker yet (``voice`` starts one beside it)."""
    settings = settings_for(
        folder,
        rest_limit=0,
        token_limit=0,
        livekit_url=livekit.url,
        livekit_api_key=livekit.key,
        livekit_api_secret=livekit.secret,
        **given,
    )
    async with serving(settings) as running:
        workers = Workers(running, livekit, folder)
        try:
            yield running, workers
        finally:
            await workers.stop()


async def ask_voice(running: Running, session: Frame, origin: str = "", **body: Any) -> httpx2.Response:
    """A visitor wants to talk aloud."""
    headers = {"Authorization": f"Bearer {session['token']}", "Origin": origin or running.url}
    path = f"/api/v1/widget/sessions/{session['session_id']}/voice"
    return await running.owner.client.post(path, json=body, headers=headers)
