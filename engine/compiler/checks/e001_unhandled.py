"""A failure without an answer: nobody speaks, nothing is understood, a service fails, and the flow has neither a
wire nor a default for it."""

from collections.abc import Iterable

from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.repairs import with_wires
from engine.compiler.view import View
from engine.flow import Severity
from engine.kinds import Port, PortClass

CODE = "E001"
SEVERITY = Severity.ERROR
TITLE = "Unhandled failure"

_WHAT = {
    PortClass.NO_INPUT: "no reply",
    PortClass.NO_MATCH: "an answer that was not understood",
    PortClass.GIVES_UP: "a caller it cannot understand or hear",
    PortClass.ERROR: "a failure",
    PortClass.TIMEOUT: "an answer that is too slow",
    PortClass.BUSY: "a line that is busy",
    PortClass.NO_ANSWER: "a telephone nobody answers",
    PortClass.UNKNOWN: "a request of which nobody can say what came of it",
}


def run(view: View) -> Iterable[Finding]:
    """One finding a port that does not answer, nor any other instead of it."""
    return with_wires(view, view.each(CODE, _look))


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    if not facts.ports or facts.kind is None:
        return
    targets = {way.port: way.target for way in facts.ways}
    stands_in = {port.instead for port in facts.ports if port.instead}
    for port in facts.ports:
        if not port.cls.failure or port.optional or targets.get(port.id):
            continue
        if port.instead and not targets.get(port.instead):
            continue  # the port that would answer instead is reported
        if port.id in stands_in and not _needed(facts, port, targets):
            continue
        yield _finding(view, facts, port)


def _needed(facts: Facts, port: Port, targets: dict[str, str]) -> bool:
    """Whether anything still arrives at a port that stands in for others: they have no wire of their own, or it
    has a reason of its own."""
    others = [p for p in facts.ports if p.instead == port.id]
    return (
        port.cls is not PortClass.GIVES_UP or not all(targets.get(p.id) for p in others) or _confirms(facts)
    )


def _confirms(facts: Facts) -> bool:
    return bool(getattr(facts.fields, "confirm", None))


def _finding(view: View, facts: Facts, port: Port) -> Finding:
    consequence = "the caller would hear silence" if facts.listens else "the conversation would break off"
    message = f'"{facts.name}" has no answer for *{port.label}* ({_WHAT[port.cls]}): {consequence}.'
    fix = f"Draw a wire from *{port.label}*, or give the flow a default for it."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), port.id, fix=fix)
