"""The suite the compiler derives from a flow: scripts that between them leave every node by every port, at every
value where a condition changes its mind, each played to an end."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.compiler.checking import views_of
from engine.compiler.exploring import Explorer, Move, Place, World, script_of
from engine.compiler.outlook import Land
from engine.compiler.view import View
from engine.flow import Flow
from engine.kinds.record import RecordFields
from engine.protocol.script import Script

BUDGET = 6_000
"""Places the search may visit."""

LONGEST = 400
"""Moves a script may be played on for after it has shown what it is for."""

Mark = tuple[Any, ...]
"""What a script is for: a node, a port, the steps taken there, and the values the node looks at."""


class Known(msgspec.Struct, eq=False):
    """A place that was visited: where its moves lead, and which of them comes to an end soonest (-1: none)."""

    moves: list[tuple[Any, int]]
    onward: int = -1
    distance: int = 1 << 30


def cover(flow: Flow, budget: int = BUDGET) -> list[Script]:
    """Scripts for every port of every node that can be reached, shortest first. The same flow gives the same
    scripts."""
    return list(_scripts(views_of(flow), budget))


def _scripts(views: Mapping[str, View], budget: int) -> Iterator[Script]:
    world = World(views)
    start = world.start()
    if start is None:
        return
    known: dict[Any, Known] = {}
    first: list[tuple[Mark, Move, Any]] = []
    marked: set[Mark] = set()
    for place, moves in Explorer(world, budget).walk(start):
        key = world.key(place)
        targets = [(world.key(m.to) if m.to is not None else None, m.trail.length) for m in moves]
        known[key] = Known([(to, length - place.trail.length) for to, length in targets])
        for move, (to, _) in zip(moves, targets, strict=True):
            mark = _mark(world, place, move)
            if mark not in marked:
                marked.add(mark)
                first.append((mark, move, to))
    _towards_ends(known)
    shown: set[Mark] = set()
    for mark, move, key in first:
        if mark in shown:
            continue
        shown.add(mark)
        last = _played_on(world, move, key, known, shown)
        script = script_of(last.trail)
        if script is not None:
            yield script
            facts = world.lands[mark[0]].facts(mark[1])
            if facts is not None and isinstance(facts.fields, RecordFields):
                # What is said there is recorded, what is typed is not: both are shown.
                yield msgspec.structs.replace(script, modality="voice")


def _mark(world: World, place: Place, move: Move) -> Mark:
    steps = move.trail.steps if move.trail is not place.trail and move.trail.before is place.trail else ()
    return (place.flow, place.node, move.port, repr(steps), _looked_at(world.lands[place.flow], place))


def _looked_at(land: Land, place: Place) -> tuple[Any, ...]:
    """The classes of the values the node's conditions look at."""
    facts = land.facts(place.node)
    if facts is None or facts.waits:
        return ()
    reads = {name for e in facts.sources if not e.source.template for name in e.reads}
    if not reads:
        return ()
    return tuple(c for name, c in zip(land.names, land.class_of(place.values), strict=False) if name in reads)


def _towards_ends(known: Mapping[Any, Known]) -> None:
    """Find, for every place, the move that comes to an end soonest."""
    before: dict[Any, list[tuple[Any, int]]] = {}
    waiting: list[Any] = []
    for key, place in known.items():
        if not place.moves:
            place.distance = 0
            waiting.append(key)
        for index, (to, _) in enumerate(place.moves):
            if to is None:
                if place.distance > 1:
                    place.onward, place.distance = index, 1
                    waiting.append(key)
            else:
                before.setdefault(to, []).append((key, index))
    for key in waiting:
        distance = known[key].distance
        for other, index in before.get(key, ()):
            if known[other].distance > distance + 1:
                known[other].onward, known[other].distance = index, distance + 1
                waiting.append(other)


def _played_on(world: World, move: Move, key: Any, known: Mapping[Any, Known], shown: set[Mark]) -> Move:
    """Go on to the nearest end; whatever is shown on the way need not be shown again."""
    for _ in range(LONGEST):
        place, here = move.to, known.get(key)
        if place is None or here is None or here.onward < 0:
            break
        moves = list(world.moves(place, len(here.moves) > here.onward and _interrupts(here, world, place)))
        if here.onward >= len(moves):
            break
        move = moves[here.onward]
        shown.add(_mark(world, place, move))
        key = world.key(move.to) if move.to is not None else None
    return move


def _interrupts(here: Known, world: World, place: Place) -> bool:
    """Whether the moves that were noted include those of handlers."""
    return len(list(world.moves(place, False))) < len(here.moves)
