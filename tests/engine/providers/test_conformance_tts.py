"""What every voice must do, against its vendor's own protocol."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from engine.providers.sound import loudness
from engine.providers.speech import ProviderError, TextToSpeech, Trouble, Voice
from tests.engine.providers.conftest import Case, of_vendors, speakers
from tests.engine.providers.emulators.emulator import RIGHT_KEY, Script

TEXT = "Good morning to you. Your table for four is ready tomorrow."
every = pytest.mark.parametrize("case", speakers(), ids=lambda case: case.name)
every_vendor = pytest.mark.parametrize("case", of_vendors(speakers()), ids=lambda case: case.name)


async def written(*pieces: str) -> AsyncIterator[str]:
    for piece in pieces:
        yield piece


@every
@pytest.mark.parametrize("rate", [8000, 16000, 24000])
async def test_speaks_at_any_rate(case: Case, rate: int) -> None:
    async with case.against() as (provider, _):
        assert isinstance(provider, TextToSpeech)
        pcm = await provider.synthesize_batch(TEXT, Voice(), rate)
        assert len(pcm) % 2 == 0
        assert 2000 < len(pcm) // 2 * 1000 // rate < 6000
        assert (loudness(pcm, rate) or -99) > -40


@every
async def test_a_text_still_being_written_is_spoken_whole(case: Case) -> None:
    async with case.against() as (provider, _):
        whole = await provider.synthesize_batch(TEXT, Voice(), 16000)
        pieces = [
            s
            async for s in provider.synthesize_stream(
                written("Good mor", "ning to you. Your ", TEXT[26:]), Voice(), 16000
            )
        ]
        grown = b"".join(piece.pcm for piece in pieces)
        assert abs(len(grown) - len(whole)) < len(whole) // 4


@every
async def test_times_of_words_come_where_they_are_promised(case: Case) -> None:
    async with case.against() as (provider, _):
        words = [w async for s in provider.synthesize_stream(TEXT, Voice(), 16000) for w in s.words]
        if provider.abilities.word_times:
            assert [word.text for word in words] == TEXT.split()
            assert all(word.start < word.end for word in words)
            assert words == sorted(words, key=lambda word: word.start)
        else:
            assert words == []


@every
async def test_nothing_to_say_is_no_sound(case: Case) -> None:
    async with case.against() as (provider, _):
        assert await provider.synthesize_batch("  \n", Voice(), 16000) == b""


@every
async def test_what_looks_like_markup_or_an_option_is_only_text(case: Case) -> None:
    async with case.against() as (provider, _):
        assert await provider.synthesize_batch('--version <break time="9s"/> & so on', Voice(), 16000)


@every
async def test_may_be_closed_in_the_middle_and_used_again(case: Case) -> None:
    async with case.against() as (provider, _):
        async with contextlib.aclosing(provider.synthesize_stream(TEXT * 5, Voice(), 16000)) as sounds:
            assert (await anext(sounds)) is not None
        assert await provider.synthesize_batch(TEXT, Voice(), 16000)


@every
async def test_calls_at_the_same_time_do_not_mix(case: Case) -> None:
    texts = ["Yes, of course.", TEXT, "One moment please, I am looking."]
    async with case.against() as (provider, _):
        alone = [len(await provider.synthesize_batch(text, Voice(), 16000)) for text in texts]
        together = await asyncio.gather(*(provider.synthesize_batch(text, Voice(), 16000) for text in texts))
        assert [len(pcm) for pcm in together] == alone


@every
async def test_knows_its_voices_and_that_it_is_there(case: Case) -> None:
    async with case.against() as (provider, _):
        await provider.check()
        assert await provider.voices()


@every_vendor
@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("refuse", {Trouble.REJECTED}),
        ("limit", {Trouble.RATE_LIMITED}),
        ("broken", {Trouble.BROKEN}),
        ("silent", {Trouble.TIMEOUT}),
        ("cut", {Trouble.UNREACHABLE}),
        ("garbage", {Trouble.BROKEN, Trouble.UNREACHABLE}),
    ],
)
async def test_a_vendor_that_misbehaves_is_told_as_one_of_the_troubles(
    case: Case, trouble: str, expected: set[Trouble]
) -> None:
    async with case.against(Script(trouble=trouble, retry_after="7")) as (provider, _):
        with pytest.raises(ProviderError) as failed:
            await provider.synthesize_batch(TEXT, Voice(), 16000)
        assert failed.value.trouble in expected
        assert RIGHT_KEY not in str(failed.value)
        if trouble == "limit":
            assert failed.value.retry_after == 7


@every_vendor
async def test_after_a_cut_it_connects_again(case: Case) -> None:
    async with case.against(Script(trouble="cut", troubled=1)) as (provider, _):
        with pytest.raises(ProviderError):
            await provider.synthesize_batch(TEXT, Voice(), 16000)
        assert await provider.synthesize_batch(TEXT, Voice(), 16000)


@every_vendor
async def test_a_wrong_key_is_refused_and_never_shown(case: Case) -> None:
    wrong = "sk-a-wrong-key-that-nobody-may-read"
    async with case.against(key=wrong) as (provider, _):
        for asking in (lambda: provider.synthesize_batch(TEXT, Voice(), 16000), provider.check):
            with pytest.raises(ProviderError) as refused:
                await asking()
            assert refused.value.trouble is Trouble.REJECTED
            assert wrong not in f"{refused.value} {refused.value!r} {provider!r}"


@every_vendor
async def test_a_vendor_that_is_not_there(case: Case) -> None:
    async with case.against() as (_, vendor):
        gone = vendor.url
    provider = case.make(RIGHT_KEY, gone)
    with pytest.raises(ProviderError) as failed:
        await provider.synthesize_batch(TEXT, Voice(), 16000)
    assert failed.value.trouble is Trouble.UNREACHABLE
    await provider.aclose()


async def test_cutting_in_cancels_at_cartesia_what_was_not_spoken() -> None:
    async with speakers()[0].against(Script(latency=0.01)) as (provider, vendor):
        sounds = provider.synthesize_stream(TEXT * 20, Voice(), 16000)
        await anext(sounds)
        await sounds.aclose()
        await vendor.until(lambda: any(order.get("cancel") for order in vendor.messages))
        assert len(vendor.requests) == 1


async def test_without_espeak_the_package_is_named() -> None:
    from engine.providers.local_voice import LocalVoice

    with pytest.raises(ProviderError, match="Install the package espeak-ng") as failed:
        await LocalVoice(program="no-such-program").synthesize_batch(TEXT, Voice(), 16000)
    assert failed.value.trouble is Trouble.UNREACHABLE


async def test_a_voice_is_a_name_and_nothing_else() -> None:
    from engine.providers.local_voice import LocalVoice

    with pytest.raises(ProviderError) as failed:
        await LocalVoice().synthesize_batch(TEXT, Voice(id="--path=/etc"), 16000)
    assert failed.value.trouble is Trouble.REJECTED
