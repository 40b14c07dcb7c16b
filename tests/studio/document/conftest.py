"""A small flow that the stories are told about."""

import pytest

from engine.flow import Flow, FlowNode, Layout, Variable
from studio.document import Document


def sample() -> tuple[Flow, Layout]:
    """Welcome -> How many? -> Goodbye, with a node that answers when nobody says anything."""
    nodes = (
        FlowNode(
            "n_welcome", "say", "Welcome", fields={"text": {"en-US": "Good evening."}}, out={"then": "n_many"}
        ),
        FlowNode(
            "n_many",
            "ask",
            "How many?",
            fields={"type": "number", "save": "guests", "prompt": {"en-US": "For how many?"}},
            out={"understood": "n_bye", "gives_up": "n_sorry"},
        ),
        FlowNode("n_bye", "end", "Goodbye", fields={"text": {"en-US": "A table for {{ guests }}."}}),
        FlowNode("n_sorry", "end", "Sorry", fields={"outcome": "lost"}),
    )
    flow = Flow(
        name="Book a table",
        start="n_welcome",
        nodes={node.id: node for node in nodes},
        variables={"guests": Variable("int")},
        defaults={"error": "n_sorry"},
    )
    places = {"n_welcome": (0, 0), "n_many": (300, 0), "n_bye": (600, 0), "n_sorry": (600, 240)}
    return flow, Layout(places)


@pytest.fixture
def document() -> Document:
    return Document.new(*sample())
