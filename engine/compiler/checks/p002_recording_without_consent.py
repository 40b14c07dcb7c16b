"""A call that is recorded where nobody agreed to it: the flow demands consent, and some way leads to the recording
past every *yes*; or the flow forbids recordings, and records."""

from collections.abc import Iterable

from engine.compiler.consenting import records, starts_recording, unasked
from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity
from engine.flow.document import MAIN

CODE = "P002"
SEVERITY = Severity.ERROR
TITLE = "Recording without consent"


def run(view: View) -> Iterable[Finding]:
    """One finding a node that records. What a sub-flow does before anybody was asked is found where it is called."""
    rule = view.outside.recording
    if rule == "forbidden":
        for i, facts in enumerate(view.facts):
            if view.reached[i] and records(facts):
                yield _forbidden(view, facts)
    elif rule == "consent" and view.id == MAIN:
        open_ = unasked(view.graph, view.summaries)
        for i, facts in enumerate(view.facts):
            callee = view.summaries.get(facts.calls) if facts.calls else None
            if open_[i] and (starts_recording(facts) or (callee is not None and callee.records)):
                yield _unasked(view, facts)


def _unasked(view: View, facts: Facts) -> Finding:
    message = f'"{facts.name}" records the call, and on some way there nobody has agreed to that.'
    fix = "Ask for consent before, and come here by its *given*."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), fix=fix)


def _forbidden(view: View, facts: Facts) -> Finding:
    message = f'"{facts.name}" records what is said, and this flow forbids recordings.'
    fix = "Take the node out, or allow recordings in the flow's settings."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), fix=fix)
