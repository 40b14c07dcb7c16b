"""Everything collected of what people say, at once: the failures are listed together."""

from __future__ import annotations

from tests.engine.understanding.collected import FOLDER, Saying, sayings

TYPES_WITH_SAYINGS = {
    "text", "number", "yes_no", "date", "time", "datetime", "phone", "email", "choice", "name", "digits",
}  # fmt: skip


def test_every_saying_is_understood_as_people_mean_it() -> None:
    wrong = [_failure(saying) for saying in sayings()]
    failures = [line for line in wrong if line]
    assert not failures, f"{len(failures)} sayings are not understood:\n" + "\n".join(failures)


def test_there_are_sayings_of_every_type_and_some_that_must_not_be_understood() -> None:
    collected = list(sayings())
    assert {saying.expected.type for saying in collected} == TYPES_WITH_SAYINGS
    assert {path.stem for path in FOLDER.glob("*.json")} == TYPES_WITH_SAYINGS
    for kind in TYPES_WITH_SAYINGS:
        values = [saying.value for saying in collected if saying.expected.type == kind]
        assert None in values, f"no saying of type {kind} must be refused"
    assert len(collected) >= 500


def test_what_is_not_understood_has_no_confidence() -> None:
    for saying in sayings():
        understood = saying.understood()
        assert (understood.value is None) == (understood.confidence == 0), saying.say


def _failure(saying: Saying) -> str:
    understood = saying.understood()
    if understood.value == saying.value and type(understood.value) is type(saying.value):
        return ""
    kind = saying.expected.type
    return f"  {kind}: {saying.say!r} means {saying.value!r}, understood {understood.value!r} ({understood.note})"
