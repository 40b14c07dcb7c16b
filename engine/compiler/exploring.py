"""Walking through a document with concrete values, as a caller could: every way out of every node, with the steps
that lead there, fewest steps first.

It follows the same rules as the engine (`engine.runtime`): sub-flows stack, handlers interrupt and resume or
unwind, chance is a hash of seed, event and node. Two places are the same when no condition can tell them apart.
"""

import heapq
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.compiler.facts import Facts
from engine.compiler.keys import taken_keys
from engine.compiler.outlook import NOW, Land, Outlook, Values, land_of
from engine.compiler.view import View
from engine.expressions import EvaluationError
from engine.flow.document import MAIN
from engine.kinds.call import CallFields
from engine.kinds.chance import chance
from engine.kinds.goto import GotoFields
from engine.kinds.handler import HandlerFields, triggers
from engine.kinds.kind import PortClass
from engine.kinds.split import SplitFields
from engine.protocol.script import Keys, Leave, Script, Step

DEPTH = 32
"""Frames a session may stack (`engine.runtime.entering.DEPTH`; a test holds them equal)."""

ENTRY = (
    "prompt.",
    "text.",
    "url",
    "headers.",
    "query.",
    "body.",
    "options.",
    "choices.",
    "buttons.",
    "cards.",
    "inputs.",
    "to",
    "briefing.",
    "keys",
)
"""The fields that are computed as soon as a node is entered."""

SEEDS = 20_000
"""Seeds to try for one that takes the wanted arms."""


class Frame(msgspec.Struct, frozen=True, eq=False):
    """What to go back to: a call, or (``handler``) the node that was interrupted. ``depth`` is the frame whose
    variables a handler of an outer flow works on, or -1."""

    flow: str
    node: str
    values: Values
    key: tuple[Any, ...]
    handler: bool = False
    depth: int = -1


class Luck(msgspec.Struct, frozen=True):
    """An arm that chance must take: in event ``seq``, at ``node``, from ``low`` to below ``high`` of ``total``."""

    seq: int
    node: str
    total: int
    low: int
    high: int


class Trail(msgspec.Struct, frozen=True, eq=False):
    """How a place was reached: the trail before, and the steps since."""

    before: "Trail | None"
    steps: tuple[Step, ...]
    length: int
    seq: int
    luck: tuple[Luck, ...] = ()


class Place(msgspec.Struct, frozen=True, eq=False):
    """Where an exploration stands: before a node. ``gone`` says the other side has hung up."""

    flow: str
    node: str
    values: Values
    stack: tuple[Frame, ...]
    trail: Trail
    gone: bool = False


class Move(msgspec.Struct, frozen=True, eq=False):
    """One way on from a place: by a port, to another place, or to none when the talk is over or breaks off."""

    port: str
    trail: Trail
    to: Place | None


