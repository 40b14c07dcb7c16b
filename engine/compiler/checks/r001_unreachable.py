"""A node to which no run can come: no way leads there from the start, from any handler or from the failure path."""

from collections.abc import Iterable

from engine.compiler.declared import declared
from engine.compiler.finding import Finding
from engine.compiler.graph import grouped
from engine.compiler.view import View
from engine.flow import Severity

CODE = "R001"
SEVERITY = Severity.WARNING
TITLE = "Unreachable"

_LOOK = declared(CODE)


def run(view: View) -> Iterable[Finding]:
    """One finding for each node nobody comes to, together with what only follows from it."""
    yield from view.each(CODE, _LOOK)
    lost = [i for i, seen in enumerate(view.reached) if not seen]
    if view.graph.start < 0 or not lost:
        return
    heads = [i for i in lost if all(before == i for before in view.before[i])]
    for group in grouped(view.graph.next, lost, heads):
        yield _finding(view, group)


def _finding(view: View, group: list[int]) -> Finding:
    name = view.name(group[0])
    answers = [
        port for port, target in sorted(view.flow.defaults.items()) if target == view.graph.ids[group[0]]
    ]
    if answers:
        message = f'"{name}" answers *{answers[0]}* for the whole flow, and no node leaves that to it.'
        nodes = tuple(view.graph.ids[i] for i in group)
        return Finding(
            CODE, message, Severity.INFO, view.id, nodes, fix="Nothing, unless you expected it to be used."
        )
    more = len(group) - 1
    if more:
        message = f'Nobody ever comes to "{name}", nor to the {more} node{"s" * (more > 1)} after it.'
    else:
        message = f'Nobody ever comes to "{name}": no wire leads there.'
    nodes = tuple(view.graph.ids[i] for i in group)
    return Finding(CODE, message, SEVERITY, view.id, nodes, fix="Draw a wire to it, or delete it.")
