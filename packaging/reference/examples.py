"""A small flow for each finding. The page shows it together with what the compiler says about it."""

from typing import Any

Flow = dict[str, Any]


def _flow(nodes: dict[str, Any], **rest: Any) -> Flow:
    return {"start": next(iter(nodes)), "locales": ["en-US"], **rest, "nodes": nodes}


def _words(text: str) -> dict[str, str]:
    return {"en-US": text}


def _say(label: str, text: str, then: str) -> dict[str, Any]:
    return {"kind": "say", "label": label, "text": _words(text), "out": {"then": then}}


END: dict[str, Any] = {"kind": "end", "label": "Goodbye"}
GUESTS = {"guests": {"type": "int"}}
HOW_MANY: dict[str, Any] = {
    "kind": "ask",
    "label": "How many?",
    "type": "number",
    "save": "guests",
    "prompt": _words("For how many?"),
    "out": {"understood": "n_tablefor", "gives_up": "n_goodbyea"},
}
TABLE = _say("Table", "A table for {{ guests }}.", "n_goodbyea")


def _branch(*cases: tuple[str, str]) -> dict[str, Any]:
    return {
        "kind": "branch",
        "label": "Many?",
        "cases": [{"id": id, "when": when} for id, when in cases],
        "out": {**{id: "n_goodbyea" for id, _ in cases}, "else": "n_goodbyea"},
    }


EXAMPLES: dict[str, Flow] = {
    "F001": _flow({"n_goodbyea": END}, colour="blue"),
    "F002": _flow({"n_dancinga": {"kind": "dance", "label": "Dance"}}),
    "F003": _flow({"n_goodbyea": {**END, "outcome": 3}}),
    "R001": _flow({"n_goodbyea": END, "n_lonelyaa": _say("Lonely", "Hello?", "n_goodbyea")}),
    "R002": _flow({"n_welcomea": {"kind": "say", "label": "Welcome", "text": _words("Hello.")}}),
    "R003": _flow({"n_welcomea": _say("Welcome", "Hello.", "n_nowherea")}),
    "R004": _flow(
        {
            "n_anythinga": {
                "kind": "ask",
                "label": "Anything else?",
                "prompt": _words("Anything else?"),
                "out": {"understood": "n_anythinga", "gives_up": "n_anythinga"},
            }
        }
    ),
    "L001": _flow(
        {"n_pingaaaa": _say("Ping", "Ping.", "n_pongaaaa"), "n_pongaaaa": _say("Pong", "Pong.", "n_pingaaaa")}
    ),
    "L003": _flow(
        {
            "n_lookitup": {
                "kind": "http",
                "label": "Look it up",
                "url": "https://orders.example/42",
                "out": {"ok": "n_goodbyea", "error": "n_lookitup"},
            },
            "n_goodbyea": END,
        }
    ),
    "L004": _flow(
        {
            "n_callaaaa": {"kind": "call", "label": "Begin", "flow": "round", "out": {"done": "n_goodbyea"}},
            "n_goodbyea": END,
        },
        subflows={
            "round": _flow(
                {
                    "n_againaaa": {
                        "kind": "call",
                        "label": "Again",
                        "flow": "round",
                        "out": {"done": "n_backaaaa"},
                    },
                    "n_backaaaa": {"kind": "return", "label": "Back"},
                }
            )
        },
    ),
    "D001": _flow({"n_tablefor": TABLE, "n_goodbyea": END}, variables=GUESTS),
    "D002": _flow(
        {
            "n_howmanya": {**HOW_MANY, "out": {"understood": "n_goodbyea", "gives_up": "n_goodbyea"}},
            "n_goodbyea": END,
        },
        variables=GUESTS,
    ),
    "D003": _flow(
        {
            "n_howmanya": {**HOW_MANY, "out": {"understood": "n_manyaaaa", "gives_up": "n_goodbyea"}},
            "n_manyaaaa": _branch(("many", 'guests > "8"')),
            "n_goodbyea": END,
        },
        variables=GUESTS,
    ),
    "D004": _flow(
        {
            "n_howmanya": {**HOW_MANY, "out": {"understood": "n_manyaaaa", "gives_up": "n_goodbyea"}},
            "n_manyaaaa": _branch(("many", "guests > 4"), ("most", "guests > 8")),
            "n_goodbyea": END,
        },
        variables=GUESTS,
    ),
    "E001": _flow(
        {
            "n_howmanya": {**HOW_MANY, "out": {"understood": "n_tablefor"}},
            "n_tablefor": TABLE,
            "n_goodbyea": END,
        },
        variables=GUESTS,
    ),
    "K001": _flow(
        {
            "n_whichaaa": {
                "kind": "menu",
                "label": "Which?",
                "prompt": _words("Sales or service?"),
                "options": [
                    {"id": "sales", "label": _words("Sales"), "key": "1"},
                    {"id": "service", "label": _words("Service"), "key": "1"},
                ],
                "out": {"sales": "n_goodbyea", "service": "n_goodbyea", "gives_up": "n_goodbyea"},
            },
            "n_goodbyea": END,
        }
    ),
    "V001": _flow(
        {
            "n_howmanya": {**HOW_MANY, "prompt": _words("For how many? And inside or outside?")},
            "n_tablefor": TABLE,
            "n_goodbyea": END,
        },
        variables=GUESTS,
    ),
}
"""By code. Each has the finding; the generator refuses one that has not."""
