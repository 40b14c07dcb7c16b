"""A call, recorded: the caller on the left, the agent on the right.

The recording keeps the time of the call: what one side does not say is silence, and so is a pause, so that a
moment of the log is the same moment of the recording. Every two seconds what is there goes to the sink.
"""

import asyncio
from array import array
from typing import Protocol

from livekit import rtc

from server.channels.voice.mic import RATE
from server.channels.voice.opus import OpusWriter

EVERY = 2.0
"""Seconds between two appends."""
JITTER_MS = 80
"""How far sound may come from where its time says, without a gap being made."""


class RecordingSink(Protocol):
    """Where recordings go. ``append`` may take its time and must not lose the order of its calls; a sink
    that is away keeps what it was given."""

    async def append(self, name: str, offset: int, data: bytes) -> None:
        """``data`` stands at ``offset`` (bytes) of the recording ``name``."""
        ...


class Track:
    """One side, on the recording's time."""

    def __init__(self) -> None:
        self._samples = array("h")

    def add(self, pcm: bytes, at_ms: int) -> None:
        """Sound that sounds at ``at_ms`` after the last `take`."""
        behind = at_ms * RATE // 1000 - len(self._samples)
        if behind > JITTER_MS * RATE // 1000:
            self._samples.extend(array("h", bytes(behind * 2)))
        self._samples.frombytes(pcm[: len(pcm) // 2 * 2])

    def take(self, samples: int) -> "array[int]":
        """The first ``samples``, filled up with silence; what is ahead of time stays."""
        taken = self._samples[:samples]
        del self._samples[:samples]
        taken.extend(array("h", bytes((samples - len(taken)) * 2)))
        return taken


class CallRecorder:
    """Records one line on demand. ``heard`` and ``played`` are called on the event loop with each frame;
    encoding happens beside it."""

    def __init__(self, sink: RecordingSink, link_rate: int) -> None:
        self._sink = sink
        self._resampler = None if link_rate == RATE else rtc.AudioResampler(link_rate, RATE)
        self._link_rate = link_rate
        self._caller = Track()
        self._agent = Track()
        self._count = 0
        self._paused = False
        self._began = 0.0
        self._written = 0
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    @property
    def name(self) -> str:
        """The recording that is being made, or was last."""
        return "call.ogg" if self._count <= 1 else f"call-{self._count}.ogg"

    def command(self, action: str) -> None:
        """``on`` begins (or goes on after a pause), ``pause`` writes silence, ``off`` ends the recording; a
        later ``on`` begins another."""
        if action == "pause":
            self._paused = True
        elif action == "on":
            self._paused = False
            if self._task is None:
                self._begin()
        elif action == "off" and self._task is not None:
            self._stop.set()
            self._task = None

    def heard(self, pcm: bytes) -> None:
        """The caller, at 16 kHz."""
        if self._task is not None and not self._paused:
            self._caller.add(pcm, self._now_ms() - len(pcm) * 500 // RATE)

    def played(self, pcm: bytes) -> None:
        """The agent, at the link's rate."""
        if self._task is None or self._paused:
            return
        at = self._now_ms()
        if self._resampler is None:
            self._agent.add(pcm, at)
            return
        frame = rtc.AudioFrame(pcm, self._link_rate, 1, len(pcm) // 2)
        for out in self._resampler.push(frame):
            self._agent.add(out.data.tobytes(), at)

    async def aclose(self) -> None:
        """End the recording and wait until all of it was given to the sink."""
        task = self._task
        self._stop.set()
        self._task = None
        if task is not None:
            await task

    def _begin(self) -> None:
        self._count += 1
        self._stop = asyncio.Event()
        self._caller, self._agent = Track(), Track()
        self._began = asyncio.get_running_loop().time()
        self._written = 0
        self._task = asyncio.create_task(self._write(self.name, self._stop), name="recording")

    def _now_ms(self) -> int:
        """Milliseconds from the first sample that was not encoded yet."""
        passed = asyncio.get_running_loop().time() - self._began
        return max(0, int(passed * 1000) - self._written * 1000 // RATE)

    async def _write(self, name: str, stop: asyncio.Event) -> None:
        writer = await asyncio.to_thread(OpusWriter, RATE, 2)
        offset = 0
        ended = False
        while not ended:
            try:
                await asyncio.wait_for(stop.wait(), EVERY)
                ended = True
            except TimeoutError:
                pass
            pages = await asyncio.to_thread(writer.encode, self._due())
            if ended:
                pages += await asyncio.to_thread(writer.close)
            if pages:
                await self._sink.append(name, offset, pages)
                offset += len(pages)

    def _due(self) -> bytes:
        """Both sides up to now, interleaved."""
        samples = self._now_ms() * RATE // 1000
        both = array("h", bytes(samples * 4))
        both[0::2] = self._caller.take(samples)
        both[1::2] = self._agent.take(samples)
        self._written += samples
        return both.tobytes()
