"""A caller in a LiveKit room, as far as a room can tell: a browser, or a telephone of kind SIP."""

import asyncio
from array import array

from livekit import rtc

from tests.livekit.harness import WAIT, LiveKit, until

LOUD = 2_000
"""Of 32,767: what counts as sound."""


class Visitor:
    """In a room, with a microphone. ``loudest`` is the loudest sample heard, ``keys`` the telephone keys."""

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.loudest = 0
        self.keys = ""
        self.gone = asyncio.Event()
        self.source = rtc.AudioSource(16_000, 1, queue_size_ms=100)
        self._tasks: list[asyncio.Task[None]] = []
        room.on("track_subscribed", self._on_track)
        room.on("sip_dtmf_received", self._on_key)
        room.on("disconnected", lambda *_: self.gone.set())

    @staticmethod
    async def comes(livekit: LiveKit, room: str, identity: str = "visitor", **kind: str) -> "Visitor":
        """Join and publish a microphone."""
        joined = rtc.Room()
        visitor = Visitor(joined)
        await joined.connect(livekit.url, livekit.token(room, identity, **kind))
        track = rtc.LocalAudioTrack.create_audio_track("microphone", visitor.source)
        await joined.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        )
        return visitor

    async def says(self, pcm: bytes) -> None:
        """Speak: 16-bit mono PCM at 16 kHz."""
        for at in range(0, len(pcm), 640):
            piece = pcm[at : at + 640].ljust(640, b"\0")
            await self.source.capture_frame(rtc.AudioFrame(piece, 16_000, 1, 320))

    async def hears(self) -> None:
        """Wait for something to hear, from now on."""
        self.loudest = 0
        await until(lambda: self.loudest > LOUD, "sound at the visitor")

    async def falls_silent(self) -> None:
        """Wait for a second without sound."""
        async with asyncio.timeout(WAIT):
            while True:
                self.loudest = 0
                await asyncio.sleep(1)
                if self.loudest < LOUD:
                    return

    def agents(self) -> list[str]:
        """The identities of the others."""
        return sorted(self.room.remote_participants)

    async def leaves(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()
        await self.source.aclose()

    def _on_track(self, track: rtc.Track, *_: object) -> None:
        self._tasks.append(asyncio.create_task(self._hear(track)))

    def _on_key(self, key: rtc.SipDTMF) -> None:
        self.keys += key.digit

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=16_000, num_channels=1)
        try:
            async for event in stream:
                samples = array("h", event.frame.data.tobytes())
                self.loudest = max(self.loudest, *(abs(s) for s in samples))
        finally:
            await stream.aclose()
