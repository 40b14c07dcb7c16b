"""What can be spoken before anybody calls."""

from datetime import datetime
from typing import Any

import pytest

from engine.compiler.prepared import content_hash, coverage, prepared
from engine.protocol import Speak
from tests.engine.drawing import EN, ask, end, program, rehearse, say

NODES = {
    "hello": say("Hello.", "count"),
    "count": say(
        "You are number {{ n | number }} of {{ m | count('guest', 'guests') }}.".replace("'", '"'), "when"
    ),
    "when": say("We meet {{ at | say_datetime }}.", "code"),
    "code": say("Your code is {{ word | spell }}.", "seat"),
    "seat": say("You sit in the {{ seat }}, {{ yes }}.", "who"),
    "who": say("Goodbye {{ word }}.", "bye"),
    "bye": end("done"),
}
VARIABLES: dict[str, Any] = {
    "n": {"type": "int", "initial": 7},
    "m": {"type": "int", "initial": 60},
    "at": {"type": "datetime", "initial": "2026-11-27T19:30"},
    "word": {"type": "text", "initial": "Ab-1"},
    "seat": {"type": {"enum": ["bar", "garden"]}, "initial": "garden"},
    "yes": {"type": "yes_no", "initial": True},
}


def spoken_parts() -> dict[str, Speak]:
    talk = rehearse(NODES, voice=True, variables=VARIABLES)
    return {e.node: e for r in talk.records for e in r.effects if isinstance(e, Speak)}


def test_a_text_tells_the_parts_it_is_spoken_in() -> None:
    said = spoken_parts()
    assert said["hello"].parts == () and said["hello"].prompt == content_hash("Hello.")
    assert said["count"].parts == ("You are number", "seven", "of", "sixty guests")
    assert said["when"].parts == ("We meet", "Friday", "the 27th of November", "at half past seven")
    assert said["code"].parts == ("Your code is", "A", "B", "dash", "1")
    assert said["seat"].parts == ("You sit in the", "garden", "yes")


def test_on_a_screen_a_text_has_no_parts() -> None:
    talk = rehearse(NODES, variables=VARIABLES)
    assert all(e.parts == () for r in talk.records for e in r.effects if isinstance(e, Speak))


def test_every_part_of_a_closed_text_was_prepared() -> None:
    known = {p.hash for p in prepared(program(NODES, variables=VARIABLES))}
    for node, speak in spoken_parts().items():
        names = [speak.prompt] if speak.prompt else [content_hash(part) for part in speak.parts]
        missing = [
            part for part, name in zip(speak.parts or (speak.text,), names, strict=True) if name not in known
        ]
        assert bool(missing) is (node == "who"), missing


@pytest.mark.parametrize("moment", ["2027-02-28T00:00", "2026-12-31T23:45", "2028-02-29T12:15"])
def test_any_day_and_any_quarter_of_an_hour_is_prepared(moment: str) -> None:
    variables = {**VARIABLES, "at": {"type": "datetime", "initial": moment}}
    known = {p.hash for p in prepared(program(NODES, variables=variables))}
    talk = rehearse(NODES, voice=True, variables=variables)
    (when,) = [e for r in talk.records for e in r.effects if isinstance(e, Speak) and e.node == "when"]
    assert datetime.fromisoformat(moment) and {content_hash(part) for part in when.parts} <= known


def test_a_release_says_how_much_of_it_needs_no_provider() -> None:
    known = coverage(program(NODES, variables=VARIABLES))
    assert known.open == ("who",)
    assert known.prompts - known.ready == 1 and 0 < known.per_mille < 1000


def test_questions_their_repetitions_and_notices_are_prepared_and_labels_are_not() -> None:
    nodes = {
        "q": ask(
            "choice",
            "seat",
            "Where?",
            {"understood": "bye", "gives_up": "bye"},
            reprompts=[{EN: "Pardon?"}],
            silences=[{EN: "Still there?"}],
            confirm={EN: "The {{ seat }}, right?"},
            rules=[{"when": 'value != "x"', "say": {EN: "Not there."}}],
            choices=[{"id": "bar", "label": {EN: "The bar counter"}}],
        ),
        "bye": end("done", "Bye."),
    }
    variables = {"seat": {"type": {"enum": ["bar", "garden"]}}}
    texts = [p.text for p in prepared(program(nodes, variables=variables, notices={"hold": {EN: "Wait."}}))]
    for text in (
        "Where?",
        "Pardon?",
        "Still there?",
        "Not there.",
        "Bye.",
        "bar",
        "garden",
        ", right?",
        "Wait.",
    ):
        assert text in texts, text
    assert "The bar counter" not in texts
    assert len(texts) == len(set(texts))
