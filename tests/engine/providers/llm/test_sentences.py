"""From pieces of a written text to sentences that can be spoken."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.providers.llm.sentences import HARDEST, Splitter, sentences
from engine.providers.llm.spoken import spoken

WRITTEN = st.lists(
    st.sampled_from(
        [
            *"abZé 1.,!?…\n*_`#|-[]()\"'”」。！？،۔😀",
            *(
                "Dr. ",
                "e.g. ",
                "3.50",
                " p.m. ",
                "z. B. ",
                "...",
                "```",
                "\n```\n",
                "https://example.com/x. ",
            ),
            *("word " * 9, "字" * 40, "1. ", "- ", "**", "Hello. ", "x" * 120),
        ]
    ),
    max_size=60,
).map("".join)


def split(text: str, locale: str = "en", size: int = 1) -> list[str]:
    splitter = Splitter(locale)
    found = [one for at in range(0, len(text), size) for one in splitter.feed(text[at : at + size])]
    found += splitter.finish()
    assert "".join(one.text for one in found) == text
    return [one.spoken for one in found if one.spoken]


@settings(deadline=None, max_examples=300)
@given(WRITTEN, st.integers(1, 40), st.sampled_from(["en", "de", "", "zh-CN"]))
@example("", 1, "en")
@example("\n", 1, "en")
@example("." * 1200, 7, "en")
@example("字" * 1200, 7, "zh")
def test_nothing_is_lost_or_moved_and_no_sentence_is_endless(text: str, size: int, locale: str) -> None:
    splitter = Splitter(locale)
    found = [one for at in range(0, len(text), size) for one in splitter.feed(text[at : at + size])]
    found += splitter.finish()
    assert "".join(one.text for one in found) == text
    assert all(len(one.text) <= HARDEST + size for one in found)


@settings(deadline=None, max_examples=150)
@given(WRITTEN, st.integers(2, 50))
def test_how_the_words_come_changes_little(text: str, size: int) -> None:
    # Where a sentence is cut for its length depends on what is there already; where it ends does not.
    if max((len(line) for line in text.split("\n")), default=0) < 80:
        assert split(text) == split(text, size=size)


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("en", "Good morning, Dr. Smith! How are you?", ["Good morning, Dr. Smith!", "How are you?"]),
        ("en", "It costs 3.50 EUR. Yes.", ["It costs 3.50 EUR.", "Yes."]),
        ("en", "Well... maybe. Sure… Really?!", ["Well... maybe.", "Sure…", "Really?!"]),
        ("en", "We open at 9 a.m. on Sundays. Not at 9 p.m. Come!", None),
        ("en", "J. R. Tolkien wrote it. Room No. 5 is free. No. It is not.", None),
        (
            "en",
            "See www.example.com/a?b=c. Or mail me@example.com.",
            ["See example.com.", "Or mail me@example.com."],
        ),
        (
            "en",
            'She said "Stop!" and left. (Really.) Yes.',
            ['She said "Stop!" and left.', "(Really.)", "Yes."],
        ),
        ("en", "Your number is 12. Please wait.", ["Your number is 12.", "Please wait."]),
        ("de", "Am 3. Oktober, z. B. um 9 Uhr. Gut?", ["Am 3. Oktober, z. B. um 9 Uhr.", "Gut?"]),
        ("zh-CN", "早上好！房间八百元。要吗？", ["早上好！", "房间八百元。", "要吗？"]),
        ("ja", "はい。「どうぞ。」お待ちください。", None),
        ("ar", "صباح الخير. هل تريد طاولة؟ نعم.", ["صباح الخير.", "هل تريد طاولة؟", "نعم."]),
        ("hi", "नमस्ते। आप कैसे हैं? ठीक।", ["नमस्ते।", "आप कैसे हैं?", "ठीक।"]),
    ],
)
def test_sentences_end_where_people_would_end_them(
    locale: str, text: str, expected: list[str] | None
) -> None:
    others = {
        "We": ["We open at 9 a.m. on Sundays.", "Not at 9 p.m.", "Come!"],
        "J.": ["J. R. Tolkien wrote it.", "Room No. 5 is free.", "No.", "It is not."],
        "はい": ["はい。", "「どうぞ。", "お待ちください。"],
    }
    assert split(text, locale) == (expected or others[text[:2]])


def test_a_sentence_is_there_before_the_next_one_is_written() -> None:
    splitter = Splitter("en")
    assert splitter.feed("Good morning") == []
    assert [one.spoken for one in splitter.feed("! ")] == ["Good morning!"]
    assert [one.spoken for one in splitter.feed("早上好。")] == ["早上好。"]
    assert splitter.feed("It is 3.") == []
    assert splitter.feed("50 EUR") == []


def test_whoever_waits_for_the_first_words_hears_them_at_a_comma() -> None:
    long = "Of course, I would be very happy to help you with the booking of your room, and with dinner too"
    assert split(long)[0] == "Of course, I would be very happy to help you with the booking of your room,"
    assert split("Yes. " + long) == ["Yes.", long]


def test_lists_tables_and_code_are_spoken_line_by_line_or_not_at_all() -> None:
    text = (
        "# Rooms\n\nThere are **two**:\n\n1. The *Deluxe* room. It has a [view](https://x.example/v).\n"
        "2. A `Suite`\n\n- [ ] one\n* two 😀\n---\n```python\nprint('hi. there')\n```\n"
        "| Room | Price |\n|:---|---:|\n| Suite | 90 |\n> Bye.\n"
    )
    expected = [
        "Rooms",
        "There are two:",
        "1. The Deluxe room.",
        "It has a view.",
        "2. A Suite",
        "one",
        "two",
    ]
    assert split(text) == [*expected, "Room, Price", "Suite, 90", "Bye."]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Really?** _Yes_, snake_case stays.", "Really? Yes, snake_case stays."),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        (
            "![the pool](pool.png) at https://www.example.com/pool/index.html?x=1, today",
            "the pool at example.com, today",
        ),
        ("a<br/>b \\*c\\*", "a b *c*"),
        ("👍🏽", ""),
        ("***", ""),
        ("」 そして", "そして"),
        ("20 °C & 5 € – 10 %", "20 °C & 5 € – 10 %"),
    ],
)
def test_what_is_for_the_eye_is_not_said(written: str, said: str) -> None:
    assert spoken(written) == said


@settings(deadline=None, max_examples=150)
@given(st.text("abc*_`[]()<>#|\\-. \n😀", max_size=300))
def test_words_are_never_taken_from_what_is_spoken(text: str) -> None:
    said = spoken(text)
    assert said == said.strip() and "\n" not in said
    assert not set(said) - set(text) - set(", ")


async def test_a_stream_of_words_becomes_a_stream_of_sentences() -> None:
    async def words() -> AsyncIterator[str]:
        for piece in ("Hel", "lo. Two ro", "oms."):
            yield piece

    assert [one.text async for one in sentences(words(), "en")] == ["Hello.", " Two rooms."]
