"""Edits of nodes and wires: what they do, and that undo takes them back."""

import pytest

from engine.flow import FlowNode, Group, Variable
from studio.document import Document, Edit
from studio.document.edits import (
    REMOVE,
    add_node,
    move_nodes,
    remove_nodes,
    set_default,
    set_field,
    set_label,
    set_note,
    set_setting,
    set_start,
)
from studio.document.frames import add_group, put_comment, remove_group
from studio.document.subflows import add_subflow, remove_subflow, rename_subflow
from studio.document.variables import put_variable, rename_variable
from studio.document.wiring import add_connected, connect, disconnect, insert_on_wire, reconnect


def test_the_first_node_of_a_flow_is_its_start() -> None:
    document = Document.new()
    document.apply(add_node(document.state, "", FlowNode("n_a", "say"), (10, 20)))
    assert document.flow.start == "n_a"
    assert document.layout.nodes["n_a"] == (10, 20)


def test_deleting_a_node_with_one_way_on_heals_the_wire(document: Document) -> None:
    document.apply(add_node(document.state, "", FlowNode("n_new", "say", out={"then": "n_bye"}), (0, 0)))
    document.apply(connect(document.state, "", "n_many", "understood", "n_new"))
    document.apply(remove_nodes(document.state, "", ["n_new"]))
    assert document.flow.nodes["n_many"].out["understood"] == "n_bye"


def test_deleting_a_node_with_two_ways_on_leaves_the_port_open(document: Document) -> None:
    document.apply(remove_nodes(document.state, "", ["n_many"]))
    assert document.flow.nodes["n_welcome"].out == {}
    assert "n_many" not in document.layout.nodes


def test_deleting_the_start_lets_the_flow_begin_at_the_next_node(document: Document) -> None:
    document.apply(remove_nodes(document.state, "", ["n_welcome"]))
    assert document.flow.start == "n_many"


def test_deleting_what_answers_for_others_takes_the_default_away(document: Document) -> None:
    document.apply(remove_nodes(document.state, "", ["n_sorry"]))
    assert document.flow.defaults == {}
    assert document.flow.nodes["n_many"].out == {"understood": "n_bye"}


def test_a_ring_of_deleted_nodes_heals_nothing(document: Document) -> None:
    document.apply(connect(document.state, "", "n_bye", "then", "n_sorry"))
    document.apply(connect(document.state, "", "n_sorry", "then", "n_bye"))
    document.apply(remove_nodes(document.state, "", ["n_bye", "n_sorry"]))
    assert document.flow.nodes["n_many"].out == {}


def test_a_port_leads_to_one_node(document: Document) -> None:
    document.apply(connect(document.state, "", "n_many", "understood", "n_sorry"))
    assert document.flow.nodes["n_many"].out["understood"] == "n_sorry"


def test_a_wire_moves_to_another_port(document: Document) -> None:
    edit = reconnect(document.state, "", ("n_many", "gives_up"), ("n_many", "no_input"), "n_sorry")
    document.apply(edit)
    assert document.flow.nodes["n_many"].out == {"understood": "n_bye", "no_input": "n_sorry"}


def test_a_new_node_after_a_wired_port_stands_in_between(document: Document) -> None:
    node = FlowNode("n_new", "say")
    document.apply(add_connected(document.state, "", "n_welcome", "then", node, (150, 0), "then"))
    assert document.flow.nodes["n_welcome"].out == {"then": "n_new"}
    assert document.flow.nodes["n_new"].out == {"then": "n_many"}


def test_a_node_dropped_on_a_wire_joins_it(document: Document) -> None:
    document.apply(add_node(document.state, "", FlowNode("n_new", "say"), (0, 0)))
    document.apply(insert_on_wire(document.state, "", "n_welcome", "then", "n_new", "then", (150, 0)))
    assert document.flow.nodes["n_new"].out == {"then": "n_many"}
    assert document.layout.nodes["n_new"] == (150, 0)


def test_a_field_is_set_by_its_path(document: Document) -> None:
    document.apply(set_field(document.state, "", "n_many", "prompt.en-US", "How many of you?"))
    document.apply(set_field(document.state, "", "n_many", "rules.0.when", "value > 0"))
    fields = document.flow.nodes["n_many"].fields
    assert fields["prompt"] == {"en-US": "How many of you?"}
    assert fields["rules"] == [{"when": "value > 0"}]


