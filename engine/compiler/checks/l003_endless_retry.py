"""A circle of failures that nobody counts: silence leads to silence, a failing service is asked for ever.

A circle in which people answer each round is theirs to leave; a `loop` node, or a variable that is counted and
looked at on the way, ends one.
"""

from collections.abc import Iterable

from engine.compiler.facts import AT_ONCE, COUNTED, FAILING
from engine.compiler.finding import Finding
from engine.compiler.graph import components
from engine.compiler.view import View
from engine.flow import Severity
from engine.kinds.branch import BranchFields
from engine.kinds.set import SetFields

CODE = "L003"
SEVERITY = Severity.ERROR
TITLE = "Endless retry"
STRUCTURAL = True


def run(view: View) -> Iterable[Finding]:
    """One finding a circle: an error when it is made of failures, a warning when a service keeps answering and
    is asked again."""
    for whole in view.circles:
        place = {i: k for k, i in enumerate(whole)}
        failing = [[place[to] for to in _failing(view, i) if to in place] for i in whole]
        found = [[whole[k] for k in circle] for circle in components(failing)]
        endless = [c for c in found if _waits(view, c) and not _counts(view, c)]
        yield from (_finding(view, circle, SEVERITY) for circle in endless)
        if not endless and _waits(view, whole) and not _counts(view, whole):
            yield _finding(view, whole, Severity.WARNING)


def _failing(view: View, i: int) -> list[int]:
    """Where the node leads when nobody answers, and nobody counts."""
    return [to for way, to in view.graph.out[i] if to >= 0 and way.pace & (FAILING | COUNTED) == FAILING]


def _waits(view: View, circle: list[int]) -> bool:
    """Whether something in the circle waits; a circle in which nothing does is another finding."""
    return any(view.facts[i].waits for i in circle) or any(
        not way.pace & AT_ONCE and to in circle for i in circle for way, to in view.graph.out[i]
    )


def _counts(view: View, circle: list[int]) -> bool:
    """Whether a variable that is set on the way is also looked at on the way."""
    given = looked = 0
    for i in circle:
        facts = view.facts[i]
        if isinstance(facts.fields, SetFields):
            for way in facts.ways:
                given |= way.gives
        elif isinstance(facts.fields, BranchFields):
            looked |= facts.reads
    return bool(given & looked)


def _finding(view: View, circle: list[int], severity: Severity) -> Finding:
    circle = sorted(circle, key=lambda i: view.graph.ids[i])
    first = next((i for i in circle if view.facts[i].waits or view.facts[i].calls), circle[0])
    nodes = (first, *(i for i in circle if i != first))
    name = view.name(first)
    if severity is Severity.WARNING:
        message = f'"{name}" is asked again and again for as long as its answers lead back to it.'
    elif len(circle) == 1:
        message = f'When "{name}" fails, it begins again, and nobody counts how often.'
    else:
        message = f'When "{name}" fails, {view.quoted(circle)} go round for ever: nobody counts the failures.'
    fix = "Go round with a Loop, or lead the failure to another way after a few times."
    return Finding(CODE, message, severity, view.id, tuple(view.graph.ids[i] for i in nodes), fix=fix)