class World:
    """A document to be explored."""

    def __init__(self, views: Mapping[str, View], locale: str = "") -> None:
        self.lands: dict[str, Land] = {id: land_of(view) for id, view in views.items()}
        main = self.lands[MAIN]
        self.locale = locale or next(iter(main.view.document.locales), "en-US")
        _share(self.lands)

    def start(self) -> Place | None:
        """Where every talk begins."""
        main = self.lands[MAIN]
        trail = Trail(None, (), 0, 1)
        flow = main.view.flow
        return Place(MAIN, flow.start, dict(main.start), (), trail) if main.facts(flow.start) else None

    def key(self, place: Place) -> tuple[Any, ...]:
        """What tells places apart."""
        return (
            place.flow,
            place.node,
            place.gone,
            self.lands[place.flow].class_of(place.values),
            tuple(f.key for f in place.stack),
        )

    def facts(self, place: Place) -> Facts | None:
        """The facts of the node it stands before."""
        return self.lands[place.flow].facts(place.node)

    def moves(self, place: Place, handlers: bool) -> Iterator[Move]:
        """Every way on from a place, the likeliest first; with ``handlers`` the interruptions too."""
        facts = self.facts(place)
        if facts is None or facts.kind is None or facts.fields is None or facts.handler is not None:
            return
        if place.gone and facts.listens:
            return
        if _fails(facts, place.values):
            yield from self._failed(place, facts)
            return
        yield from self._ways(place, facts)
        if handlers and facts.listens:
            yield from self._interruptions(place, facts)

    def _ways(self, place: Place, facts: Facts) -> Iterator[Move]:
        fields = facts.fields
        if isinstance(fields, CallFields):
            yield from self._enter(place, facts, fields)
        elif facts.exit:
            yield from self._leave(place, facts.exit)
        elif isinstance(fields, GotoFields):
            yield Move("", place.trail, self._at(place, fields.to, place.values, place.trail))
        elif isinstance(fields, SplitFields):
            yield from self._arms(place, facts, fields)
        elif facts.kind is not None and not facts.kind.ends:
            outlook = Outlook(self.lands[place.flow], facts, place.values, self.locale)
            for outcome in facts.kind.outcomes(fields, outlook):
                trail = _onward(place.trail, outcome.steps)
                values = _assigned(place.values, outcome.assign, facts.id)
                yield Move(outcome.port, trail, self._by(place, facts, outcome.port, values, trail))

    def _failed(self, place: Place, facts: Facts) -> Iterator[Move]:
        """What the node says or sends cannot be computed: it takes its way for failures, if there is one."""
        failed = next((p.id for p in facts.ports if p.cls is PortClass.ERROR), "error")
        port = "no_match" if facts.listens else failed
        to = self._by(place, facts, port, place.values, place.trail)
        if to is not None:
            yield Move("!fails", place.trail, to)

    def _by(self, place: Place, facts: Facts, port: str, values: Values, trail: Trail) -> Place | None:
        """The place a port leads to."""
        target = next((way.target for way in facts.ways if way.port == port), "")
        return self._at(place, target, values, trail)

    def _at(self, place: Place, target: str, values: Values, trail: Trail) -> Place | None:
        facts = self.lands[place.flow].facts(target)
        if facts is None or facts.handler is not None:
            return None
        return Place(place.flow, target, values, place.stack, trail, place.gone)

    def _arms(self, place: Place, facts: Facts, fields: SplitFields) -> Iterator[Move]:
        total = sum(max(1, arm.weight) for arm in fields.arms)
        low, trail = 0, place.trail
        before = next((k for k in trail.luck if k.seq == trail.seq and k.node == facts.id), None)
        for arm in fields.arms:
            luck = Luck(trail.seq, facts.id, total, low, low + max(1, arm.weight))
            low = luck.high
            if before is not None and before.low != luck.low:
                continue  # in one event the same node is always left by the same arm
            known = trail.luck if before is not None else (*trail.luck, luck)
            onward = Trail(trail, (), trail.length, trail.seq, known)
            yield Move(arm.id, onward, self._by(place, facts, arm.id, place.values, onward))

    def _enter(self, place: Place, facts: Facts, fields: CallFields) -> Iterator[Move]:
        land = self.lands.get(fields.flow)
        if land is None or len(place.stack) >= DEPTH:
            return
        outlook = Outlook(self.lands[place.flow], facts, place.values, self.locale)
        values = dict(land.start)
        try:
            for name, text in fields.inputs.items():
                value = outlook.evaluate(text)
                if value is not None:
                    values[name] = value
        except EvaluationError:
            return
        frame = Frame(place.flow, place.node, place.values, self.key(place)[1:4])
        start = land.view.flow.start
        inside = Place(fields.flow, start, values, (*place.stack, frame), place.trail, place.gone)
        yield Move("", place.trail, inside if land.facts(start) else None)

    def _leave(self, place: Place, exit: str) -> Iterator[Move]:
        if not place.stack:
            return
        frame = place.stack[-1]
        if frame.handler:
            outer = _unstacked(place)
            yield Move("", place.trail, Place(frame.flow, frame.node, *outer, place.trail, place.gone))
            return
        call = self.lands[frame.flow].facts(frame.node)
        back = Place(frame.flow, frame.node, frame.values, place.stack[:-1], place.trail, place.gone)
        if call is None or not isinstance(call.fields, CallFields):
            return
        values = dict(frame.values)
        for here, there in call.fields.outputs.items():
            values.pop(here, None)
            if place.values.get(there) is not None:
                values[here] = place.values[there]
        yield Move(exit, place.trail, self._by(back, call, exit, values, place.trail))

    def _interruptions(self, place: Place, facts: Facts) -> Iterator[Move]:
        if any(frame.handler for frame in place.stack):
            return
        taken = taken_keys(facts)
        for flow in dict.fromkeys((place.flow, MAIN)):
            view = self.lands[flow].view
            for h in view.graph.handlers:
                fields = view.facts[h].handler
                for step in triggers(fields, self.locale) if fields is not None else ():
                    if fields is None or (isinstance(step, Keys) and step.keys in taken):
                        continue
                    yield self._interrupt(place, flow, view.facts[h], fields, step)

    def _interrupt(self, place: Place, flow: str, facts: Facts, fields: HandlerFields, step: Step) -> Move:
        trail = _onward(place.trail, (step,))
        target = next((way.target for way in facts.ways if way.port == "then"), "")
        if not fields.resume or isinstance(step, Leave):
            stack, values = _unwound(place, flow)
            at = Place(flow, target, values, stack, trail, place.gone or isinstance(step, Leave))
            return Move(f"!{facts.id}", trail, at if self.lands[flow].facts(target) else None)
        if "then" not in facts.node.out:
            back = Place(place.flow, place.node, place.values, place.stack, trail, place.gone)
            return Move(f"!{facts.id}", trail, back)
        key = ("!", *self.key(place)[:4])
        frame, values = Frame(place.flow, place.node, place.values, key, True), place.values
        if flow != place.flow:
            depth = next(i for i, f in enumerate(place.stack) if f.flow == flow and not f.handler)
            frame = Frame(place.flow, place.node, place.values, key, True, depth)
            values = place.stack[depth].values
        inside = Place(flow, target, values, (*place.stack, frame), trail, place.gone)
        return Move(f"!{facts.id}", trail, inside if self.lands[flow].facts(target) else None)


