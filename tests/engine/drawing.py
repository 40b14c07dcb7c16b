"""Drawing small flows in tests: short names for nodes, words for edges."""

from typing import Any

from engine.compiler import compile_flow
from engine.flow import Flow, parse_flow
from engine.kinds.program import Program
from engine.protocol.script import Script
from engine.simulation import Rehearsal, Services, nobody, spoken

EN = "en-US"


def say(text: str, then: str = "", **fields: Any) -> dict[str, Any]:
    """A say node."""
    return {"kind": "say", "text": {EN: text}, **fields, "out": {"then": then} if then else {}}


def ask(type: str, save: str, prompt: str, out: dict[str, str], **fields: Any) -> dict[str, Any]:
    """An ask node."""
    return {"kind": "ask", "type": type, "save": save, "prompt": {EN: prompt}, **fields, "out": out}


def end(outcome: str = "done", text: str = "") -> dict[str, Any]:
    """An end node."""
    return {"kind": "end", "outcome": outcome, **({"text": {EN: text}} if text else {})}


def branch(cases: dict[str, tuple[str, str]], otherwise: str) -> dict[str, Any]:
    """A branch: case id -> (condition, target)."""
    rows = [{"id": id, "when": when} for id, (when, _) in cases.items()]
    return {
        "kind": "branch",
        "cases": rows,
        "out": {**{id: to for id, (_, to) in cases.items()}, "else": otherwise},
    }


def option(id: str, label: str, *synonyms: str, key: str = "") -> dict[str, Any]:
    """An option of a menu or a choice."""
    return {"id": id, "label": {EN: label}, "synonyms": {EN: list(synonyms)}, **({"key": key} if key else {})}


def draw(nodes: dict[str, dict[str, Any]], start: str = "", **parts: Any) -> Flow:
    """A flow of these nodes, the first one first. ``variables`` maps names to types or to whole descriptions."""
    variables = {
        name: v if isinstance(v, dict) and "type" in v else {"type": v}
        for name, v in parts.pop("variables", {}).items()
    }
    subflows = {id: _raw(**flow) for id, flow in parts.pop("subflows", {}).items()}
    raw = {
        "name": "drawn",
        "start": start or next(iter(nodes)),
        "variables": variables,
        "nodes": nodes,
        **parts,
    }
    flow, diagnostics = parse_flow({**raw, "subflows": subflows})
    assert not diagnostics, diagnostics
    return flow


def _raw(nodes: dict[str, dict[str, Any]], **parts: Any) -> dict[str, Any]:
    variables = {
        name: v if isinstance(v, dict) and "type" in v else {"type": v}
        for name, v in parts.pop("variables", {}).items()
    }
    return {"start": next(iter(nodes)), "variables": variables, "nodes": nodes, **parts}


def program(nodes: dict[str, dict[str, Any]], **parts: Any) -> Program:
    """Drawn and compiled."""
    return compile_flow(draw(nodes, **parts))


def rehearse(
    nodes: dict[str, dict[str, Any]],
    *,
    voice: bool = False,
    services: Services = nobody,
    seed: int = 0,
    **parts: Any,
) -> Rehearsal:
    """Drawn, compiled and begun, on Friday the 20th of November 2026 at ten."""
    script = Script(modality="voice" if voice else "text", seed=seed)
    rehearsal = Rehearsal(program(nodes, **parts), script, services)
    rehearsal.start()
    return rehearsal


def heard(rehearsal: Rehearsal) -> list[str]:
    """All that was said so far."""
    return spoken(rehearsal.records)
