"""Changes that mend a finding at the push of a button."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from engine.compiler.finding import Finding, Repair, Wire
from engine.compiler.view import View
from engine.kinds import PortClass


def with_wires(view: View, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings about unwired ports, each with the wire a designer would most likely draw: to where the same
    kind of failure of other nodes leads, else to the only end there is; without one when there is no such
    place."""
    usual: Mapping[str, str] | None = None
    for finding in findings:
        if usual is None:
            usual = _usual(view)
        target = usual.get(finding.port, "") or usual.get("", "")
        mended = finding.port and target and target != finding.node
        repair = Repair(Wire(finding.node, finding.port, target)) if mended else None
        yield msgspec.structs.replace(finding, repair=repair)


def _usual(view: View) -> dict[str, str]:
    """Where each port of failure leads most often; under an empty name the only end of the flow."""
    nodes = view.flow.nodes
    failures = {c.value for c in PortClass if c.failure}
    counts: dict[str, Counter[str]] = {}
    for node in nodes.values():
        for port, target in node.out.items():
            if port in failures and target in nodes:
                counts.setdefault(port, Counter())[target] += 1
    found = {port: max(sorted(c), key=lambda id: c[id]) for port, c in counts.items()}
    ends = [n.id for n in nodes.values() if n.kind == "end"]
    if len(ends) == 1:
        found[""] = ends[0]
    return found
