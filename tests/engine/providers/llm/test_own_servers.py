"""Servers of one's own are careless in many ways; written and recorded answers; from names to models."""

import json
import subprocess
import sys

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.providers.llm.canned import Canned, Line, Replayed, digest
from engine.providers.llm.compatible import Compatible, Thoughts
from engine.providers.llm.contract import Answer, Call, Prompt, Said, collect
from engine.providers.llm.openai import OpenAiResponses
from engine.providers.llm.openai_chat import OpenAiChat
from engine.providers.llm.registry import ModelConfig, build_language_model, build_model, facts
from engine.providers.llm.shape import problems
from engine.providers.registry import Health, ProviderConfig
from engine.providers.speech import ProviderError, Trouble
from tests.engine.providers.emulators.emulator import RIGHT_KEY
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator, ResponsesEmulator
from tests.engine.providers.llm.cases import BOOK, BUDGET, FREE, GREETING, MODEL, SHAPE


async def asked(model: object, prompt: Prompt = GREETING) -> Answer:
    return await collect(model.stream(prompt, budget_ms=BUDGET))  # type: ignore[attr-defined]


async def test_calls_all_numbered_zero_and_no_counts_are_understood() -> None:
    calls = (("book", '{"people": 2}'), ("book", '{"people": 3}'), ("free", "{}"))
    prompt = msgspec.structs.replace(GREETING, functions=(BOOK, FREE))
    async with ChatEmulator(Talk(replies=(Reply("One moment.", calls),))) as vendor:
        vendor.careless = True
        model = Compatible(RIGHT_KEY, MODEL, vendor.url)
        answer = await asked(model, prompt)
        assert [call.arguments for call in answer.calls] == [{"people": 2}, {"people": 3}, {}]
        usage = answer.done.usage
        assert usage.estimated and usage.input > 40 and usage.output > 10
        await model.aclose()


@pytest.mark.parametrize(
    ("dialect", "bound", "form"),
    [
        ("any", "max_tokens", "json_object"),
        ("ollama", "max_tokens", "json_schema"),
        ("vllm", "max_tokens", "json_schema"),
        ("llamacpp", "max_tokens", "json_schema"),
        ("azure", "max_completion_tokens", "json_schema"),
        ("plain", "max_tokens", None),
    ],
)
async def test_each_is_asked_in_its_dialect(dialect: str, bound: str, form: str | None) -> None:
    text = '```json\n{"city": "Rome", "nights": 2}\n```'
    async with ChatEmulator(Talk(replies=(Reply(text),))) as vendor:
        model = Compatible(RIGHT_KEY, MODEL, vendor.url, dialect=dialect)
        prompt = msgspec.structs.replace(GREETING, schema=SHAPE, functions=(BOOK,))
        assert (await asked(model, prompt)).shaped == {"city": "Rome", "nights": 2}
        sent = vendor.messages[0]
        assert sent[bound] == 400
        assert sent.get("response_format", {}).get("type") == form
        assert ("stream_options" in sent) == (dialect != "plain")
        assert "nights" in json.dumps(sent)
        assert ("strict" in sent["tools"][0]["function"]) == (dialect == "azure")
        await model.aclose()


def test_a_server_of_ones_own_is_taken_for_small_until_somebody_says_otherwise() -> None:
    assert Compatible("", MODEL, dialect="ollama").window == 8_192
    assert Compatible("", MODEL, dialect="ollama", window=64_000).window == 64_000


