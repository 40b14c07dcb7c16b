"""A circle of failures that nobody counts: silence leads to silence, a failing service is asked for ever.

A circle in which people answer each round is theirs to leave; a `loop` node, or a variable that is counted and
looked at on the way, ends one.
"""

from collections.abc import Iterable

from engine.compiler.finding import Finding
from engine.compiler.graph import components
from engine.compiler.view import View, counted, instant, narrowed, unanswered
from engine.flow import Severity
from engine.kinds.branch import BranchFields
from engine.kinds.set import SetFields

CODE = "L003"
SEVERITY = Severity.ERROR
TITLE = "Endless retry"


def run(view: View) -> Iterable[Finding]:
    """One finding a circle: an error when it is made of failures, a warning when a service keeps answering and
    is asked again."""
    failing = components(narrowed(view, _failing), lambda i: bool(view.reached[i]))
    reported: set[int] = set()
    for circle in failing:
        if _waits(view, circle) and not _counts(view, circle):
            reported.update(circle)
            yield _finding(view, circle, SEVERITY)
    for circle in components(narrowed(view, _alone), lambda i: bool(view.reached[i])):
        if _waits(view, circle) and not reported.intersection(circle) and not _counts(view, circle):
            yield _finding(view, circle, Severity.WARNING)


def _failing(view: View, i: int, port: str) -> bool:
    return unanswered(view, i, port) and not counted(view.facts[i], port)


def _alone(view: View, i: int, port: str) -> bool:
    """Ways that are taken without the other side having its say."""
    facts = view.facts[i]
    if facts.waits and not facts.listens:
        return True
    return unanswered(view, i, port) and not counted(facts, port)


def _waits(view: View, circle: list[int]) -> bool:
    """Whether something in the circle waits; a circle in which nothing does is another finding."""
    free = [
        [to for way, to in view.graph.out[i] if to in circle and instant(view, i, way.port)] for i in circle
    ]
    return any(view.facts[i].waits or view.facts[i].calls for i in circle) and bool(free)


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
