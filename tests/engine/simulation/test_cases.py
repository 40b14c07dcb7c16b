"""Conversation tests: the sample flows pass theirs, and a test that fails says why."""

from pathlib import Path
from typing import Any

import pytest

from engine.compiler import compile_flow
from engine.flow import load_flow
from engine.protocol.script import Answer
from engine.simulation import Case, Service, Turn, case_files, dump_case, load_case, run_case
from tests.engine.drawing import ask, end, program

FLOWS = Path(__file__).parents[3] / "flows"
CASES = [(folder, path) for folder in sorted(FLOWS.iterdir()) for path in case_files(folder)]


@pytest.mark.parametrize(("folder", "path"), CASES, ids=[f"{f.name}-{p.stem}" for f, p in CASES])
def test_a_sample_flow_passes_its_test(folder: Path, path: Path) -> None:
    flow, _ = load_flow((folder / "flow.json").read_bytes())
    verdict = run_case(compile_flow(flow), load_case(path.read_bytes(), path.name))
    assert verdict.passed, f"turn {verdict.turn}: {verdict.difference}"


def small() -> Any:
    nodes = {
        "q": ask("number", "n", "How many?", {"understood": "w", "gives_up": "x"}),
        "w": {
            "kind": "http",
            "url": "https://example.com/tea",
            "response": [{"path": "price", "to": "price"}],
            "out": {"ok": "x", "error": "e"},
        },
        "x": end("done", "That is {{ price }}."),
        "e": end("error"),
    }
    return program(nodes, variables={"n": "int", "price": "int"})


TEA = Service("/tea", (Answer("ok", 200, {"price": 3}),))


@pytest.mark.parametrize(
    ("turns", "end", "says"),
    [
        ([Turn(expect=("How few",))], {}, '"How few" was expected'),
        ([Turn(reject=("many",))], {}, "was not to be said"),
        ([Turn(say="four", variables={"n": 5})], {}, "n is 4, not 5"),
        ([Turn(node="x")], {}, "stands at q, not at x"),
        ([Turn(say="four")], {"outcome": "error"}, 'ended "done"'),
        ([Turn()], {"outcome": "done"}, "still goes on"),
        ([Turn(say="four"), Turn(say="five")], {}, "had ended before"),
        ([Turn(), Turn()], {}, "has no step"),
        ([Turn(say="four")], {"variables": {"price": 4}}, "price is 3, not 4"),
    ],
)
def test_a_test_that_fails_says_what_was_expected_and_what_came(
    turns: list[Turn], end: Any, says: str
) -> None:
    verdict = run_case(small(), Case("a", tuple(turns), services=(TEA,), **end))
    assert not verdict.passed
    assert says in verdict.difference


def test_a_service_that_is_not_in_the_table_fails() -> None:
    assert run_case(small(), Case("a", (Turn(say="four"),), outcome="error")).passed


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{", "no conversation test"),
        (b'{"name": "a"}', "turns"),
        (b'{"name": "a", "turns": [{"say": "x", "keys": "1"}]}', "one step"),
        (b'{"name": "a", "turns": [{"sing": "x"}]}', "sing"),
    ],
)
def test_what_is_no_test_is_refused_with_a_reason(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        load_case(data, "a.json")


def test_a_test_comes_back_as_it_was_written() -> None:
    case = Case("a", (Turn(), Turn(say="four", expect=("That is 3",))), services=(TEA,), outcome="done")
    assert load_case(dump_case(case)) == case
    assert run_case(small(), case).passed
