"""What the canvas is told of a node."""

import logging

import pytest

from engine.flow import Flow, FlowNode
from studio.document.catalogue import EngineCatalogue, described


def fails() -> str:
    raise TypeError("no words for 7")


def test_a_node_whose_fields_are_wrong_is_drawn_without_words() -> None:
    node = FlowNode("n_odd", "say", "Odd", fields={"text": {"en-US": 7}})
    card = EngineCatalogue().card(node, Flow(nodes={node.id: node}))
    assert (card.title, card.words) == ("Odd", "")


def test_a_kind_that_cannot_describe_a_node_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert described(FlowNode("n_odd", "say"), fails) == ""
    assert "n_odd (say) cannot be described" in caplog.text
