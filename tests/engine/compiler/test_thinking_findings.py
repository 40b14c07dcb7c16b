"""What the checks say of flows that think."""

from typing import Any

from engine.compiler import check
from engine.flow import Flow, Severity
from tests.engine.drawing import ask, draw, end, say

FUNCTION: dict[str, Any] = {
    "description": "Free rooms",
    "inputs": {"day": {"type": "date"}},
    "url": "https://hotel.example/rooms",
    "query": {"day": "day"},
}


def with_function(name: str = "free_rooms", **changes: Any) -> Flow:
    return draw({"n": end()}, functions={name: {**FUNCTION, **changes}})


def said(flow: Flow, code: str) -> list[str]:
    return [f"{f.field}: {f.message}" for f in check(flow) if f.code == code]


def test_a_function_that_makes_sense_is_no_finding() -> None:
    assert said(with_function(), "F004") == []


def test_what_is_wrong_with_a_function_is_said_where_it_stands() -> None:
    for changes, field in (
        ({"name": "free rooms"}, "functions.free rooms"),
        ({"name": "leave_by_me"}, "functions.leave_by_me"),
        ({"description": ""}, "functions.free_rooms.description"),
        ({"tool": "x.y"}, "functions.free_rooms.url"),
        ({"url": ""}, "functions.free_rooms.url"),
        ({"timeout": 0}, "functions.free_rooms.timeout"),
        ({"inputs": {"day": {"type": "moon"}}}, "functions.free_rooms.inputs.day.type"),
        ({"query": {"day": "night"}}, "functions.free_rooms.query.day"),
        ({"body": {"day": "day +"}}, "functions.free_rooms.body.day"),
        ({"url": "https://x.example/{{ night }}"}, "functions.free_rooms.url"),
    ):
        found = said(with_function(**changes), "F004")
        assert any(text.startswith(f"{field}:") for text in found), (changes, found)


def thinking(failed: str) -> Flow:
    nodes = {
        "a": {
            "kind": "reply",
            "instructions": "Greet.",
            "out": {"then": "bye", "failed": failed, "refused": "bye", "off_limits": "bye", "timeout": "bye"},
        },
        "sorry": say("One moment.", "a"),
        "ask": ask("number", "n", "How many?", {"understood": "a", "gives_up": "bye"}),
        "bye": end(),
    }
    return draw(nodes, variables={"n": {"type": "int", "export": True}})


def test_who_asks_a_failing_model_again_at_once_is_told() -> None:
    for failed, told in (("a", True), ("sorry", True), ("ask", False), ("bye", False)):
        findings = [f for f in check(thinking(failed)) if f.code == "E002"]
        assert bool(findings) is told, failed
        assert all(f.severity is Severity.WARNING and f.port == "failed" for f in findings)
