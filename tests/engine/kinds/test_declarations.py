"""What kinds declare is complete: for the palette, the inspector, the canvas and the checks."""

from pathlib import Path
from typing import Any

import pytest

from engine.compiler.scopes import flow_scope
from engine.flow import Flow, FlowNode, load_flow
from engine.kinds import Family, FieldSpec, Kind, PortClass, all_kinds, kind_of, typed_node
from engine.kinds.handler import HandlerFields, triggers
from engine.kinds.http import path_of, statuses
from engine.protocol.script import Happen, Keys, Leave, Say
from tests.engine.drawing import EN, draw, option

EDITORS = {
    "prompt",
    "prompts",
    "template",
    "expression",
    "text",
    "variable",
    "number",
    "duration",
    "toggle",
    "choice",
    "list",
    "texts",
    "expressions",
    "templates",
    "node",
    "flow",
    "type",
}
KINDS = list(all_kinds().values())
FLOWS = [
    load_flow(p.read_bytes())[0] for p in sorted((Path(__file__).parents[3] / "flows").glob("*/flow.json"))
]
NODES = [(part, flow, node) for flow in FLOWS for _, part in flow.flows() for node in part.nodes.values()]


def every(specs: tuple[FieldSpec, ...]) -> list[FieldSpec]:
    return [inner for spec in specs for inner in (spec, *every(spec.items))]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_can_be_shown_and_its_fields_can_be_edited(kind: Kind[Any]) -> None:
    assert kind.title and kind.summary.endswith(".") and isinstance(kind.family, Family)
    for spec in every(kind.form()):
        assert spec.label and spec.editor in EDITORS
        assert (spec.editor == "list") is bool(spec.items)
        assert (spec.editor == "choice") <= bool(spec.options)


def test_the_kinds_are_those_people_draw_with() -> None:
    names = "say ask menu digits branch set wait loop split http call return goto handler checkpoint end"
    assert set(all_kinds()) >= set(names.split())
    assert kind_of("hologram") is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_fresh_node_of_a_kind_has_ports_words_and_a_badge(kind: Kind[Any]) -> None:
    fields = typed_node(FlowNode("n_aaaaaaaa", kind.id)).fields
    assert fields is not None
    ports = kind.ports(fields, Flow())
    ids = [port.id for port in ports]
    assert len(ids) == len(set(ids))
    assert all(port.label and (not port.instead or port.instead in ids) for port in ports)
    assert isinstance(kind.words(fields, EN), str) and isinstance(kind.badge(fields), str)
    assert all(port.cls.failure for port in ports if port.instead)
    assert (PortClass.NEXT.failure, PortClass.ERROR.failure) == (False, True)


@pytest.mark.parametrize(("part", "flow", "node"), NODES, ids=lambda value: getattr(value, "id", ""))
def test_the_nodes_of_the_sample_flows_are_as_their_kinds_want_them(
    part: Flow, flow: Flow, node: FlowNode
) -> None:
    typed = typed_node(node)
    assert typed.kind is not None and typed.fields is not None, typed.diagnostics
    assert list(typed.kind.check(typed.fields, flow_scope(part, flow))) == []
    assert set(node.out) <= {port.id for port in typed.kind.ports(typed.fields, flow)}


@pytest.mark.parametrize(
    ("node", "code", "says"),
    [
        ({"kind": "hologram"}, "F002", "hologram"),
        ({"kind": "say", "text": "no locale"}, "F003", "text"),
        ({"kind": "say", "colour": "red"}, "F003", '"colour" is no field of Say'),
        ({"kind": "ask", "tries": "three"}, "F003", "tries"),
        ({"kind": "menu", "options": [{"label": {}}]}, "F003", "options"),
    ],
)
def test_a_field_that_is_wrong_is_named(node: dict[str, Any], code: str, says: str) -> None:
    flow = draw({"n": node})
    (diagnostic,) = typed_node(flow.nodes["n"]).diagnostics
    assert diagnostic.code == code
    assert says in diagnostic.message + diagnostic.field
    assert diagnostic.node == "n"


VARIABLES = {"n": "int", "t": "text", "seat": {"enum": ["bar"]}}


