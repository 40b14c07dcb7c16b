"""Copy, paste, duplicate, search, tidy up."""

import pytest

from engine.flow import Flow, FlowNode
from studio.document import Document, EngineCatalogue
from studio.document.arrange import arrange, plain_sizes
from studio.document.clipboard import copy_text, duplicate, paste
from studio.document.edits import add_node
from studio.document.search import search
from tests.studio.document.conftest import sample


def test_nodes_are_pasted_under_fresh_ids_with_their_wires(document: Document) -> None:
    text = copy_text(document.state, "", ["n_many", "n_bye", "n_sorry"])
    pasted = paste(document.state, "", text, (1000, 500))
    document.apply(pasted.edit)
    many, bye, sorry = (document.flow.nodes[id] for id in pasted.ids)
    assert many.out == {"understood": bye.id, "gives_up": sorry.id}
    assert many.label == "How many?"
    assert document.layout.nodes[many.id] == (1000, 500)
    assert document.layout.nodes[sorry.id] == (1300, 740)
    assert not pasted.notices


def test_wires_to_nodes_that_are_not_here_are_left_out_with_a_notice(document: Document) -> None:
    text = copy_text(document.state, "", ["n_many"])
    other = Document.new()
    pasted = paste(other.state, "", text, (0, 0))
    other.apply(pasted.edit)
    assert other.flow.nodes[pasted.ids[0]].out == {}
    assert pasted.notices == ("2 wires that lead to nodes that are not here were left out.",)


def test_a_duplicate_keeps_its_wires(document: Document) -> None:
    pasted = duplicate(document.state, "", ["n_welcome"])
    document.apply(pasted.edit)
    copy = document.flow.nodes[pasted.ids[0]]
    assert copy.out == {"then": "n_many"}
    assert document.layout.nodes[copy.id] == (32, 32)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        '{"format": "parley-nodes"',
        '{"format": "parley-nodes", "nodes": []}',
        "[" * 5000 + "parley-nodes",
        "\x00\ud800parley-nodes",
    ],
)
def test_other_text_pastes_nothing_and_says_so(document: Document, text: str) -> None:
    pasted = paste(document.state, "", text, (0, 0))
    assert pasted.edit.patch.empty
    assert pasted.notices == ("The clipboard holds no nodes.",)


def test_search_finds_names_first_then_words_and_variables(document: Document) -> None:
    hits = search(document.state, "gue")
    assert [(hit.where, hit.node) for hit in hits] == [
        ("variable", ""),
        ("save", "n_many"),
        ("text.en-US", "n_bye"),
    ]
    assert search(document.state, "welcome")[0].where == "name"
    assert search(document.state, "  ") == []


def test_search_marks_what_it_found(document: Document) -> None:
    hit = search(document.state, "HOW MANY")[0]
    assert hit.text[hit.start : hit.end] == "How many"


def test_a_tidy_flow_runs_from_left_to_right_without_overlaps() -> None:
    flow, _ = sample()
    places = arrange(flow, plain_sizes(flow))
    assert places["n_welcome"][0] < places["n_many"][0] < places["n_bye"][0]
    assert places["n_bye"][0] == places["n_sorry"][0]
    assert abs(places["n_bye"][1] - places["n_sorry"][1]) >= 150


def test_tidying_keeps_the_order_people_drew(document: Document) -> None:
    flow, layout = sample()
    flipped = {**layout.nodes, "n_sorry": (600, -400)}
    places = arrange(flow, plain_sizes(flow), flipped)
    again = arrange(flow, plain_sizes(flow), places)
    assert again == places


def test_a_flow_that_goes_in_circles_is_laid_out_too() -> None:
    ring = {f"n_{i}": FlowNode(f"n_{i}", "say", out={"then": f"n_{(i + 1) % 5}"}) for i in range(5)}
    places = arrange(Flow(start="n_0", nodes=ring), {id: (226, 100) for id in ring})
    assert len({x for x, _ in places.values()}) == 5


def test_cards_of_nodes_that_are_wrong_or_unknown_still_show_their_wires(document: Document) -> None:
    catalogue = EngineCatalogue()
    wrong = FlowNode("n_w", "ask", "Wrong", fields={"tries": "many"}, out={"understood": "n_bye"})
    unknown = FlowNode("n_u", "teleport", fields={}, out={"arrived": "n_bye"})
    document.apply(add_node(document.state, "", wrong, (0, 0)))
    assert [port.id for port in catalogue.card(wrong, document.flow).ports] == ["understood"]
    card = catalogue.card(unknown, document.flow)
    assert (card.known, [port.id for port in card.ports]) == (False, ["arrived"])


def test_every_kind_can_be_added_fresh() -> None:
    catalogue = EngineCatalogue()
    for kind in catalogue.kinds():
        card = catalogue.card(catalogue.fresh(kind.id), Flow())
        assert card.family == kind.family
        assert card.known
