"""A small flow that does what telephones do: it tells a story, and gives callers to an extension."""

from typing import Any

ASKS = "Whom would you like to speak to?"
STORY = (
    "Once upon a time there was a little telephone "
    + "that rang and rang, and nobody came to answer it. " * 6
)
PROMPT = "whom would you like to speak to"
WELCOME = "good morning this is the switchboard"
GOODBYE = "thank you for calling"
MESSAGE = "please call the switchboard again"
BRIEFING = "a customer wants an umbrella"
SENTENCES = (
    PROMPT,
    WELCOME,
    GOODBYE,
    MESSAGE,
    BRIEFING,
    "press one to take the call or two to decline it",
    "which extension",
    "i connect you",
    "the other telephone is busy",
    "nobody is at the desk",
    "they cannot take your call",
    "your line could not be connected",
)
"""All that is said but for the story, as a recogniser is told: sentences it tells well by telephone."""


def _say(label: str, words: str, then: str = "n_menuaaaa") -> dict[str, Any]:
    return {"kind": "say", "label": label, "text": {"en-US": words}, "out": {"then": then}}


def _option(id: str, label: str, key: str) -> dict[str, Any]:
    return {"id": id, "label": {"en-US": label}, "key": key}


def _transfer(label: str, manner: str, variable: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "transfer",
        "label": label,
        "manner": manner,
        "text": {"en-US": "I connect you."},
        "timeout": 15_000,
        "to": f"sip:desk@127.0.0.1:{{{{ {variable} }}}}",
        **more,
        "out": {
            "busy": "n_busyaaaa",
            "no_answer": "n_nobodyaa",
            "refused": "n_refuseda",
            "unknown": "n_failedaa",
            "failed": "n_failedaa",
        },
    }


def _digits(label: str, then: str) -> dict[str, Any]:
    return {
        "kind": "digits",
        "label": label,
        "prompt": {"en-US": "Which extension?"},
        "maximum": 5,
        "save": "extension",
        "out": {"understood": then},
    }


SWITCHBOARD: dict[str, Any] = {
    "format": "parley-flow",
    "schema": 1,
    "name": "Switchboard",
    "start": "n_welcomea",
    "locales": ["en-US"],
    "patience": {"voice": 60_000},
    "defaults": {"gives_up": "n_goodbyea", "error": "n_goodbyea", "unknown": "n_goodbyea"},
    "variables": {"extension": {"type": "text"}},
    "nodes": {
        "n_welcomea": _say("Welcome", "Good morning, this is the switchboard."),
        "n_menuaaaa": {
            "kind": "menu",
            "label": "Menu",
            "prompt": {"en-US": ASKS},
            "options": [
                _option("send", "Transfer", "1"),
                _option("announce", "Colleague", "2"),
                _option("story", "Story", "3"),
                _option("goodbye", "Goodbye", "9"),
            ],
            "out": {
                "send": "n_sendaaaa",
                "announce": "n_annexten",
                "story": "n_storyaaa",
                "goodbye": "n_goodbyea",
            },
        },
        "n_sendaaaa": _digits("Extension", "n_coldaaaa"),
        "n_annexten": _digits("Whose extension", "n_warmaaaa"),
        "n_coldaaaa": _transfer("Send", "cold", "extension"),
        "n_warmaaaa": _transfer(
            "Announce", "warm", "extension", briefing={"en-US": "A customer wants an umbrella."}
        ),
        "n_storyaaa": _say("Story", STORY),
        "n_busyaaaa": _say("Busy", "The other telephone is busy."),
        "n_nobodyaa": _say("Nobody", "Nobody is at the desk."),
        "n_refuseda": _say("Refused", "They cannot take your call."),
        "n_failedaa": _say("Failed", "Your line could not be connected."),
        "n_machinea": {
            "kind": "handler",
            "label": "A machine",
            "signals": ["answering_machine"],
            "resume": False,
            "out": {"then": "n_messagea"},
        },
        "n_messagea": {
            "kind": "end",
            "label": "Message",
            "outcome": "left_message",
            "text": {"en-US": "Please call the switchboard again."},
        },
        "n_goodbyea": {
            "kind": "end",
            "label": "Goodbye",
            "outcome": "done",
            "text": {"en-US": "Thank you for calling."},
        },
    },
}
