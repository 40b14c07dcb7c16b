"""A talk that grows stays within the model's window."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.providers.llm.canned import Canned, Line
from engine.providers.llm.contract import Answer, Call, ContextTooLong, Prompt, Said
from engine.providers.llm.minutes import Minutes
from engine.providers.llm.tokens import of_prompt, tokens
from engine.providers.llm.window import BEFORE, ModelSummariser, Summary, fit, room, trim
from engine.providers.speech import ProviderError, Trouble

WINDOW = 3000
HEAD = (Said("system", "You are a hotel's receptionist."), Said("system", "Answer in French."))

# What OpenAI's o200k_base counts.
COUNTED = {
    "Good morning, and thank you for calling the Seaview Hotel. Breakfast is served from seven until half past ten "
    "on the terrace. Would you like me to book a table for tomorrow, or shall I connect you with reception?": 46,
    "Guten Morgen und vielen Dank für Ihren Anruf im Hotel Seeblick. Das Frühstück wird von sieben bis halb elf auf "
    "der Terrasse serviert. Möchten Sie, dass ich für morgen einen Tisch reserviere, oder soll ich Sie mit der "
    "Rezeption verbinden?": 53,
    "Доброе утро, спасибо, что позвонили в отель. Завтрак подаётся с семи до половины одиннадцатого на террасе. "
    "Забронировать для вас столик на завтра или соединить с администратором?": 56,
    "早上好，感谢您致电海景酒店。早餐从七点到十点半在露台供应。您需要我为您预订明天的桌子，还是为您转接前台？": 46,
    "Call +49 (89) 1234-5678, ref. 2026-11-21T10:30:00Z, total 1,234.50 EUR": 38,
}


@pytest.mark.parametrize("text", COUNTED)
def test_tokens_are_counted_about(text: str) -> None:
    assert 0.75 <= tokens(text) / COUNTED[text] <= 1.35


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200), st.text(max_size=200))
def test_more_text_has_more_tokens(one: str, other: str) -> None:
    assert max(tokens(one), tokens(other)) <= tokens(one + " " + other) <= tokens(one) + tokens(other) + 2


def talk(turns: int, size: int = 200) -> Prompt:
    said: list[Said] = []
    for number in range(turns):
        call = Call(f"c{number}", "look", {"day": number})
        said += [
            Said("user", f"question {number} " + "word " * (size // 5)),
            Said("assistant", "", (call,)),
            Said("tool", f"result {number}", call=call.id),
            Said("assistant", f"answer {number}"),
        ]
    return Prompt((*HEAD, *said), most_tokens=100)


class Secretary:
    """Writes down what it is given."""

    def __init__(self, fails: bool = False) -> None:
        self.given: list[tuple[tuple[Said, ...], str]] = []
        self._fails = fails

    async def summarise(self, talk: tuple[Said, ...], before: str, budget_ms: int) -> str:
        self.given.append((talk, before))
        if self._fails:
            raise ProviderError("minutes", Trouble.TIMEOUT, "no answer in time")
        asked = [said.text.split()[1] for said in talk if said.role == "user"]
        return f"{before} {' '.join(asked)}".strip()


def test_what_fits_is_left_as_it_is() -> None:
    prompt = talk(3)
    assert trim(prompt, WINDOW).prompt == prompt
    assert trim(prompt, WINDOW).dropped == ()


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 60), st.integers(1, 800), st.integers(1500, 20_000))
def test_it_fits_and_no_turn_is_torn(turns: int, size: int, window: int) -> None:
    prompt = talk(turns, size)
    trimmed = trim(prompt, window)
    assert of_prompt(trimmed.prompt) <= room(prompt, window)
    messages = trimmed.prompt.messages
    assert messages[:2] == HEAD
    assert messages[2].role == "user"
    calls = [call.id for said in messages for call in said.calls]
    assert [said.call for said in messages if said.role == "tool"] == calls
    assert messages[-1].text == prompt.messages[-1].text
    assert trimmed.upto == len(trimmed.dropped) == len(prompt.messages) - len(messages)
    assert trim(prompt, window) == trimmed


async def test_what_is_dropped_is_summed_up_once_and_stands_after_the_instructions() -> None:
    minutes, summary = Secretary(), Summary()
    for turns in range(1, 101):
        prompt, summary = await fit(talk(turns), WINDOW, summary, minutes, budget_ms=1000)
        assert of_prompt(prompt) <= room(prompt, WINDOW)
    assert prompt.messages[2] == Said("user", BEFORE + summary.text)
    dropped = [said for given, _ in minutes.given for said in given]
    assert dropped == list(talk(100).messages[2 : 2 + len(dropped)])
    assert summary.upto == len(dropped)
    assert summary.text.split() == [str(number) for number in range(len(dropped) // 4)]
    assert len(minutes.given) < 15


async def test_a_summariser_that_fails_costs_no_talk() -> None:
    prompt, summary = await fit(talk(60), WINDOW, Summary("before", 4), Secretary(fails=True), budget_ms=1000)
    assert summary.text == "before" and summary.upto > 4
    assert of_prompt(prompt) <= room(prompt, WINDOW)
    prompt, summary = await fit(talk(60), WINDOW, Summary(), None, budget_ms=1000)
    assert summary.text == "" and prompt.messages[2].role == "user"


async def test_a_model_writes_the_minutes_and_reads_no_more_than_it_can() -> None:
    model = Canned([Line(Answer("They want a room."))])
    model.window = 1500
    prompt, summary = await fit(talk(100), WINDOW, Summary(), ModelSummariser(model), budget_ms=1000)
    assert summary.text == "They want a room."
    assert "They want a room." in prompt.messages[2].text


def test_one_text_that_is_too_long_loses_its_middle() -> None:
    tool = Said("tool", "start " + "many words " * 20_000 + "end", call="c1")
    asked = (Said("user", "Look."), Said("assistant", "", (Call("c1", "look", {}),)), tool)
    trimmed = trim(Prompt((*HEAD, *asked)), WINDOW)
    text = trimmed.prompt.messages[-1].text
    assert text.startswith("start ") and text.endswith("end") and "[…]" in text
    assert 1500 < of_prompt(trimmed.prompt) <= room(trimmed.prompt, WINDOW)


def test_instructions_are_never_cut() -> None:
    with pytest.raises(ContextTooLong, match="Keep fewer turns"):
        trim(Prompt((Said("system", "rule " * 5000), Said("user", "Hello."))), WINDOW)
    with pytest.raises(ContextTooLong):
        trim(msgspec.structs.replace(talk(1), most_tokens=WINDOW), WINDOW)


async def test_the_minutes_of_a_talk_are_kept_while_it_goes_on() -> None:
    lines = [Line(Answer(f"Summary {number}.")) for number in range(50)]
    model = Canned(lines)
    model.window = WINDOW
    minutes = Minutes(model, most=2)
    seen = []
    for turns in range(1, 60):
        prompt = await minutes.fit("s1", talk(turns), budget_ms=1000)
        assert of_prompt(prompt) <= room(prompt, WINDOW)
        seen.append(prompt.messages[2].text.removeprefix(BEFORE).partition(".")[0])
    changes = [text for text, before in zip(seen, ["", *seen], strict=False) if text != before]
    assert changes[:2] == [seen[0], "Summary 0"] and len(changes) < 12
    # Another talk, and one that began otherwise, have no part in it.
    other = await minutes.fit("s2", talk(3), budget_ms=1000)
    assert other == talk(3)
    changed = msgspec.structs.replace(
        talk(40), messages=(*HEAD, Said("user", "New."), *talk(40).messages[2:])
    )
    assert BEFORE + seen[-1] not in (await minutes.fit("s1", changed, budget_ms=1000)).messages[2].text
