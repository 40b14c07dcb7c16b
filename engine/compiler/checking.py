"""All findings of a flow: facts of its nodes, a view of each of its flows, and every check over each view."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from engine.compiler.checks import Check, all_checks
from engine.compiler.facts import Facts, Interface, Surroundings, examine, interface_of, surroundings_of
from engine.compiler.finding import RANK, Finding
from engine.compiler.graph import Graph, components, graph_of
from engine.compiler.scopes import flow_scope
from engine.compiler.summary import Summary, hopeful
from engine.compiler.view import Outside, View, summarise
from engine.compiler.witness import witnessed
from engine.flow import Flow, Severity, Suppression
from engine.flow.document import MAIN


class Kept(msgspec.Struct, eq=False):
    """What is kept of one flow: what it looked like, what it depended on, and what was found."""

    flow: Flow
    around: Surroundings
    facts: dict[str, Facts]
    callees: tuple[str, ...]
    graph: Graph
    depends: tuple[Any, ...]
    summary: Summary
    view: View
    findings: tuple[Finding, ...]


class Plan(msgspec.Struct, frozen=True, eq=False):
    """Which flows call which, the order in which they are looked at (callees first; those that call each other in a
    circle stand together), and for each that may come to call itself, all those it does so with."""

    callees: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    circles: Mapping[str, tuple[str, ...]]


class Memory:
    """What is kept between two checks of a document that is being edited. Belongs to one caller at a time."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.interfaces: dict[str, tuple[Flow, Interface]] = {}
        self.witnesses: dict[Finding, Finding] = {}
        self.graphs: dict[str, Graph] = {}
        self.plan: Plan | None = None
        self.outside = Outside()
        self.seen: tuple[tuple[str, ...], dict[str, Interface]] | None = None


def check(flow: Flow, memory: Memory | None = None) -> list[Finding]:
    """All findings of a document, the worst first, then by flow and place in it.

    With a `Memory` the facts of nodes that did not change, and the findings of sub-flows that nothing touched,
    are taken from the check before.
    """
    return _Checking(flow, memory or Memory()).findings()


def views_of(flow: Flow) -> dict[str, View]:
    """The flows of a document as the checks see them, for what explores them."""
    checking = _Checking(flow, Memory())
    checking.findings(witnesses=False)
    return checking.views


