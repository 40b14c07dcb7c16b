"""When no model answers, what was found is quoted: the sentence that fits, and its source."""

from typing import Any

import pytest

from engine.protocol import Cite, Source
from engine.protocol.script import Answer, Say
from engine.runtime.quoting import LONGEST, quoted
from engine.simulation import Rehearsal
from tests.engine.drawing import ask, end, heard, rehearse

TEXT = "The winter garden looks on the lake. Breakfast is served there from 7:00 to 10:30. It is free."
PASSAGES = [
    {"id": "a", "text": TEXT, "title": "Handbook", "where": "Breakfast", "score": 700},
    {"id": "b", "text": "Supper is at eight.", "title": "Handbook", "where": "Supper", "score": 400},
]


def talk_of(never: tuple[str, ...] = (), **more: Any) -> Rehearsal:
    """A caller has asked when breakfast is, and passages were found."""
    nodes = {
        "n": ask("text", "wish", "Yes?", {"understood": "a", "gives_up": "bye"}),
        "a": {
            "kind": "answer",
            "question": "wish",
            "save": "wish",
            "quote": True,
            "out": {"answered": "bye", "failed": "sorry"},
            **more,
        },
        "bye": end("done"),
        "sorry": end("failed", "Sorry."),
    }
    talk = rehearse(nodes, variables={"wish": "text"}, never=list(never))
    talk.play(Say("When is breakfast?"))
    talk.play(Answer(body=PASSAGES))
    return talk


@pytest.mark.parametrize("outcome", ["error", "timeout"])
def test_a_model_that_does_not_answer_is_stood_in_for_by_the_passage(outcome: str) -> None:
    talk = talk_of()
    talk.play(Answer(outcome))
    assert heard(talk)[-1] == "Breakfast is served there from 7:00 to 10:30. It is free."
    assert talk.state.outcome == "done" and talk.variables["wish"] == heard(talk)[-1]
    cited = [e for record in talk.records for e in record.effects if isinstance(e, Cite)]
    assert [cite.sources for cite in cited] == [(Source("Handbook", "Breakfast", ""),)]


@pytest.mark.parametrize(
    ("more", "never", "answer"),
    [
        ({"quote": False}, (), Answer("error")),
        ({}, ("breakfast",), Answer("error")),
        ({}, (), Answer("refused")),
    ],
)
def test_nothing_is_quoted_where_it_may_not_be(
    more: dict[str, Any], never: tuple[str, ...], answer: Answer
) -> None:
    talk = talk_of(never, **more)
    talk.play(answer)
    assert heard(talk)[-1] == "Sorry." and talk.state.outcome == "failed"


def test_the_sentence_with_most_of_the_words_comes_first_and_not_too_much_follows() -> None:
    many = " ".join(f"Sentence number {n} says nothing." for n in range(40))
    assert quoted(f"{many} The pool opens at nine. {many}", "when does the pool open?").startswith(
        "The pool opens at nine. Sentence number 0"
    )
    assert len(quoted(many, "")) <= LONGEST
    assert quoted("Place: Bar; Sunday: closed\nPlace: Pool; Sunday: open", "pool on Sunday").startswith(
        "Place: Pool"
    )


def test_a_sentence_without_end_is_cut_between_words() -> None:
    said = quoted("word " * 200, "word")
    assert said.endswith("word …") and len(said) <= LONGEST + 2
    assert quoted(" \n ", "anything") == ""
