"""A spoken talk: real speech, real voice activity, in real time."""

import shutil
import subprocess

import pytest
from livekit.agents.vad import VAD
from livekit.plugins import silero
from pocketsphinx import Decoder

from engine.conversation.voice import Ear, Speech
from engine.providers.local_grammar import LocalGrammar
from engine.providers.local_voice import LocalVoice
from tests.server.voice.conftest import Lines
from tests.server.voice.fakes import HummingVoice, silence

pytestmark = pytest.mark.skipif(
    not shutil.which("espeak-ng") or not shutil.which("sox"), reason="needs espeak-ng and sox"
)


def spoken(text: str, rate: int) -> bytes:
    """What espeak-ng says, as 16-bit mono PCM."""
    wave = subprocess.run(
        ["espeak-ng", "-v", "en-us", "--stdout"], input=text.encode(), capture_output=True, check=True
    )
    raw = ["-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", str(rate), "-"]
    return subprocess.run(
        ["sox", "-t", "wav", "-", *raw], input=wave.stdout, capture_output=True, check=True
    ).stdout


def understood(pcm: bytes, grammar: str) -> str:
    """What pocketsphinx makes of sound at 16 kHz."""
    decoder = Decoder(samprate=16_000, loglevel="FATAL", lm=None)
    decoder.add_jsgf_string("expected", grammar)
    decoder.activate_search("expected")
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found else ""


@pytest.fixture(scope="module")
def vad() -> VAD:
    return silero.VAD.load(min_silence_duration=0.25)


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000])
async def test_somebody_cuts_in_and_is_answered(line: Lines, vad: VAD, rate: int) -> None:
    it = await line("a table for four", vad=vad, rate=rate, voice=HummingVoice(ms_a_word=300))
    it.session.listen(Ear("n_ask", "number"))
    it.session.speak(Speech(1, 1, "one two three four five six seven eight nine ten eleven twelve"))
    await it.diary.until("began")
    await it.link.speak(silence(600, rate) + spoken("A table for four, please.", rate) + silence(300, rate))
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == "a table for four"
    (_, _, played, heard) = await it.diary.until("barged_in")
    assert played > 300
    assert heard.startswith("one")
    before = len(it.link.played)
    it.session.speak(Speech(2, 2, "For four, at what time?"))
    assert await it.diary.until("finished") == ("finished", 2)
    assert len(it.link.played) - before >= 5 * 300 * rate // 500


ANSWERS = "#JSGF V1.0; grammar g; public <g> = four people | two people | goodbye;"
SAID = "#JSGF V1.0; grammar g; public <g> = a table for four | a table for two | good night;"


async def test_two_who_speak_and_listen_understand_each_other(line: Lines, vad: VAD) -> None:
    ears = LocalGrammar()
    it = await line(ears=ears, voice=LocalVoice(), vad=vad)
    it.session.listen(Ear("n_ask", "number", grammar=ANSWERS))
    await it.link.speak(silence(300, 16_000) + spoken("four people", 16_000) + silence(200, 16_000))
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == "four people"
    it.session.speak(Speech(1, 1, "A table for four."))
    await it.diary.until("finished")
    assert understood(bytes(it.link.played), SAID) == "a table for four"
    await it.session.aclose()
    await ears.aclose()
