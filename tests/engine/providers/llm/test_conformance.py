"""What every language model must do, against its vendor's own protocol."""

import asyncio
import contextlib
import json

import msgspec
import pytest

from engine.providers.llm.contract import (
    Answer,
    BrokenAnswer,
    Call,
    ContextTooLong,
    Done,
    LanguageModel,
    Prompt,
    Said,
    Usage,
    Words,
    collect,
)
from engine.providers.speech import ProviderError, Trouble
from tests.engine.providers.conftest import Case
from tests.engine.providers.emulators.emulator import RIGHT_KEY
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.llm.cases import BOOK, BUDGET, FREE, GREETING, SHAPE, models

every = pytest.mark.parametrize("case", models(), ids=lambda case: case.name)
TEXT = "Good morning! A room is 89.50 € a night — 北京 too."
WITH_TOOLS = msgspec.structs.replace(GREETING, functions=(BOOK, FREE))
SHAPED = msgspec.structs.replace(GREETING, schema=SHAPE)


async def asked(model: LanguageModel, prompt: Prompt = GREETING, budget_ms: int = BUDGET) -> Answer:
    return await collect(model.stream(prompt, budget_ms=budget_ms))


def says(text: str = "", *calls: tuple[str, str], reason: str = "stop") -> Talk:
    return Talk(replies=(Reply(text, calls, reason),))


@every
async def test_an_answer_comes_in_pieces_and_whole(case: Case) -> None:
    async with case.against(says(TEXT)) as (model, _):
        assert isinstance(model, LanguageModel)
        events = [event async for event in model.stream(GREETING, budget_ms=BUDGET)]
    words = [event.text for event in events if isinstance(event, Words)]
    assert len(words) > 5 and "".join(words) == TEXT
    assert isinstance(events[-1], Done) and len(words) == len(events) - 1
    assert events[-1].reason == "stop"
    assert events[-1].usage == Usage(40, 10, 7)
    assert (events[-1].provider, events[-1].model) == (model.name, "the-model-itself")


@every
async def test_calls_come_whole_and_can_be_answered(case: Case) -> None:
    wants = (("book", '{"people": 4, "name": "Zoë \\"Z\\" 东"}'), ("free", "{}"))
    async with case.against(Talk(replies=(Reply("One moment.", wants), Reply("Done.")))) as (model, _):
        first = await asked(model, WITH_TOOLS)
        assert first.text == "One moment." and first.done.reason == "calls"
        assert [call.name for call in first.calls] == ["book", "free"]
        assert first.calls[0].arguments == {"people": 4, "name": 'Zoë "Z" 东'}
        assert len({call.id for call in first.calls}) == 2
        results = tuple(Said("tool", "ok", call=call.id) for call in first.calls)
        said = (*WITH_TOOLS.messages, Said("assistant", first.text, first.calls), *results)
        second = await asked(model, msgspec.structs.replace(WITH_TOOLS, messages=said))
        assert second.text == "Done."


@every
async def test_an_object_comes_in_its_shape_and_never_as_words(case: Case) -> None:
    async with case.against(says('{"city": "Łódź", "nights": 3}')) as (model, vendor):
        answer = await asked(model, SHAPED)
        assert answer.shaped == {"city": "Łódź", "nights": 3}
        assert answer.text == ""
        assert "nights" in json.dumps(vendor.messages)


@every
@pytest.mark.parametrize(
    "text", ['{"city": "Rome", "nig', "Rome, three nights.", '["Rome"]', '{"city": "Rome"}', "", "[" * 5000]
)
async def test_what_is_not_the_shape_is_a_broken_answer(case: Case, text: str) -> None:
    async with case.against(says(text)) as (model, _):
        with pytest.raises(BrokenAnswer) as failed:
            await asked(model, SHAPED)
        assert failed.value.trouble is Trouble.BROKEN
        assert "Rome" not in str(failed.value)


