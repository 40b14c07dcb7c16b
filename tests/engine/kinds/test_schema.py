"""The JSON Schema says what the loader takes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.kinds import all_kinds
from engine.kinds.schema import flow_schema, layout_schema

ROOT = Path(__file__).parents[3]
FLOWS = sorted((ROOT / "flows").glob("*/flow.json"))


def plain(schema: dict[str, Any]) -> Any:
    return json.loads(json.dumps(schema))


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.parent.name)
def test_the_sample_flows_are_what_the_schema_says(path: Path) -> None:
    jsonschema.validate(json.loads(path.read_bytes()), plain(flow_schema()))
    jsonschema.validate(json.loads(path.with_name("layout.json").read_bytes()), plain(layout_schema()))


def test_every_kind_is_described() -> None:
    titles = {name: part["title"] for name, part in flow_schema()["$defs"].items() if name.endswith(" node")}
    assert titles == {f"{kind.id} node": kind.title for kind in all_kinds().values()}


@pytest.mark.parametrize(
    "node",
    [
        {"kind": "say", "text": "no locale"},
        {"kind": "ask", "type": "telepathy"},
        {"kind": "say", "colour": "red"},
        {"label": "no kind"},
    ],
)
def test_what_the_loader_would_complain_about_the_schema_refuses(node: dict[str, Any]) -> None:
    document = {"format": "parley-flow", "schema": 1, "start": "n_a", "nodes": {"n_a": node}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, plain(flow_schema()))


def test_a_node_of_an_unknown_kind_and_fields_of_ones_own_are_allowed() -> None:
    nodes = {
        "n_a": {"kind": "hologram", "beam": 3},
        "n_b": {"kind": "say", "text": {"en-US": "Hi"}, "x_mine": 1},
    }
    document = {"format": "parley-flow", "schema": 1, "start": "n_a", "nodes": nodes, "x_all": True}
    jsonschema.validate(document, plain(flow_schema()))
