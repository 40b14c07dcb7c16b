"""A visitor talks in a real LiveKit room: her browser, a server, and an agent of ours at the other end."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from livekit import api, rtc
from playwright.sync_api import Browser, Page, expect

from tests.livekit.harness import LiveKit, until
from tests.widget.calls import loudness, pitch, tone
from tests.widget.conftest import visitor
from tests.widget.peer import agent
from tests.widget.test_voice import HUMMED, cue, humming, on_the_line, visit
from tests.widget.visit import Visit

__all__ = ["humming", "visit"]

RATE = 16_000
ROOM = "luna"
STRETCH = 8
"""Frames of 20 ms."""
METER = """
const create = AudioContext.prototype.createMediaStreamSource;
window.streams = [];
AudioContext.prototype.createMediaStreamSource = function (stream) {
  const source = create.call(this, stream), ear = this.createAnalyser();
  ear.fftSize = 4096;
  source.connect(ear);
  window.streams.push(ear);
  return source;
};
// What the microphone hears is among them: so are there tones as loud as can be of this height?
window.sounds = hertz => window.streams.some(ear => {
  const bins = new Float32Array(2048);
  ear.getFloatFrequencyData(bins);
  const top = bins.indexOf(Math.max(...bins));
  return bins[top] > -60 && Math.abs(top * ear.context.sampleRate / ear.fftSize - hertz) < 50;
});
"""
"""Listens to what comes out of the room."""

T = TypeVar("T")


class Room:
    """A room on a server of its own, and the agent in it; runs beside the browser."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server = LiveKit(folder)
        self.agent: rtc.Room
        self.heard: list[bytes] = []
        self.keys: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.run(self.server.start())

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Wait for something on the room's loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(60)

    @property
    def door(self) -> dict[str, str]:
        """What the widget is told."""
        token = self.server.token(ROOM, "visitor")
        return {"way": "livekit", "url": self.server.url, "token": token, "room": ROOM}

    async def join(self) -> None:
        """The agent comes, with a voice of 1000 Hz."""
        # A room belongs to the loop it is made in.
        self.agent = rtc.Room()
        self.agent.on("track_subscribed", self._on_track)
        self.agent.on("sip_dtmf_received", lambda key: self.keys.append(key.digit))
        await self.agent.connect(self.server.url, self.server.token(ROOM, "agent", kind="agent"))
        source = rtc.AudioSource(RATE, 1, queue_size_ms=200)
        track = rtc.LocalAudioTrack.create_audio_track("agent", source)
        await self.agent.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        )
        self._tasks.append(asyncio.create_task(self._sing(source)))

    async def says(self, identity: str, text: str) -> None:
        """A caption, as LiveKit's agents send them: word by word, in the name of who speaks."""
        writer = await self.agent.local_participant.stream_text(
            topic="lk.transcription",
            attributes={"lk.segment_id": "SG_1", "lk.transcription_final": "true"},
            sender_identity=identity,
        )
        for word in text.split():
            await writer.write(f"{word} ")
        await writer.aclose()

    async def is_doing(self, state: str) -> None:
        """What the agent does."""
        await self.agent.local_participant.set_attributes({"lk.agent.state": state})

    async def hears(self, hertz: float) -> None:
        """A stretch of the visitor's sound between two breaths: a tone of this height, or with 0 silence."""

        def so() -> bool:
            frames = self.heard[-STRETCH:]
            if len(frames) < STRETCH or any((loudness(frame) > 0.03) != bool(hertz) for frame in frames):
                return False
            return not hertz or abs(pitch(b"".join(frames)) - hertz) < 15

        self.heard.clear()
        await until(so, f"sound of {hertz} Hz from the visitor")

    async def leave(self) -> None:
        """The agent goes, and the server stops."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.agent.disconnect()
        await self.server.stop()

    def close(self) -> None:
        """End it all."""
        self.run(self.leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _on_track(self, track: rtc.Track, *_: object) -> None:
        self._tasks.append(asyncio.create_task(self._hear(track)))

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=20)
        async for event in stream:
            self.heard.append(event.frame.data.tobytes())

    async def _sing(self, source: rtc.AudioSource) -> None:
        while True:
            for frame in tone(1000, 1.0):
                await source.capture_frame(rtc.AudioFrame(frame, RATE, 1, RATE // 50))


@pytest.fixture
def page(humming: Browser) -> Iterator[Page]:
    """A visitor who lets pages have the microphone."""
    with visitor(humming, permissions=["microphone"]) as opened:
        opened.add_init_script(METER)
        yield opened


@pytest.fixture
def room(tmp_path: Path, visit: Visit) -> Iterator[Room]:
    """A room, and a widget that is sent into it."""
    made = Room(tmp_path)
    visit.peer.script.calls.answer = (200, made.door)
    yield made
    made.close()


def test_both_hear_each_other_in_a_room(visit: Visit, room: Room) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    room.run(room.join())
    on_the_line(visit)
    assert [url for url in asked if "voice-livekit.js?v=" in url]
    visit.page.wait_for_function("sounds(1000)")
    room.run(room.hears(HUMMED))
    visit.page.get_by_role("button", name="Switch the microphone off").click()
    cue(visit, "Your microphone is off")
    room.run(room.hears(0))
    assert visit.peer.script.calls.hellos == []


def test_captions_states_and_keys_pass_through_the_room(visit: Visit, room: Room) -> None:
    room.run(room.join())
    on_the_line(visit)
    room.run(room.is_doing("speaking"))
    cue(visit, "Cut in whenever you like")
    room.run(room.says("agent", "For how many of you?"))
    expect(visit.page.locator(".spoken:not(.caller)")).to_have_text("For how many of you?")
    room.run(room.is_doing("listening"))
    room.run(room.says("visitor", "Four"))
    expect(visit.page.locator(".spoken.caller")).to_have_text("Four")
    cue(visit, "We are listening")
    visit.page.keyboard.press("4")
    visit.page.keyboard.press("#")
    room.run(until(lambda: room.keys == ["4", "#"], "keys"))


def test_the_agents_lines_are_the_captions_where_the_room_has_none(visit: Visit, room: Room) -> None:
    room.run(room.join())
    on_the_line(visit)
    visit.peer.push(agent("For how many of you?"))
    expect(visit.page.locator(".spoken:not(.caller)")).to_have_text("For how many of you?")


def test_what_the_server_tells_of_the_line_is_seen(visit: Visit, room: Room) -> None:
    room.run(room.join())
    on_the_line(visit)
    said = {"type": "caption", "who": "caller", "text": "Four", "final": True}
    visit.peer.push({"type": "voice", "state": "thinking"}, said)
    expect(visit.page.locator(".spoken.caller")).to_have_text("Four")
    cue(visit, "One moment…")


def test_a_closed_room_ends_the_call(visit: Visit, room: Room) -> None:
    room.run(room.join())
    on_the_line(visit)
    room.run(_close(room.server))
    expect(visit.page.get_by_text("The call has ended.")).to_be_visible()
    expect(visit.log).to_be_visible()


async def _close(server: LiveKit) -> None:
    lives = server.api()
    await lives.room.delete_room(api.DeleteRoomRequest(room=ROOM))
    await lives.aclose()
