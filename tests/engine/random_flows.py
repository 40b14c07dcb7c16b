"""Flows drawn at random: good ones of every kind of node, and the same with something broken in them.

A good flow has no errors by construction: wires lead forwards, or back from where people answer; every variable
has a value from the start, or is asked for before it is used; failures have an answer. ``random_flow`` takes a
`random.Random`, so the same seed draws the same flow.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st

from engine.flow import Flow, parse_flow

EN = "en-US"
VARIABLES: dict[str, Any] = {
    "n": {"type": "int", "initial": 0},
    "m": {"type": "int", "initial": 3},
    "yes": {"type": "yes_no", "initial": False},
    "word": {"type": "text", "initial": "nothing"},
    "seat": {"type": {"enum": ["bar", "garden"]}, "initial": "bar"},
    "day": {"type": "date"},
    "late": {"type": "text"},
}
WORDS = ("Hello.", "You said {{ n }}.", "The {{ seat }}, then.", "It is {{ yes }}.", "Well, {{ word }}.")
CONDITIONS = ("n > 4", "n == m", "yes", 'seat == "garden"', "!yes && n < 9", "has(late)", "m >= 2 || yes")
VALUES = (("n", "m + 1"), ("m", "3"), ("yes", "n > 2"), ("word", '"again"'), ("seat", '"garden"'))
ANSWERS = (
    ("number", "n"),
    ("yes_no", "yes"),
    ("text", "word"),
    ("choice", "seat"),
    ("date", "day"),
    ("name", "late"),
)

Node = dict[str, Any]
Raw = dict[str, Any]


def random_flow(random: Random, size: int = 12, breaks: int = 0) -> Flow:
    """A flow of about ``size`` nodes with ``breaks`` mistakes in it."""
    raw = random_document(random, size)
    for _ in range(breaks):
        random.choice(BREAKS)(random, raw)
    return parse_flow(raw)[0]


def lively_flow(random: Random, size: int = 12) -> Flow:
    """A good flow that first asks for all it decides by, and at the end says all it knows: little in it is dead."""
    raw = random_document(random, size)
    first = [_ask(random, "", answer) for answer in ANSWERS[:2] + ANSWERS[3:4]]
    first.append({**_ask(random, "", ("number", "m"))})
    for k, node in enumerate(first):
        node["out"] = {"understood": f"first{k + 1}" if k + 1 < len(first) else raw["start"]}
        raw["nodes"][f"first{k}"] = node
    raw["start"] = "first0"
    last = next(n for n in raw["nodes"].values() if n["kind"] == "end" and "text" in n)
    last["text"] = {EN: "{{ n }} {{ m }} {{ yes }} {{ word }} {{ seat }}" + '{{ has(late) ? late : "" }}'}
    return parse_flow(raw)[0]


def random_document(random: Random, size: int) -> Raw:
    """The raw JSON of a good flow."""
    subflows = {
        f"f{k}": _part(random, f"f{k}_", max(3, size // 3), []) for k in range(random.choice((0, 0, 1, 2)))
    }
    raw = _part(random, "n", size, [*subflows])
    return {"name": "random", **raw, "subflows": subflows}


def _part(random: Random, prefix: str, size: int, callees: list[str]) -> Raw:
    """A main flow (``n``) or a sub-flow: a line of nodes with shortcuts, and ways back from menus."""
    ids = [f"{prefix}{i:02}" for i in range(size)]
    main = prefix == "n"
    last: Node = {"kind": "end", "outcome": "done", "text": {EN: "Bye."}} if main else {"kind": "return"}
    nodes: dict[str, Node] = {}
    i = 0
    while i < size - 1:
        made = _drawn(random, ids, i, callees if main else [])
        nodes.update(made)
        i += len(made)
    nodes[ids[-1]] = last
    sorry = f"{prefix}sorry"
    nodes[sorry] = {"kind": "end", "outcome": "gave_up"} if main else {"kind": "return"}
    if main and random.random() < 0.6:
        nodes.update(_handlers(random, ids[0]))
    defaults = {"gives_up": sorry, "error": sorry, "unknown": sorry}
    return {"start": ids[0], "nodes": nodes, "variables": VARIABLES, "defaults": defaults}


def _drawn(random: Random, ids: list[str], i: int, callees: list[str]) -> dict[str, Node]:
    """One node, or a loop with the question it goes round by."""
    here, then = ids[i], ids[i + 1]
    onward = ids[random.randrange(i + 1, min(len(ids), i + 4))]
    if random.random() < 0.08 and i + 2 < len(ids) - 1:
        loop = {
            "kind": "loop",
            "times": random.choice(("2", "m", "3")),
            "out": {"again": then, "done": ids[i + 2]},
        }
        return {here: loop, then: _ask(random, here)}
    if callees and random.random() < 0.15:
        return {here: {"kind": "call", "flow": random.choice(callees), "out": {"done": then}}}
    draw = random.choice(
        (
            *(_say, _ask, _ask, _menu, _branch, _set, _split, _http, _wait, _digits, _mark, _goto),
            *(_transfer, _record, _consent, _control, _play),
        )
    )
    if draw is _menu:
        back = random.choice([n for n in ids[: i + 1]])
        return {here: _menu(random, then, back)}
    return {here: draw(random, then, onward) if draw in (_branch, _split, _http) else draw(random, then)}


def _say(random: Random, then: str) -> Node:
    return {"kind": "say", "text": {EN: random.choice(WORDS)}, "out": {"then": then}}


def _ask(random: Random, then: str, answer: tuple[str, str] | None = None) -> Node:
    type, save = answer or random.choice(ANSWERS)
    node: Node = {
        "kind": "ask",
        "type": type,
        "save": save,
        "prompt": {EN: f"Which {type}?"},
        "reprompts": [{EN: "Pardon?"}] * random.randrange(2),
        "silences": [{EN: "Still there?"}] * random.randrange(2),
        "tries": random.choice((1, 2, 3)),
        "out": {"understood": then},
    }
    if type == "choice":
        node["choices"] = [_option("bar", "1"), _option("garden", "2")]
    if type == "number":
        node.update(minimum=0, maximum=20, rules=[{"when": "value != 13", "say": {EN: "Not {{ value }}."}}])
    if random.random() < 0.3 and type != "text":
        node["confirm"] = {EN: f"{{{{ {save} }}}}, right?"}
    return node


def _option(id: str, key: str) -> Node:
    return {"id": id, "label": {EN: {"bar": "The bar", "garden": "The garden"}.get(id, id)}, "key": key}


def _menu(random: Random, then: str, back: str) -> Node:
    labels = {"go": "Go on", "back": "Begin again"}
    options = [
        {"id": id, "label": {EN: label}, "key": str(k + 1)} for k, (id, label) in enumerate(labels.items())
    ]
    return {
        "kind": "menu",
        "prompt": {EN: "What now?"},
        "options": options,
        "out": {"go": then, "back": back},
    }


def _branch(random: Random, then: str, onward: str) -> Node:
    chosen = random.sample(CONDITIONS, random.choice((1, 1, 2)))
    cases = [{"id": f"c{k}", "when": when} for k, when in enumerate(chosen)]
    return {"kind": "branch", "cases": cases, "out": {"else": then, **{c["id"]: onward for c in cases}}}


def _set(random: Random, then: str) -> Node:
    chosen = [{"variable": v, "value": e} for v, e in random.sample(VALUES, random.choice((1, 2)))]
    return {"kind": "set", "assignments": chosen, "out": {"then": then}}


def _split(random: Random, then: str, onward: str) -> Node:
    return {"kind": "split", "arms": [{"id": "a", "weight": 2}, {"id": "b"}], "out": {"a": then, "b": onward}}


def _http(random: Random, then: str, onward: str) -> Node:
    return {
        "kind": "http",
        "url": "https://example.com/{{ n }}",
        "query": {"seat": "seat"},
        "response": [{"path": "value", "to": "m"}, {"path": "note", "to": "late", "optional": True}],
        "cases": [{"id": "full", "status": "409"}],
        "out": {"ok": then, "full": onward},
    }


def _wait(random: Random, then: str) -> Node:
    return {"kind": "wait", "duration": 500, "out": {"then": then}}


def _digits(random: Random, then: str) -> Node:
    return {
        "kind": "digits",
        "save": "word",
        "minimum": 2,
        "maximum": random.choice((2, 4)),
        "prompt": {EN: "Your PIN?"},
        "out": {"understood": then},
    }


def _mark(random: Random, then: str) -> Node:
    return {"kind": "checkpoint", "name": "here", "out": {"then": then}}


def _goto(random: Random, then: str) -> Node:
    return {"kind": "goto", "to": then}


def _transfer(random: Random, then: str) -> Node:
    node: Node = {"kind": "transfer", "to": "sip:{{ seat }}@example.com", "text": {EN: "One moment."}}
    node["out"] = {"busy": then, "no_answer": then}
    if random.random() < 0.5:
        node["out"]["transferred"] = then
    return node


def _record(random: Random, then: str) -> Node:
    prompt = {"prompt": {EN: "Leave a message."}} if random.random() < 0.7 else {}
    return {"kind": "record", "save": "word", **prompt, "out": {"recorded": then, "silent": then}}


def _consent(random: Random, then: str) -> Node:
    out = {"given": then, "refused": then}
    return {"kind": "consent", "prompt": {EN: "May we?"}, "save": "yes", "tries": 2, "out": out}


def _control(random: Random, then: str) -> Node:
    return {"kind": "record_control", "action": random.choice(("on", "pause", "off")), "out": {"then": then}}


def _play(random: Random, then: str) -> Node:
    return {"kind": "play", "audio": "https://example.com/a.wav", "keys": "1w{{ n }}", "out": {"then": then}}


def _handlers(random: Random, start: str) -> dict[str, Node]:
    return {
        "hrepeat": {"kind": "handler", "phrases": {EN: ["say that again"]}, "keys": ["*"], "resume": True},
        "hask": {
            "kind": "handler",
            "phrases": {EN: ["how late is it"]},
            "resume": True,
            "out": {"then": "hsay"},
        },
        "hsay": {"kind": "say", "text": {EN: "It is {{ now() | say_time }}."}, "out": {"then": "hback"}},
        "hback": {"kind": "return"},
        "hover": {
            "kind": "handler",
            "phrases": {EN: ["start over"]},
            "keys": ["#"],
            "resume": False,
            "out": {"then": start},
        },
    }


def _any_wire(random: Random, raw: Raw) -> tuple[Node, str]:
    wired = [(n, port) for n in raw["nodes"].values() for port in n.get("out", {})]
    return random.choice(wired) if wired else ({"out": {"": ""}}, "")


def _cut(random: Random, raw: Raw) -> None:
    node, port = _any_wire(random, raw)
    node["out"].pop(port, None)


def _misdirect(random: Random, raw: Raw) -> None:
    node, port = _any_wire(random, raw)
    node["out"][port] = "nowhere"


def _turn_back(random: Random, raw: Raw) -> None:
    node, port = _any_wire(random, raw)
    node["out"][port] = random.choice(list(raw["nodes"]))


def _forget_defaults(random: Random, raw: Raw) -> None:
    raw["defaults"] = {}


def _forget_values(random: Random, raw: Raw) -> None:
    raw["variables"] = {name: {"type": v["type"]} for name, v in raw["variables"].items()}


def _misspell(random: Random, raw: Raw) -> None:
    for node in raw["nodes"].values():
        if node["kind"] == "branch" and node["cases"]:
            node["cases"][0]["when"] = random.choice(("nn > 4", 'n > "four"', "n >", 'seat == "sofa"'))
            return


def _strange(random: Random, raw: Raw) -> None:
    node = random.choice(list(raw["nodes"].values()))
    node.update(random.choice(({"kind": "teleport"}, {"tries": "many"}, {"speed": 9})))


BREAKS: tuple[Callable[[Random, Raw], None], ...] = (
    _cut,
    _cut,
    _misdirect,
    _turn_back,
    _turn_back,
    _forget_defaults,
    _forget_values,
    _misspell,
    _strange,
)


def flows(breaks: int = 0, size: int = 14) -> st.SearchStrategy[Flow]:
    """Random flows for hypothesis, with up to ``breaks`` mistakes."""

    def made(seed: int, nodes: int, wrong: int) -> Flow:
        return random_flow(Random(seed), nodes, wrong)

    return st.builds(made, st.integers(0, 2**32), st.integers(4, size), st.integers(0, breaks))
