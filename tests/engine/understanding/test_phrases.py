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
        "agent!",
        "I need a human",
        "transfer me to an operator",
        "is there anyone I can talk to?",
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
        "are you human?",
        "I spoke to someone yesterday",
        "someone will come with me",
    ],
)
def test_other_words_and_refusals_are_no_wish_for_a_person(said: str) -> None:
    assert match_phrases(said, PEOPLE) == 0


def test_the_phrase_itself_is_certain_and_filler_costs_a_little() -> None:
    exact = match_phrases("start over", ["start over"])
    wrapped = match_phrases("can we start over please", ["start over"])
    mixed = match_phrases("start over with the whole booking", ["start over"])
    assert exact == 1000 > wrapped > mixed


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I cannot breathe", True),
        ("he can't breathe", True),
        ("I'm bleeding a lot", True),
        ("pain in my chest", True),
        ("emergancy", True),
        ("it is not an emergency", False),
        ("no, I don't have chest pain", False),
    ],
)
def test_contractions_order_and_spelling_do_not_hide_an_emergency(said: str, meant: bool) -> None:
    phrases = ["emergency", "chest pain", "can't breathe", "I am bleeding"]
    assert (match_phrases(said, phrases) >= 700) == meant


def test_no_phrases_match_nothing() -> None:
    assert match_phrases("help", []) == 0
    assert match_phrases("help", ["", "..."]) == 0
