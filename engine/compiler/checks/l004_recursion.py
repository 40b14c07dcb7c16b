"""Sub-flows that call each other in a circle: the conversation would stack them until it fails."""

from collections.abc import Iterable

from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity

CODE = "L004"
SEVERITY = Severity.ERROR
TITLE = "Recursion of sub-flows"


def run(view: View) -> Iterable[Finding]:
    """One finding for each call that closes a circle, in the sub-flow that makes it."""
    for i, facts in enumerate(view.facts if view.outside.circles else ()):
        circle = view.outside.circles.get(facts.calls) if facts.calls else None
        if circle is None or view.id not in circle or not view.reached[i]:
            continue
        if facts.calls == view.id:
            message = f'"{facts.name}" calls the very sub-flow it stands in, so it may never come to an end.'
        else:
            names = ", ".join(f'"{name}"' for name in circle)
            message = f'"{facts.name}" closes a circle: the sub-flows {names} call each other.'
        fix = "Let it go back with a wire or a loop instead of a call."
        yield Finding(CODE, message, SEVERITY, view.id, (facts.id,), field="flow", fix=fix)
