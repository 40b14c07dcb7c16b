"""What every embedding model must do, against its vendor's own protocol."""

import asyncio
import contextlib

import numpy as np
import pytest

from engine.providers.embeddings.contract import EmbeddingModel
from engine.providers.embeddings.local import LocalEmbeddings
from engine.providers.embeddings.minilm import folder
from engine.providers.embeddings.openai import LONGEST_TEXT, TOGETHER, OpenAiEmbeddings
from engine.providers.speech import ProviderError, Trouble
from tests.engine.providers.conftest import Case
from tests.engine.providers.embeddings.emulator import EmbeddingsEmulator
from tests.engine.providers.emulators.emulator import RIGHT_KEY, Script

LOCAL = pytest.mark.skipif(folder() is None, reason="all-MiniLM-L6-v2 is not installed")
OPENAI = Case("openai", lambda key, url: OpenAiEmbeddings(key, "", url, patience=0.5), EmbeddingsEmulator)
every = pytest.mark.parametrize(
    "case",
    [pytest.param(Case("local", lambda key, url: LocalEmbeddings(), None), marks=LOCAL), OPENAI],
    ids=lambda case: case.name,
)
QUESTION = "when does breakfast begin on sunday"
NEAR = "breakfast on sunday does begin at eight"
FAR = "a garage for your bicycle costs nothing"


@every
async def test_what_means_the_same_lies_closer(case: Case) -> None:
    async with case.against() as (model, _):
        assert isinstance(model, EmbeddingModel)
        found = await model.embed([QUESTION, FAR, NEAR])
        assert found.shape == (3, model.dimensions) and found.dtype == np.float32
        assert found[0] @ found[2] > found[0] @ found[1] + 0.1


@every
async def test_vectors_are_of_length_one_in_the_order_of_the_texts(case: Case) -> None:
    texts = [f"room {number} " * (1 + number % 7) for number in range(20)]
    async with case.against() as (model, _):
        together = await model.embed(texts)
        assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
        for at in (0, 7, 19):
            assert np.allclose(together[at], (await model.embed([texts[at]]))[0], atol=1e-5)


@every
async def test_no_texts_are_no_vectors_and_a_text_of_nothing_is_one(case: Case) -> None:
    async with case.against() as (model, _):
        assert (await model.embed([])).shape == (0, model.dimensions)
        strange = ["", " \n", "\0\ud7ff☃ 北京", "word " * 20_000, "x" * 50_000]
        found = await model.embed(strange)
        assert np.isfinite(found).all() and found.shape == (5, model.dimensions)


@every
async def test_several_may_ask_at_once(case: Case) -> None:
    async with case.against() as (model, _):
        found = await asyncio.gather(*[model.embed([NEAR, FAR]) for _ in range(5)])
        assert all(np.allclose(found[0], other, atol=1e-5) for other in found)


@every
async def test_bulk_gives_the_same(case: Case) -> None:
    async with case.against() as (model, _):
        many = [NEAR, FAR] * 6
        assert np.allclose(await model.embed(many, bulk=True), await model.embed(many), atol=1e-5)


@every
async def test_says_whether_it_would_answer(case: Case) -> None:
    async with case.against() as (model, _):
        await model.check()


@pytest.mark.parametrize(
    ("trouble", "meant"),
    [
        ("refuse", Trouble.REJECTED),
        ("limit", Trouble.RATE_LIMITED),
        ("broken", Trouble.BROKEN),
        ("garbage", Trouble.BROKEN),
        ("fewer", Trouble.BROKEN),
        ("nan", Trouble.BROKEN),
        ("cut", Trouble.UNREACHABLE),
        ("silent", Trouble.TIMEOUT),
    ],
)
async def test_each_trouble_has_its_name_and_no_key_in_it(trouble: str, meant: Trouble) -> None:
    async with OPENAI.against(Script(trouble=trouble)) as (model, _):
        with pytest.raises(ProviderError) as failed:
            await model.embed([NEAR, FAR])
    assert failed.value.trouble is meant
    assert RIGHT_KEY not in str(failed.value)


async def test_a_wrong_key_is_named_and_nobody_there_is_said() -> None:
    async with OPENAI.against(key="sk-wrong") as (model, vendor):
        with pytest.raises(ProviderError, match="Check the API key") as failed:
            await model.embed([NEAR])
        assert "sk-wrong" not in str(failed.value)
        gone = vendor.url
    with pytest.raises(ProviderError) as failed:
        async with contextlib.aclosing(OpenAiEmbeddings(RIGHT_KEY, "", gone)) as alone:
            await alone.embed([NEAR])
    assert failed.value.trouble is Trouble.UNREACHABLE


async def test_many_texts_are_asked_for_in_several_requests_and_long_ones_are_cut() -> None:
    async with OPENAI.against() as (model, vendor):
        await model.embed(["long " * 10_000] * 40 + ["short"] * (TOGETHER + 1))
        asked = [message["input"] for message in vendor.messages]
    assert sum(map(len, asked)) == 41 + TOGETHER
    assert all(len(texts) <= TOGETHER and sum(map(len, texts)) <= 420_000 for texts in asked)
    assert max(len(text) for texts in asked for text in texts) == LONGEST_TEXT


async def test_other_lengths_and_plain_numbers_are_taken() -> None:
    async with EmbeddingsEmulator() as vendor:
        vendor.plain = True
        model = OpenAiEmbeddings(RIGHT_KEY, "tiny", vendor.url, dimensions=64)
        assert (await model.embed([NEAR])).shape == (1, 64)
        assert vendor.messages[0]["dimensions"] == 64
        await model.aclose()
