"""Where a run may be without anybody having agreed to be recorded: one search, past every *given*."""

from collections.abc import Iterator, Mapping, Sequence

from engine.compiler.facts import Facts, Way
from engine.compiler.graph import Graph, reach
from engine.compiler.summary import Summary
from engine.kinds.consent import GIVEN, RECORDING, ConsentFields
from engine.kinds.record import RecordFields
from engine.kinds.record_control import RecordControlFields


def unasked(graph: Graph, summaries: Mapping[str, Summary]) -> bytearray:
    """The nodes a run may come to without consent. Consent once given is not forgotten, so the ways behind it are
    left out; a handler may fire before anybody was asked."""
    return reach(
        [tuple(_open(f, out, summaries)) for f, out in zip(graph.facts, graph.out, strict=True)],
        graph.roots(),
    )


def _open(facts: Facts, out: Sequence[tuple[Way, int]], summaries: Mapping[str, Summary]) -> Iterator[int]:
    asks = isinstance(facts.fields, ConsentFields) and facts.fields.purpose == RECORDING
    callee = summaries.get(facts.calls) if facts.calls else None
    agreed = callee.agreed if callee is not None else {GIVEN} if asks else frozenset()
    return (to for way, to in out if to >= 0 and way.port not in agreed)


def starts_recording(facts: Facts) -> bool:
    """Whether the whole call is recorded from the node on."""
    return isinstance(facts.fields, RecordControlFields) and facts.fields.action == "on"


def records(facts: Facts) -> bool:
    """Whether the node records anything. Who leaves a message after the tone knows that it is kept."""
    return starts_recording(facts) or isinstance(facts.fields, RecordFields)
