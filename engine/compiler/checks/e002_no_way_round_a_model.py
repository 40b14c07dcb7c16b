"""A model that fails is followed by a model: who is down, or too slow, is asked again while the caller waits."""

from collections.abc import Iterable

from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity

CODE = "E002"
SEVERITY = Severity.WARNING
TITLE = "No way round a model"

THINKING = frozenset(("reply", "converse", "extract", "answer"))
FAILING = ("failed", "timeout")


def run(view: View) -> Iterable[Finding]:
    """One finding a port."""
    return view.each(CODE, _look)


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    if facts.kind is None or facts.kind.id not in THINKING:
        return
    for way in facts.ways:
        if way.port not in FAILING or not way.target:
            continue
        again = _asked_next(view, way.target)
        if again is not None:
            where = "" if again.id == facts.id else f' at "{again.name}"'
            message = f'When the model fails at "{facts.name}", it is asked again at once{where}.'
            fix = "Lead the failure to words of the flow's own, to a question, or to a person."
            yield Finding(CODE, message, SEVERITY, view.id, (facts.id, again.id), way.port, fix=fix)
            return


def _asked_next(view: View, start: str) -> Facts | None:
    """The first node that asks a model before the caller has a word."""
    seen, waiting = set(), [start]
    while waiting:
        id = waiting.pop()
        at = view.graph.index.get(id)
        if at is None or id in seen:
            continue
        seen.add(id)
        facts = view.facts[at]
        if facts.kind is not None and facts.kind.id in THINKING:
            opening = getattr(facts.fields, "opening", None)
            return None if opening else facts
        if not facts.waits:
            waiting += [way.target for way in facts.ways if way.target]
    return None
