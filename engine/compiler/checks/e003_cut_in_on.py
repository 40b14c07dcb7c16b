"""Words that must be heard to their end, and may be cut in on: what somebody agrees to by saying yes."""

from collections.abc import Iterable

from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity
from engine.kinds.consent import ConsentFields

CODE = "E003"
SEVERITY = Severity.WARNING
TITLE = "Consent may be cut in on"


def run(view: View) -> Iterable[Finding]:
    """One finding a node that asks for consent."""
    return view.each(CODE, _look)


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    if isinstance(facts.fields, ConsentFields) and facts.fields.interruptible:
        message = f'"{facts.name}" may be cut in on: who says yes may not have heard to what.'
        fix = "Turn *May be cut in on* off."
        yield Finding(CODE, message, SEVERITY, view.id, (facts.id,), field="interruptible", fix=fix)