@pytest.mark.parametrize(
    ("node", "field"),
    [
        ({"kind": "ask", "type": "number", "save": "t", "prompt": {EN: "?"}}, "save"),
        ({"kind": "ask", "type": "number", "save": "nobody", "prompt": {EN: "?"}}, "save"),
        ({"kind": "ask", "type": "choice", "prompt": {EN: "?"}}, "choices"),
        (
            {
                "kind": "ask",
                "type": "choice",
                "save": "seat",
                "choices": [option("roof", "Roof")],
                "prompt": {EN: "?"},
            },
            "save",
        ),
        ({"kind": "ask", "type": "time", "earliest": "dawn", "prompt": {EN: "?"}}, "earliest"),
        ({"kind": "ask", "tries": 0, "prompt": {EN: "?"}}, "tries"),
        ({"kind": "ask"}, "prompt"),
        ({"kind": "menu"}, "options"),
        ({"kind": "menu", "options": [option("a", "A"), option("a", "B")]}, "options.1.id"),
        ({"kind": "digits", "minimum": 5, "maximum": 2}, "minimum"),
        ({"kind": "digits", "save": "n"}, "save"),
        ({"kind": "digits", "save": "nobody"}, "save"),
        ({"kind": "set", "assignments": [{"variable": "", "value": "1"}]}, "assignments.0.variable"),
        ({"kind": "set", "assignments": [{"variable": "nobody", "value": "1"}]}, "assignments.0.variable"),
        ({"kind": "split"}, "arms"),
        ({"kind": "split", "arms": [{"id": "a", "weight": 0}]}, "arms.0.weight"),
        ({"kind": "loop"}, "times"),
        ({"kind": "loop", "times": "3", "over": "[1]"}, "times"),
        ({"kind": "loop", "times": "3", "item": "nobody"}, "item"),
        ({"kind": "http"}, "url"),
        ({"kind": "http", "url": "x", "timeout": 0}, "timeout"),
        ({"kind": "http", "url": "x", "retries": 99}, "retries"),
        ({"kind": "http", "url": "x", "response": [{"path": "a", "to": "nobody"}]}, "response.0.to"),
        ({"kind": "http", "url": "x", "cases": [{"id": "a", "status": "teapot"}]}, "cases.0.status"),
        ({"kind": "call", "flow": "nowhere"}, "flow"),
        ({"kind": "handler"}, "phrases"),
        ({"kind": "handler", "keys": ["F1"]}, "keys.0"),
    ],
)
def test_a_node_that_makes_no_sense_says_which_field_and_what_to_do(node: dict[str, Any], field: str) -> None:
    flow = draw({"n": node}, variables=VARIABLES)
    typed = typed_node(flow.nodes["n"])
    assert typed.kind is not None and typed.fields is not None
    found = list(typed.kind.check(typed.fields, flow_scope(flow, flow)))
    assert field in [d.field for d in found]
    assert all(d.message and d.fix for d in found)


def test_a_call_must_fit_the_sub_flow_it_calls() -> None:
    inner = {
        "nodes": {"r": {"kind": "return"}},
        "variables": {"who": "text", "age": "int"},
        "inputs": ["who"],
        "outputs": ["age"],
    }
    call = {
        "kind": "call",
        "flow": "f",
        "inputs": {"when": "1"},
        "outputs": {"t": "age", "nobody": "age", "n": "size"},
    }
    flow = draw({"n": call}, variables=VARIABLES, subflows={"f": inner})
    typed = typed_node(flow.nodes["n"])
    assert typed.kind is not None and typed.fields is not None
    fields = {d.field for d in typed.kind.check(typed.fields, flow_scope(flow, flow))}
    assert fields == {"inputs", "inputs.when", "outputs.t", "outputs.nobody", "outputs.n"}


def test_statuses_and_paths_are_read_as_people_write_them() -> None:
    assert (statuses("409"), statuses("4xx"), statuses("9xx"), statuses("40")) == (
        (409, 409),
        (400, 499),
        None,
        None,
    )
    assert path_of("items.0.name") == ("items", 0, "name")
    assert path_of("") == ()


def test_a_handler_knows_what_sets_it_off() -> None:
    fields = HandlerFields({EN: ("help",)}, ("0",), ("fire",), True)
    assert triggers(fields, EN) == (Say("help"), Keys("0"), Happen("fire"), Leave())
