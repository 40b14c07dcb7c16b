"""The plain data around understanding: choices as text, hints, locales, notes."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.understanding import NOTHING, Choice, Expected, normalise, parse_choices, understand

NOW = datetime(2026, 11, 20, 10, 0)


def test_choices_are_written_as_an_id_a_label_and_synonyms() -> None:
    assert parse_choices("bar=bar,counter; garden = the garden , outside;kitchen") == (
        Choice("bar", "bar", ("counter",)),
        Choice("garden", "the garden", ("outside",)),
        Choice("kitchen", "kitchen"),
    )


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "There are no choices"),
        (" ; ;", "There are no choices"),
        ("=bar", "has no id"),
        ("bar=", "has no label"),
        ("bar=bar;bar=counter", "given twice"),
    ],
)
def test_broken_choices_say_what_to_change(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        parse_choices(text)


@pytest.mark.parametrize(
    ("said", "earliest", "latest", "meant"),
    [
        ("seven", "17:00", "23:00", "19:00"),
        ("seven", "06:00", "11:00", "07:00"),
        ("half past nine", "17:00", "23:00", "21:30"),
        ("nine", None, None, "09:00"),
        ("three", None, None, "15:00"),
        ("nine in the morning", "17:00", "23:00", "09:00"),
        ("seven", "broken", "hints", "19:00"),
    ],
)
def test_opening_hours_decide_which_half_of_the_day(
    said: str, earliest: str | None, latest: str | None, meant: str
) -> None:
    expected = Expected("time", earliest=earliest, latest=latest)
    assert understand(said, expected, now=NOW, locale="en-US").value == meant


def test_the_locale_orders_day_and_month() -> None:
    expected = Expected("date")
    assert understand("3/4/2027", expected, now=NOW, locale="en-US").value == "2027-03-04"
    assert understand("3/4/2027", expected, now=NOW, locale="en-GB").value == "2027-04-03"
    assert understand("3/4/2027", expected, now=NOW, locale="en_AU").value == "2027-04-03"


def test_the_region_of_a_phone_number_may_differ_from_the_locale() -> None:
    said = "020 7946 0958"
    assert understand(said, Expected("phone"), now=NOW, locale="en-US") == NOTHING
    assert understand(said, Expected("phone", region="GB"), now=NOW, locale="en-US").value == "+442079460958"


def test_a_date_of_birth_looks_back() -> None:
    birth = Expected("date", past=True)
    assert understand("the fifth of May", birth, now=NOW, locale="en-US").value == "2026-05-05"
    assert understand("5/5/82", birth, now=NOW, locale="en-US").value == "1982-05-05"
    assert understand("the fifth of May", Expected("date"), now=NOW, locale="en-US").value == "2027-05-05"


def test_a_day_without_a_time_says_what_is_missing() -> None:
    understood = understand("next Tuesday", Expected("datetime"), now=NOW, locale="en-US")
    assert understood.value is None
    assert understood.note == "2026-11-24, at what time?"


def test_the_hedged_is_less_sure_than_the_plain() -> None:
    def sure(said: str) -> int:
        return understand(said, Expected("number"), now=NOW, locale="en-US").confidence

    assert sure("4") > sure("four of us") > sure("maybe four") > sure("I don't know, maybe four")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  Speak  to SOMEONE!! ", "speak to someone"),
        ("It’s 7.30 p.m.", "it's 7.30 p.m"),
        ("“Anna‑Maria”", "anna-maria"),
        ("٣ tables", "3 tables"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("zero\u200bwidth\x00null", "zerowidth null"),
        ("", ""),
    ],
)
def test_spelling_differences_that_nobody_hears_are_levelled(text: str, plain: str) -> None:
    assert normalise(text) == plain