@every
@pytest.mark.parametrize(
    "call",
    [
        ("book", '{"people": 4, "na'),
        ("book", '{"people": "many"}'),
        ("book", '{"people": 0}'),
        ("book", '{"people": 2, "discount": 100}'),
        ("delete_everything", "{}"),
    ],
)
async def test_calls_that_do_not_fit_are_never_given(case: Case, call: tuple[str, str]) -> None:
    async with case.against(says("Yes.", ("free", "{}"), call)) as (model, _):
        given = []
        with pytest.raises(BrokenAnswer):
            async for event in model.stream(WITH_TOOLS, budget_ms=BUDGET):
                given.append(event)
        assert all(isinstance(event, Words) for event in given)


@every
async def test_says_when_it_was_cut_and_when_it_refuses(case: Case) -> None:
    async with case.against(says("Once upon a", reason="length")) as (model, _):
        cut = await asked(model)
        assert (cut.text, cut.done.reason) == ("Once upon a", "length")
        with pytest.raises(BrokenAnswer, match="within 400 tokens"):
            await asked(model, SHAPED)
    for script in (says(reason="refused"), Talk(trouble="censored")):
        async with case.against(script) as (model, _):
            assert (await asked(model, WITH_TOOLS)).done.reason == "refused"


@every
async def test_a_model_that_never_stops_is_stopped(case: Case) -> None:
    async with case.against(Talk(trouble="endless")) as (model, vendor):
        short = msgspec.structs.replace(GREETING, most_tokens=5)
        answer = await asked(model, short)
        assert answer.done.reason == "length" and len(answer.text) < 1000
        await vendor.until(lambda: vendor.open_streams == 0)


@every
async def test_who_cuts_in_cancels_the_answer_at_the_vendor(case: Case) -> None:
    async with case.against(Talk(trouble="endless")) as (model, vendor):
        async with contextlib.aclosing(model.stream(GREETING, budget_ms=BUDGET)) as events:
            assert isinstance(await anext(events), Words)
            assert vendor.open_streams == 1
        await vendor.until(lambda: vendor.open_streams == 0)


@every
@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("refuse", {Trouble.REJECTED}),
        ("poor", {Trouble.REJECTED}),
        ("limit", {Trouble.RATE_LIMITED}),
        ("broken", {Trouble.BROKEN}),
        ("overloaded", {Trouble.BROKEN}),
        ("cut", {Trouble.UNREACHABLE}),
        ("clipped", {Trouble.UNREACHABLE}),
        ("garbage", {Trouble.BROKEN}),
    ],
)
async def test_a_vendor_that_misbehaves_is_told_as_one_of_the_troubles(
    case: Case, trouble: str, expected: set[Trouble]
) -> None:
    async with case.against(Talk(trouble=trouble, retry_after="7")) as (model, _):
        with pytest.raises(ProviderError) as failed:
            await asked(model)
        assert failed.value.trouble in expected
        assert RIGHT_KEY not in f"{failed.value} {failed.value!r}"
        if trouble == "limit":
            assert failed.value.retry_after == 7


@pytest.mark.parametrize("case", models(patience=0.3), ids=lambda case: case.name)
@pytest.mark.parametrize("trouble", ["silent", "stall"])
async def test_silence_has_an_end(case: Case, trouble: str) -> None:
    async with case.against(Talk(trouble=trouble)) as (model, vendor):
        with pytest.raises(ProviderError, match="in time") as failed:
            await asked(model)
        assert failed.value.trouble is Trouble.TIMEOUT
        await vendor.until(lambda: vendor.open_streams == 0)


@every
async def test_a_prompt_that_is_too_long_is_told_apart(case: Case) -> None:
    async with case.against(Talk(trouble="too_long")) as (model, _):
        with pytest.raises(ContextTooLong, match="Keep fewer turns") as failed:
            await asked(model)
        assert not failed.value.trouble.passing


@every
@pytest.mark.parametrize("trouble", ["silent", "stall", "endless"])
async def test_nothing_lasts_longer_than_the_turn(case: Case, trouble: str) -> None:
    async with case.against(Talk(trouble=trouble)) as (model, _):
        endless = msgspec.structs.replace(GREETING, most_tokens=10_000_000)
        with pytest.raises(ProviderError, match="budget") as failed:
            await asked(model, endless, budget_ms=300)
        assert failed.value.trouble is Trouble.TIMEOUT


