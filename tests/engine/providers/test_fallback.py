"""A provider dies in the middle of a call, and the caller does not notice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from engine.providers.cartesia import Cartesia
from engine.providers.deepgram import FLUX_ENGLISH, NOVA, Deepgram
from engine.providers.local_grammar import LocalGrammar
from engine.providers.local_voice import LocalVoice
from engine.providers.prices import list_prices
from engine.providers.resilience.breaker import BreakerState
from engine.providers.resilience.fallback_hearing import FallbackSpeechToText
from engine.providers.resilience.fallback_speaking import FallbackTextToSpeech
from engine.providers.resilience.link import Link, Watch
from engine.providers.speech import (
    Final,
    HeardEvent,
    Hints,
    ProviderError,
    Sound,
    SpeechToText,
    TextToSpeech,
    TranscriptStream,
    Trouble,
    TtsAbilities,
    Voice,
)
from tests.engine.providers.conftest import GRAMMAR
from tests.engine.providers.emulators.cartesia import CartesiaEmulator
from tests.engine.providers.emulators.deepgram import DeepgramEmulator
from tests.engine.providers.emulators.emulator import RIGHT_KEY, Script
from tests.engine.providers.emulators.spoken import length_ms, silence, spoken, tone

HINTS = Hints("en-US", grammar=GRAMMAR)
TEXT = "Good morning to you. Your table for four people is ready tomorrow at noon."


def hearing(*providers: SpeechToText) -> FallbackSpeechToText:
    watches = [Watch(each.name, each.model, lambda: 0.0, list_prices()) for each in providers]
    return FallbackSpeechToText([Link(*each) for each in zip(providers, watches, strict=True)], lambda: 0.0)


def speaking(*providers: TextToSpeech) -> FallbackTextToSpeech:
    watches = [Watch(each.name, each.model, lambda: 0.0, list_prices()) for each in providers]
    return FallbackTextToSpeech([Link(*each) for each in zip(providers, watches, strict=True)])


async def talk(stream: TranscriptStream, pcm: bytes) -> None:
    for at in range(0, len(pcm), 1280):
        await stream.send(pcm[at : at + 1280])


async def next_final(events: AsyncIterator[HeardEvent]) -> Final:
    async with asyncio.timeout(30):
        async for event in events:
            if isinstance(event, Final):
                return event
    raise AssertionError("the stream ended without a final transcript")


@pytest.mark.parametrize("trouble", ["cut", "garbage", "silent", "broken", "limit"])
async def test_what_a_dying_recogniser_was_told_the_next_one_hears(trouble: str) -> None:
    first = Script(trouble=trouble, cut_after=2)
    async with DeepgramEmulator(first) as dying, DeepgramEmulator(Script(hears=("four people",))) as well:
        chain = hearing(Deepgram(RIGHT_KEY, NOVA, dying.url), Deepgram(RIGHT_KEY, NOVA, well.url))
        stream = await chain.transcribe_stream(16000, HINTS)
        said = silence(1000, 16000) + tone(1000, 16000)
        await talk(stream, said)
        await stream.flush()
        assert (await next_final(aiter(stream))).transcript.text == "four people"
        assert sum(len(each) for each in well.messages if isinstance(each, bytes)) == len(said)
        assert chain.describe()[0]["metrics"]["failures"]
        await stream.aclose()
        await chain.aclose()


async def test_what_was_understood_is_not_told_again() -> None:
    async with (
        DeepgramEmulator(Script(hears=("yes",), trouble="cut", cut_after=4)) as dying,
        DeepgramEmulator(Script(hears=("no",))) as well,
    ):
        chain = hearing(Deepgram(RIGHT_KEY, NOVA, dying.url), Deepgram(RIGHT_KEY, NOVA, well.url))
        stream = await chain.transcribe_stream(16000, HINTS)
        events = aiter(stream)
        await talk(stream, tone(150, 16000))
        await stream.flush()
        assert (await next_final(events)).transcript.text == "yes"
        second = tone(400, 16000)
        await talk(stream, second)
        await stream.flush()
        assert (await next_final(events)).transcript.text == "no"
        assert sum(len(each) for each in well.messages if isinstance(each, bytes)) == len(second)
        await stream.aclose()
        await chain.aclose()


async def test_without_any_vendor_the_caller_is_still_understood() -> None:
    async with DeepgramEmulator(Script(trouble="refuse")) as refusing:
        chain = hearing(Deepgram(RIGHT_KEY, NOVA, refusing.url), LocalGrammar())
        stream = await chain.transcribe_stream(16000, HINTS)
        await talk(stream, await LocalVoice().synthesize_batch("four people", Voice(), 16000))
        await stream.flush()
        assert (await next_final(aiter(stream))).transcript.text == "four people"
        assert chain.name == "local"
        await stream.aclose()
        await chain.aclose()


async def test_turns_still_end_where_a_recogniser_that_finds_them_gave_way_to_one_that_does_not() -> None:
    async with (
        DeepgramEmulator(Script(trouble="cut", cut_after=4)) as flux,
        DeepgramEmulator(Script(hears=("four people",))) as nova,
    ):
        chain = hearing(Deepgram(RIGHT_KEY, FLUX_ENGLISH, flux.url), Deepgram(RIGHT_KEY, NOVA, nova.url))
        assert chain.abilities.finds_turns
        stream = await chain.transcribe_stream(16000, HINTS)
        await talk(stream, silence(300, 16000) + tone(600, 16000) + silence(1200, 16000))
        final = await next_final(aiter(stream))
        assert final.transcript.text == "four people"
        assert final.ends_turn
        await stream.aclose()
        await chain.aclose()


async def test_a_language_nobody_knows_is_said_to_be_so() -> None:
    chain = hearing(LocalGrammar())
    with pytest.raises(ProviderError, match="no provider is set up for de-DE") as failed:
        await chain.transcribe_stream(16000, Hints("de-DE"))
    assert failed.value.trouble is Trouble.UNSUPPORTED


async def test_when_all_are_dead_it_is_said_and_nothing_hangs() -> None:
    async with DeepgramEmulator(Script(trouble="cut", cut_after=1)) as one:
        chain = hearing(Deepgram(RIGHT_KEY, NOVA, one.url), Deepgram(RIGHT_KEY, NOVA, one.url))
        stream = await chain.transcribe_stream(16000, HINTS)
        await talk(stream, tone(400, 16000))
        with pytest.raises(ProviderError) as failed:
            await next_final(aiter(stream))
        assert failed.value.trouble is Trouble.UNREACHABLE
        await stream.send(b"\0\0")
        await stream.aclose()
        await chain.aclose()


async def test_a_batch_goes_to_the_next() -> None:
    async with (
        DeepgramEmulator(Script(trouble="broken")) as broken,
        DeepgramEmulator(Script(("yes",))) as well,
    ):
        chain = hearing(Deepgram(RIGHT_KEY, NOVA, broken.url), Deepgram(RIGHT_KEY, NOVA, well.url))
        assert (await chain.transcribe_batch(tone(60_000, 16000), 16000, HINTS)).text == "yes"
        counted = chain.describe()[1]["metrics"]
        assert (counted["sound_ms"], counted["cost_micros"]) == (60_000, 7_700)
        await chain.aclose()


async def test_a_breaker_lets_a_dead_vendor_alone() -> None:
    async with (
        DeepgramEmulator(Script(trouble="refuse")) as refusing,
        DeepgramEmulator(Script(("yes",))) as well,
    ):
        chain = hearing(Deepgram(RIGHT_KEY, NOVA, refusing.url), Deepgram(RIGHT_KEY, NOVA, well.url))
        for _ in range(2):
            assert (await chain.transcribe_batch(tone(500, 16000), 16000, HINTS)).text == "yes"
        assert len(refusing.requests) == 1
        assert chain.describe()[0]["status"] == BreakerState.OPEN
        await chain.aclose()


class Notebook:
    """A voice that notes what it is asked to say. It breaks off after ``breaks_after`` ms, if any."""

    name = "notebook"
    model = "pencil"

    def __init__(self, breaks_after: int | None = None, languages: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self.abilities = TtsAbilities(True, False, (16000,), tuple(languages))
        self._breaks_after = breaks_after

    async def synthesize_stream(
        self, text: str | AsyncIterator[str], voice: Voice, rate: int
    ) -> AsyncIterator[Sound]:
        assert isinstance(text, str)
        self.asked.append(text)
        pcm = spoken(text, rate)
        if self._breaks_after is None:
            yield Sound(pcm)
            return
        if self._breaks_after:
            yield Sound(pcm[: self._breaks_after * rate // 1000 * 2])
        raise ProviderError(self.name, Trouble.BROKEN, "the pencil broke")

    async def synthesize_batch(self, text: str, voice: Voice, rate: int) -> bytes:
        return b"".join([sound.pcm async for sound in self.synthesize_stream(text, voice, rate)])

    async def voices(self) -> tuple[()]:
        return ()

    async def check(self) -> None:
        return

    async def aclose(self) -> None:
        return


async def test_the_next_voice_goes_on_with_the_first_word_that_did_not_sound() -> None:
    second = Notebook()
    async with CartesiaEmulator(Script(trouble="cut", cut_after=8)) as dying:
        chain = speaking(Cartesia(RIGHT_KEY, "", dying.url), second)
        sounds = [sound async for sound in chain.synthesize_stream(TEXT, Voice(), 16000)]
        # 800 ms sounded: "Good morning" lasts 720 ms, "to" ends at 900 ms.
        assert second.asked[0] == "to you."
        assert " ".join(second.asked) == TEXT.partition("Good morning ")[2]
        made = sum(len(sound.pcm) for sound in sounds) // 32
        assert made == 800 + length_ms("to you.") + length_ms(TEXT.partition("you. ")[2])
        await chain.aclose()


@pytest.mark.parametrize("after", [0, 300, 700])
async def test_without_times_of_words_none_is_spoken_twice(after: int) -> None:
    first, second = Notebook(breaks_after=after), Notebook()
    chain = speaking(first, second)
    _ = [
        sound async for sound in chain.synthesize_stream("One two three four five six seven.", Voice(), 16000)
    ]
    sounded = "One two three four five six seven."[: after // 60]
    left = second.asked[0]
    assert left == "One two three four five six seven." if after == 0 else left
    assert not set(sounded.split()[:-1]) & set(left.split())
    assert left.endswith("seven.")


async def test_times_of_words_count_from_the_beginning_of_the_utterance() -> None:
    async with CartesiaEmulator() as vendor:
        chain = speaking(Cartesia(RIGHT_KEY, "", vendor.url), Notebook())
        words = [
            word async for sound in chain.synthesize_stream(TEXT, Voice(), 16000) for word in sound.words
        ]
        assert [word.text for word in words] == TEXT.split()
        assert words[4].start == length_ms("Good morning to you.")
        await chain.aclose()


async def test_a_voice_is_asked_only_for_its_languages() -> None:
    english, any_language = Notebook(languages=("en",)), Notebook()
    chain = speaking(english, any_language)
    assert await chain.synthesize_batch("Guten Tag.", Voice(locale="de-DE"), 16000)
    assert english.asked == []


async def test_when_no_voice_is_left_it_is_said() -> None:
    chain = speaking(Notebook(breaks_after=0), Notebook(breaks_after=0))
    with pytest.raises(ProviderError, match="the pencil broke"):
        _ = [sound async for sound in chain.synthesize_stream(TEXT, Voice(), 16000)]


async def test_cutting_in_cancels_through_the_chain() -> None:
    async with CartesiaEmulator(Script(latency=0.01)) as vendor:
        chain = speaking(Cartesia(RIGHT_KEY, "", vendor.url), LocalVoice())
        async with contextlib.aclosing(chain.synthesize_stream(TEXT * 9, Voice(), 16000)) as sounds:
            await anext(sounds)
        await vendor.until(lambda: any(order.get("cancel") for order in vendor.messages))
        assert chain.describe()[0]["status"] == BreakerState.CLOSED
        await chain.aclose()
