"""A variable that is read where, on some way there, nothing has given it a value."""

from collections.abc import Iterable, Iterator

from engine.compiler.assignment import ALL
from engine.compiler.facts import Examined, Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.expressions import Checked, CheckedTemplate
from engine.expressions.nodes import Name, walk
from engine.flow import Severity

CODE = "D001"
SEVERITY = Severity.ERROR
TITLE = "Use before assignment"


def run(view: View) -> Iterable[Finding]:
    """One finding a variable and node, at its first use there."""
    for i, facts in enumerate(view.facts):
        known = view.assigned[i]
        if facts.needs and known != ALL and facts.needs & ~known:
            yield from _of_node(view, facts, view.names(facts.needs & ~known))


def _of_node(view: View, facts: Facts, names: list[str]) -> Iterator[Finding]:
    for name in names:
        use = next(e for e in facts.sources if name in e.needs)
        start, end = _place(use, name)
        yield Finding(
            CODE,
            f'"{facts.name}" uses *{name}*, and on some way there it has no value yet.',
            SEVERITY,
            view.id,
            (facts.id,),
            field=use.source.field,
            start=start,
            end=end,
            fix=f"Ask for {name} before, give it an initial value, or look first whether has({name}).",
        )


def _place(use: Examined, name: str) -> tuple[int, int]:
    """Where the variable first stands in the source."""
    match use.checked:
        case CheckedTemplate(template=template):
            nodes = [hole.node for hole in template.holes]
        case Checked(node=node):
            nodes = [node]
        case _:
            nodes = []
    found = (part for node in nodes for part in walk(node) if isinstance(part, Name) and part.name == name)
    first = next(found, None)
    return (first.start, first.end) if first is not None else (-1, -1)
