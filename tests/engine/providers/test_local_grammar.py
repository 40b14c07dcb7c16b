"""The recogniser without a vendor: it hears what the grammar allows, and nothing else."""

import asyncio
import itertools
import os
import signal

import pytest

from engine.providers.decoding import Recogniser, Request
from engine.providers.local_grammar import LocalGrammar
from engine.providers.local_voice import LocalVoice
from engine.providers.speech import Hints, ProviderError, Trouble, Voice
from tests.engine.providers.conftest import GRAMMAR

HINTS = Hints("en-US", grammar=GRAMMAR)


async def said(words: str, rate: int = 16000, voice: str = "en-us") -> bytes:
    return await LocalVoice().synthesize_batch(words, Voice(voice), rate)


@pytest.fixture
def recogniser() -> Recogniser:
    return Recogniser()


async def test_hears_most_voices_and_little_that_the_grammar_does_not_know(recogniser: Recogniser) -> None:
    known = ["four people", "tomorrow at eight thirty", "no"]
    unknown = ["the weather is nice today", "my dog likes cheese", "what time do you close"]
    right = wrong = guessed = 0
    for voice, rate in itertools.product(["en-us", "en-us+f3", "en-us+m3", "en-gb"], [8000, 16000]):
        for words in (*known, *unknown):
            heard = recogniser.recognise(Request(GRAMMAR, await said(words, rate, voice), rate)).text
            right += words in known and heard == words
            wrong += words in known and heard not in (words, "")
            guessed += words in unknown and heard != ""
    assert right >= 22
    assert wrong == 0
    assert guessed <= 1


async def test_the_same_sound_gives_the_same_words(recogniser: Recogniser) -> None:
    request = Request(GRAMMAR, await said("four people"), 16000)
    assert recogniser.recognise(request) == recogniser.recognise(request)


async def test_a_name_no_dictionary_has_is_heard(recogniser: Recogniser) -> None:
    grammar = "#JSGF V1.0; grammar g; public <g> = Quaxel | Bromberg | Tiddlywick;"
    for name in ("Quaxel", "Bromberg", "Tiddlywick"):
        assert recogniser.recognise(Request(grammar, await said(name), 16000)).text == name.lower()


async def test_an_alternative_nobody_can_pronounce_is_closed_and_the_others_stay(
    recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    grammar = "#JSGF V1.0; grammar g; public <g> = yes | Xyzzqu please | no;"
    sound = await said("no")
    monkeypatch.setenv("PATH", "/nowhere")
    reply = recogniser.recognise(Request(grammar, sound, 16000))
    assert (reply.text, reply.dropped) == ("no", ("xyzzqu",))


async def test_a_grammar_that_is_none_is_refused_with_a_reason() -> None:
    provider = LocalGrammar()
    with pytest.raises(ProviderError, match="the grammar cannot be read") as failed:
        await provider.transcribe_batch(await said("yes"), 16000, Hints("en-US", grammar="no JSGF at all"))
    assert failed.value.trouble is Trouble.REJECTED
    assert (await provider.transcribe_batch(await said("yes"), 16000, HINTS)).text == "yes"
    await provider.aclose()


async def test_without_a_grammar_nothing_is_heard_and_no_process_is_started() -> None:
    provider = LocalGrammar()
    assert (await provider.transcribe_batch(await said("yes"), 16000, Hints("en-US"))).text == ""
    assert provider.processes() == []


async def test_other_languages_are_not_supported() -> None:
    with pytest.raises(ProviderError, match="understands English only, not de-DE") as failed:
        await LocalGrammar().transcribe_stream(16000, Hints("de-DE"))
    assert failed.value.trouble is Trouble.UNSUPPORTED


async def test_a_recogniser_that_died_is_started_again() -> None:
    provider = LocalGrammar()
    sound = await said("four people")
    assert (await provider.transcribe_batch(sound, 16000, HINTS)).text == "four people"
    (process,) = provider.processes()
    os.kill(process, signal.SIGKILL)
    assert (await provider.transcribe_batch(sound, 16000, HINTS)).text == "four people"
    assert provider.processes() != [process]
    await provider.aclose()


async def test_who_is_cancelled_leaves_no_answer_for_the_next() -> None:
    provider = LocalGrammar()
    await provider.check()
    waiting = asyncio.create_task(provider.transcribe_batch(await said("no"), 16000, HINTS))
    await asyncio.sleep(0)
    waiting.cancel()
    assert (await provider.transcribe_batch(await said("four people"), 16000, HINTS)).text == "four people"
    await provider.aclose()
