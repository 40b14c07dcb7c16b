"""Flows nobody would draw: they are shown, quickly and whole."""

import pytest
from pytestqt.qtbot import QtBot

from engine.flow import Flow, FlowNode, Group, Layout
from studio.canvas import Canvas
from tests.studio.canvas.conftest import Show

STRANGE = [
    "\0",
    "a\0b",
    "\n\n",
    "שלום",
    "👩‍👩‍👧" * 9,
    "x" * 1_000_000,
    "<b>bold</b>",
    "{{",
    "{{ a }} {{ b",
    "%s %1",
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
@pytest.mark.parametrize("zoom", [1.0, 0.3])
def test_any_text_can_be_shown(show: Show, text: str, zoom: float) -> None:
    nodes = {
        "n_a": FlowNode("n_a", "say", text, fields={"text": {"en-US": text}}, out={text: "n_b"}),
        "n_b": FlowNode("n_b", text, text),
    }
    canvas = show(
        Flow(start="n_a", nodes=nodes),
        Layout({"n_a": (0, 0), "n_b": (300, 0)}, {"g": Group(text[:99], (0, 0, 9, 9))}),
    )
    canvas.zoom_to(zoom)
    canvas.grab()
    assert set(canvas.flow_scene.nodes) == {"n_a", "n_b"}
    assert ("n_a", text) in canvas.flow_scene.wires


@pytest.mark.parametrize("far", [10**6, 10**9, 10**15, -(10**12)])
def test_nodes_may_stand_far_away(show: Show, far: int, qtbot: QtBot) -> None:
    nodes = {id: FlowNode(id, "say") for id in ("n_a", "n_b")}
    canvas = show(Flow(start="n_a", nodes=nodes), Layout({"n_a": (0, 0), "n_b": (far, far)}))
    for visit in (canvas.fit, canvas.show_start, lambda: canvas.reveal("n_b"), canvas.arrange):
        visit()
        canvas.grab()
    assert canvas.in_view().intersects(canvas.flow_scene.nodes["n_b"].rect())


def test_a_node_with_hundreds_of_ports_is_shown(show: Show) -> None:
    cases = [{"id": f"c{i}", "when": "true", "label": f"case {i}"} for i in range(500)]
    canvas: Canvas = show(
        Flow(start="n_a", nodes={"n_a": FlowNode("n_a", "branch", fields={"cases": cases})}),
        Layout({"n_a": (0, 0)}),
    )
    canvas.fit()
    canvas.grab()
    assert len(canvas.flow_scene.nodes["n_a"].box.ports) > 500


def test_wires_to_nodes_that_are_not_there_and_to_oneself(show: Show) -> None:
    out = {"then": "n_gone", "again": "n_a"}
    canvas = show(
        Flow(start="n_gone", nodes={"n_a": FlowNode("n_a", "say", out=out)}), Layout({"n_a": (0, 0)})
    )
    canvas.grab()
    assert list(canvas.flow_scene.wires) == [("n_a", "again")]
