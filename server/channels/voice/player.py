"""The sound for a caller: what `AgentSession` captures goes out twenty milliseconds at a time, in real time."""

import asyncio
import time
from collections.abc import Callable

from livekit import rtc
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities

from server.channels.voice.clock import TICK_MS, Clock
from server.channels.voice.link import AudioLink

AHEAD_MS = 600
"""How much waits here at most; whoever makes sound waits for room."""


class Player(AudioOutput):
    """Plays segments on a link: one begins with its first frame and ends with ``flush`` or ``clear_buffer``.

    ``under`` gives sound for when nobody speaks (20 ms a call, None for none); ``on_played`` is told every
    frame that went out.
    """

    def __init__(self, link: AudioLink, clock: Clock) -> None:
        super().__init__(
            label="link", capabilities=AudioOutputCapabilities(pause=True), sample_rate=link.rate
        )
        self.under: Callable[[], bytes | None] = lambda: None
        self.on_played: Callable[[bytes], None] = lambda pcm: None
        self._link = link
        self._frame = link.rate * TICK_MS // 1000 * 2
        self._ahead = link.rate * AHEAD_MS // 1000 * 2
        self._buffer = bytearray()
        self._room = asyncio.Event()
        self._open = False
        self._flushed = False
        self._paused = False
        self._sent = 0
        self._first_at_once = False
        self._leave = clock.join(self.tick)

    @property
    def position_ms(self) -> int:
        """How much of the segment that sounds has gone out."""
        return self._sent * 500 // self._link.rate

    @property
    def sounding(self) -> bool:
        """Whether a segment is being played, paused or not."""
        return self._open

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """The next stretch of the segment; waits while enough is there."""
        await super().capture_frame(frame)
        if not self._open:
            self._open = True
            self._flushed = False
            self._sent = 0
        self._buffer += frame.data.tobytes()
        if not self._sent and not self._paused and len(self._buffer) >= self._frame:
            # The first frame does not wait for the clock; the tick that comes next would be early by that.
            self._send()
            self._first_at_once = True
        while len(self._buffer) > self._ahead and self._open:
            self._room.clear()
            await self._room.wait()

    def flush(self) -> None:
        """The segment is complete; it ends when it was played."""
        super().flush()
        self._flushed = True

    def clear_buffer(self) -> None:
        """End the segment now."""
        self._link.clear()
        if self._open:
            self._end(interrupted=True)

    def pause(self) -> None:
        """Silence at once, keeping the place."""
        super().pause()
        if not self._paused:
            self._paused = True
            self._link.clear()

    def resume(self) -> None:
        """Go on from there."""
        super().resume()
        self._paused = False

    def close(self) -> None:
        """No more ticks; a segment that sounds ends."""
        self._leave()
        if self._open:
            self._end(interrupted=True)

    def tick(self) -> None:
        """Twenty milliseconds have passed."""
        if self._first_at_once:
            self._first_at_once = False
            return
        if self._paused:
            return
        if not self._open:
            pcm = self.under()
            if pcm is not None:
                self._out(pcm)
            return
        if len(self._buffer) >= self._frame or (self._flushed and self._buffer):
            self._send()
        elif self._flushed:
            self._end(interrupted=False)

    def _send(self) -> None:
        pcm = bytes(self._buffer[: self._frame])
        del self._buffer[: self._frame]
        self._out(pcm.ljust(self._frame, b"\0"))
        if not self._sent:
            self._sent = len(pcm)
            self.on_playback_started(created_at=time.time())
        else:
            self._sent += len(pcm)
        self._room.set()

    def _out(self, pcm: bytes) -> None:
        self._link.play(pcm)
        self.on_played(pcm)

    def _end(self, *, interrupted: bool) -> None:
        position = self._sent / (2 * self._link.rate)
        self._buffer.clear()
        self._open = False
        self._flushed = False
        self._room.set()
        self.on_playback_finished(playback_position=position, interrupted=interrupted)
