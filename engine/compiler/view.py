"""One flow as the checks see it: its nodes' facts, its graph, and what follows from them, computed when asked."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import msgspec

from engine.compiler.assignment import ALL, assigned
from engine.compiler.consenting import starts_recording, unasked
from engine.compiler.facts import AT_ONCE, FAILING, Facts, Interface, Surroundings
from engine.compiler.finding import Finding
from engine.compiler.graph import Graph, components, order, reach, reversed_of
from engine.compiler.summary import Summary
from engine.flow import Flow


class Outside(msgspec.Struct, frozen=True):
    """What a flow's checks know of the rest of the document.

    ``keys`` are the keys of the main flow's handlers, in reach everywhere, with their nodes; ``rescued`` says that
    one of its handlers leaves for good. ``circles`` has, for each sub-flow that may come to call itself, all those
    it does so with. ``recording`` says when a call may be recorded.
    """

    keys: Mapping[str, str] = {}
    rescued: bool = False
    recording: str = ""
    circles: Mapping[str, tuple[str, ...]] = {}


Look = Callable[["View", Facts], Iterable[Finding]]
"""A check of a single node; it may use of the view only what the node's surroundings hold."""


class View:
    """A flow under the checks. Nothing in it changes; what is costly is computed once, when it is asked for."""

    def __init__(
        self,
        id: str,
        around: Surroundings,
        graph: Graph,
        summaries: Mapping[str, Summary],
        outside: Outside,
        before: "View | None" = None,
    ) -> None:
        self.id = id
        self.around = around
        self.graph = graph
        self.summaries = summaries
        self.outside = outside
        self._found: dict[str, dict[int, tuple[Finding, ...]]] = {}
        known = before is not None and graph.changed is not None
        self._before = before._found if before is not None and known else {}

    @property
    def flow(self) -> Flow:
        """The flow."""
        return self.around.scope.flow

    @property
    def document(self) -> Flow:
        """The whole document."""
        return self.around.scope.document

    @property
    def facts(self) -> list[Facts]:
        """The facts of every node, in the document's order."""
        return self.graph.facts

    @property
    def interfaces(self) -> Mapping[str, Interface]:
        """What callers see of the sub-flows."""
        return self.around.interfaces

    @cached_property
    def reached(self) -> bytearray:
        """Which nodes a run may come to: from the start, by any handler, by the failure path."""
        return reach(self.graph.next, self.graph.roots())

    @cached_property
    def at_large(self) -> bytearray:
        """Which nodes a run may come to without being inside a handler that comes back."""
        roots = (self.graph.start, *self.graph.leaving, self.graph.fault)
        return reach(self.graph.next, (n for n in roots if n >= 0))

    @cached_property
    def before(self) -> list[list[int]]:
        """The wires backwards."""
        return reversed_of(self.graph.next)

    @cached_property
    def leads_out(self) -> bytearray:
        """From which nodes an end may be reached by wires alone."""
        return reach(self.before, self.graph.exits(self.summaries))

    @cached_property
    def assigned(self) -> list[int]:
        """For each node the mask of the variables that certainly have a value there; -1 where no run comes."""
        flow = self.flow
        given = (name for name, v in flow.variables.items() if v.initial is not None)
        at_start = self.around.mask((*given, *flow.inputs))
        return assigned(self.graph, at_start, self.sweep)

    @cached_property
    def constants(self) -> int:
        """The mask of the variables that keep the value they begin with, because nothing gives them another."""
        flow = self.flow
        given = self.around.mask(flow.inputs)
        for facts in self.facts:
            given |= facts.keeps
        return self.around.mask([n for n, v in flow.variables.items() if v.initial is not None]) & ~given

    @cached_property
    def sweep(self) -> list[int]:
        """The reached nodes, each before those that follow it wherever cycles allow."""
        return order(self.graph.next, self.graph.roots())

    @cached_property
    def rush(self) -> list[int]:
        """The same by those ways alone that are taken without waiting."""
        return order(self.graph.free, self.sweep)

    @cached_property
    def circles(self) -> list[list[int]]:
        """The circles one may go round without a word of the other side, but for the rounds of loops."""
        return components(self.graph.alone, self.sweep)

    def take_over(self, other: "View") -> None:
        """Take what was computed for a flow of the same shape."""
        for name in _OF_SHAPE:
            if name in other.__dict__:
                self.__dict__[name] = other.__dict__[name]

    def each(self, code: str, look: Look) -> list[Finding]:
        """The findings of a check that looks at single nodes; they are kept with the node's facts."""
        found: dict[int, tuple[Finding, ...]]
        before = self._before.get(code)
        changed = self.graph.changed
        if before is None or changed is None:
            found, changed = {}, None
        else:
            found = dict(before)
        for i in range(len(self.facts)) if changed is None else changed:
            facts = self.facts[i]
            here = facts.found.get(code)
            if here is None:
                here = facts.found[code] = tuple(look(self, facts))
            if here:
                found[i] = here
            elif before:
                found.pop(i, None)
        self._found[code] = found
        return [finding for i in sorted(found) for finding in found[i]]

    def names(self, mask: int) -> list[str]:
        """The variables in a mask, in order of their names."""
        return sorted(name for name, bit in self.around.bits.items() if mask & bit)

    def name(self, node: int) -> str:
        """How people know a node."""
        return self.facts[node].name

    def quoted(self, nodes: Iterable[int], most: int = 3) -> str:
        """A few nodes by name, for a sentence."""
        names = list(dict.fromkeys(f'"{self.name(i)}"' for i in nodes))
        if len(names) > most:
            return ", ".join(names[:most]) + f" and {len(names) - most} more"
        return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


