"""A port that every run may leave by, and that leads nowhere: the conversation would break off there."""

from collections.abc import Iterable

from engine.compiler.declared import of_node
from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.repairs import with_wires
from engine.compiler.view import View
from engine.flow import Severity

CODE = "R002"
SEVERITY = Severity.ERROR
TITLE = "Dead end"


def run(view: View) -> Iterable[Finding]:
    """One finding a port."""
    return with_wires(view, view.each(CODE, _look))


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    yield from (of_node(view, facts, d) for d in facts.diagnostics if d.code == CODE)
    optional = {port.id for port in facts.ports if port.optional}
    for way in facts.ways:
        if way.target or way.failure or not way.port or way.port in optional:
            continue
        label = next((port.label for port in facts.ports if port.id == way.port), way.port)
        yield Finding(
            CODE,
            _message(facts, way.port, label),
            SEVERITY,
            view.id,
            (facts.id,),
            way.port,
            fix=f"Draw a wire from *{label}* to the node that comes next, or to an End.",
        )


def _message(facts: Facts, port: str, label: str) -> str:
    if port == "else":
        return f'"{facts.name}" does not say what happens when none of its cases holds.'
    if len(facts.ways) == 1:
        return f'After "{facts.name}" nothing follows: the conversation would break off there.'
    return f'"{facts.name}" has no way on for *{label}*: the conversation would break off there.'
