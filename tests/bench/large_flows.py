"""Large flows for the bench: reservations by the hundred for the compiler, the probe's web of wires for the canvas."""

import json
import math
import random
from typing import Any

EN = "en-US"
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
BLOCK = 10
"""Nodes of one round of questions."""
CARD_WIDTH, CARD_HEIGHT = 300.0, 260.0
"""The grid that the canvas' nodes stand on."""

Raw = dict[str, Any]


def node_id(number: int) -> str:
    """A stable id of the form nodes have."""
    digits = []
    for _ in range(8):
        number, digit = divmod(number, 32)
        digits.append(LETTERS[digit])
    return "n_" + "".join(reversed(digits))


def words(text: str) -> Raw:
    """Words in the one locale."""
    return {EN: text}


def block(first: int, then: str, lost: str) -> dict[str, Raw]:
    """Ten nodes: greet, ask, branch (and ask again), count, offer, answer, call a service, ask on. All of it sound."""
    n = [node_id(first + i) for i in range(BLOCK)]
    option = {"garden": n[6], "bar": n[7], "other": n[8]}
    gives_up = {"gives_up": lost}
    nodes: list[Raw] = [
        {
            "kind": "say",
            "text": words(f"Round {{{{ total }}}} of our tables, number {first}."),
            "out": {"then": n[1]},
        },
        {
            "kind": "ask",
            "type": "number",
            "save": "guests",
            "prompt": words("How many will you be?"),
            "reprompts": [words("Just a number, please, such as four.")],
            "out": {"understood": n[2], **gives_up},
        },
        {
            "kind": "branch",
            "cases": [{"id": "many", "when": f"guests > {8 + first % 5}", "label": "too many"}],
            "out": {"many": n[3], "else": n[4]},
        },
        {"kind": "say", "text": words("{{ guests }} are too many for one table."), "out": {"then": n[1]}},
        {
            "kind": "set",
            "assignments": [{"variable": "total", "value": "total + guests"}],
            "out": {"then": n[5]},
        },
        {
            "kind": "menu",
            "prompt": words("The garden, the bar, or somewhere else?"),
            "options": [{"id": id, "label": words(id.title())} for id in option],
            "out": {**option, **gives_up},
        },
        {"kind": "say", "text": words("The garden has shade until six."), "out": {"then": n[8]}},
        {
            "kind": "say",
            "text": words("The bar is lively, {{ guests }} stools are free."),
            "out": {"then": n[8]},
        },
        {
            "kind": "http",
            "method": "POST",
            "url": "https://tables.example/hold/{{ guests }}",
            "body": {"guests": "guests", "total": "total"},
            "response": [{"path": "held", "to": "held"}],
            "out": {"ok": n[9], "error": lost},
        },
        {
            "kind": "ask",
            "type": "yes_no",
            "save": "sure",
            "prompt": words("We hold {{ held }} places. Is that right?"),
            "out": {"understood": then, **gives_up},
        },
    ]
    return dict(zip(n, nodes, strict=True))


VARIABLES: dict[str, Raw] = {
    "guests": {"type": "int"},
    "held": {"type": "int", "initial": 0, "export": True},
    "sure": {"type": "yes_no", "export": True},
    "total": {"type": "int", "initial": 0},
}


def part(first: int, blocks: int, last: Raw) -> tuple[dict[str, Raw], int]:
    """``blocks`` blocks in a row that end in ``last``; gives the nodes and the next free number."""
    end, lost = first + blocks * BLOCK, first + blocks * BLOCK + 1
    nodes: dict[str, Raw] = {}
    for i in range(blocks):
        following = first + (i + 1) * BLOCK if i + 1 < blocks else end
        nodes |= block(first + i * BLOCK, node_id(following), node_id(lost))
    nodes[node_id(end)] = last
    nodes[node_id(lost)] = {**last, "label": "Lost"}
    return nodes, lost + 1


