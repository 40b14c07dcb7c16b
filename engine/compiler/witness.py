"""Inputs that lead the engine to what a finding says: one exploration for all findings of a document, and short
walks from there for those that are about going round."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from engine.compiler.exploring import DEPTH, Explorer, Move, Place, World, script_of
from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.outlook import NOW
from engine.compiler.view import View
from engine.flow import Severity
from engine.flow.document import MAIN
from engine.kinds.consent import AGREED
from engine.protocol.script import Script

BUDGET = 4_000
"""Places one search for witnesses may visit."""

NEAR = 400
"""Places a walk round a circle may visit."""

FUEL = 256
ROUNDS = 3
"""How often a witness goes round a circle of failures, to show that it does."""

Goal = Callable[[World, Place, Sequence[Move]], Script | None]
"""Looks at a place and its moves, and answers with a script when the goal is met there."""


class Wanted(msgspec.Struct, eq=False):
    """A finding that wants a witness: at which node, and how one sees that it is met."""

    finding: Finding
    flow: str
    node: str
    goal: Goal


def witnessed(
    findings: Sequence[Finding], views: Mapping[str, View], budget: int = BUDGET
) -> Iterator[tuple[Finding, bool]]:
    """The findings, errors with a witness where one was found; and whether every place was looked at, so that a
    missing witness means there is none."""
    wanted = [w for w in map(_wanted, findings) if w is not None]
    scripts: dict[int, Script] = {}
    complete = True
    for finding in findings:
        if finding.field == "start" and finding.flow == MAIN and not finding.nodes:
            scripts[id(finding)] = Script(now=NOW)
    if wanted:
        world = World(views)
        complete = search(world, wanted, scripts, budget)
    for finding in findings:
        script = scripts.get(id(finding))
        yield (msgspec.structs.replace(finding, witness=script) if script else finding), complete


def search(world: World, wanted: Iterable[Wanted], scripts: dict[int, Script], budget: int) -> bool:
    """Explore until every goal is met or the budget is used up; scripts go by the ``id()`` of the finding. Answers
    whether every place was looked at."""
    goals: dict[tuple[str, str], list[Wanted]] = {}
    for w in wanted:
        goals.setdefault((w.flow, w.node), []).append(w)
    start = world.start()
    if start is None:
        return True
    explorer = Explorer(world, budget)
    for place, moves in explorer.walk(start):
        here = goals.get((place.flow, place.node))
        for w in list(here or ()):
            script = w.goal(world, place, moves)
            if script is not None and here is not None:
                scripts[id(w.finding)] = script
                here.remove(w)
                if not here:
                    del goals[(place.flow, place.node)]
        if not goals:
            return True
    return explorer.exhausted


def _wanted(finding: Finding) -> Wanted | None:
    """What shows a finding; None for those that are no errors, or that show their place in a text instead."""
    if finding.severity is not Severity.ERROR:
        return None
    if not finding.nodes:
        return None
    make = _GOALS.get(finding.code)
    goal = make(finding) if make is not None else None
    return Wanted(finding, finding.flow, finding.nodes[0], goal) if goal is not None else None


def arrives(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
    """The goal of coming to the node."""
    return script_of(place.trail)


def leaves(ports: Sequence[str]) -> Goal:
    """The goal of leaving the node by one of some ports."""

    def goal(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
        taken = next((m for m in moves if m.port in ports), None)
        return script_of(taken.trail) if taken is not None else None

    return goal


def _dead_end(finding: Finding) -> Goal:
    """Leaving by the port, or by one whose part it plays."""
    if not finding.port:
        return arrives

    def goal(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
        facts = world.facts(place)
        ports = _played(facts, finding.port) if facts is not None else (finding.port,)
        return leaves(ports)(world, place, moves)

    return goal


def _played(facts: Facts, port: str) -> tuple[str, ...]:
    targets = {way.port: way.target for way in facts.ways}
    return (port, *(p.id for p in facts.ports if p.instead == port and not targets.get(p.id)))


def _missing(finding: Finding) -> Goal | None:
    if finding.port:
        return _dead_end(finding)
    return arrives if finding.field in ("to", "flow") else None


def _unassigned(finding: Finding) -> Goal:
    def goal(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
        facts = world.facts(place)
        if facts is None:
            return None
        needed = next((e.needs for e in facts.sources if e.source.field == finding.field), frozenset())
        missing = [name for name in needed if f"*{name}*" in finding.message]
        return script_of(place.trail) if any(place.values.get(n) is None for n in missing) else None

    return goal


def _circling(finding: Finding) -> Goal:
    """Arriving where a run goes on without waiting until its fuel is used up."""

    def goal(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
        last = _instantly(world, place, FUEL + 1)
        return script_of(last.trail) if last is not None else None

    return goal


def _instantly(world: World, place: Place, steps: int) -> Place | None:
    """The place after so many moves without a step of the other side, each time the first there is; None when
    something waits before."""
    at = place
    for _ in range(steps):
        move = next((m for m in world.moves(at, False) if m.trail.length == place.trail.length), None)
        if move is None or move.to is None:
            return None
        at = move.to
    return at


def _retrying(finding: Finding) -> Goal:
    """Going round the circle a few times."""
    inside = {(finding.flow, node) for node in finding.nodes}

    def goal(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
        at = place
        for _ in range(ROUNDS):
            again = _round(world, at, lambda p: (p.flow, p.node) in inside or len(p.stack) > len(place.stack))
            if again is None:
                return None
            at = again
        return script_of(at.trail)

    return goal


def _round(world: World, start: Place, within: Callable[[Place], bool]) -> Place | None:
    """The nearest way from a place back to its node, through some places only."""
    for place, moves in _near(world, start, within):
        for move in moves:
            to = move.to
            if to is not None and (to.flow, to.node) == (start.flow, start.node) and place is not None:
                return to
    return None


def _near(world: World, start: Place, within: Callable[[Place], bool]) -> Iterator[tuple[Place, list[Move]]]:
    waiting, seen = [start], {world.key(start)}
    for place in waiting:
        moves = [m for m in world.moves(place, False) if m.to is not None and within(m.to)]
        yield place, moves
        for to in (m.to for m in moves if m.to is not None):
            key = world.key(to)
            if key not in seen and len(seen) < NEAR:
                seen.add(key)
                waiting.append(to)


def _recursing(finding: Finding) -> Goal:
    """Calling until the stack is full."""

    def goal(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
        at = place
        while True:
            deep = len(at.stack)
            inner = _round(world, at, lambda p, deep=deep: len(p.stack) >= deep)  # type: ignore[misc]
            if inner is None or len(inner.stack) <= deep:
                break
            at = inner
        for last, _ in _near(world, at, lambda p: len(p.stack) >= len(place.stack)):
            facts = world.facts(last)
            if facts is not None and facts.calls and len(last.stack) >= DEPTH:
                return script_of(last.trail)
        return None

    return goal


def _unasked(finding: Finding) -> Goal:
    """Coming to the node before anybody agreed; to one that is forbidden, coming there at all."""

    def goal(world: World, place: Place, moves: Sequence[Move]) -> Script | None:
        rule = next(iter(world.lands.values())).view.outside.recording
        return None if rule == "consent" and place.values.get(AGREED) else script_of(place.trail)

    return goal


_GOALS: Mapping[str, Callable[[Finding], Goal | None]] = {
    "R002": _dead_end,
    "E001": _dead_end,
    "R003": _missing,
    "R004": lambda finding: arrives,
    "L001": _circling,
    "L003": _retrying,
    "L004": _recursing,
    "D001": _unassigned,
    "D003": lambda finding: arrives if finding.field else None,
    "F002": lambda finding: arrives,
    "F003": lambda finding: arrives,
    "P002": _unasked,
    "K001": lambda finding: arrives,
}