class _Checking:
    def __init__(self, document: Flow, memory: Memory) -> None:
        self.document = document
        self.memory = memory
        self.flows = dict(document.flows())
        self.interfaces = {id: self._interface(id) for id in self.flows if id != MAIN}
        self.same_outside = memory.seen == (document.locales, self.interfaces)
        memory.seen = (document.locales, self.interfaces)
        self.callees: dict[str, tuple[str, ...]] = {}
        self.around: dict[str, Surroundings] = {}
        self.facts: dict[str, list[Facts]] = {}
        self.summaries: dict[str, Summary] = {}
        self.views: dict[str, View] = {}

    def findings(self, witnesses: bool = True) -> list[Finding]:
        for id, part in self.flows.items():
            self._examine(id, part)
        plan = self._plan()
        outside = self._outside(plan.circles)
        self.summaries = {id: hopeful(self.interfaces[id].exits) for id in plan.circles}
        found: dict[str, tuple[Finding, ...]] = {}
        for id in plan.order:
            found[id] = self._check(id, outside)
        gone = [id for id in self.memory.kept if id not in self.flows]
        for id in gone:
            del self.memory.kept[id]
        every = [f for id in self.flows for f in found[id]]
        return self._finished(self._witnessed(every) if witnesses else every)

    def _witnessed(self, found: Sequence[Finding]) -> list[Finding]:
        """The errors with their witnesses; those of the check before are kept while the drawing is the same."""
        memory = self.memory
        if not any(f.severity is Severity.ERROR for f in found):
            return list(found)
        graphs = {id: view.graph for id, view in self.views.items()}
        known = memory.witnesses
        if (
            graphs.keys() == memory.graphs.keys()
            and all(graph.same_values(memory.graphs[id]) for id, graph in graphs.items())
            and all(f in known for f in found)
        ):
            return [known[f] for f in found]
        result = [_weighed(f, complete) for f, complete in witnessed(found, self.views)]
        memory.witnesses, memory.graphs = dict(zip(found, result, strict=True)), graphs
        return result

    def _interface(self, id: str) -> Interface:
        before = self.memory.interfaces.get(id)
        if before is not None and before[0] is self.flows[id]:
            return before[1]
        interface = interface_of(id, self.document)
        if before is not None and before[1] == interface:
            interface = before[1]
        self.memory.interfaces[id] = (self.flows[id], interface)
        return interface

    def _examine(self, id: str, part: Flow) -> None:
        kept = self.memory.kept.get(id)
        if kept is not None and self.same_outside and _same_flow(kept.flow, part):
            self.around[id], self.facts[id], self.callees[id] = kept.around, kept.graph.facts, kept.callees
            return
        around = surroundings_of(flow_scope(part, self.document), self.interfaces)
        old = kept.facts if kept is not None and kept.around.alike(around) else {}
        self.around[id] = around
        facts: list[Facts] = []
        for node in part.nodes.values():
            known = old.get(node.id)
            if known is None or known.node is not node or known.calls:
                known = self._facts(node, known, around)
            facts.append(known)
        self.facts[id] = facts
        self.callees[id] = tuple(sorted({f.calls for f in facts if f.calls}))

    def _facts(self, node: Any, old: Facts | None, around: Surroundings) -> Facts:
        if old is not None and (old.node is node or old.node == node):
            calls = old.calls
            if not calls or old.interface == around.interfaces.get(calls):
                return old
        return examine(node, around)

    def _outside(self, circles: Mapping[str, tuple[str, ...]]) -> Outside:
        """What every flow is told of the rest: the main flow's handlers are in reach everywhere."""
        keys: dict[str, str] = {}
        rescued = False
        for facts in [f for f in self.facts[MAIN] if f.handler is not None]:
            handler = facts.handler
            if handler is not None:
                rescued |= not handler.resume
                for key in handler.keys:
                    keys.setdefault(key, facts.id)
        outside = Outside(keys, rescued, self.document.recording, circles)
        if self.memory.outside == outside:
            return self.memory.outside
        self.memory.outside = outside
        return outside

    def _plan(self) -> Plan:
        """In which order the flows are looked at, and which call themselves."""
        before = self.memory.plan
        if before is not None and before.callees == self.callees:
            return before
        index = {id: i for i, id in enumerate(self.flows)}
        calls = [[index[c] for c in self.callees[id] if c in index and c != MAIN] for id in self.flows]
        ids = list(self.flows)
        circles = {ids[i]: tuple(ids[j] for j in c) for c in components(calls) for i in c}
        plan = self.memory.plan = Plan(self.callees, _callees_first(ids, calls), circles)
        return plan

    def _check(self, id: str, outside: Outside) -> tuple[Finding, ...]:
        facts, around, part = self.facts[id], self.around[id], self.flows[id]
        kept = self.memory.kept.get(id)
        depends = (outside, *((c, self.summaries.get(c)) for c in self.callees[id]))
        if kept is not None and kept.around is around and kept.depends == depends:
            self.summaries[id], self.views[id] = kept.summary, kept.view
            return kept.findings
        before = kept.graph if kept is not None else None
        fault = part.defaults.get("fault", "")
        graph = graph_of(facts, part.start, fault, self.summaries, around.bits, before)
        view = View(id, around, graph, dict(self.summaries), outside, kept.view if kept is not None else None)
        alike = (
            kept if kept is not None and kept.depends == depends and _same_shape(kept, graph, part) else None
        )
        if alike is not None:
            view.take_over(alike.view)
            summary = alike.summary
        else:
            summary = summarise(view) if id != MAIN else Summary()
        found = tuple(f for check in all_checks() for f in _run(check, view, alike))
        by_id = {f.id: f for f in facts}
        self.memory.kept[id] = Kept(
            part, around, by_id, self.callees[id], graph, depends, summary, view, found
        )
        self.summaries[id], self.views[id] = summary, view
        return found

    def _finished(self, found: Sequence[Finding]) -> list[Finding]:
        """Marked where they were accepted, and in order."""
        order = {id: i for i, id in enumerate(self.flows)}
        if not found:
            return []
        marked = [self._marked(f) for f in found]
        place = {id: view.graph.index for id, view in self.views.items()}
        marked.sort(
            key=lambda f: (
                RANK[f.severity],
                order.get(f.flow, -1),
                place[f.flow].get(f.node, -1) if f.flow in place else -1,
                f.code,
            )
        )
        return marked

    def _marked(self, finding: Finding) -> Finding:
        part = self.flows.get(finding.flow, self.document)
        for accepted in (*part.suppress, *(self.document.suppress if part is not self.document else ())):
            if _accepts(accepted, finding):
                return msgspec.structs.replace(finding, suppressed=accepted.reason or "accepted")
        return finding


def _accepts(accepted: Suppression, finding: Finding) -> bool:
    if accepted.code != finding.code:
        return False
    return not accepted.nodes or bool({*accepted.nodes} & {*finding.nodes})


def _weighed(finding: Finding, complete: bool) -> Finding:
    """A use before assignment that no input leads to is only a warning: conditions that belong together may be
    what rules it out."""
    if finding.code == "D001" and finding.witness is None and complete:
        return msgspec.structs.replace(finding, severity=Severity.WARNING)
    return finding


def _same_flow(one: Flow, other: Flow) -> bool:
    """Whether two flows are the same but for their sub-flows."""
    return one is other or all(getattr(one, part) is getattr(other, part) for part in _OWN)


_OWN = tuple(part for part in Flow.__struct_fields__ if part != "subflows")


def _run(check: Check, view: View, alike: Kept | None) -> Iterable[Finding]:
    if alike is not None and check.structural:
        return (f for f in alike.findings if f.code == check.code)
    return check.run(view)


def _same_shape(kept: Kept, graph: Graph, part: Flow) -> bool:
    """Whether nothing the searches depend on has changed."""
    return (
        kept.flow.variables == part.variables
        and kept.flow.inputs == part.inputs
        and kept.flow.outputs == part.outputs
        and graph.same_shape(kept.graph)
    )


def _callees_first(ids: Sequence[str], calls: Sequence[Sequence[int]]) -> tuple[str, ...]:
    done: list[str] = []
    seen = bytearray(len(ids))
    for root in range(len(ids)):
        work = [] if seen[root] else [(root, iter(calls[root]))]
        seen[root] = 1
        while work:
            at, targets = work[-1]
            for to in targets:
                if not seen[to]:
                    seen[to] = 1
                    work.append((to, iter(calls[to])))
                    break
            else:
                work.pop()
                done.append(ids[at])
    return tuple(done)
