"""Which variables certainly have a value, and which values are still wanted: two sweeps over bit masks."""

from collections.abc import Mapping, Sequence
from functools import reduce

from engine.compiler.facts import Facts, Way
from engine.compiler.graph import Graph, order, reach
from engine.compiler.summary import Summary

Step = tuple[int, int, int]
"""An edge as the sweeps see it: the node it leads to, the variables it gives, and those it leaves alone."""

ALL = -1
"""Every variable; also the mark of a node no run reaches."""


def assigned(
    graph: Graph, at_start: int, summaries: Mapping[str, Summary], bits: Mapping[str, int]
) -> list[int]:
    """For each node the variables that have a value whenever a run comes there (a must-analysis: the common part
    of all ways in). A handler may come from wherever the flow waits."""
    steps = [_steps(facts, ways, summaries, bits) for facts, ways in zip(graph.facts, graph.out, strict=True)]
    lost = _lost(graph, steps)
    sweep = order(graph.next, graph.roots())
    waiting = [i for i in sweep if graph.facts[i].waits or graph.facts[i].calls]
    known = [ALL] * len(graph.ids)
    if graph.start >= 0:
        known[graph.start] = at_start
    if graph.fault >= 0:
        known[graph.fault] = at_start & ~_ever_taken(steps)
    changed = True
    while changed:
        changed = False
        for i in sweep:
            here = known[i]
            if here == ALL:
                continue
            for to, gives, keeps in steps[i]:
                there = known[to]
                new = there & ((here & keeps) | gives)
                if new != there:
                    known[to] = new
                    changed = True
        common = reduce(lambda mask, i: mask & known[i], waiting, ALL) & lost
        for h in graph.handlers if common != ALL else ():
            if known[h] & common != known[h]:
                known[h] &= common
                changed = True
        for i in waiting if lost != ALL else ():
            if known[i] != ALL and known[i] & lost != known[i]:
                known[i] &= lost
                changed = True
    return known


def _steps(
    facts: Facts, ways: Sequence[tuple[Way, int]], summaries: Mapping[str, Summary], bits: Mapping[str, int]
) -> tuple[Step, ...]:
    if not facts.calls:
        return tuple(dict.fromkeys((to, way.gives, ~way.takes) for way, to in ways if to >= 0))
    callee = summaries.get(facts.calls)
    found = []
    for way, to in ways:
        if to >= 0:
            sure = callee.sure.get(way.port, frozenset()) if callee else frozenset()
            gives = sum({bits.get(here, 0) for here, there in facts.fields.outputs.items() if there in sure})
            found.append((to, gives, ~way.takes))
    return tuple(found)


def _ever_taken(steps: Sequence[Sequence[Step]]) -> int:
    taken = 0
    for node in steps:
        for _, _, keeps in node:
            taken |= ~keeps
    return taken


def _lost(graph: Graph, steps: Sequence[Sequence[Step]]) -> int:
    """What stays when any handler that comes back may have run: everything but what it may take away."""
    if not graph.resuming:
        return ALL
    inside = reach(graph.next, graph.resuming)
    return ~_ever_taken([s for s, seen in zip(steps, inside, strict=True) if seen])


def wanted(graph: Graph, at_end: int, at_exit: int) -> list[int]:
    """For each node the variables whose value, as it is when a run comes there, may still be read (a
    may-analysis, backwards). ``at_end`` are those wanted when the conversation ends, ``at_exit`` when a sub-flow
    returns."""
    before = [0] * len(graph.ids)
    sweep = order(graph.next, graph.roots())
    sweep.reverse()
    anywhere, changed = at_end, True
    while changed:
        changed = False
        for i in sweep:
            facts = graph.facts[i]
            live = facts.reads
            for way, to in graph.out[i]:
                if to >= 0:
                    live |= before[to] & ~way.gives
            if facts.exit:
                live |= at_exit
            if facts.waits or facts.calls or not graph.next[i]:
                live |= anywhere
            if live != before[i]:
                before[i] = live
                changed = True
        roots = (*graph.handlers, graph.fault) if graph.fault >= 0 else graph.handlers
        everything = reduce(lambda mask, root: mask | before[root], roots, anywhere)
        if everything != anywhere:
            anywhere, changed = everything, True
    return before
