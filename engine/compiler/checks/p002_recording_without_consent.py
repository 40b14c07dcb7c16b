"""A call that is recorded where nobody agreed to it: the flow demands consent, and some way leads to the recording
past every *yes*; or the flow forbids recordings, and records."""

from collections.abc import Iterable, Iterator

from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.graph import reach
from engine.compiler.view import View
from engine.flow import Severity
from engine.kinds.consent import GIVEN, RECORDING, ConsentFields
from engine.kinds.record import RecordFields
from engine.kinds.record_control import RecordControlFields

CODE = "P002"
SEVERITY = Severity.ERROR
TITLE = "Recording without consent"


def run(view: View) -> Iterable[Finding]:
    """One finding a node that records."""
    wanted = view.document.recording
    recording = [i for i, facts in enumerate(view.facts) if view.reached[i] and _records(facts)]
    if not recording or wanted not in ("consent", "forbidden"):
        return
    if wanted == "forbidden":
        for i in recording:
            yield _forbidden(view, view.facts[i])
        return
    unasked = _without_consent(view)
    for i in recording:
        if unasked[i] and not isinstance(view.facts[i].fields, RecordFields):
            yield _unasked(view, view.facts[i])


def _records(facts: Facts) -> bool:
    fields = facts.fields
    return isinstance(fields, RecordFields) or (
        isinstance(fields, RecordControlFields) and fields.action == "on"
    )


def _without_consent(view: View) -> bytearray:
    """The nodes a run may come to without having passed a *given*: consent once given is not forgotten, so the ways
    behind it are left out. A sub-flow may be called from anywhere, and a handler fire anywhere."""
    graph = view.graph
    ways = [tuple(_open_ways(view.facts[i], out)) for i, out in enumerate(graph.out)]
    return reach(ways, graph.roots())


def _open_ways(facts: Facts, out: tuple[tuple[object, int], ...]) -> Iterator[int]:
    asks = isinstance(facts.fields, ConsentFields) and facts.fields.purpose == RECORDING
    for way, to in out:
        if to >= 0 and not (asks and getattr(way, "port", "") == GIVEN):
            yield to


def _unasked(view: View, facts: Facts) -> Finding:
    message = f'"{facts.name}" records the call, and on some way there nobody has agreed to that.'
    fix = "Ask for consent before, and come here by its *given*."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), fix=fix)


def _forbidden(view: View, facts: Facts) -> Finding:
    message = f'"{facts.name}" records what is said, and this flow forbids recordings.'
    fix = "Take the node out, or allow recordings in the flow's settings."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), fix=fix)
