"""A flow as flat arrays, and the searches the checks are made of.

Nodes are numbers in the order of the document. There are two views: the local one (wires, defaults and jumps),
and the one with handlers, which are entered from wherever the flow waits. `networkx` is the oracle these searches
are tested against, and draws the explanations (`engine.compiler.explain`); it is too slow for every keystroke.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import is_
from typing import Any

import msgspec

from engine.compiler.facts import ALONE, AT_ONCE, COUNTED, FAILING, Facts, Way
from engine.compiler.summary import Summary
from engine.kinds.loop import LoopFields

Successors = Sequence[Sequence[int]]


Step = tuple[int, int, int]
"""A wire as the sweeps over variables see it: where it leads, the variables it gives, those it leaves alone."""


class Graph(msgspec.Struct, eq=False):
    """``out`` has, for each node, its ways and where they lead (-1: nowhere, or to a node that is not there), and
    ``steps`` the same for the sweeps over variables.

    ``next`` has the targets alone; ``free`` those reached without waiting, ``alone`` those reached without an answer
    of the other side, both without the rounds of loops. ``start`` is -1 when the flow has no first node; ``fault``
    is where the run goes when it fails, or -1. ``loose`` says for each node whether a way out of
    it leads nowhere. ``changed`` are the nodes that were looked at anew, or None for all.
    """

    ids: list[str]
    index: dict[str, int]
    facts: list[Facts]
    out: list[tuple[tuple[Way, int], ...]]
    next: list[tuple[int, ...]]
    free: list[tuple[int, ...]]
    alone: list[tuple[int, ...]]
    steps: list[tuple[Step, ...]]
    loose: list[bool]
    start: int
    fault: int
    handlers: tuple[int, ...]
    loops: tuple[int, ...]
    changed: list[int] | None = None

    @property
    def leaving(self) -> list[int]:
        """The handlers that do not come back."""
        return [h for h in self.handlers if not _resumes(self.facts[h])]

    @property
    def resuming(self) -> list[int]:
        """The handlers that come back to where they interrupted."""
        return [h for h in self.handlers if _resumes(self.facts[h])]

    def same_values(self, other: "Graph") -> bool:
        """Whether an input does the same in both."""
        return self is other or (
            self.ids == other.ids and self.start == other.start and all(map(is_, self.facts, other.facts))
        )

    def same_shape(self, other: "Graph") -> bool:
        """Whether nothing the searches depend on differs."""
        return (
            self.ids == other.ids
            and (self.start, self.fault) == (other.start, other.fault)
            and all(a is b or a.shape == b.shape for a, b in zip(self.facts, other.facts, strict=True))
        )

    def roots(self) -> list[int]:
        """Where a run may enter: the start, every handler, the failure path."""
        return [n for n in (self.start, *self.handlers, self.fault) if n >= 0]

    def exits(self, summaries: Mapping[str, Summary]) -> list[int]:
        """Where a run may end: nodes that end it, calls of sub-flows that do, and what leads nowhere (which is a
        finding of its own)."""
        return [
            i
            for i, (f, loose) in enumerate(zip(self.facts, self.loose, strict=True))
            if loose or f.ends or (f.calls and _ended(f, summaries))
        ]

    def ways(self, i: int, pace: int) -> list[int]:
        """Where the ways of a pace lead."""
        return [to for way, to in self.out[i] if to >= 0 and way.pace & pace == pace]


def _ended(facts: Facts, summaries: Mapping[str, Summary]) -> bool:
    callee = summaries.get(facts.calls)
    return callee is None or callee.ends


def _resumes(facts: Facts) -> bool:
    return facts.handler is not None and facts.handler.resume


def graph_of(
    facts: list[Facts],
    start: str,
    fault: str,
    summaries: Mapping[str, Summary],
    bits: Mapping[str, int],
    before: Graph | None = None,
) -> Graph:
    """The graph of a flow. What did not change since ``before`` is taken from there."""
    ids = [f.id for f in facts]
    old = before if before is not None and ids == before.ids else None
    index = old.index if old is not None else {id: i for i, id in enumerate(ids)}
    changed = _changed(facts, old)
    nothing: list[Any] = [()] * len(ids)
    arrays: list[list[Any]] = [
        list(getattr(old, name)) if old is not None else nothing.copy() for name in _ARRAYS
    ]
    out, following, free, alone, steps, loose = arrays
    for i in range(len(ids)) if changed is None else changed:
        f = facts[i]
        ways = tuple([(w, index.get(w.target, -1)) for w in _possible(f, summaries)])
        out[i] = ways
        following[i] = tuple([to for _, to in ways if to >= 0])
        free[i] = tuple([to for w, to in ways if to >= 0 and w.pace & _LIMIT == AT_ONCE])
        alone[i] = tuple([to for w, to in ways if to >= 0 and w.pace & _LONELY == ALONE])
        steps[i] = _steps(f, ways, summaries, bits)
        loose[i] = len(following[i]) != len(ways)
    if old is not None and not any(_special(f) for i in changed or () for f in (facts[i], old.facts[i])):
        handlers, loops = old.handlers, old.loops
    else:
        handlers = tuple([i for i, f in enumerate(facts) if f.handler is not None])
        loops = tuple([i for i, f in enumerate(facts) if isinstance(f.fields, LoopFields)])
    begin, failing = index.get(start, -1), index.get(fault, -1)
    return Graph(
        ids, index, facts, out, following, free, alone, steps, loose, begin, failing, handlers, loops, changed
    )


def _changed(facts: Sequence[Facts], old: Graph | None) -> list[int] | None:
    """The nodes that are not as they were, and the calls, whose ways depend on others; None for all."""
    if old is None:
        return None
    return [i for i, (a, b) in enumerate(zip(facts, old.facts, strict=True)) if a is not b or a.calls]


def _special(facts: Facts) -> bool:
    return facts.handler is not None or isinstance(facts.fields, LoopFields)


_ARRAYS = ("out", "next", "free", "alone", "steps", "loose")
_LIMIT = AT_ONCE | COUNTED
_LONELY = ALONE | COUNTED


def _steps(
    facts: Facts, ways: Sequence[tuple[Way, int]], summaries: Mapping[str, Summary], bits: Mapping[str, int]
) -> tuple[Step, ...]:
    if not facts.calls:
        return tuple(dict.fromkeys([(to, way.gives, ~way.takes) for way, to in ways if to >= 0]))
    callee = summaries.get(facts.calls)
    found = []
    for way, to in ways:
        if to >= 0:
            sure = callee.sure.get(way.port, frozenset()) if callee else frozenset()
            gives = sum({bits.get(here, 0) for here, there in facts.fields.outputs.items() if there in sure})
            found.append((to, gives, ~way.takes))
    return tuple(found)


def _possible(facts: Facts, summaries: Mapping[str, Summary]) -> Iterable[Way]:
    """The ways a node can be left by: not those of unwired ports nobody need wire, and of a call only the exits
    its sub-flow can take."""
    optional = {port.id for port in facts.ports if port.optional} if facts.ports else ()
    ways = [way for way in facts.ways if way.target or way.port not in optional] if optional else facts.ways
    callee = summaries.get(facts.calls) if facts.calls else None
    if not facts.calls:
        return ways
    if callee is None:
        return [msgspec.structs.replace(way, pace=0) for way in ways]
    return [_paced(way, callee) for way in ways if way.port in callee.exits]


def _paced(way: Way, callee: Summary) -> Way:
    pace = AT_ONCE if way.port in callee.instant else 0
    if way.port in callee.stubborn:
        pace |= FAILING | ALONE
    return msgspec.structs.replace(way, pace=pace)


def reach(following: Successors, roots: Iterable[int]) -> bytearray:
    """Which nodes are reached from the roots: one byte a node."""
    seen = bytearray(len(following))
    waiting = []
    for root in roots:
        if not seen[root]:
            seen[root] = 1
            waiting.append(root)
    while waiting:
        for to in following[waiting.pop()]:
            if not seen[to]:
                seen[to] = 1
                waiting.append(to)
    return seen


def grouped(following: Successors, nodes: Sequence[int], heads: Iterable[int]) -> list[list[int]]:
    """The nodes in groups: for each head itself and what follows from it among the nodes, in their order; then what
    no head leads to. No node is in two groups."""
    left = set(nodes)
    groups = []
    for head in (*heads, *nodes):
        if head not in left:
            continue
        left.discard(head)
        found, waiting = [], [head]
        while waiting:
            for to in following[waiting.pop()]:
                if to in left:
                    left.discard(to)
                    found.append(to)
                    waiting.append(to)
        groups.append([head, *sorted(found)])
    return groups


def reversed_of(following: Successors) -> list[list[int]]:
    """The same wires, backwards."""
    before: list[list[int]] = [[] for _ in following]
    for i, targets in enumerate(following):
        for to in targets:
            before[to].append(i)
    return before


def components(following: Successors, within: Iterable[int] | None = None) -> list[list[int]]:
    """The strongly connected components that hold a cycle (Tarjan, without recursion), each sorted, in order of
    their first node. ``within`` limits the graph to some nodes."""
    if within is None:
        return sorted(_tarjan(following), key=lambda c: c[0])
    nodes = sorted(within)
    local = {node: k for k, node in enumerate(nodes)}
    inside = [[local[to] for to in following[node] if to in local] for node in nodes]
    return sorted(([nodes[k] for k in c] for c in _tarjan(inside)), key=lambda c: c[0])


def _tarjan(following: Successors) -> Iterable[list[int]]:
    count = len(following)
    number, low = [0] * count, [0] * count
    on_stack = bytearray(count)
    stack: list[int] = []
    counter = 0
    for root in range(count):
        if number[root] or not following[root]:
            continue  # what leads nowhere is in no cycle
        work = [(root, iter(following[root]))]
        counter += 1
        number[root] = low[root] = counter
        stack.append(root)
        on_stack[root] = 1
        while work:
            node, targets = work[-1]
            for to in targets:
                if not number[to]:
                    counter += 1
                    number[to] = low[to] = counter
                    stack.append(to)
                    on_stack[to] = 1
                    work.append((to, iter(following[to])))
                    break
                if on_stack[to] and number[to] < low[node]:
                    low[node] = number[to]
            else:
                work.pop()
                if work and low[node] < low[work[-1][0]]:
                    low[work[-1][0]] = low[node]
                if low[node] == number[node]:
                    found = _popped(stack, on_stack, node)
                    if len(found) > 1 or node in following[node]:
                        yield sorted(found)


def _popped(stack: list[int], on_stack: bytearray, node: int) -> list[int]:
    found = []
    while True:
        top = stack.pop()
        on_stack[top] = 0
        found.append(top)
        if top == node:
            return found


def order(following: Successors, roots: Iterable[int]) -> list[int]:
    """The reached nodes in reverse postorder: each before those that follow it, wherever cycles allow."""
    seen = bytearray(len(following))
    done: list[int] = []
    for root in roots:
        if seen[root]:
            continue
        seen[root] = 1
        work = [(root, iter(following[root]))]
        while work:
            node, targets = work[-1]
            for to in targets:
                if not seen[to]:
                    seen[to] = 1
                    work.append((to, iter(following[to])))
                    break
            else:
                work.pop()
                done.append(node)
    done.reverse()
    return done