def one_large_flow(nodes: int) -> bytes:
    """A flow file with about ``nodes`` nodes in its main flow."""
    drawn, _ = part(0, nodes // BLOCK, {"kind": "end", "outcome": "done", "text": words("Goodbye.")})
    return flow_file("large", drawn, VARIABLES, {})


def many_subflows(subflows: int, nodes: int) -> bytes:
    """A flow file whose main flow calls ``subflows`` sub-flows of about ``nodes`` nodes each, one after the other."""
    parts: dict[str, Raw] = {}
    main: dict[str, Raw] = {}
    end = node_id(subflows)
    number = subflows + 1
    for i in range(subflows):
        first = number
        drawn, number = part(number, nodes // BLOCK, {"kind": "return", "exit": "done"})
        parts[f"part_{i}"] = {"start": node_id(first), "variables": VARIABLES, "nodes": drawn}
        following = node_id(i + 1) if i + 1 < subflows else end
        main[node_id(i)] = {"kind": "call", "flow": f"part_{i}", "out": {"done": following, "error": end}}
    main[end] = {"kind": "end", "outcome": "done", "text": words("Goodbye.")}
    return flow_file("parts", main, {}, parts)


def web(count: int, seed: int = 7) -> tuple[bytes, bytes]:
    """A flow file and its layout with the topology of the canvas probe: a grid with jitter, 1.5 wires a node, a hub."""
    r = random.Random(seed)
    columns = max(1, int(math.sqrt(count * 110 / 180 * 16 / 9)))
    places = {}
    for i in range(count):
        x = (i % columns) * CARD_WIDTH + r.uniform(-15, 15)
        y = (i // columns) * CARD_HEIGHT + r.uniform(-10, 10)
        places[node_id(i)] = [round(x), round(y)]
    hub = (count // columns // 2) * columns + columns // 2
    targets: list[list[int]] = [[] for _ in range(count)]
    pairs = [(hub - 1, hub), (hub - columns, hub), (hub, hub + 1), (hub, hub + columns), (hub, hub + 2)]
    for a, b in pairs:
        targets[a].append(b)
    wanted = int(count * 1.5) - len(pairs)
    steps = [1, 1, 1, 2, columns, columns + 1, columns - 1, 3 * columns]
    while wanted:
        a = r.randrange(count - 1)
        b = min(count - 1, a + r.choice(steps))
        if b > a and hub not in (a, b) and b not in targets[a]:
            targets[a].append(b)
            wanted -= 1
    nodes = {node_id(i): web_node(i, [node_id(to) for to in targets[i]]) for i in range(count)}
    layout = {"format": "parley-layout", "schema": 1, "nodes": places}
    return flow_file("web", nodes, VARIABLES, {}), json.dumps(layout).encode()


def web_node(number: int, targets: list[str]) -> Raw:
    """A node with at least three ports, some of which lead to ``targets``."""
    ports = [f"way_{i}" for i in range(max(3, len(targets)))]
    out = dict(zip(ports, targets, strict=False))
    if number % 2:
        options = [{"id": port, "label": words(port.replace("_", " "))} for port in ports]
        said = f"Say hello {number} to {{{{ guests }}}} people, and ask where they would like to sit tonight."
        return {
            "kind": "menu",
            "label": f"Hello {number}",
            "prompt": words(said),
            "options": options,
            "out": out,
        }
    cases = [{"id": port, "when": f"guests > {i}"} for i, port in enumerate(ports)]
    return {"kind": "branch", "label": f"Which way {number}", "cases": cases, "out": out}


def flow_file(name: str, nodes: dict[str, Raw], variables: dict[str, Raw], subflows: dict[str, Raw]) -> bytes:
    """The bytes of a ``flow.json``."""
    document = {
        "format": "parley-flow",
        "schema": 1,
        "name": name,
        "locales": [EN],
        "start": next(iter(nodes)),
        "variables": variables,
        "nodes": nodes,
        "subflows": subflows,
    }
    return json.dumps(document).encode()
