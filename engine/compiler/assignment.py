"""Which variables certainly have a value, and which values are still wanted: two sweeps over bit masks."""

from collections.abc import Sequence
from functools import reduce

from engine.compiler.graph import Graph, Step, reach

ALL = -1
"""Every variable; also the mark of a node no run reaches."""


def assigned(graph: Graph, at_start: int, sweep: Sequence[int]) -> list[int]:
    """For each node the variables that have a value whenever a run comes there (a must-analysis: the common part
    of all ways in). A handler may come from wherever the flow waits. ``sweep`` has the reached nodes in order."""
    steps = graph.steps
    lost = _lost(graph, steps)
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


def wanted(graph: Graph, at_end: int, at_exit: int, sweep: Sequence[int]) -> list[int]:
    """For each node the variables whose value, as it is when a run comes there, may still be read (a
    may-analysis, backwards). ``at_end`` are those wanted when the conversation ends, ``at_exit`` when a sub-flow
    returns; ``sweep`` has the reached nodes in order."""
    before = [0] * len(graph.ids)
    steps, facts = graph.steps, graph.facts
    backwards = [
        (
            i,
            facts[i].reads | (at_exit if facts[i].exit else 0),
            bool(facts[i].waits or facts[i].calls or not steps[i]),
        )
        for i in reversed(sweep)
    ]
    anywhere, changed = at_end, True
    while changed:
        changed = False
        for i, live, open_ended in backwards:
            for to, gives, _ in steps[i]:
                live |= before[to] & ~gives
            if open_ended:
                live |= anywhere
            if live != before[i]:
                before[i] = live
                changed = True
        roots = (*graph.handlers, graph.fault) if graph.fault >= 0 else graph.handlers
        everything = reduce(lambda mask, root: mask | before[root], roots, anywhere)
        if everything != anywhere:
            anywhere, changed = everything, True
    return before
