"""Small flows to publish."""

from typing import Any


def asking(question: str = "What else?") -> dict[str, Any]:
    """Asks for words, thanks, and asks again, for ever."""
    return document(
        "n_ask",
        {
            "n_ask": {
                "kind": "ask",
                "type": "text",
                "prompt": {"en-US": question},
                "save": "words",
                "out": {"understood": "n_say", "no_match": "n_end", "no_input": "n_end"},
            },
            "n_say": {"kind": "say", "text": {"en-US": "You said {{ words }}."}, "out": {"then": "n_ask"}},
            "n_end": {"kind": "end", "outcome": "silence"},
        },
        {"words": {"type": "text"}},
    )


def greeting() -> dict[str, Any]:
    """Asks for a name, thanks, and is over."""
    return document(
        "n_name",
        {
            "n_name": {
                "kind": "ask",
                "type": "name",
                "prompt": {"en-US": "What is your name?"},
                "save": "name",
                "out": {"understood": "n_bye", "gives_up": "n_end"},
            },
            "n_bye": {"kind": "end", "outcome": "met", "text": {"en-US": "Thank you, {{ name }}."}},
            "n_end": {"kind": "end", "outcome": "nobody"},
        },
        {"name": {"type": "text"}},
    )


def choosing() -> dict[str, Any]:
    """Offers two buttons; ends with what was chosen."""
    return document(
        "n_menu",
        {
            "n_menu": {
                "kind": "menu",
                "prompt": {"en-US": "Tea or coffee?"},
                "options": [
                    {"id": "tea", "label": {"en-US": "Tea"}},
                    {"id": "coffee", "label": {"en-US": "Coffee"}},
                ],
                "out": {"tea": "n_tea", "coffee": "n_coffee", "no_match": "n_gone", "no_input": "n_gone"},
            },
            "n_tea": {"kind": "end", "outcome": "tea", "text": {"en-US": "Tea it is."}},
            "n_coffee": {"kind": "end", "outcome": "coffee", "text": {"en-US": "Coffee it is."}},
            "n_gone": {"kind": "end", "outcome": "gone"},
        },
    )


def calling(url: str, **fields: Any) -> dict[str, Any]:
    """Asks for a word, calls a web service, says what came of it, ends."""
    return document(
        "n_ask",
        {
            "n_ask": {
                "kind": "ask",
                "type": "text",
                "prompt": {"en-US": "Which order?"},
                "save": "words",
                "out": {"understood": "n_call", "no_match": "n_bad", "no_input": "n_bad"},
            },
            "n_call": {
                "kind": "http",
                "url": url,
                "response": [{"path": "status", "to": "status"}],
                "timeout": 5000,
                "retries": 0,
                **fields,
                "out": {"ok": "n_good", "error": "n_bad", "timeout": "n_bad", "unknown": "n_unknown"},
            },
            "n_good": {"kind": "end", "outcome": "answered", "text": {"en-US": "It is {{ status }}."}},
            "n_bad": {"kind": "end", "outcome": "failed", "text": {"en-US": "I cannot say."}},
            "n_unknown": {"kind": "end", "outcome": "unknown", "text": {"en-US": "Nobody can say."}},
        },
        {"words": {"type": "text"}, "status": {"type": "text"}},
    )


def broken() -> dict[str, Any]:
    """Leads nowhere."""
    return document(
        "n_say", {"n_say": {"kind": "say", "text": {"en-US": "Hello."}, "out": {"then": "n_lost"}}}
    )


def document(start: str, nodes: dict[str, Any], variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """A flow file."""
    return {
        "format": "parley-flow",
        "schema": 1,
        "name": "Test",
        "start": start,
        "locales": ["en-US"],
        "variables": variables or {},
        "nodes": nodes,
    }
