"""Findings for people: sentences with their names set, repairs as buttons."""

import re

import msgspec

from engine.compiler import Finding
from engine.flow import Flow
from studio.document import Edit, State
from studio.document.wiring import connect

QUOTED = re.compile(r"(“[^”]*”|\"[^\"]*\"|\*[^*]+\*)")


class Repair(msgspec.Struct, frozen=True):
    """A change that mends a finding: lead a port to a node. ``name`` is what its button says."""

    name: str
    flow: str
    node: str
    port: str
    to: str

    def edit(self, state: State) -> Edit:
        """The edit that does it."""
        return connect(state, self.flow, self.node, self.port, self.to)


def repair_of(finding: Finding, document: Flow) -> Repair | None:
    """What would mend it at once, or None."""
    if finding.repair is None:
        return None
    wire = finding.repair.wire
    flow = document.subflows.get(finding.flow) if finding.flow else document
    target = flow.nodes.get(wire.to) if flow is not None else None
    if target is None:
        return None
    return Repair(f"Wire it to “{target.label or target.kind}”", finding.flow, wire.node, wire.port, wire.to)


def shows_way(finding: Finding) -> bool:
    """Whether there is a talk that leads to it."""
    return finding.witness is not None


def finding_html(finding: Finding) -> str:
    """The sentence of a finding, set."""
    return set_words(finding.message)


def set_words(sentence: str) -> str:
    """A sentence with what stands between asterisks in bold; straight quotes become round ones."""
    parts = []
    for part in QUOTED.split(sentence):
        text = part.replace("&", "&amp;").replace("<", "&lt;")
        if len(part) > 2 and part.startswith("*") and part.endswith("*"):
            text = f"<b>{text[1:-1]}</b>"
        elif len(part) > 1 and part.startswith('"') and part.endswith('"'):
            text = f"“{text[1:-1]}”"
        parts.append(text)
    return "".join(parts)


def finding_text(finding: Finding) -> str:
    """The sentence without any marks."""
    return re.sub(r"<[^>]+>", "", finding_html(finding)).replace("&lt;", "<").replace("&amp;", "&")


def counts(findings: tuple[Finding, ...]) -> dict[str, tuple[int, str]]:
    """By node: how many findings concern it first, and the worst severity among them; hints are not counted."""
    found: dict[str, tuple[int, str]] = {}
    for finding in findings:
        if finding.suppressed or finding.severity == "info" or not finding.nodes:
            continue
        number, worst = found.get(finding.nodes[0], (0, "warning"))
        severity = "error" if "error" in (worst, finding.severity) else "warning"
        found[finding.nodes[0]] = (number + 1, severity)
    return found
