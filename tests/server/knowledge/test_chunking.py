"""Chunks are small, whole, under one heading, and the same again."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from server.knowledge.chunking import SIZE, cut, tokens
from server.knowledge.parsing.blocks import Block, BlockKind, tidy

SENTENCE = "The garage opens at seven and closes at ten."
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=1500).map(tidy)
BLOCKS = st.lists(
    st.builds(
        Block,
        st.one_of(TEXT, st.integers(1, 60).map(lambda n: " ".join([SENTENCE] * n))).filter(bool),
        st.sampled_from([(), ("Parking",), ("Parking", "Bicycles")]),
        st.integers(0, 3),
        st.sampled_from(BlockKind),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(BLOCKS)
def test_no_word_is_lost_and_no_chunk_is_too_large(blocks: list[Block]) -> None:
    chunks = cut(blocks, "Guide")
    assert all(chunk.text and tokens(chunk.text) <= SIZE for chunk in chunks)
    for headings in {block.headings for block in blocks}:
        given_ = {word for b in blocks if b.headings == headings for word in b.text.split() if len(word) < 80}
        kept = {word for chunk in chunks if chunk.headings == headings for word in chunk.text.split()}
        assert given_ <= kept
    assert len({chunk.digest for chunk in chunks}) == len(chunks)
    assert cut(blocks, "Guide") == chunks


def test_short_paragraphs_under_one_heading_are_one_chunk_and_rows_stand_apart() -> None:
    blocks = [
        Block("One.", ("A",)),
        Block("Two.", ("A",)),
        Block("Day: Monday", ("A",), kind=BlockKind.ROW),
        Block("Day: Tuesday", ("A",), kind=BlockKind.ROW),
        Block("Three.", ("B",)),
    ]
    assert [chunk.text for chunk in cut(blocks, "")] == [
        "One.\n\nTwo.",
        "Day: Monday\nDay: Tuesday",
        "Three.",
    ]


def test_a_long_paragraph_is_cut_between_sentences_and_the_last_is_said_again() -> None:
    sentences = [f"Room number {number} has a view of the sea and a balcony." for number in range(60)]
    chunks = cut([Block(" ".join(sentences))], "")
    assert len(chunks) > 3
    for before, after in pairwise(chunks):
        last = before.text.split(". ")[-1]
        assert after.text.startswith(last.rstrip("."))
    assert all(any(sentence in chunk.text for chunk in chunks) for sentence in sentences)


def test_a_change_in_one_paragraph_leaves_the_other_chunks_as_they_were() -> None:
    blocks = [Block(f"{SENTENCE} {number}. " * 12, (f"Part {number}",)) for number in range(6)]
    before = [chunk.digest for chunk in cut(blocks, "Guide")]
    blocks[3] = Block("Other words.", ("Part 3",))
    after = [chunk.digest for chunk in cut(blocks, "Guide")]
    assert len(set(before) & set(after)) == len(before) - sum(
        "Part 3" in chunk.headings for chunk in cut([Block(f"{SENTENCE} 3. " * 12, ("Part 3",))], "Guide")
    )


def test_each_few_sentences_mean_something_of_their_own() -> None:
    [chunk] = cut(
        [Block(f"{SENTENCE} {SENTENCE} {SENTENCE} {SENTENCE} From seven.", ("Hotel", "Parking"))], "Hotel"
    )
    assert len(chunk.meanings) == 2
    assert all(meaning.startswith("Parking\n") for meaning in chunk.meanings)
    assert chunk.meanings[1].endswith("From seven.")