def _fails(facts: Facts, values: Values) -> bool:
    """Whether what is computed as the node is entered lacks a value, or makes no sense."""
    return any(
        (e.errors or any(values.get(name) is None for name in e.needs)) and e.source.field.startswith(ENTRY)
        for e in facts.sources
    )


def _share(lands: Mapping[str, Land]) -> None:
    """What is worth trying of a variable is worth trying of the one it is handed over from."""
    for land in lands.values():
        for facts in land.view.facts:
            fields = facts.fields
            callee = lands.get(fields.flow) if isinstance(fields, CallFields) else None
            if callee is None:
                continue
            for here, there in fields.outputs.items():
                known = callee.worth.get(there, ())
                callee.worth[there] = (*known, *(v for v in land.worth.get(here, ()) if v not in known))


def _onward(trail: Trail, steps: tuple[Step, ...]) -> Trail:
    if not steps:
        return trail
    events = sum(len(step.keys) if isinstance(step, Keys) else 1 for step in steps)
    return Trail(trail, steps, trail.length + len(steps), trail.seq + events, trail.luck)


def _assigned(values: Values, assign: Mapping[str, Any], node: str) -> Values:
    if not assign:
        return values
    new = dict(values)
    for name, value in assign.items():
        slot = f"#{node}" if name == "#count" else name
        if value is None or (name == "#count" and not value):
            new.pop(slot, None)
        elif name:
            new[slot] = value
    return new


def _unstacked(place: Place) -> tuple[Values, tuple[Frame, ...]]:
    """The values and frames below the top frame, a handler's."""
    frame, stack = place.stack[-1], place.stack[:-1]
    if frame.depth < 0:
        return place.values, stack
    below = stack[frame.depth]
    kept = Frame(below.flow, below.node, place.values, below.key, below.handler, below.depth)
    return frame.values, (*stack[: frame.depth], kept, *stack[frame.depth + 1 :])


def _unwound(place: Place, flow: str) -> tuple[tuple[Frame, ...], Values]:
    """The frames and values when everything inside ``flow`` is given up."""
    stack, values, at = place.stack, place.values, place.flow
    while stack:
        frame = stack[-1]
        if frame.handler:
            values, stack = _unstacked(Place(at, "", values, stack, place.trail))
            at = frame.flow
        elif at != flow:
            stack, values, at = stack[:-1], frame.values, frame.flow
        else:
            break
    return stack, values


def script_of(trail: Trail) -> Script | None:
    """The steps of a trail as a script, under a seed that takes its arms; None when no seed does."""
    steps: list[Step] = []
    at: Trail | None = trail
    while at is not None:
        steps[:0] = at.steps
        at = at.before
    seed = 0
    if trail.luck:
        seed = next((s for s in range(SEEDS) if all(_favours(s, luck) for luck in trail.luck)), -1)
    return Script(tuple(steps), seed, NOW) if seed >= 0 else None


def _favours(seed: int, luck: Luck) -> bool:
    return luck.low <= chance(seed, luck.seq, luck.node, luck.total) < luck.high


class Explorer:
    """Visits places, fewest steps first, up to a budget. ``exhausted`` says that nothing is left to visit."""

    def __init__(self, world: World, budget: int) -> None:
        self.world = world
        self.budget = budget
        self.exhausted = False
        self._interrupted: set[tuple[str, str]] = set()

    def walk(self, *starts: Place) -> Iterator[tuple[Place, list[Move]]]:
        """Each place with its moves."""
        world, count = self.world, 0
        waiting: list[tuple[int, int, Place]] = []
        seen = set()
        for place in starts:
            seen.add(world.key(place))
            waiting.append((place.trail.length, len(waiting), place))
        while waiting:
            if count >= self.budget:
                return
            count += 1
            _, _, place = heapq.heappop(waiting)
            moves = list(world.moves(place, self._may_interrupt(place)))
            yield place, moves
            for move in moves:
                if move.to is None:
                    continue
                key = world.key(move.to)
                if key not in seen:
                    seen.add(key)
                    heapq.heappush(waiting, (move.trail.length, len(seen), move.to))
        self.exhausted = True

    def _may_interrupt(self, place: Place) -> bool:
        """Handlers are tried once at each node: wherever they come back to is known by then."""
        at = (place.flow, place.node)
        if at in self._interrupted:
            return False
        self._interrupted.add(at)
        return True
