"""Flows nobody would draw: the checks end, and say something."""

import pytest

from engine.compiler import check, cover
from tests.engine.compiler.finding import found
from tests.engine.drawing import EN, ask, draw, end, option, say

MEGABYTE = 2**20


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text", ["a" * MEGABYTE, "a-" * (MEGABYTE // 2), "{{" * (MEGABYTE // 2), "a_." * 300_000, "\0" * MEGABYTE]
)
def test_a_prompt_of_a_megabyte(text: str) -> None:
    flow = draw({"a": say(text, "z"), "z": end()})
    check(flow)


@pytest.mark.timeout(60)
def test_a_node_that_asks_a_thousand_million_times() -> None:
    nodes = {
        "a": ask("number", "", "Well?", {"understood": "z", "gives_up": "y"}, tries=10**9),
        "y": say("No."),
        "z": end(),
    }
    flow = draw(nodes)
    assert [f.witness for f in found(flow, "R002")] == [None]
    assert cover(flow)


@pytest.mark.timeout(60)
def test_a_menu_of_thousands() -> None:
    options = [option(f"o{i}", f"Number {i}", key=str(i)) for i in range(2000)]
    out = {o["id"]: "z" for o in options}
    flow = draw({"m": {"kind": "menu", "prompt": {EN: "Which?"}, "options": options, "out": out}, "z": end()})
    assert found(flow, "E001")


@pytest.mark.timeout(60)
def test_ten_thousand_nodes_without_a_wire() -> None:
    flow = draw({f"n{i}": say("Lost.") for i in range(10_000)})
    findings = check(flow)
    assert sum(f.code == "R002" for f in findings) == 10_000
