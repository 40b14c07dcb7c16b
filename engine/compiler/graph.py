"""A flow as flat arrays, and the searches the checks are made of.

Nodes are numbers in the order of the document. There are two views: the local one (wires, defaults and jumps),
and the one with handlers, which are entered from wherever the flow waits. `networkx` is the oracle these searches
are tested against, and draws the explanations (`engine.compiler.explain`); it is too slow for every keystroke.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from engine.compiler.facts import Facts, Way
from engine.compiler.summary import Summary

Successors = Sequence[Sequence[int]]


class Graph(msgspec.Struct, eq=False):
    """``out`` has, for each node, its ways and where they lead (-1: nowhere, or to a node that is not there).
    ``next`` has the targets alone. ``start`` is -1 when the flow has no first node; ``fault`` is where the run
    goes when it fails, or -1."""

    ids: list[str]
    index: dict[str, int]
    facts: list[Facts]
    out: list[tuple[tuple[Way, int], ...]]
    next: list[tuple[int, ...]]
    start: int
    fault: int
    handlers: tuple[int, ...]

    @property
    def leaving(self) -> list[int]:
        """The handlers that do not come back."""
        return [h for h in self.handlers if not _resumes(self.facts[h])]

    @property
    def resuming(self) -> list[int]:
        """The handlers that come back to where they interrupted."""
        return [h for h in self.handlers if _resumes(self.facts[h])]

    def same_values(self, other: "Graph") -> bool:
        """Whether an input does the same in both: nothing has changed but what is said."""
        return (
            self.ids == other.ids
            and self.start == other.start
            and all(a is b for a, b in zip(self.facts, other.facts, strict=True))
        )

    def roots(self) -> list[int]:
        """Where a run may enter: the start, every handler, the failure path."""
        return [n for n in (self.start, *self.handlers, self.fault) if n >= 0]

    def exits(self, summaries: Mapping[str, Summary]) -> list[int]:
        """Where a run may end: nodes that end it, calls of sub-flows that do, and what leads nowhere (which is a
        finding of its own)."""
        return [i for i, facts in enumerate(self.facts) if self._ends(i, facts, summaries)]

    def _ends(self, i: int, facts: Facts, summaries: Mapping[str, Summary]) -> bool:
        if facts.kind is None or facts.fields is None or facts.kind.ends:
            return True
        if facts.calls:
            callee = summaries.get(facts.calls)
            return callee is None or callee.ends
        return any(to < 0 for _, to in self.out[i])


def _resumes(facts: Facts) -> bool:
    return facts.handler is not None and facts.handler.resume


def graph_of(
    facts: list[Facts], start: str, fault: str, summaries: Mapping[str, Summary], before: Graph | None = None
) -> Graph:
    """The graph of a flow. What did not change since ``before`` is taken from there."""
    ids = [f.node.id for f in facts]
    same = before is not None and ids == before.ids
    index = before.index if same and before is not None else {id: i for i, id in enumerate(ids)}
    out: list[tuple[tuple[Way, int], ...]] = []
    following: list[tuple[int, ...]] = []
    for i, f in enumerate(facts):
        if same and before is not None and before.facts[i] is f and not f.calls:
            out.append(before.out[i])
            following.append(before.next[i])
            continue
        ways = tuple((w, index.get(w.target, -1)) for w in _possible(f, summaries))
        out.append(ways)
        following.append(tuple([to for _, to in ways if to >= 0]))
    handlers = tuple(i for i, f in enumerate(facts) if f.handler is not None)
    return Graph(ids, index, facts, out, following, index.get(start, -1), index.get(fault, -1), handlers)


def _possible(facts: Facts, summaries: Mapping[str, Summary]) -> Iterable[Way]:
    """The ways a node can be left by; of a call only the exits its sub-flow can take."""
    callee = summaries.get(facts.calls) if facts.calls else None
    for way in facts.ways:
        if callee is not None and way.port not in callee.exits:
            continue
        if not way.target and _silent(facts, way):
            continue
        yield way


def _silent(facts: Facts, way: Way) -> bool:
    """Whether a way may lead nowhere without harm: nobody takes it."""
    return any(port.id == way.port and port.optional for port in facts.ports)


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


def reversed_of(following: Successors) -> list[list[int]]:
    """The same wires, backwards."""
    before: list[list[int]] = [[] for _ in following]
    for i, targets in enumerate(following):
        for to in targets:
            before[to].append(i)
    return before


def components(following: Successors, within: Callable[[int], bool] | None = None) -> list[list[int]]:
    """The strongly connected components that hold a cycle (Tarjan, without recursion), each sorted, in order of
    their first node. ``within`` limits the graph to some nodes."""
    count = len(following)
    keep = bytearray(1 if within is None or within(i) else 0 for i in range(count))
    return sorted(_tarjan(following, keep, count), key=lambda c: c[0])


def _tarjan(following: Successors, keep: bytearray, count: int) -> Iterable[list[int]]:
    number, low = [0] * count, [0] * count
    on_stack = bytearray(count)
    stack: list[int] = []
    counter = 0
    for root in range(count):
        if number[root] or not keep[root]:
            continue
        work = [(root, iter(following[root]))]
        counter += 1
        number[root] = low[root] = counter
        stack.append(root)
        on_stack[root] = 1
        while work:
            node, targets = work[-1]
            for to in targets:
                if not keep[to]:
                    continue
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
