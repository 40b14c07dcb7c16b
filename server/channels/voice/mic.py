"""What a caller says, as `AgentSession` takes it: 16 kHz, as it comes, and silence while nothing comes."""

import asyncio
from collections.abc import Callable

from livekit import rtc
from livekit.agents.utils.aio import Chan
from livekit.agents.voice.io import AudioInput

from server.channels.voice.clock import TICK_MS, Clock
from server.channels.voice.link import AudioLink
from server.channels.voice.resampling import Resampler

RATE = 16_000
PATIENCE_TICKS = 10
"""After 200 ms without a packet (a muted browser, a phone that sends no silence) silence is heard, so that a
turn ends."""
_SILENCE = bytes(RATE * TICK_MS // 1000 * 2)


class Mic(AudioInput):
    """Reads a link; ``on_heard`` is told all sound at 16 kHz."""

    def __init__(self, link: AudioLink, clock: Clock) -> None:
        super().__init__(label="link")
        self.on_heard: Callable[[bytes], None] = lambda pcm: None
        self._link = link
        self._frames: Chan[rtc.AudioFrame] = Chan()
        self._quiet_ticks = 0
        self._resampler = None if link.rate == RATE else Resampler(link.rate, RATE)
        self._leave = clock.join(self._tick)
        self._pump = asyncio.create_task(self._read(), name="mic")

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.__anext__()

    async def aclose(self) -> None:
        """Stop reading."""
        self._leave()
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        self._frames.close()

    async def _read(self) -> None:
        async for pcm in self._link.frames():
            self._quiet_ticks = 0
            if len(pcm) < 2:
                continue
            whole = pcm[: len(pcm) // 2 * 2]
            self._push(whole if self._resampler is None else self._resampler.push(whole))

    def _tick(self) -> None:
        self._quiet_ticks += 1
        if self._quiet_ticks > PATIENCE_TICKS:
            self._push(_SILENCE)

    def _push(self, pcm: bytes) -> None:
        if self._frames.closed:
            return
        self.on_heard(pcm)
        self._frames.send_nowait(rtc.AudioFrame(pcm, RATE, 1, len(pcm) // 2))