def test_a_field_is_taken_away(document: Document) -> None:
    document.apply(set_field(document.state, "", "n_many", "rules", [{"when": "a"}, {"when": "b"}]))
    document.apply(set_field(document.state, "", "n_many", "rules.0", REMOVE))
    document.apply(set_field(document.state, "", "n_many", ("prompt",), REMOVE))
    assert document.flow.nodes["n_many"].fields["rules"] == [{"when": "b"}]
    assert "prompt" not in document.flow.nodes["n_many"].fields


def test_a_variable_takes_its_new_name_everywhere(document: Document) -> None:
    document.apply(set_field(document.state, "", "n_many", "rules", [{"when": "guests < 9"}]))
    document.apply(rename_variable(document.state, "", "guests", "people"))
    assert set(document.flow.variables) == {"people"}
    assert document.flow.nodes["n_many"].fields["save"] == "people"
    assert document.flow.nodes["n_many"].fields["rules"] == [{"when": "people < 9"}]
    assert document.flow.nodes["n_bye"].fields["text"]["en-US"] == "A table for {{ people }}."


def test_a_variable_of_a_subflow_is_renamed_where_it_is_called(document: Document) -> None:
    document.apply(add_subflow(document.state, "identify"))
    document.apply(put_variable(document.state, "identify", "number", Variable("text")))
    call = FlowNode("n_call", "call", fields={"flow": "identify", "inputs": {"number": "guests"}})
    document.apply(add_node(document.state, "", call, (0, 400)))
    document.apply(rename_variable(document.state, "identify", "number", "reference"))
    assert document.flow.nodes["n_call"].fields["inputs"] == {"reference": "guests"}


def test_a_name_that_is_taken_renames_nothing(document: Document) -> None:
    document.apply(put_variable(document.state, "", "name", Variable("text")))
    before = document.state
    document.apply(rename_variable(document.state, "", "guests", "name"))
    assert document.state == before


def test_calls_follow_a_renamed_subflow(document: Document) -> None:
    document.apply(add_subflow(document.state, "identify"))
    document.apply(
        add_node(document.state, "", FlowNode("n_call", "call", fields={"flow": "identify"}), (0, 0))
    )
    document.apply(rename_subflow(document.state, "identify", "who"))
    assert set(document.flow.subflows) == {"who"}
    assert document.flow.nodes["n_call"].fields["flow"] == "who"


def test_a_removed_subflow_that_is_shown_gives_way_to_the_main_flow(document: Document) -> None:
    document.apply(add_subflow(document.state, "identify"))
    document.show("identify")
    document.apply(remove_subflow(document.state, "identify"))
    assert document.shown == ""


def _every_edit(document: Document) -> list[Edit]:
    state = document.state
    frame, _ = add_group(state, Group("When it is free", (0, 0, 300, 200)))
    return [
        add_node(state, "", FlowNode("n_x", "say"), (1, 2)),
        remove_nodes(state, "", ["n_many", "n_sorry"]),
        remove_nodes(state, "", ["n_welcome"], heal=False),
        move_nodes(state, {"n_bye": (9, 9)}),
        connect(state, "", "n_bye", "then", "n_welcome"),
        disconnect(state, "", "n_many", "gives_up"),
        set_field(state, "", "n_many", "tries", 2),
        set_label(state, "", "n_many", "Guests"),
        set_note(state, "", "n_many", "Ask kindly."),
        set_start(state, "", "n_many"),
        set_setting(state, "", "description", "Books."),
        set_default(state, "", "gives_up", "n_sorry"),
        put_variable(state, "", "name", Variable("text")),
        rename_variable(state, "", "guests", "people"),
        frame,
        put_comment(state, "", None),
        add_subflow(state, "identify"),
    ]


@pytest.mark.parametrize("number", range(17))
def test_undo_takes_every_edit_back_and_redo_does_it_again(document: Document, number: int) -> None:
    before = document.state
    document.apply(_every_edit(document)[number])
    after = document.state
    document.undo()
    assert document.state == before
    document.redo()
    assert document.state == after


def test_edits_of_what_is_not_there_change_nothing(document: Document) -> None:
    state = document.state
    for edit in (
        remove_nodes(state, "", ["n_gone"]),
        connect(state, "", "n_gone", "then", "n_bye"),
        set_field(state, "nowhere", "n_many", "tries", 1),
        remove_group(state, "g_gone"),
        set_label(state, "", "n_gone", "x"),
        rename_subflow(state, "gone", "new"),
    ):
        document.apply(edit)
    assert document.state == state
    assert not document.dirty
