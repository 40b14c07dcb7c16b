"""Looking for findings in drawn flows, and running their witnesses."""

from engine.compiler import Finding, check, compile_flow
from engine.flow import Flow
from engine.protocol import Fault
from engine.simulation import Rehearsal


def found(flow: Flow, code: str) -> list[Finding]:
    """The findings of one code."""
    return [f for f in check(flow) if f.code == code]


def only(flow: Flow, code: str) -> Finding:
    """The one finding of a code."""
    findings = found(flow, code)
    assert len(findings) == 1, findings
    return findings[0]


def shown(flow: Flow, finding: Finding) -> Rehearsal:
    """The witness of a finding, run on the engine."""
    assert finding.witness is not None, finding
    return Rehearsal(compile_flow(flow), finding.witness).play_all()


def faults(rehearsal: Rehearsal) -> list[str]:
    """The codes of the defects a rehearsal met."""
    return [e.code for record in rehearsal.records for e in record.effects if isinstance(e, Fault)]
