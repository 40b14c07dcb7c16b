"""A voice session in a LiveKit room, with a real server."""

import asyncio
import secrets
import subprocess
from array import array
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from livekit import api, rtc

from engine.conversation.voice import Speech
from server.channels.voice.session import VoiceSession
from server.workers.wire import Speaking
from tests.livekit.harness import program
from tests.ports import free_port
from tests.server.voice.fakes import WAIT, Diary, HummingVoice, ScriptedEars, Shelf, tone
from tests.server.voice.loudness import LoudnessVad

KEY = "devkey"


@pytest.fixture(scope="module")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address and the secret of a server of our own."""
    folder = tmp_path_factory.mktemp("livekit")
    secret = secrets.token_hex(32)
    http, tcp = free_port(), free_port()
    config = Path(folder / "livekit.yaml")
    config.write_text(
        f"port: {http}\nbind_addresses: [127.0.0.1]\nkeys: {{{KEY}: {secret}}}\n"
        f"rtc: {{udp_port: {free_port()}, tcp_port: {tcp}, use_external_ip: false, "
        "node_ip: 127.0.0.1, enable_loopback_candidate: true}\n"
    )
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen([program(), "--config", str(config)], stdout=log, stderr=log)
    try:
        yield f"ws://127.0.0.1:{http}", secret
    finally:
        server.terminate()
        server.wait(WAIT)


async def joined(livekit: tuple[str, str], name: str, identity: str) -> rtc.Room:
    url, secret = livekit
    token = (
        api.AccessToken(KEY, secret)
        .with_identity(identity)
        .with_grants(api.VideoGrants(room_join=True, room=name))
        .to_jwt()
    )
    async with asyncio.timeout(WAIT):
        while True:
            room = rtc.Room()
            try:
                await room.connect(url, token)
            except rtc.ConnectError:
                await asyncio.sleep(0.2)
            else:
                return room


class Visitor:
    """A browser, as far as a room can tell."""

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.loudest = 0
        self.keys = ""
        self.source = rtc.AudioSource(16_000, 1, queue_size_ms=100)
        self._tasks: list[asyncio.Task[None]] = []
        room.on("track_subscribed", self._on_track)
        room.on("sip_dtmf_received", self._on_key)

    async def publish(self) -> None:
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self.source)
        await self.room.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        )

    async def speak(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), 640):
            piece = pcm[at : at + 640].ljust(640, b"\0")
            await self.source.capture_frame(rtc.AudioFrame(piece, 16_000, 1, 320))

    def _on_track(self, track: rtc.Track, *_: object) -> None:
        self._tasks.append(asyncio.create_task(self._hear(track)))

    def _on_key(self, key: rtc.SipDTMF) -> None:
        self.keys += key.digit

    async def _hear(self, track: rtc.Track) -> None:
        async for event in rtc.AudioStream(track, sample_rate=16_000, num_channels=1):
            samples = array("h", event.frame.data.tobytes())
            self.loudest = max(self.loudest, *(abs(s) for s in samples))

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.room.disconnect()


@pytest_asyncio.fixture
async def talk(livekit: tuple[str, str]) -> AsyncIterator[tuple[VoiceSession, Visitor, Diary]]:
    """A visitor and an agent in one room, the agent's line up."""
    name = f"room-{secrets.token_hex(4)}"
    visitor = Visitor(await joined(livekit, name, "visitor"))
    await visitor.publish()
    room = await joined(livekit, name, "agent_1")
    diary = Diary()
    session = VoiceSession(
        Speaking(),
        "en-US",
        ScriptedEars("hello there"),
        HummingVoice(ms_a_word=300),
        Shelf(),
        diary,
        LoudnessVad(),
    )
    await session.start_room(room, "visitor")
    yield session, visitor, diary
    await session.aclose()
    await room.disconnect()
    await visitor.leave()


async def test_a_talk_in_a_room(talk: tuple[VoiceSession, Visitor, Diary]) -> None:
    session, visitor, diary = talk
    session.speak(Speech(1, 1, "Good morning dear visitor"))
    await diary.until("finished")
    async with asyncio.timeout(WAIT):
        while visitor.loudest < 3_000:
            await asyncio.sleep(0.05)
    await visitor.speak(tone(900, 16_000) + bytes(32_000))
    (_, utterance) = await diary.until("words")
    assert utterance.text == "hello there"
    session.press("12#")
    async with asyncio.timeout(WAIT):
        while visitor.keys != "12#":
            await asyncio.sleep(0.05)
    await visitor.room.local_participant.publish_dtmf(code=5, digit="5")
    assert await diary.until("key") == ("key", "5")
    await visitor.room.disconnect()
    assert await diary.until("gone") == ("gone", "caller", "caller_hung_up")


async def test_the_agent_hangs_up_a_room(talk: tuple[VoiceSession, Visitor, Diary]) -> None:
    session, _, diary = talk
    session.speak(Speech(1, 1, "Goodbye"))
    session.hang_up("agent_hung_up")
    assert await diary.until("gone") == ("gone", "agent", "agent_hung_up")
    assert ("finished", 1) in diary.entries
