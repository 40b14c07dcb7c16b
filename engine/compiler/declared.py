"""What the kinds themselves say is wrong with a node, as findings."""

from collections.abc import Iterable

from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.view import Look, View
from engine.flow import Diagnostic, Severity


def declared(code: str) -> Look:
    """The look that passes on what a node's kind reports under ``code``."""

    def look(view: View, facts: Facts) -> Iterable[Finding]:
        return (of_node(view, facts, d) for d in facts.diagnostics if d.code == code)

    return look


def of_node(view: View, facts: Facts, diagnostic: Diagnostic) -> Finding:
    """A diagnostic of a node as a finding."""
    return Finding(
        diagnostic.code,
        diagnostic.message,
        Severity(diagnostic.severity),
        view.id,
        (facts.id,),
        field=diagnostic.field,
        start=diagnostic.start,
        end=diagnostic.end,
        fix=diagnostic.fix,
    )