def test_a_server_needs_an_address_and_a_dialect_there_is() -> None:
    with pytest.raises(ValueError, match="needs its address"):
        Compatible("", MODEL)
    with pytest.raises(ValueError, match="ollama"):
        Compatible("", MODEL, "http://127.0.0.1:1", dialect="klingon")


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["", " <think>", "<think>", "<thin", "\n<think>hm</think"]),
    st.sampled_from(["I wonder. </th ink>", "", "</thin"]),
    st.sampled_from(["</think>", "</think>\n\n"]),
    st.sampled_from(["Good morning.", "<b>Yes</b> <think>", "A </think> B"]),
    st.integers(1, 30),
)
def test_what_a_model_thinks_aloud_is_not_its_answer(
    opens: str, thought: str, shuts: str, answer: str, size: int
) -> None:
    thinks = opens.strip() == "<think>"
    text = f"{opens}{thought}{shuts}{answer}" if thinks else answer
    thoughts = Thoughts()
    got = "".join(thoughts.without(text[at : at + size]) for at in range(0, len(text), size))
    assert got + thoughts.rest() == answer


async def test_thoughts_are_left_out_of_an_answer_and_of_an_object() -> None:
    replies = (
        Reply("<think>Hm, \nwell.</think>\n\nGood day."),
        Reply('<think>{</think>{"city":"Rome","nights":1}'),
    )
    async with ChatEmulator(Talk(replies=replies)) as vendor:
        model = Compatible("", MODEL, vendor.url)
        vendor.key = "none"
        assert (await asked(model)).text == "Good day."
        assert (await asked(model, msgspec.structs.replace(GREETING, schema=SHAPE))).shaped
        await model.aclose()


@pytest.mark.parametrize("stop", ["END", "END of", "\n\n", ""])
async def test_stops_are_kept_to_where_the_vendor_knows_none(stop: str) -> None:
    async with ResponsesEmulator(Talk(replies=(Reply("Good. EN\n\nD END of it"),))) as vendor:
        model = OpenAiResponses(RIGHT_KEY, MODEL, vendor.url)
        text = (await asked(model, msgspec.structs.replace(GREETING, stop=(stop,)))).text
        assert text == ("Good. EN\n\nD END of it".partition(stop)[0] if stop else "Good. EN\n\nD END of it")
        await model.aclose()


@pytest.mark.parametrize(
    ("kind", "vendor"), [(OpenAiChat, ChatEmulator), (OpenAiResponses, ResponsesEmulator)]
)
async def test_a_model_that_takes_no_temperature_is_asked_without(
    kind: type[OpenAiChat] | type[OpenAiResponses], vendor: type[ChatEmulator] | type[ResponsesEmulator]
) -> None:
    async with vendor() as thinking:
        thinking.thinks = True
        model = kind(RIGHT_KEY, MODEL, thinking.url)
        cool = msgspec.structs.replace(GREETING, temperature_permille=300)
        assert (await asked(model, cool)).text and (await asked(model, cool)).text
        assert len(thinking.requests) == 3
        thinking.thinks = False
        other = kind(RIGHT_KEY, MODEL, thinking.url)
        await asked(other, cool)
        assert thinking.messages[-1]["temperature"] == 0.3
        await model.aclose()
        await other.aclose()


def said(text: str) -> Prompt:
    return Prompt((Said("user", text),))


async def test_a_script_answers_in_its_order_and_by_what_was_said() -> None:
    script = Canned(
        [
            Line(Answer("Which day?"), when="table"),
            Line(Answer("", (Call("c1", "book", {"people": 2}),)), when="TABLE"),
            Line(fails="timeout", when="weather"),
            Line(Answer("Hello.")),
            Line(Answer("As I said.")),
        ]
    )
    assert (await asked(script, said("A Table, please"))).text == "Which day?"
    booked = await asked(script, said("a table tomorrow"))
    assert booked.calls[0].name == "book" and booked.done.reason == "calls"
    with pytest.raises(ProviderError) as failed:
        await asked(script, said("The weather?"))
    assert failed.value.trouble is Trouble.TIMEOUT
    texts = [(await asked(script, said("Hm"))).text for _ in range(3)]
    assert texts == ["Hello.", "As I said.", "As I said."]
    with pytest.raises(ProviderError, match="no written answer fits"):
        await asked(Canned([Line(Answer("x"), when="table")]), said("Hm"))


