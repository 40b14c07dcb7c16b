"""Prepared sound: made once a text, whole or not at all, served to workers only."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.compiler.prepared import prepared
from engine.providers.speech import ProviderError, Trouble
from server.speech.prepared import PreparedSound
from server.speech.recordings import Recordings
from server.speech.settings import SpeechSettings
from server.workers.wire import SOUND_PATH, Speaking
from tests.engine.drawing import ask, end, program
from tests.server.flows import greeting
from tests.server.running import WAIT, Running
from tests.server.voice.fakes import HummingVoice

DRAWN = program(
    {
        "q": ask("number", "n", "How many?", {"understood": "bye", "gives_up": "x"}),
        "bye": end("done", "{{ n }} it is."),
        "x": end("sorry", "Sorry."),
    },
    variables={"n": "int"},
)

SPEAKING = Speaking(voice_key="0123456789abcdef")


class RefusingVoice(HummingVoice):
    """Fails at everything."""

    async def synthesize_batch(self, text: str, voice: object, rate: int) -> bytes:
        raise ProviderError("humming", Trouble.REJECTED, "the key is refused")


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[tuple[PreparedSound, HummingVoice]]:
    voice = HummingVoice()
    sound = PreparedSound(tmp_path / "sound", lambda name: voice, Recordings(tmp_path / "played", []))
    sound.start()
    yield sound, voice
    await sound.stop()


async def ready(sound: PreparedSound) -> None:
    """Wait until all is prepared."""
    async with asyncio.timeout(WAIT):
        while sound.want(DRAWN, SPEAKING).ready < sound.want(DRAWN, SPEAKING).texts:
            await asyncio.sleep(0.01)


async def test_every_text_is_synthesised_once(shelf: tuple[PreparedSound, HummingVoice]) -> None:
    sound, voice = shelf
    sound.want(DRAWN, SPEAKING)
    await ready(sound)
    assert sorted(voice.asked) == sorted({t.text for t in prepared(DRAWN)})
    assert "How many?" in voice.asked
    name = next(t.hash for t in prepared(DRAWN) if t.text == "How many?")
    path = sound.path(SPEAKING.voice_key, name)
    assert path is not None and len(path.read_bytes()) > 10_000
    assert sound.path("../secret", name) is None
    assert sound.path(SPEAKING.voice_key, "../../secret") is None


async def test_what_was_prepared_before_is_not_made_again(
    shelf: tuple[PreparedSound, HummingVoice], tmp_path: Path
) -> None:
    sound, _ = shelf
    sound.want(DRAWN, SPEAKING)
    await ready(sound)
    voice = HummingVoice()
    again = PreparedSound(tmp_path / "sound", lambda name: voice, Recordings(tmp_path / "played", []))
    again.start()
    again.want(DRAWN, SPEAKING)
    await ready(again)
    assert voice.asked == []
    await again.stop()


async def test_a_voice_that_fails_says_why_and_the_release_stays(tmp_path: Path) -> None:
    sound = PreparedSound(
        tmp_path / "sound", lambda name: RefusingVoice(), Recordings(tmp_path / "played", [])
    )
    sound.start()
    standing = sound.want(DRAWN, SPEAKING)
    async with asyncio.timeout(WAIT):
        while not standing.trouble:
            await asyncio.sleep(0.01)
    assert "the key is refused" in standing.trouble
    await sound.stop()


async def test_the_api_tells_how_far_a_release_is_and_workers_alone_get_the_sound(running: Running) -> None:
    agent = await running.owner.agent(greeting())
    release = (await running.owner.ask("GET", f"/agents/{agent['id']}/releases")).json()["items"][0]
    view = (await running.owner.ask("GET", f"/releases/{release['id']}/sound")).json()
    assert view["texts"] > 0 and 0 < view["coverage"] < 1000 and view["open"] == ["n_bye"]
    key = running.parts.speaking(SpeechSettings()).voice_key
    answer = await running.owner.client.get(f"{SOUND_PATH}{key}/0123456789abcdef")
    assert answer.status_code == 401
    headers = {"Authorization": f"Bearer {running.parts.voice.hub.token}"}
    answer = await running.owner.client.get(f"{SOUND_PATH}{key}/0123456789abcdef", headers=headers)
    assert answer.status_code == 404
