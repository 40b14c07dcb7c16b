"""Grammars: what may be said where the conversation stands, and nothing that would not be understood."""

import random
from datetime import date, datetime

import pytest

from engine.compiler.grammars import grammar_of, hints_of
from engine.conversation.hearing import SURE, hear
from engine.runtime import Expectation
from engine.understanding import Choice, Expected, understand
from tests.engine.compiler.sentences import Sentences

NOW = datetime(2026, 11, 20, 10)
PHRASES = ("speak to someone", "start over")
SEATS = Expected(
    "choice",
    (
        Choice("garden", "The garden", ("outside", "out in the open")),
        Choice("bar", "At the bar", ("the counter",)),
        Choice("window", "A window seat", ("by the window", "Café corner")),
    ),
)
ASKED = {
    "yes or no": Expected("yes_no"),
    "a number": Expected("number"),
    "guests": Expected("number", minimum=1, maximum=12),
    "many": Expected("number", maximum=5000),
    "six digits": Expected("digits", minimum=6, maximum=6),
    "five digits": Expected("digits", minimum=5, maximum=5),
    "some digits": Expected("digits", minimum=4, maximum=8),
    "digits": Expected("digits"),
    "a day": Expected("date"),
    "a birthday": Expected("date", past=True),
    "an evening": Expected("time", earliest="18:00", latest="22:00"),
    "a time": Expected("time"),
    "a moment": Expected("datetime"),
    "another moment": Expected("datetime", standing="2026-11-27T19:30"),
    "a seat": SEATS,
    "a name": Expected("name"),
}
NUMBERS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
NUMBERS |= {
    w: n
    for n, w in enumerate(
        ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], 13
    )
}
NUMBERS |= {
    w: n * 10
    for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}


def drawn(expected: Expected, count: int = 250, seed: int = 4) -> list[str]:
    grammar = Sentences(grammar_of((expected,), (), "en-US"))
    dice = random.Random(seed)
    return [grammar.draw(dice) for _ in range(count)]


@pytest.mark.parametrize("asked", ASKED)
def test_whatever_the_grammar_offers_is_understood(asked: str) -> None:
    for said in drawn(ASKED[asked]):
        meant = understand(said, ASKED[asked], now=NOW, locale="en-US")
        assert meant.value is not None and meant.confidence >= SURE, said


def test_numbers_mean_what_they_say() -> None:
    for said in drawn(ASKED["many"]):
        total = part = 0
        for word in said.split():
            if word == "a":
                part = 1
            elif word == "hundred":
                part *= 100
            elif word == "thousand":
                total, part = part * 1000, 0
            else:
                part += NUMBERS.get(word, 0)
        assert understand(said, ASKED["many"], now=NOW, locale="en-US").value == total + part, said


@pytest.mark.parametrize("asked", ["six digits", "five digits", "some digits"])
def test_digits_mean_what_they_say_and_are_as_many_as_wanted(asked: str) -> None:
    expected = ASKED[asked]
    for said in drawn(expected):
        spelled, times = "", 1
        for word in said.split():
            if word == "double":
                times = 2
            elif word in NUMBERS or word == "oh":
                spelled += str(NUMBERS.get(word, 0)) * times
                times = 1
        assert understand(said, expected, now=NOW, locale="en-US").value == spelled, said
        assert (expected.minimum or 0) <= len(spelled) <= (expected.maximum or 0), said


def test_days_mean_what_they_say() -> None:
    for said in drawn(ASKED["a day"]):
        value = understand(said, ASKED["a day"], now=NOW, locale="en-US").value
        assert isinstance(value, str)
        day = date.fromisoformat(value)
        weekday, month = day.strftime("%A").lower(), day.strftime("%B").lower()
        assert weekday in said or month in said or "today" in said or "tomorrow" in said, (said, day)


def test_yes_is_yes_and_no_is_no() -> None:
    for said in drawn(ASKED["yes or no"]):
        value = understand(said, ASKED["yes or no"], now=NOW, locale="en-US").value
        refuses = any(
            w in said.split() for w in ("no", "nope", "nah", "not", "never", "wrong", "don't", "incorrect")
        )
        assert value is not refuses, said


@pytest.mark.parametrize("asked", ASKED)
def test_corrections_and_phrases_are_heard_for_whom_they_are_meant(asked: str) -> None:
    before = ASKED[asked]
    expectation = Expectation(
        here=Expected("yes_no"),
        correct=before,
        handlers=(("n_person", PHRASES[:1]), ("n_again", PHRASES[1:])),
    )
    grammar = Sentences(grammar_of((Expected("yes_no"), before), PHRASES, "en-US"))
    dice = random.Random(7)
    for said in [grammar.draw(dice) for _ in range(150)]:
        assert hear(expectation, said, NOW, "en-US").target, said


@pytest.mark.parametrize("asked", ASKED)
def test_grammars_are_small_and_of_lower_case_words(asked: str) -> None:
    grammar = Sentences(grammar_of((ASKED[asked],), PHRASES, "en-US"))
    assert grammar.arcs() < 4_000
    assert all(word == word.lower() and not word[0].isdigit() for word in grammar.words())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("yes or no", "yes please"),
        ("yes or no", "no thanks"),
        ("guests", "four"),
        ("guests", "for four people"),
        ("guests", "there are six of us"),
        ("many", "two hundred and fifty"),
        ("six digits", "one two double three four five"),
        ("a day", "next friday"),
        ("a day", "on the twenty seventh of november"),
        ("an evening", "half past seven"),
        ("an evening", "seven thirty p m"),
        ("a moment", "tomorrow at seven thirty"),
        ("a seat", "the garden please"),
        ("a seat", "outside"),
        ("a seat", "i'd like the counter"),
        ("a seat", "cafe corner"),
        ("a seat", "i'd like to speak to someone"),
    ],
)
def test_what_people_say_is_in_the_grammar(asked: str, said: str) -> None:
    assert Sentences(grammar_of((ASKED[asked],), PHRASES, "en-US")).holds(said)


def test_where_anything_may_be_said_there_is_no_grammar() -> None:
    for type in ("text", "email"):
        assert grammar_of((Expected(type),), PHRASES, "en-US") == ""
    assert grammar_of((Expected("yes_no"),), (), "de-DE") == ""
    assert grammar_of((), (), "en-US") == ""


def test_names_that_mean_two_things_are_left_out() -> None:
    seats = Expected("choice", (Choice("a", "Table", ("inside",)), Choice("b", "Table", ("outside",))))
    words = Sentences(grammar_of((seats,), (), "en-US")).words()
    assert {"inside", "outside"} <= words and "table" not in words


def test_hints_are_what_can_be_chosen_and_what_handlers_wait_for() -> None:
    assert hints_of((SEATS,), PHRASES, "de-DE")[:3] == ("The garden", "outside", "out in the open")
    assert hints_of((SEATS,), PHRASES, "en-US")[-1] == "start over"
