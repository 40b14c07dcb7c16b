"""A LiveKit room as a link: one caller's track in, one track of ours out, telephone keys both ways.

The room behaves as every other line then: the same clock, the same positions, the same recording.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from livekit import rtc

RATE = 24_000
QUEUE_MS = 100
"""Sound that may wait in the native source; what is cleared there is silent at once."""
LEAVES_WITHIN = 2.0
ON_THE_WAY = 0.2
"""Seconds for the last sound to leave the process, and to arrive at the caller's."""
PAUSE = 0.5
"""Seconds a ``w`` among the keys waits."""
AWAY = 20.0
"""Seconds a caller may be away (a reconnect, a restart of the LiveKit server) before the line is over."""
_CODES = {**{str(n): n for n in range(10)}, "*": 10, "#": 11, "A": 12, "B": 13, "C": 14, "D": 15}


class RoomLink:
    """The sound of ``caller`` (an identity) in a connected room. ``on_key`` is told her keys."""

    rate = RATE

    def __init__(self, room: rtc.Room, caller: str) -> None:
        self.on_key: Callable[[str], None] = lambda digit: None
        self._room = room
        self._caller = caller
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=QUEUE_MS)
        self._in: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._out: asyncio.Queue[bytes] = asyncio.Queue()
        self._end: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._away: asyncio.TimerHandle | None = None
        self._keys: asyncio.Queue[str] = asyncio.Queue()

    async def open(self) -> None:
        """Publish our track and take up the caller's; raises what the SDK raises."""
        room = self._room
        room.on("track_subscribed", self._on_track)
        room.on("participant_connected", self._on_back)
        room.on("participant_disconnected", self._on_left)
        room.on("disconnected", self._on_disconnected)
        room.on("sip_dtmf_received", self._on_dtmf)
        track = rtc.LocalAudioTrack.create_audio_track("agent", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        self._start(self._feed(), "room sound")
        self._start(self._type(), "room keys")
        there = room.remote_participants.get(self._caller)
        if there is None:
            self._wait_for_caller()
            return
        for publication in there.track_publications.values():
            if publication.track is not None:
                self._on_track(publication.track, publication, there)

    async def aclose(self) -> None:
        """Let go of the room; it stays connected (who connected it leaves it)."""
        self._finish("agent", "agent_hung_up")
        for name, told in (
            ("track_subscribed", self._on_track),
            ("participant_connected", self._on_back),
            ("participant_disconnected", self._on_left),
            ("disconnected", self._on_disconnected),
            ("sip_dtmf_received", self._on_dtmf),
        ):
            self._room.off(name, told)  # type: ignore[arg-type, call-overload, unused-ignore]
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._source.aclose()

    # What a line does with it (`server.channels.voice.link.AudioLink`).

    async def frames(self) -> AsyncIterator[bytes]:
        """What the caller says."""
        while (pcm := await self._in.get()) is not None:
            yield pcm

    def play(self, pcm: bytes) -> None:
        """The next 20 ms."""
        self._out.put_nowait(pcm)

    def clear(self) -> None:
        """Forget what has not sounded."""
        while not self._out.empty():
            self._out.get_nowait()
        self._source.clear_queue()

    def press(self, keys: str) -> None:
        """Send telephone keys."""
        for key in keys:
            self._keys.put_nowait(key)

    def hang_up(self, cause: str) -> None:
        """End the line, once what was pushed has left; whoever owns the room removes the caller."""
        self._start(self._leave(cause), "room hang-up")

    async def closed(self) -> tuple[str, str]:
        """Wait for the end."""
        return await asyncio.shield(self._end)

    # Inside.

    def _start(self, work: Any, name: str) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _finish(self, by: str, end: str) -> None:
        if self._away is not None:
            self._away.cancel()
            self._away = None
        if not self._end.done():
            self._end.set_result((by, end))
            self._in.put_nowait(None)

    def _on_track(self, track: rtc.Track, publication: Any, participant: rtc.RemoteParticipant) -> None:
        if participant.identity != self._caller or track.kind != rtc.TrackKind.KIND_AUDIO:
            return
        if self._away is not None:
            self._away.cancel()
            self._away = None
        if self._reader is not None:
            self._reader.cancel()
        self._reader = self._start(self._read(track), "room track")

    def _on_left(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity != self._caller:
            return
        reason = participant.disconnect_reason
        if reason == rtc.DisconnectReason.CLIENT_INITIATED or participant.kind == _SIP:
            self._finish("caller", "caller_hung_up")
        else:
            self._wait_for_caller()

    def _on_back(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._caller and self._away is not None:
            self._away.cancel()
            self._away = None

    def _on_disconnected(self, reason: Any) -> None:
        self._finish("line", "room_closed")

    def _on_dtmf(self, key: rtc.SipDTMF) -> None:
        if key.participant is None or key.participant.identity == self._caller:
            self.on_key(key.digit)

    def _wait_for_caller(self) -> None:
        if self._away is None and not self._end.done():
            loop = asyncio.get_running_loop()
            self._away = loop.call_later(AWAY, self._finish, "line", "no_media")

    async def _read(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=20)
        try:
            async for event in stream:
                self._in.put_nowait(event.frame.data.tobytes())
        finally:
            await stream.aclose()

    async def _feed(self) -> None:
        while True:
            pcm = await self._out.get()
            await self._source.capture_frame(rtc.AudioFrame(pcm, RATE, 1, len(pcm) // 2))

    async def _leave(self, cause: str) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVES_WITHIN):
                while not self._out.empty():
                    await asyncio.sleep(0.02)
                await self._source.wait_for_playout()
        await asyncio.sleep(ON_THE_WAY)
        self._finish("agent", cause)

    async def _type(self) -> None:
        while True:
            key = await self._keys.get()
            if key == "w":
                await asyncio.sleep(PAUSE)
            elif key.upper() in _CODES:
                code = _CODES[key.upper()]
                await self._room.local_participant.publish_dtmf(code=code, digit=key.upper())


_SIP = rtc.ParticipantKind.PARTICIPANT_KIND_SIP
