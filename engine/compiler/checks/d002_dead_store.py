"""A value that is kept and never looked at again. Variables that are exported, or that a caller gets back, are
kept for others."""

from collections.abc import Iterable

from engine.compiler.assignment import wanted
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity
from engine.kinds.set import SetFields

CODE = "D002"
SEVERITY = Severity.INFO
TITLE = "Never read"
STRUCTURAL = True


def run(view: View) -> Iterable[Finding]:
    """One finding for each variable nobody reads, and for each value that is replaced before anybody could."""
    flow = view.flow
    read = given = 0
    for facts in view.facts:
        read |= facts.reads
        given |= facts.keeps
    kept = view.around.mask([n for n, v in flow.variables.items() if v.export or n in flow.outputs])
    for name in view.names(given & ~read & ~kept):
        bit = view.around.bits[name]
        nodes = tuple(f.id for f in view.facts if f.keeps & bit)
        message = f"*{name}* is kept, and nothing ever reads it."
        fix = "Remove it, or mark it as part of the result."
        yield Finding(CODE, message, SEVERITY, view.id, nodes, field=f"variables.{name}", fix=fix)
    yield from _replaced(view, read | kept, kept)


def _replaced(view: View, read: int, kept: int) -> Iterable[Finding]:
    setting = [i for i, f in enumerate(view.facts) if isinstance(f.fields, SetFields) and view.reached[i]]
    if not setting:
        return
    live = wanted(view.graph, kept, kept, view.sweep)
    for i in setting:
        for way, to in view.graph.out[i]:
            dead = way.gives & read & ~live[to] if to >= 0 and way.gives else 0
            for name in view.names(dead):
                message = (
                    f'"{view.name(i)}" gives *{name}* a value, and nobody reads it before it gets another.'
                )
                fix = "Remove the assignment, or read the value before."
                yield Finding(CODE, message, SEVERITY, view.id, (view.graph.ids[i],), way.port, fix=fix)
