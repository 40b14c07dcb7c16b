"""What holds for any words at all: no error, no junk value, the same answer every time, and in bounded time."""

from __future__ import annotations

import re
from datetime import date, datetime

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.understanding import (
    TYPES,
    Expected,
    Understood,
    correction,
    match_phrases,
    normalise,
    parse_choices,
    understand,
)
from tests.engine.understanding.collected import sayings

NOW = datetime(2026, 11, 20, 10, 0)
CHOICES = parse_choices("bar=bar,counter;garden=garden,outside;window=window table")
SAID = sorted({saying.say for saying in sayings()})
WORDS = sorted({word for say in SAID for word in say.split()})
SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d"),
    "digits": re.compile(r"\d+"),
    "email": re.compile(r"[^@\s]+@[^@\sA-Z]+"),
}

anything = st.text(max_size=80)
word_salad = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
cut_sayings = st.tuples(st.sampled_from(SAID), st.sampled_from(SAID), st.integers(0, 20)).map(
    lambda parts: parts[0][: parts[2]] + " " + parts[1]
)
texts = st.one_of(anything, word_salad, cut_sayings)
kinds = st.sampled_from(TYPES)
locales = st.sampled_from(["en-US", "en-GB", "en", "de-DE", "", "x"])


def expecting(kind: str) -> Expected:
    return Expected(kind, CHOICES if kind == "choice" else ())


def read(text: str, kind: str, locale: str = "en-US") -> Understood:
    return understand(text, expecting(kind), now=NOW, locale=locale)


def well_formed(value: str | int | bool | None, kind: str) -> bool:
    if value is None:
        return True
    if kind == "yes_no":
        return isinstance(value, bool)
    if kind == "number":
        return (isinstance(value, int) and not isinstance(value, bool)) or str(float(value)) != ""
    if kind == "choice":
        return value in {choice.id for choice in CHOICES}
    if kind == "phone":
        return phonenumbers.is_possible_number(phonenumbers.parse(str(value)))
    if kind in ("date", "datetime"):
        date.fromisoformat(str(value)[:10])
    shape = SHAPES.get(kind)
    return (
        isinstance(value, str)
        and value == value.strip() != ""
        and (shape is None or bool(shape.fullmatch(value)))
    )


@settings(deadline=None, max_examples=400, derandomize=True)
@given(texts, kinds, locales)
def test_any_words_give_a_well_formed_value_or_none(text: str, kind: str, locale: str) -> None:
    understood = read(text, kind, locale)
    assert 0 <= understood.confidence <= 1000
    assert well_formed(understood.value, kind), understood
    assert (understood.value is None) == (understood.confidence == 0)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(texts, kinds)
def test_the_same_words_always_mean_the_same(text: str, kind: str) -> None:
    assert read(text, kind) == read(text, kind)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(texts)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()


@settings(deadline=None, max_examples=100, derandomize=True)
@given(texts, st.lists(texts, max_size=3))
def test_any_words_are_compared_with_any_phrases(text: str, phrases: list[str]) -> None:
    assert 0 <= match_phrases(text, phrases) <= 1000


@settings(deadline=None, max_examples=100, derandomize=True)
@given(texts)
def test_a_correction_is_never_empty(text: str) -> None:
    corrected = correction(text)
    assert corrected is None or corrected.strip()


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.sampled_from(SAID), kinds)
def test_case_and_space_around_the_words_do_not_matter(say: str, kind: str) -> None:
    if kind not in ("name", "email", "text"):
        assert read(f"  {say.upper()}\n", kind).value == read(say, kind).value


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    "junk", ["seven ", "a", "1", "not ", "the day after ", "\u202e𝟘", "dot at ", "🙂", "\x00"]
)
def test_a_flood_is_refused_and_not_parsed(kind: str, junk: str) -> None:
    flood = junk * (100_000 // len(junk))
    understood = read(flood, kind)
    assert understood.value == (flood.strip() if kind == "text" else None)
    assert correction(flood) is None
    assert match_phrases(flood, ["speak to someone"]) == 0


@pytest.mark.parametrize("kind", TYPES)
def test_the_longest_text_that_is_parsed_still_ends(kind: str) -> None:
    for junk in (
        "seven ",
        "the day after ",
        "a week on ",
        "half past ",
        "double ",
        "at dot ",
        "not the bar or ",
        "n ",
    ):
        read((junk * 1000)[:1000], kind)


@pytest.mark.parametrize("number", [0, 4, 12, 999_999_999])
def test_plain_digits_mean_what_the_long_way_round_finds(number: int) -> None:
    assert read(str(number), "number").value == read(f"{number} please", "number").value == number


@pytest.mark.parametrize("time", ["00:00", "07:30", "13:00", "18:30", "23:59"])
def test_plain_times_mean_what_the_long_way_round_finds(time: str) -> None:
    assert read(time, "time").value == read(f"at {time}", "time").value == time


@pytest.mark.parametrize(
    "say", ["the Friday after 9999-12-31", "9999-12-31", "a week after 9999-12-31 at noon"]
)
@pytest.mark.parametrize("now", [datetime.min, NOW, datetime.max])
def test_the_ends_of_the_calendar_are_reached_without_error(say: str, now: datetime) -> None:
    for kind in ("date", "time", "datetime"):
        assert well_formed(understand(say, Expected(kind), now=now, locale="en-US").value, kind)


def test_an_unknown_type_is_the_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="Expect one of text, number"):
        understand("four", Expected("colour"), now=NOW, locale="en-US")
