"""A telephone caller in a LiveKit room: a leg of ours on one side, a participant of kind SIP on the other.

To whoever else is in the room she looks as if LiveKit's own SIP service had brought her in.
"""

import asyncio
import contextlib
from typing import Any

import structlog
from livekit import rtc

from server.channels.phone.port import Ended, Leg, State

ANSWERED = 15.0
"""Seconds the agent has to be there, after which the caller is told to try again."""
FLIGHT = 10
"""Stretches of 10 ms that may be on their way into the room; more are dropped, so that sound never piles up."""
GIVEN = 10.0
"""Seconds the room has to close by itself once the caller was given to somebody else."""
LEFT = 5.0
"""Seconds leaving a room may take."""
STATUS = "sip.callStatus"
_CODES = {**{str(n): n for n in range(10)}, "*": 10, "#": 11, "A": 12, "B": 13, "C": 14, "D": 15}
_AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT

log = structlog.get_logger()


class Bridge:
    """Carries sound and keys both ways, from `run` until either side ends. The leg's callbacks for sound and
    keys are ours; who owns the leg tells us its end by `ended`."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self._room = rtc.Room()
        self._source: rtc.AudioSource | None = None
        self._flight: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connecting: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._agent_there = asyncio.Event()
        self._answered = asyncio.Event()
        self._over = asyncio.Event()
        self._given = False
        self._rest = b""
        self._keys: asyncio.Queue[str] = asyncio.Queue()

    async def run(self, url: str, token: str) -> None:
        """Be in the room as this caller; the leg is answered once the agent can be heard, and over when this
        returns."""
        room = self._room
        room.on("track_subscribed", self._on_track)
        room.on("disconnected", lambda *_: self._over.set())
        room.on("sip_dtmf_received", self._on_key)
        connecting = asyncio.create_task(room.connect(url, token, rtc.RoomOptions(auto_subscribe=True)))
        self._connecting = connecting
        try:
            async with asyncio.timeout(ANSWERED):
                await asyncio.shield(connecting)
                await self._first(self._agent_there)
            await self._answer()
            await self._over.wait()
        except (TimeoutError, rtc.ConnectError) as error:
            log.warning("no agent for a caller", call=self.leg.id, why=str(error) or "nobody came")
            self._refuse()
        except Ended:
            pass
        finally:
            await self._close()

    def ended(self, reason: str) -> None:
        """The call is over (told by who owns the leg)."""
        self._over.set()

    def give(self) -> None:
        """The call is somebody else's from now on: nothing is carried any more. The room is left once the agent
        has closed it, so that she is not taken for a caller who hung up."""
        self._given = True
        asyncio.get_running_loop().call_later(GIVEN, self._over.set)

    # Inside.

    async def _first(self, there: asyncio.Event) -> None:
        """Wait for the agent; raises `Ended` when the call or the room is over before."""
        waiting = [asyncio.create_task(event.wait()) for event in (there, self._over)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if self._over.is_set():
            self._refuse()
            raise Ended("no_agent")

    async def _answer(self) -> None:
        leg, room = self.leg, self._room
        if leg.direction == "in" and leg.state in (State.OFFERED, State.RINGING):
            await leg.answer()
        self._answered.set()
        self._source = source = rtc.AudioSource(leg.rate, 1, queue_size_ms=0)
        track = rtc.LocalAudioTrack.create_audio_track("caller", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        leg.on_audio = self._hear
        leg.on_digit = self._keys.put_nowait
        self._spawn(self._press())
        await room.local_participant.set_attributes({STATUS: "active"})

    def _refuse(self) -> None:
        if self.leg.state in (State.OFFERED, State.RINGING):
            self.leg.reject(503, "no_agent", {"Retry-After": "10"})

    def _hear(self, pcm: bytes) -> None:
        """Sound of the caller's, into the room. A source without a queue wants exactly 10 ms at a time, and is not
        waited for: its answers come later than the next sound."""
        source = self._source
        if source is None:
            return
        piece = self.leg.rate // 100 * 2
        data = self._rest + pcm
        whole = len(data) // piece * piece
        self._rest = data[whole:]
        for at in range(0, whole, piece):
            if len(self._flight) < FLIGHT:
                frame = rtc.AudioFrame(data[at : at + piece], self.leg.rate, 1, piece // 2)
                task = asyncio.get_running_loop().create_task(source.capture_frame(frame))
                self._flight.add(task)
                task.add_done_callback(self._landed)

    def _landed(self, task: "asyncio.Task[None]") -> None:
        self._flight.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.debug("sound lost", call=self.leg.id, why=str(task.exception()))

    def _on_track(self, track: rtc.Track, publication: Any, participant: rtc.RemoteParticipant) -> None:
        """An agent can be heard; a second one has taken the place of the first."""
        if track.kind != rtc.TrackKind.KIND_AUDIO or participant.kind != _AGENT:
            return
        if self._reader is not None:
            self._reader.cancel()
        self._reader = self._spawn(self._read(track))
        self._agent_there.set()

    async def _read(self, track: rtc.Track) -> None:
        # Nothing is carried before the call is up, and its rate is not known.
        await self._answered.wait()
        stream = rtc.AudioStream(track, sample_rate=self.leg.rate, num_channels=1, frame_size_ms=20)
        try:
            async for event in stream:
                if self.leg.state is State.UP and not self._given:
                    self.leg.push(event.frame.data.tobytes())
        finally:
            await stream.aclose()

    def _on_key(self, key: rtc.SipDTMF) -> None:
        if key.digit and self.leg.state is State.UP and not self._given:
            self._spawn(self.leg.send_keys(key.digit))

    async def _press(self) -> None:
        while True:
            key = await self._keys.get()
            if key in _CODES:
                await self._room.local_participant.publish_dtmf(code=_CODES[key], digit=key)

    def _spawn(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _close(self) -> None:
        self._over.set()
        if self.leg.state in (State.UP, State.ANSWERING) and not self._given:
            self.leg.hang_up("agent_hung_up")
        for task in (*self._tasks, *self._flight):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._flight, return_exceptions=True)
        await self._leave()
        if self._source is not None:
            await self._source.aclose()

    async def _leave(self) -> None:
        """Be in the room no more. Connecting is never cancelled: rtc 1.1.21 ends the whole process some seconds
        after a connect that nobody waited for."""
        connecting = self._connecting
        if connecting is None:
            return
        await asyncio.wait([connecting])
        if connecting.cancelled() or connecting.exception() is not None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEFT):
                await self._room.disconnect()
