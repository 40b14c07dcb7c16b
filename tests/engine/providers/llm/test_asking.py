"""A session asks a model: sentences while it writes, outcomes when it cannot."""

from typing import Any

import msgspec
import pytest

from engine.protocol.thinking import AskModel, Intent, JudgeIntent
from engine.protocol.thinking import Said as Line
from engine.providers.llm.asking import Asking
from engine.providers.llm.openai_chat import OpenAiChat
from engine.providers.llm.window import BEFORE
from tests.engine.providers.emulators.emulator import RIGHT_KEY
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator

INSTRUCTIONS = "You are a hotel's receptionist."


def request(talk: tuple[Line, ...] = (Line("caller", "Good morning."),), timeout: int = 30_000) -> AskModel:
    return AskModel(
        "s1:4:0", "n_reply", "reply", INSTRUCTIONS, talk, spoken=True, aloud=True, timeout=timeout
    )


async def asked(vendor: ChatEmulator, what: AskModel, window: int = 8000) -> tuple[list[str], object]:
    said: list[str] = []

    async def wrote(sentence: str) -> None:
        said.append(sentence)

    model = OpenAiChat(RIGHT_KEY, "small", vendor.url, window=window)
    outcome = await Asking(model).ask(what, (), wrote, what.id)
    await model.aclose()
    return said, outcome


async def test_each_sentence_is_handed_on_and_the_whole_is_kept_with_its_count() -> None:
    async with ChatEmulator(Talk(replies=(Reply("Good *morning*, Dr. Lee! Your room is ready."),))) as vendor:
        said, outcome = await asked(vendor, request())
    assert said == ["Good morning, Dr. Lee!", "Your room is ready."]
    assert outcome.outcome == "ok"  # type: ignore[attr-defined]
    assert outcome.value["text"] == " ".join(said)  # type: ignore[attr-defined]
    assert outcome.value["usage"]["input"] == 40  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("script", "timeout", "expected"),
    [
        (Talk(trouble="broken"), 30_000, "error"),
        (Talk(trouble="too_long"), 30_000, "error"),
        (Talk(trouble="silent"), 300, "timeout"),
        (Talk(trouble="stall"), 300, "timeout"),
        (Talk(replies=(Reply(reason="refused"),)), 30_000, "refused"),
    ],
)
async def test_what_goes_wrong_is_an_outcome(script: Talk, timeout: int, expected: str) -> None:
    async with ChatEmulator(script) as vendor:
        _, outcome = await asked(vendor, request(timeout=timeout))
    assert outcome.outcome == expected  # type: ignore[attr-defined]


async def test_a_talk_longer_than_the_window_goes_on_with_a_summary() -> None:
    talk = [Line("caller" if at % 2 == 0 else "agent", f"line {at} " + "word " * 60) for at in range(61)]
    replies = (Reply("They want a room."), Reply("Of course."))
    async with ChatEmulator(Talk(replies=replies)) as vendor:
        said, _ = await asked(vendor, request(tuple(talk)), window=3000)
        sent = [message["content"] for message in vendor.messages[-1]["messages"]]
    assert said == ["Of course."]
    assert sent[:2] == [INSTRUCTIONS, f"{BEFORE}They want a room."]
    assert sent[-1] == talk[-1].text and len(sent) < 30


async def test_without_a_model_nothing_is_written_and_examples_still_judge() -> None:
    async def wrote(sentence: str) -> None:
        raise AssertionError(sentence)

    asking = Asking(None)
    outcome = await asking.ask(request(), (), wrote, "k")
    assert outcome.outcome == "error" and "Give the server a key" in outcome.detail
    intents = (Intent("room", examples=("a room please",)), Intent("bye", examples=("goodbye",)))
    known = await asking.judge(JudgeIntent("j", "n", "A room, please!", intents), "k")
    assert known.outcome == "ok" and known.value["intent"] == "room"  # type: ignore[index, call-overload]
    unknown = await asking.judge(JudgeIntent("j", "n", "what is the moon made of", intents), "k")
    assert unknown.outcome == "ok" and unknown.value["intent"] == ""  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "ok"),
        ({"locale": "de-AT"}, "error"),
        ({"purpose": "answer"}, "error"),
        ({"begun": "Good morning."}, "error"),
        ({"spoken": False}, "error"),
    ],
    ids=["it is", "in no language of hers", "a question", "in the middle of an answer", "nothing is spoken"],
)
async def test_a_written_sentence_is_said_only_where_it_fits(changed: dict[str, Any], expected: str) -> None:
    said: list[str] = []

    async def wrote(sentence: str) -> None:
        said.append(sentence)

    async with ChatEmulator(Talk(trouble="broken")) as vendor:
        model = OpenAiChat(RIGHT_KEY, "small", vendor.url)
        asking = Asking(model).standing_by(None, {"en": "One moment, please."})
        wanted = msgspec.structs.replace(request(), **({"locale": "en-GB"} | changed))
        outcome = await asking.ask(wanted, (), wrote, wanted.id)
        await model.aclose()
    assert outcome.outcome == expected
    assert said == (["One moment, please."] if expected == "ok" else [])
