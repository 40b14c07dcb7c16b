"""What every recogniser must do, against its vendor's own protocol."""

import asyncio

import pytest

from engine.providers.speech import (
    Final,
    Hints,
    Partial,
    ProviderError,
    SpeechToText,
    TranscriptStream,
    Trouble,
)
from tests.engine.providers.conftest import GRAMMAR, Case, of_vendors, recognisers
from tests.engine.providers.emulators.emulator import RIGHT_KEY, Script
from tests.engine.providers.emulators.spoken import silence

HINTS = Hints("en-US", words=("people",), grammar=GRAMMAR)
every = pytest.mark.parametrize("case", recognisers(), ids=lambda case: case.name)
every_vendor = pytest.mark.parametrize("case", of_vendors(recognisers()), ids=lambda case: case.name)


async def talk(stream: TranscriptStream, pcm: bytes, rate: int) -> None:
    size = rate // 25 * 2
    for at in range(0, len(pcm), size):
        await stream.send(pcm[at : at + size])


async def next_final(events: object) -> Final:
    async with asyncio.timeout(30):
        async for event in events:  # type: ignore[attr-defined]
            if isinstance(event, Final):
                return event
    raise AssertionError("the stream ended without a final transcript")


@every
@pytest.mark.parametrize("rate", [8000, 16000])
async def test_hears_utterances_one_after_the_other(case: Case, rate: int) -> None:
    async with case.against(Script(hears=("four people", "yes"))) as (provider, _):
        assert isinstance(provider, SpeechToText)
        stream = await provider.transcribe_stream(rate, HINTS)
        events = aiter(stream)
        for words in ("four people", "yes"):
            await talk(stream, await case.said(words, rate), rate)
            await stream.flush()
            assert (await next_final(events)).transcript.text == words
        await stream.finish()
        assert [event async for event in events if isinstance(event, Final) and event.transcript.text] == []
        await stream.aclose()


@every
async def test_hears_a_whole_utterance_at_once(case: Case) -> None:
    async with case.against(Script(hears=("four people",))) as (provider, _):
        said = await case.said("four people", 16000)
        found = await provider.transcribe_batch(said, 16000, HINTS)
        assert found.text == "four people"
        assert found.sure > 500
        assert found.billed_ms == len(said) // 32


@every
async def test_a_flush_of_silence_is_answered_with_no_words(case: Case) -> None:
    async with case.against() as (provider, _):
        stream = await provider.transcribe_stream(16000, HINTS)
        await talk(stream, silence(300, 16000), 16000)
        await stream.flush()
        assert (await next_final(aiter(stream))).transcript.text == ""
        await stream.aclose()


@every
async def test_finishing_tells_what_is_left_and_ends(case: Case) -> None:
    async with case.against(Script(hears=("four people",))) as (provider, _):
        stream = await provider.transcribe_stream(16000, HINTS)
        await talk(stream, await case.said("four people", 16000), 16000)
        await stream.finish()
        async with asyncio.timeout(30):
            found = [event.transcript.text async for event in stream if isinstance(event, Final)]
        assert "four people" in found
        await stream.aclose()


@every
async def test_can_be_let_go_at_any_time(case: Case) -> None:
    async with case.against() as (provider, vendor):
        stream = await provider.transcribe_stream(16000, HINTS)
        await talk(stream, await case.said("yes", 16000), 16000)
        await stream.aclose()
        await stream.aclose()
        await stream.send(b"\0\0")
        async with asyncio.timeout(30):
            _ = [event async for event in stream]
        if vendor is not None:
            await vendor.until(lambda: vendor.open_sockets == 0)


@every
async def test_hints_may_change_in_the_middle(case: Case) -> None:
    async with case.against(Script(hears=("no",))) as (provider, _):
        stream = await provider.transcribe_stream(16000, Hints("en-US"))
        await stream.configure(HINTS)
        await talk(stream, await case.said("no", 16000), 16000)
        await stream.flush()
        assert (await next_final(aiter(stream))).transcript.text == "no"
        await stream.aclose()


@every
async def test_says_that_it_is_there(case: Case) -> None:
    async with case.against() as (provider, _):
        await provider.check()


@every_vendor
async def test_a_wrong_key_is_refused_and_never_shown(case: Case) -> None:
    wrong = "sk-a-wrong-key-that-nobody-may-read"
    async with case.against(key=wrong) as (provider, _):
        for asking in (
            lambda: provider.transcribe_batch(bytes(32000), 16000, HINTS),
            lambda: heard(provider, bytes(32000), case),
            provider.check,
        ):
            with pytest.raises(ProviderError) as refused:
                await asking()
            assert refused.value.trouble is Trouble.REJECTED
            assert wrong not in f"{refused.value} {refused.value!r}"
        assert wrong not in repr(provider)


async def heard(provider: SpeechToText, pcm: bytes, case: Case) -> list[Final]:
    """A stream of one utterance, to its end."""
    stream = await provider.transcribe_stream(16000, HINTS)
    try:
        await talk(stream, await case.said("yes", 16000) + pcm, 16000)
        await stream.flush()
        async with asyncio.timeout(30):
            return [await next_final(stream)]
    finally:
        await stream.aclose()


@every_vendor
@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("refuse", {Trouble.REJECTED}),
        ("limit", {Trouble.RATE_LIMITED}),
        ("broken", {Trouble.BROKEN}),
        ("silent", {Trouble.TIMEOUT}),
        ("cut", {Trouble.UNREACHABLE}),
        ("garbage", {Trouble.BROKEN}),
    ],
)
async def test_a_vendor_that_misbehaves_is_told_as_one_of_the_troubles(
    case: Case, trouble: str, expected: set[Trouble]
) -> None:
    script = Script(hears=("four people",), trouble=trouble, retry_after="7", cut_after=1)
    async with case.against(script) as (provider, _):
        with pytest.raises(ProviderError) as failed:
            await heard(provider, silence(1500, 16000), case)
        assert failed.value.trouble in expected
        assert RIGHT_KEY not in str(failed.value)
        if trouble == "limit":
            assert failed.value.retry_after == 7


@every_vendor
async def test_a_vendor_that_is_not_there(case: Case) -> None:
    async with case.against() as (_, vendor):
        gone = vendor.url
    provider = case.make(RIGHT_KEY, gone)
    with pytest.raises(ProviderError) as failed:
        await heard(provider, b"", case)
    assert failed.value.trouble is Trouble.UNREACHABLE
    await provider.aclose()


@every_vendor
async def test_a_slow_vendor_is_waited_for(case: Case) -> None:
    async with case.against(Script(hears=("four people",), latency=0.05)) as (provider, _):
        assert (await heard(provider, silence(500, 16000), case))[0].transcript.text == "four people"


async def test_partials_grow_into_the_final_words() -> None:
    nova = recognisers()[0]
    async with nova.against(Script(hears=("four people",))) as (provider, vendor):
        stream = await provider.transcribe_stream(16000, HINTS)
        await talk(stream, await nova.said("", 16000), 16000)
        events = aiter(stream)
        async with asyncio.timeout(30):
            while not isinstance(event := await anext(events), Partial):
                pass
        assert event.text == "four"
        await stream.flush()
        assert (await next_final(events)).transcript.text == "four people"
        assert vendor.requests[0].query["keyterm"] == "people"
        await stream.aclose()
