"""Schemas of strangers: what fits them, and that none of them keeps the server busy or sends it anywhere."""

from typing import Any

import pytest

from server.tools.mcp_schema import held, unfit

ORDER = {
    "type": "object",
    "properties": {
        "number": {"type": "integer"},
        "weight": {"type": "number", "maximum": 20},
        "code": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "to": {"$ref": "#/$defs/place"},
    },
    "required": ["number"],
    "$defs": {"place": {"type": "object", "properties": {"city": {"enum": ["Bern", "Basel"]}}}},
}


def test_arguments_that_fit_come_back_with_their_numbers() -> None:
    given = {"number": 1, "weight": "2.50", "code": "CH", "to": {"city": "Bern"}}
    assert held(ORDER, given) == {**given, "weight": 2.5}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "'number' is a required property"),
        ({"number": "1"}, '"number": it does not meet "type": "integer"'),
        ({"number": 1, "weight": "30"}, '"weight": it does not meet "maximum": 20'),
        ({"number": 1, "weight": "NaN"}, '"weight"'),
        ({"number": 1, "code": "hidden"}, '"code": it does not meet "pattern"'),
        ({"number": 1, "to": {"city": "Rome"}}, '"to.city": it does not meet "enum"'),
    ],
)
def test_what_does_not_fit_is_told_without_repeating_it(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        held(ORDER, arguments)
    assert words in str(caught.value) and "hidden" not in str(caught.value)


def doubling(depth: int) -> dict[str, Any]:
    """A small schema that takes 2 to the power of ``depth`` steps."""
    steps: dict[str, Any] = {f"s{i}": {"allOf": [{"$ref": f"#/$defs/s{i + 1}"}] * 2} for i in range(depth)}
    return {"type": "object", "$ref": "#/$defs/s0", "$defs": {**steps, f"s{depth}": {"type": "object"}}}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (doubling(60), "too long to check"),
        ({"type": "object", "$ref": "#"}, "too long to check|does not hold together"),
        ({"type": "object", "$ref": "#/$defs/nowhere"}, "does not hold together"),
    ],
)
def test_schemas_that_lead_round_or_nowhere_end(schema: dict[str, Any], words: str) -> None:
    assert unfit(schema) == ""
    with pytest.raises(ValueError, match=words):
        held(schema, {"a": 1})


def test_a_pattern_made_to_take_for_ever_takes_no_time() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
    with pytest.raises(ValueError, match="pattern"):
        held(schema, {"a": "a" * 5000 + "!"})
    behind = {"type": "object", "properties": {"a": {"type": "string", "pattern": "(?<=x)y"}}}
    assert held(behind, {"a": "z"}) == {"a": "z"}, "what RE2 cannot read is left to the service"


@pytest.mark.parametrize(
    "schema",
    [
        None,
        [],
        {"type": "array"},
        {"type": "object", "$ref": "https://elsewhere.example/schema"},
        {"type": "object", "properties": {"a": {"$dynamicRef": "#x"}}},
        {"type": "object", "patternProperties": {"(a+)+$": {}}},
        {"type": "object", "properties": 7},
        {"type": "object", "description": "x" * 40_000},
    ],
)
def test_schemas_nothing_can_be_held_against(schema: Any) -> None:
    assert unfit(schema)
