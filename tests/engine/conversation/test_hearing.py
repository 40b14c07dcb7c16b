"""Whom words are meant for."""

from datetime import datetime

import pytest

from engine.conversation import hear
from engine.runtime import Expectation
from engine.understanding import Choice, Expected

NOW = datetime(2026, 11, 20, 10)
NUMBER, DATE, TEXT, YES_NO = (Expected(type) for type in ("number", "date", "text", "yes_no"))
SEAT = Expected("choice", (Choice("bar", "the bar"), Choice("operator", "the operator's table")))
PERSON = (("n_person", ("speak to someone", "operator")),)


def meant(words: str, here: Expected | None = None, **more: object) -> tuple[str, object]:
    expectation = Expectation(here, **more)  # type: ignore[arg-type]
    reading = hear(expectation, words, NOW, "en-US")
    assert hear(expectation, words, NOW, "en-US") == reading
    return reading.target, reading.value


def test_an_answer_is_for_the_question() -> None:
    assert meant("four please", NUMBER) == ("here", 4)


def test_words_that_mean_nothing_are_for_no_one() -> None:
    assert meant("banana", NUMBER) == ("", None)


def test_a_phrase_is_for_its_handler_even_where_any_text_would_do() -> None:
    assert meant("can I speak to someone", NUMBER, handlers=PERSON)[0] == "n_person"
    assert meant("speak to someone", TEXT, handlers=PERSON)[0] == "n_person"
    assert meant("my dog ate it", TEXT, handlers=PERSON) == ("here", "my dog ate it")


def test_the_question_comes_before_a_handler_that_is_meant_no_more() -> None:
    assert meant("the operator's table", SEAT, handlers=PERSON) == ("here", "operator")


def test_while_nothing_listens_only_handlers_hear() -> None:
    assert meant("speak to someone", handlers=PERSON)[0] == "n_person"
    assert meant("four", handlers=PERSON) == ("", None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("yes", ("here", True)),
        ("no", ("here", False)),
        ("no, Tuesday", ("amend", "2026-11-24")),
        ("Tuesday", ("amend", "2026-11-24")),
        ("banana", ("", None)),
    ],
)
def test_a_confirmation_takes_yes_no_or_another_value(words: str, expected: tuple[str, object]) -> None:
    assert meant(words, YES_NO, amend=DATE) == expected


def test_a_text_is_only_amended_by_words_that_say_so() -> None:
    assert meant("maybe", YES_NO, amend=TEXT)[0] != "amend"


def test_the_answer_before_is_corrected_by_words_that_do_not_answer_now() -> None:
    assert meant("no, I meant Tuesday", NUMBER, correct=DATE) == ("correct", "2026-11-24")
    assert meant("no, make it five", NUMBER, correct=NUMBER) == ("here", 5)
    assert meant("Tuesday", NUMBER, correct=DATE)[0] != "correct"


def test_a_day_corrected_alone_keeps_the_time_and_a_time_its_day() -> None:
    saturday = Expected("datetime", standing="2026-11-21T19:30")
    assert meant("no, I meant Sunday", NUMBER, correct=saturday) == ("correct", "2026-11-22T19:30")
    assert meant("no, Sunday", YES_NO, amend=saturday) == ("amend", "2026-11-22T19:30")
    assert meant("no, half past eight", YES_NO, amend=saturday) == ("amend", "2026-11-21T20:30")
    assert meant("no, I meant Sunday", NUMBER, correct=Expected("datetime")) == ("", None)
