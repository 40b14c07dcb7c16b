"""A call, recorded: the caller on the left, the agent on the right.

The recording keeps the time of the call: what one side does not say is silence, and so is a pause, so that a
moment of the log is the same moment of the recording. Every two seconds what is there goes to the sink.
"""

import asyncio
import contextlib
from array import array
from typing import Protocol

import structlog
from livekit import rtc

from server.channels.voice.mic import RATE
from server.channels.voice.opus import OpusWriter

EVERY = 2.0
"""Seconds between two appends."""
JITTER_MS = 80
"""How far sound may come from where its time says, without a gap being made."""
_log = structlog.get_logger(__name__)


class RecordingSink(Protocol):
    """Where recordings go. ``append`` may take its time and must not lose the order of its calls; a sink
    that is away keeps what it was given."""

    async def append(self, name: str, offset: int, data: bytes, began: float) -> str:
        """``data`` stands at ``offset`` (bytes) of the recording ``name``, whose first sample sounded at ``began``
        (seconds of the loop's clock). Answers with the name it is kept under: another one, where an earlier
        line of the session has taken this one."""
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


class _Take:
    """One recording, from its first sample to its last."""

    def __init__(self, sink: RecordingSink, name: str) -> None:
        self._sink = sink
        self._name = name
        self._caller = Track()
        self._agent = Track()
        self._began = asyncio.get_running_loop().time()
        self._written = 0
        self._stop = asyncio.Event()

    def caller(self, pcm: bytes) -> None:
        self._caller.add(pcm, max(0, self._now_ms() - len(pcm) * 500 // RATE))

    def agent(self, pcm: bytes) -> None:
        self._agent.add(pcm, self._now_ms())

    def end(self) -> None:
        self._stop.set()

    async def write(self) -> None:
        """Until `end`; a sink that fails ends it too."""
        try:
            await self._write()
        except Exception as error:
            _log.error("recording_broke_off", name=self._name, error=repr(error))

    async def _write(self) -> None:
        writer = await asyncio.to_thread(OpusWriter, RATE, 2)
        offset = 0
        ended = False
        while not ended:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._stop.wait()
                ended = True
            pages = await asyncio.to_thread(writer.encode, self._due())
            if ended:
                pages += await asyncio.to_thread(writer.close)
            if pages:
                await self._sink.append(self._name, offset, pages, self._began)
                offset += len(pages)

    def _now_ms(self) -> int:
        """Milliseconds from the first sample that was not encoded yet."""
        passed = asyncio.get_running_loop().time() - self._began
        return max(0, int(passed * 1000) - self._written * 1000 // RATE)

    def _due(self) -> bytes:
        """Both sides up to now, interleaved."""
        samples = self._now_ms() * RATE // 1000
        both = array("h", bytes(samples * 4))
        both[0::2] = self._caller.take(samples)
        both[1::2] = self._agent.take(samples)
        self._written += samples
        return both.tobytes()


class CallRecorder:
    """Records one line on demand. ``heard`` and ``played`` are called on the event loop with each frame;
    encoding happens beside it."""

    def __init__(self, sink: RecordingSink, link_rate: int) -> None:
        self._sink = sink
        self._resampler = None if link_rate == RATE else rtc.AudioResampler(link_rate, RATE)
        self._link_rate = link_rate
        self._count = 0
        self._paused = False
        self._take: _Take | None = None
        self._writing: list[asyncio.Task[None]] = []

    def command(self, action: str) -> None:
        """``on`` begins (or goes on after a pause), ``pause`` writes silence, ``off`` ends the recording; a
        later ``on`` begins another."""
        if action == "pause":
            self._paused = True
        elif action == "on":
            self._paused = False
            if self._take is None:
                self._begin()
        elif action == "off" and self._take is not None:
            self._take.end()
            self._take = None

    def heard(self, pcm: bytes) -> None:
        """The caller, at 16 kHz."""
        if self._take is not None and not self._paused:
            self._take.caller(pcm)

    def played(self, pcm: bytes) -> None:
        """The agent, at the link's rate."""
        if self._take is None or self._paused:
            return
        if self._resampler is None:
            self._take.agent(pcm)
            return
        frame = rtc.AudioFrame(pcm, self._link_rate, 1, len(pcm) // 2)
        for out in self._resampler.push(frame):
            self._take.agent(out.data.tobytes())

    async def aclose(self) -> None:
        """End the recording and wait until all of it was given to the sink."""
        self.command("off")
        await asyncio.gather(*self._writing)

    def _begin(self) -> None:
        self._count += 1
        name = "call.ogg" if self._count == 1 else f"call-{self._count}.ogg"
        self._take = _Take(self._sink, name)
        self._writing.append(asyncio.create_task(self._take.write(), name=name))
