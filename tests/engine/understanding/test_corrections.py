"""What somebody puts in the place of what was understood."""

from __future__ import annotations

import pytest

from engine.understanding import Expected, correction, understand
from tests.engine.understanding.test_properties import NOW


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("no, I meant Tuesday", "tuesday"),
        ("actually make that four", "four"),
        ("two, sorry, three", "three"),
        ("no tuesday", "tuesday"),
        ("no, no, Wednesday please", "wednesday"),
        ("not Monday, Tuesday", "tuesday"),
        ("Tuesday, not Monday", "tuesday"),
        ("I said Tuesday not Thursday", "tuesday"),
        ("Monday doesn't work, Tuesday", "tuesday"),
        ("Tuesday instead", "tuesday"),
        ("make it eight instead", "eight"),
        ("wait, make it seven thirty pm", "seven thirty pm"),
        ("scratch that, eight", "eight"),
        ("I want to change it to four", "four"),
        ("change the time to eight", "eight"),
        ("can we make it five", "five"),
        ("yes, but make it six", "six"),
        ("that's wrong, it's 5", "5"),
        ("no, it's Anna-Maria", "anna-maria"),
        ("it's actually john@example.com", "john@example.com"),
        ("no sorry, half past eight", "half past eight"),
    ],
)
def test_a_correction_leaves_what_is_meant_instead(said: str, instead: str) -> None:
    assert correction(said) == instead


@pytest.mark.parametrize(
    "said",
    [
        "no", "no thanks", "no, thank you", "no, that's wrong", "sorry", "sorry what?", "actually no", "hello", "yes",
        "the 27th", "no problem", "no idea", "no way", "I don't know", "I'd rather not", "never mind", "", "four",
    ],
)  # fmt: skip
def test_words_that_put_nothing_in_place_correct_nothing(said: str) -> None:
    assert correction(said) is None


def test_taking_something_back_on_the_way_is_marked() -> None:
    asked = Expected("number")
    assert understand("two, sorry, three", asked, now=NOW, locale="en-US").corrected
    assert not understand("three", asked, now=NOW, locale="en-US").corrected


def test_a_correction_in_part_keeps_the_rest() -> None:
    day = understand("the 27th of November, no, the 28th", Expected("date"), now=NOW, locale="en-US")
    hour = understand("five thirty pm, no, six", Expected("time"), now=NOW, locale="en-US")
    assert (day.value, hour.value) == ("2026-11-28", "18:00")
