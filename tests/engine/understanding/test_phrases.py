"""Whether a caller means one of a handler's phrases."""

from __future__ import annotations

import pytest

from engine.understanding import match_phrases

PEOPLE = ["speak to someone", "talk to a human"]


@pytest.mark.parametrize(
    "said",
    [
        "speak to someone",
        "Speak to someone!",
        "can I speak to someone please",
        "I want to talk to a real person",
        "could I maybe talk to somebody",
        "let me speak with an agent",
        "speek to someone",
        "I'd like to speak to someone about my order",
    ],
)
def test_a_wish_for_a_person_is_heard_in_other_words(said: str) -> None:
    assert match_phrases(said, PEOPLE) >= 500


@pytest.mark.parametrize(
    "said",
    [
        "",
        "four",
        "the garden",
        "someone",
        "speak",
        "I don't want to speak to someone",
        "no, don't talk to a human",
        "!!",
    ],
)
def test_other_words_and_refusals_are_no_wish_for_a_person(said: str) -> None:
    assert match_phrases(said, PEOPLE) == 0


def test_the_phrase_itself_is_certain_and_filler_costs_a_little() -> None:
    exact = match_phrases("start over", ["start over"])
    wrapped = match_phrases("can we start over please", ["start over"])
    mixed = match_phrases("start over with the whole booking", ["start over"])
    assert exact == 1000 > wrapped > mixed


def test_no_phrases_match_nothing() -> None:
    assert match_phrases("help", []) == 0
    assert match_phrases("help", ["", "..."]) == 0