@every
async def test_after_a_cut_it_answers_again(case: Case) -> None:
    async with case.against(Talk(trouble="cut", troubled=1)) as (model, _):
        with pytest.raises(ProviderError):
            await asked(model)
        assert (await asked(model)).text


@every
async def test_a_wrong_key_is_refused_and_never_shown(case: Case) -> None:
    wrong = "sk-a-wrong-key-that-nobody-may-read"
    async with case.against(key=wrong) as (model, _):
        for asking in (lambda: asked(model), model.check):
            with pytest.raises(ProviderError) as refused:
                await asking()
            assert refused.value.trouble is Trouble.REJECTED
            assert wrong not in f"{refused.value} {refused.value!r} {model!r}"


@every
async def test_a_vendor_that_is_not_there(case: Case) -> None:
    async with case.against() as (model, vendor):
        await model.check()
        gone = vendor.url
    model = case.make(RIGHT_KEY, gone)
    with pytest.raises(ProviderError) as failed:
        await asked(model)
    assert failed.value.trouble is Trouble.UNREACHABLE
    await model.aclose()


@every
async def test_talks_at_the_same_time_do_not_mix(case: Case) -> None:
    replies = tuple(Reply(f"Answer {number}. " * 5) for number in range(6))
    async with case.against(Talk(replies=replies)) as (model, _):
        answers = await asyncio.gather(*[asked(model) for _ in replies])
        assert sorted(answer.text for answer in answers) == sorted(reply.text for reply in replies)


@every
async def test_a_talk_may_begin_with_the_agent_and_hold_empty_turns(case: Case) -> None:
    said = (
        Said("system", "Be kind."),
        Said("assistant", "Welcome! "),
        Said("user", ""),
        Said("assistant", "Hello?"),
        Said("system", "They wrote in French before."),
    )
    async with case.against() as (model, vendor):
        assert (await asked(model, Prompt(said))).text
        sent = json.dumps(vendor.messages)
        assert all(text in sent for text in ("Be kind.", "Welcome!", "Hello?", "French"))


@every
async def test_calls_of_several_rounds_stay_with_their_results(case: Case) -> None:
    talk: list[Said] = [Said("user", "Two tables, please.")]
    for round_ in range(3):
        calls = tuple(Call(f"call_{round_}_{n}", "book", {"people": n + 1}) for n in range(2))
        talk.append(Said("assistant", "", calls))
        talk += [Said("tool", f"result {call.id}", call=call.id) for call in calls]
    async with case.against() as (model, vendor):
        assert (await asked(model, Prompt(tuple(talk), (BOOK,)))).text
        sent = json.dumps(vendor.messages)
        assert all(f"result call_{r}_{n}" in sent for r in range(3) for n in range(2))


@every
async def test_a_stop_sequence_is_not_said(case: Case) -> None:
    stopping = msgspec.structs.replace(GREETING, stop=("END",))
    async with case.against(says("Good night. END of it")) as (model, vendor):
        answer = await asked(model, stopping)
        # The vendor keeps to it, or we do.
        assert answer.text == "Good night. " or "END" in json.dumps(vendor.messages)


@every
@pytest.mark.parametrize("reason", ["stop", "length"])
async def test_saying_nothing_is_no_answer(case: Case, reason: str) -> None:
    async with case.against(says(" \n", reason=reason)) as (model, _):
        with pytest.raises(BrokenAnswer, match="nothing"):
            await asked(model)


@every
async def test_halves_of_characters_are_sent_and_given_by_nobody(case: Case) -> None:
    half = msgspec.structs.replace(GREETING, messages=(Said("user", "\ud83d\ude00 or \ud83d"),))
    async with case.against(says("1234\ud83d\ude00 or\udc00 so")) as (model, vendor):
        assert (await asked(model, half)).text == "1234😀 or\ufffd so"
        assert "😀 or \ufffd" in json.dumps(vendor.messages, ensure_ascii=False)
