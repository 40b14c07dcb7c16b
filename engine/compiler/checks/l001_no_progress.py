"""A circle in which nothing ever waits: the engine would go round until its fuel for one turn is used up. So would
it on a way that is longer than the fuel, or in a loop that goes round too often."""

from collections.abc import Iterable

from engine.compiler.facts import AT_ONCE
from engine.compiler.finding import Finding
from engine.compiler.graph import components
from engine.compiler.view import View
from engine.expressions import ListType, domain_of, evaluate_abstract
from engine.flow import Severity
from engine.kinds.loop import MOST, LoopFields

CODE = "L001"
SEVERITY = Severity.ERROR
TITLE = "Circle without progress"
STRUCTURAL = True

FUEL = 256
"""Instructions one event may execute (`engine.runtime.entering.FUEL`; a test holds them equal)."""


def run(view: View) -> Iterable[Finding]:
    """One finding for each such circle, way or loop."""
    circles = [c for whole in view.circles for c in components(view.graph.free, whole)]
    for circle in circles:
        yield _circle(view, circle)
    if circles:
        return
    if len(view.facts) > FUEL:
        yield from _long(view)
    if view.graph.loops:
        yield from _loops(view)


def _circle(view: View, circle: list[int]) -> Finding:
    nodes = tuple(view.graph.ids[i] for i in circle)
    if len(circle) == 1:
        message = f'"{view.name(circle[0])}" leads back to itself without waiting for anyone.'
    else:
        message = f"{view.quoted(circle)} go round in a circle without ever waiting for anyone."
    fix = "Let the circle pass a node that waits for the caller, or go round with a Loop."
    return Finding(CODE, message, SEVERITY, view.id, nodes, fix=fix)


def _long(view: View) -> Iterable[Finding]:
    """The longest way without waiting, when it takes more steps than one turn may."""
    free = view.graph.free
    length = [1] * len(free)
    follows = [-1] * len(free)
    for i in reversed(view.rush):
        for to in free[i]:
            if length[to] >= length[i]:
                length[i], follows[i] = length[to] + 1, to
    first = max(range(len(free)), key=length.__getitem__, default=-1)
    if first >= 0 and length[first] > FUEL:
        message = f'From "{view.name(first)}" on, {length[first]} nodes follow each other without waiting for anyone.'
        fix = f"One turn may take {FUEL} steps: let it wait for the caller in between."
        nodes = [first]
        while follows[nodes[-1]] >= 0:
            nodes.append(follows[nodes[-1]])
        yield Finding(CODE, message, SEVERITY, view.id, tuple(view.graph.ids[i] for i in nodes), fix=fix)


def _loops(view: View) -> Iterable[Finding]:
    """Loops that never wait and may go round too often."""
    for circle in components([view.graph.ways(i, AT_ONCE) for i in range(len(view.facts))], view.sweep):
        rounds, fewest = 1, 1
        loops = [i for i in circle if isinstance(view.facts[i].fields, LoopFields)]
        for i in loops:
            least, most = _rounds(view, i)
            rounds, fewest = rounds * most, max(fewest, least)
        if rounds * len(circle) <= FUEL:
            continue
        certain = fewest * 2 > FUEL
        nodes = (loops[0], *(i for i in circle if i != loops[0]))
        verb = "goes" if certain else "may go"
        message = f'"{view.name(loops[0])}" {verb} round more often than one turn allows, without waiting for anyone.'
        fix = (
            f"One turn may take {FUEL} steps: go round less often, or let it wait for the caller in between."
        )
        severity = SEVERITY if certain else Severity.WARNING
        yield Finding(CODE, message, severity, view.id, tuple(view.graph.ids[i] for i in nodes), fix=fix)


def _rounds(view: View, i: int) -> tuple[int, int]:
    """How often a loop goes round, at least and at most."""
    fields = view.facts[i].fields
    for examined in view.facts[i].sources:
        expression = examined.expression
        if expression is None or examined.checked is None:
            continue
        if fields.over:
            type = getattr(examined.checked, "type", None)
            return 0, min(MOST, type.max_length) if isinstance(type, ListType) else MOST
        domains = {name: domain_of(t) for name, t in view.around.scope.types.items()}
        times = evaluate_abstract(expression, domains)
        least, most = times.least[0], times.greatest[0]
        low = least if isinstance(least, int) else 0
        return max(0, min(MOST, low)), max(0, min(MOST, most)) if isinstance(most, int) else MOST
    return 0, MOST
