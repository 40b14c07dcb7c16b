"""The local model: its tokens are those of the published tokenizer, its files are checked."""

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.providers.embeddings import build_embeddings
from engine.providers.embeddings.local import LocalEmbeddings
from engine.providers.embeddings.minilm import VOCABULARY, WEIGHTS, folder
from engine.providers.embeddings.weights import WrongWeights, read_weights
from engine.providers.embeddings.wordpiece import WordPiece, words
from engine.providers.speech import ProviderError, Trouble

WHERE = folder()
pytestmark = pytest.mark.skipif(WHERE is None, reason="all-MiniLM-L6-v2 is not installed")

# What the published tokenizer gives.
GOLDEN = {
    "Do you take card payments?": [101, 2079, 2017, 2202, 4003, 10504, 1029, 102],
    "Zürich, naïve — 東京!": [101, 10204, 1010, 15743, 1517, 1879, 1755, 999, 102],
    "unaffable xyzzyplugh " + "a" * 101: [101, 14477, 20961, 3468, 1060, 2100, 28753, 24759, 8953, 100, 102],
    "It's 8:30 p.m.; room №12 (2nd floor)\t\x00ok": [
        101, 2009, 1005, 1055, 1022, 1024, 2382, 1052, 1012, 1049, 1012, 1025, 2282, 1578, 12521, 1006,
        3416, 2723, 1007, 7929, 102,
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def pieces() -> WordPiece:
    assert WHERE is not None
    return WordPiece.read(WHERE / VOCABULARY)


@pytest.mark.parametrize("text", GOLDEN)
def test_tokens_are_those_of_the_published_tokenizer(pieces: WordPiece, text: str) -> None:
    assert pieces.tokens(text, 256) == GOLDEN[text]
    assert pieces.count(text) == len(GOLDEN[text]) - 2


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.integers(3, 40))
def test_any_text_has_tokens_within_the_limit(pieces: WordPiece, text: str, longest: int) -> None:
    found = pieces.tokens(text, longest)
    assert len(found) <= longest and found[0] == pieces.begin and found[-1] == pieces.end
    assert len(found) == min(pieces.count(text) + 2, longest)
    assert all(word and not word.isspace() for word in words(text))


def test_a_vocabulary_without_its_signs_is_refused() -> None:
    with pytest.raises(ValueError, match="CLS"):
        WordPiece(["a", "b"])


async def test_files_that_were_changed_are_refused_with_what_to_do(tmp_path: Path) -> None:
    assert WHERE is not None
    for name in (VOCABULARY, WEIGHTS):
        shutil.copy(WHERE / name, tmp_path / name)
    with (tmp_path / WEIGHTS).open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"changed")
    model = LocalEmbeddings(tmp_path)
    with pytest.raises(ProviderError, match="Install") as failed:
        await model.embed(["hello"])
    assert failed.value.trouble is Trouble.UNSUPPORTED
    await model.aclose()


@pytest.mark.parametrize(
    "data",
    [b"", b"short", b"\xff" * 64, b"\x10" + b"\0" * 7 + b"{not json at all}", b"\x02" + b"\0" * 7 + b"[]"],
)
def test_no_weights_are_no_weights(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / WEIGHTS
    path.write_bytes(data or b"\0")
    with pytest.raises(WrongWeights, match="Install"):
        read_weights(path)


async def test_padding_changes_nothing() -> None:
    model = LocalEmbeddings()
    alone = await model.embed(["Where do I park?"])
    beside = await model.embed(["Where do I park?", "Breakfast is served on the terrace. " * 12])
    assert np.allclose(alone[0], beside[0], atol=1e-5)
    await model.aclose()


async def test_a_process_that_was_killed_is_named_and_the_next_one_serves() -> None:
    model = LocalEmbeddings()
    many = ["Where do I park?"] * 20
    expected = await model.embed(many, bulk=True)
    child = model._apart._child
    assert child is not None
    child.kill()
    await child.wait()
    assert np.allclose(await model.embed(many, bulk=True), expected)
    asking = asyncio.create_task(model.embed(["Where do I park? " * 60] * 400, bulk=True))
    while model._apart._child is None or not model._apart._turn.locked():
        await asyncio.sleep(0.01)
    model._apart._child.kill()
    with pytest.raises(ProviderError, match="memory") as failed:
        await asking
    assert failed.value.trouble is Trouble.BROKEN
    assert np.allclose(await model.embed(many, bulk=True), expected)
    await model.aclose()


async def test_who_gives_up_waiting_does_not_get_the_answer_of_another() -> None:
    model = LocalEmbeddings()
    many = ["Where do I park?"] * 20
    asking = asyncio.create_task(model.embed(["Breakfast on the terrace. " * 30] * 400, bulk=True))
    while model._apart._child is None or not model._apart._turn.locked():
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert np.allclose(await model.embed(many, bulk=True), await model.embed(many), atol=1e-5)
    await model.aclose()


async def test_who_is_called_off_leaves_no_process_behind() -> None:
    model = LocalEmbeddings()
    asking = asyncio.create_task(model.embed(["Breakfast on the terrace. " * 30] * 400, bulk=True))
    while model._apart._child is None or not model._apart._turn.locked():
        await asyncio.sleep(0.01)
    child = model._apart._child
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await model.aclose()
    assert child.returncode is not None


async def test_a_changed_model_is_refused_in_bulk_as_well(tmp_path: Path) -> None:
    assert WHERE is not None
    shutil.copy(WHERE / VOCABULARY, tmp_path / VOCABULARY)
    (tmp_path / WEIGHTS).write_bytes(b"nothing")
    model = LocalEmbeddings(tmp_path)
    with pytest.raises(ProviderError, match="Install"):
        await model.embed(["hello"] * 20, bulk=True)
    await model.aclose()


def test_names_there_are_not_are_refused() -> None:
    assert build_embeddings("", {}).name == "local"
    with pytest.raises(ValueError, match="local, openai"):
        build_embeddings("word2vec", {})
