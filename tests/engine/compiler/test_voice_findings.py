"""What the checks say of flows that are talked to: answers nobody hears, and languages without words for a bad line."""

from typing import Any

import pytest

from engine.compiler import check, compile_flow
from engine.compiler.notices import WORDS
from engine.flow import Flow, Severity
from tests.engine.drawing import ask, draw, end

HANG_UP = {"understood": "bye", "gives_up": "bye"}
TRANSFER = {
    "kind": "transfer",
    "to": "sip:desk@house.example",
    "out": {"busy": "bye", "no_answer": "bye", "failed": "bye"},
}
TYPES = {
    "number": "int",
    "email": "email",
    "name": "name",
    "date": "date",
    "digits": "digits",
    "text": "text",
}


def asking(type: str, spoken: bool = True, **parts: Any) -> Flow:
    last = {"bye": TRANSFER, "end": end()} if spoken else {"bye": end()}
    question = ask(type, "v", "Which?", HANG_UP)
    return draw({"q": question, **last}, variables={"v": TYPES[type]}, **parts)


def found(flow: Flow, code: str) -> list[tuple[str, ...]]:
    findings = [f for f in check(flow) if f.code == code]
    assert all(f.severity is Severity.INFO for f in findings)
    return [f.nodes for f in findings]


@pytest.mark.parametrize("type", ["text", "email", "name"])
def test_free_words_need_a_speech_provider(type: str) -> None:
    assert found(asking(type), "V002") == [("q",)]


@pytest.mark.parametrize("type", ["number", "digits", "date"])
def test_what_is_keyed_or_known_to_a_grammar_does_not(type: str) -> None:
    assert found(asking(type), "V002") == []


def test_a_flow_that_nobody_calls_may_ask_for_anything() -> None:
    assert found(asking("email", spoken=False), "V002") == []


def test_in_another_language_only_the_keys_are_left() -> None:
    assert found(asking("date", locales=["de-DE"]), "V002") == [("q",)]
    assert found(asking("number", locales=["de-DE"]), "V002") == []


def test_a_language_without_words_for_a_bad_line_wants_the_flows_own() -> None:
    assert found(asking("number", locales=["de-DE", "en-US"]), "V003") == []
    assert found(asking("number", locales=["hu-HU"]), "V003") == [()]
    own = {name: {"hu-HU": "Egy pillanat."} for name in WORDS}
    assert found(asking("number", locales=["hu-HU"], notices=own), "V003") == []


def test_notices_are_said_in_the_callers_language_unless_the_flow_has_its_own() -> None:
    own = {"hold": {"en-US": "Bear with me."}}
    program = compile_flow(asking("number", locales=["en-US", "de-DE", "nn-NO", "hu-HU"], notices=own))
    assert program.notices["hold"].texts == (
        "Bear with me.",
        "Einen Moment, bitte.",
        "Et øyeblikk.",
        "Bear with me.",
    )
    assert program.notices["resumed"].texts[3] == WORDS["resumed"]
