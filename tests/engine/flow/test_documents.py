"""Flow documents: what loads, what is refused, what survives."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.flow import FlowFormatError, Layout, dump_flow, dump_layout, load_flow, load_layout, new_node_id
from engine.flow.upgrades import SCHEMA, upgrade

VERSIONS = Path(__file__).parent / "versions"


def document(**changes: Any) -> bytes:
    body = {"format": "parley-flow", "schema": 1, "name": "Small", "start": "n_aaaaaaaa", "nodes": {}}
    return json.dumps({**body, **changes}).encode()


@pytest.mark.parametrize("version", range(1, SCHEMA + 1))
def test_there_is_a_golden_document_for_every_schema_and_it_loads_without_a_word(version: int) -> None:
    flow, diagnostics = load_flow((VERSIONS / f"{version}.json").read_bytes())
    assert diagnostics == []
    assert flow.name == "Every field of schema 1"


def test_the_golden_document_of_the_current_schema_is_canonical() -> None:
    data = (VERSIONS / f"{SCHEMA}.json").read_bytes()
    flow, _ = load_flow(data)
    assert dump_flow(flow) == data


def test_an_unknown_kind_keeps_every_field_it_came_with() -> None:
    flow, _ = load_flow((VERSIONS / "1.json").read_bytes())
    assert flow.nodes["n_bbbbbbbb"].fields == {"beam": {"width": 3}}


def test_fields_that_begin_with_x_round_trip_and_others_are_named_and_kept() -> None:
    flow, diagnostics = load_flow(document(x_mine=1, colour="red"))
    assert [d.field for d in diagnostics] == ["colour"]
    assert "x_" in diagnostics[0].fix
    again = json.loads(dump_flow(flow))
    assert (again["x_mine"], again["colour"]) == (1, "red")


def test_every_bad_node_gives_its_own_diagnostic_and_nothing_is_lost() -> None:
    nodes = {
        "n_aaaaaaaa": 7,
        "n_bbbbbbbb": {"text": "no kind"},
        "n_cccccccc": {"kind": "say", "out": {"then": 3}},
    }
    flow, diagnostics = load_flow(document(nodes=nodes))
    assert {d.node for d in diagnostics} == set(nodes)
    assert flow.nodes["n_bbbbbbbb"].fields == {"text": "no kind"}


def test_a_node_id_that_stands_in_two_flows_is_told_and_both_are_kept() -> None:
    node = {"n_aaaaaaaa": {"kind": "return"}}
    flow, diagnostics = load_flow(
        document(nodes=node, subflows={"inner": {"start": "n_aaaaaaaa", "nodes": node}})
    )
    assert [(d.flow, d.node) for d in diagnostics] == [("inner", "n_aaaaaaaa")]
    assert set(flow.nodes) == set(flow.subflows["inner"].nodes) == {"n_aaaaaaaa"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not valid JSON"),
        (b'{"format": "parley-flow", "schema": 1', "not valid JSON"),
        (b"\x00\x01\x02", "not valid JSON"),
        (b"\xff\xfe{}", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b"[]", "no Parley document"),
        (b'{"format": "parley-layout", "schema": 1}', "no Parley document"),
        (b'{"format": "parley-flow"}', '"schema" must be'),
        (b'{"format": "parley-flow", "schema": true}', '"schema" must be'),
        (b'{"format": "parley-flow", "schema": 99}', "newer Parley"),
    ],
)
def test_what_is_no_flow_is_refused_with_a_sentence_that_says_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(FlowFormatError, match=says):
        load_flow(data)


def test_a_file_too_large_to_be_drawn_by_a_person_is_refused() -> None:
    with pytest.raises(FlowFormatError, match="larger than"):
        load_flow(b" " * (64 * 1024 * 1024 + 1))


def test_upgrades_run_one_version_after_the_other() -> None:
    steps = {1: lambda raw: {**raw, "one": True}, 2: lambda raw: {**raw, "two": raw["one"]}}
    assert upgrade({"schema": 1}, steps, to=3) == {"schema": 3, "one": True, "two": True}


def test_a_layout_leaves_out_what_makes_no_sense_and_keeps_the_rest() -> None:
    data = b'{"format": "parley-layout", "schema": 1, "nodes": {"n_a": [1, 2], "n_b": "up"}, "x_zoom": 1}'
    layout = load_layout(data)
    assert layout.nodes == {"n_a": (1, 2)}
    assert layout.extra == {"x_zoom": 1}


def test_a_layout_comes_back_as_it_was_written() -> None:
    layout = Layout(nodes={"n_b": (3, 4), "n_a": (1, -2)})
    assert load_layout(dump_layout(layout)) == layout


def test_node_ids_have_eight_letters_that_nobody_confuses() -> None:
    ids = {new_node_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(len(id) == 10 and set(id[2:]) <= set("abcdefghijklmnopqrstuvwxyz234567") for id in ids)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["nodes", "variables", "start", "subflows", "out", "x_a", "zz"]), json_values
    )
)
def test_whatever_stands_in_a_document_it_loads_or_is_refused_and_saving_is_stable(
    parts: dict[str, Any],
) -> None:
    flow, _ = load_flow(document(**parts))
    saved = dump_flow(flow)
    assert dump_flow(load_flow(saved)[0]) == saved