async def test_what_was_recorded_is_replayed_and_nothing_else() -> None:
    async with ChatEmulator() as vendor:
        model = Compatible(RIGHT_KEY, MODEL, vendor.url)
        answer = await asked(model)
        await model.aclose()
    kept = msgspec.json.decode(msgspec.json.encode({digest(GREETING): answer}), type=dict[str, Answer])
    assert await asked(Replayed(kept)) == answer
    with pytest.raises(ProviderError, match="Record it anew"):
        await asked(Replayed(kept), said("Something else"))


def test_chains_are_built_from_names() -> None:
    keyed = ModelConfig(ProviderConfig(api_key="sk-1"))
    own = ModelConfig(ProviderConfig(url="http://127.0.0.1:11434/v1", model="llama3.1"), window=4096)
    configs = {"anthropic": keyed, "openai": keyed, "ollama": own}
    health = Health()
    chain = build_language_model((), configs, health=health)
    assert [link.provider.name for link in chain.links] == ["openai", "anthropic", "ollama"]
    assert chain.window == 4096
    again = build_language_model(["ollama", "openai"], configs, health=health)
    assert again.links[1].watch is chain.links[0].watch
    assert "sk-1" not in repr(configs) + repr(chain.describe())


def test_what_is_missing_is_said() -> None:
    for name, config, words in (
        ("gpt", ModelConfig(), "There are: openai"),
        ("gemini", ModelConfig(), "needs a key"),
        ("vllm", ModelConfig(), "needs the name of a model"),
        ("compatible", ModelConfig(ProviderConfig(model="m")), "needs its address"),
    ):
        with pytest.raises(ValueError, match=words):
            build_model(name, config)
    with pytest.raises(ValueError, match="No language model is set up"):
        build_language_model((), {}, health=Health())


def test_no_vendors_package_is_read_before_it_is_used() -> None:
    made = "; ".join(
        f"build_model({name!r}, ModelConfig(ProviderConfig('k', 'http://127.0.0.1:1', 'm')))"
        for name in facts()
    )
    code = (
        "import sys; from engine.providers.llm.registry import *; "
        f"{made}; print([m for m in ('openai', 'anthropic', 'google.genai') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == "[]", told.stderr


@pytest.mark.parametrize(
    ("value", "schema", "wrong"),
    [
        ({"a": 1}, {"type": "object", "properties": {"a": {"type": "integer"}}}, ""),
        ({"a": True}, {"properties": {"a": {"type": "integer"}}}, "not of type integer"),
        ({"a": 1.5}, {"properties": {"a": {"type": ["integer", "null"]}}}, "not of type integer or null"),
        ({"a": 1.0}, {"properties": {"a": {"type": "integer"}}}, ""),
        ({}, {"required": ["a"]}, "lacks a"),
        ({"b": 1}, {"additionalProperties": False}, "nobody asked for"),
        ({"b": 1}, {"additionalProperties": {"type": "string"}}, "not of type string"),
        ([1, "x"], {"items": {"type": "integer"}}, "item 2"),
        ([1], {"minItems": 2}, "minItems"),
        ("red", {"enum": ["blue", "green"]}, "none of the values"),
        (1, {"enum": [True]}, "none of the values"),
        ("x", {"const": "y"}, "not the value"),
        ("toolong", {"maxLength": 3}, "maxLength 3"),
        (-1, {"minimum": 0}, "minimum 0"),
        (None, {"anyOf": [{"type": "string"}, {"type": "null"}]}, ""),
        (5, {"anyOf": [{"type": "string"}, {"type": "null"}]}, "none of its shapes"),
    ],
)
def test_what_does_not_fit_a_schema_is_named(value: object, schema: dict[str, object], wrong: str) -> None:
    found = problems(value, schema)
    assert wrong in found[0] if wrong else found == []


def test_a_deep_answer_is_no_trouble() -> None:
    deep: object = 1
    for _ in range(500):
        deep = [deep]
    schema: dict[str, object] = {"type": "array"}
    schema["items"] = schema
    assert "too deeply" in problems(deep, schema)[0]
