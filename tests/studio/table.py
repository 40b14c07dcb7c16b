"""A small flow that books a table, for stories about the window: a question, a service, an end."""

from pathlib import Path

from engine.flow import Flow, FlowNode, Layout, Variable, dump_flow, dump_layout


def booking() -> tuple[Flow, Layout]:
    """Welcome -> How many? -> Is it free? -> Booked, with a number to call back when nothing helps."""
    nodes = (
        FlowNode(
            "n_welcome", "say", "Welcome", fields={"text": {"en-US": "Good evening."}}, out={"then": "n_many"}
        ),
        FlowNode(
            "n_many",
            "ask",
            "How many?",
            fields={"type": "number", "save": "guests", "prompt": {"en-US": "For how many?"}},
            out={"understood": "n_free"},
        ),
        FlowNode(
            "n_free",
            "http",
            "Is it free?",
            fields={
                "url": "demo:/restaurant/availability",
                "query": {"guests": "guests"},
                "response": [{"path": "available", "to": "free"}],
            },
            out={"ok": "n_which"},
        ),
        FlowNode(
            "n_which",
            "branch",
            "Free?",
            fields={"cases": [{"id": "yes", "when": "free", "label": "yes"}]},
            out={"yes": "n_booked", "else": "n_sorry"},
        ),
        FlowNode(
            "n_booked",
            "end",
            "Booked",
            fields={"outcome": "booked", "text": {"en-US": "A table for {{ guests }}, then."}},
        ),
        FlowNode(
            "n_sorry",
            "end",
            "Sorry",
            fields={"outcome": "sorry", "text": {"en-US": "We will call you back."}},
        ),
    )
    flow = Flow(
        name="Book a table",
        start="n_welcome",
        nodes={node.id: node for node in nodes},
        variables={
            "guests": Variable("int", export=True),
            "free": Variable("yes_no"),
        },
        defaults={"gives_up": "n_sorry", "error": "n_sorry"},
    )
    places = {id: (300 * i, 120 * (i % 2)) for i, id in enumerate(flow.nodes)}
    return flow, Layout(places)


def put_booking(folder: Path) -> Path:
    """The flow as files in a folder of its own; answers with that folder."""
    flow, layout = booking()
    home = folder / "booking"
    home.mkdir()
    (home / "flow.json").write_bytes(dump_flow(flow))
    (home / "layout.json").write_bytes(dump_layout(layout))
    return home
