"""A place from which no wire ever leads to an end: whoever comes there can only hang up."""

from collections.abc import Iterable

from engine.compiler.finding import Finding
from engine.compiler.graph import grouped
from engine.compiler.view import View
from engine.flow import Severity
from engine.flow.document import MAIN

CODE = "R004"
SEVERITY = Severity.ERROR
TITLE = "No end"
STRUCTURAL = True


def run(view: View) -> Iterable[Finding]:
    """One finding for each such place: the node one comes in by, and all one can go round in."""
    stuck = [
        i for i, out in enumerate(view.leads_out) if not out and view.reached[i] and not _handler(view, i)
    ]
    if not stuck:
        return
    inside = set(stuck)
    rescued = _rescued(view)
    doors = [i for i in stuck if i == view.graph.start or any(b not in inside for b in view.before[i])]
    for group in grouped(view.graph.next, stuck, doors):
        yield _finding(view, group, rescued)


def _handler(view: View, i: int) -> bool:
    """A handler without anything after it goes straight back."""
    facts = view.facts[i]
    return facts.handler is not None and not view.graph.next[i]


def _rescued(view: View) -> bool:
    """Whether some handler leaves for a place from which an end can be reached."""
    return any(view.leads_out[h] for h in view.graph.leaving) or (view.id != MAIN and view.outside.rescued)


def _finding(view: View, group: list[int], rescued: bool) -> Finding:
    nodes = tuple(view.graph.ids[i] for i in group)
    name = view.name(group[0])
    if rescued:
        message = f'From "{name}" on, only a handler or hanging up ends the conversation.'
        return Finding(
            CODE, message, Severity.INFO, view.id, nodes, fix="Draw a way to an End if that is not meant."
        )
    what = "returns or ends" if view.id != MAIN else "ends"
    message = f'From "{name}" on, the conversation never {what}: the caller can only hang up.'
    return Finding(
        CODE, message, SEVERITY, view.id, nodes, fix="Draw a way from one of these nodes to an End."
    )