_OF_SHAPE = (
    "reached",
    "at_large",
    "before",
    "leads_out",
    "assigned",
    "sweep",
    "rush",
    "circles",
    "constants",
)


def summarise(view: View) -> Summary:
    """What callers need to know of the flow."""
    graph, facts = view.graph, view.facts
    returns = [i for i, f in enumerate(facts) if f.exit]
    start = [graph.start] if graph.start >= 0 else []
    every = range(len(facts))
    quick = reach([graph.ways(i, AT_ONCE) for i in every], start)
    stubborn = reach([graph.ways(i, FAILING) for i in every], start)
    sure: dict[str, int] = {}
    for i in returns:
        if view.at_large[i]:
            sure[facts[i].exit] = sure.get(facts[i].exit, ALL) & view.assigned[i]
    outputs = {*view.flow.outputs}
    open_ = unasked(graph, view.summaries)
    return Summary(
        exits=frozenset(facts[i].exit for i in returns if view.at_large[i]),
        instant=frozenset(facts[i].exit for i in returns if quick[i]),
        stubborn=frozenset(facts[i].exit for i in returns if stubborn[i]),
        sure={exit: frozenset(view.names(mask)) & outputs for exit, mask in sorted(sure.items())},
        ends=any(view.at_large[i] and _ends(view, i) for i in every),
        records=any(open_[i] and starts_recording(facts[i]) for i in every)
        or any(open_[i] and _callee_records(view, facts[i]) for i in every),
        agreed=frozenset(facts[i].exit for i in returns) - {facts[i].exit for i in returns if open_[i]},
        listens=any(view.reached[i] and (f.listens or _callee_listens(view, f)) for i, f in enumerate(facts)),
    )


def _ends(view: View, i: int) -> bool:
    facts = view.facts[i]
    if facts.exit:
        return False
    if facts.calls:
        callee = view.summaries.get(facts.calls)
        return callee is None or callee.ends
    return facts.ends or view.graph.loose[i]


def _callee_records(view: View, facts: Facts) -> bool:
    callee = view.summaries.get(facts.calls) if facts.calls else None
    return callee is not None and callee.records


def _callee_listens(view: View, facts: Facts) -> bool:
    callee = view.summaries.get(facts.calls) if facts.calls else None
    return callee is not None and callee.listens
