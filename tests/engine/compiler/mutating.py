"""Mutants of compiled programs: one small mistake each, as a compiler or a designer might make it.

Left out is what cannot make a difference, by construction:

- a target in place of an equal one (a jump is what it jumps to), and any way into a trap: in a flow without errors
  no run comes there; a condition where every way it could decide for leads to the same place;
- ``understood`` where ``routes`` decide; ``error`` of a listening node (its words never fail where D001 finds
  nothing), and of expressions that cannot fail (they neither divide, nor index, nor convert);
- ``no_match`` and its ladder where any words are an answer; a rung that is spoken only after the last try;
- a status that goes where every other failure goes;
- the keeping, or the type, of a value that on no way is read before it is replaced, and that nobody gets;
- another value for the one that is being confirmed, where there is only yes and no; asking again after a denial
  where one try is all there is;
- nodes that only the failure path reaches, sub-flows nobody calls, and the exit of a return that only goes back to
  what was interrupted.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from engine.compiler.assignment import wanted
from engine.compiler.checking import views_of
from engine.compiler.graph import reach
from engine.compiler.view import View
from engine.expressions import BOOL, INT, STRING
from engine.flow import Flow
from engine.kinds import instructions as op
from engine.kinds.program import Program
from engine.kinds.values import from_plain

FALLIBLE = re.compile(r"[/%\[]|\b(int|decimal|date|time|duration|matches)\(")


class Mutant(msgspec.Struct, frozen=True, eq=False):
    """A program with a mistake in it."""

    what: str
    node: str
    program: Program


class Knowledge(msgspec.Struct, frozen=True):
    """What is known of a flow: nodes no run comes to unless it fails, returns that only go back to what a handler
    interrupted, nodes with an expression that may fail, and (node, variable) whose value nobody reads."""

    idle: frozenset[str]
    back: frozenset[str]
    fallible: frozenset[str]
    unread: frozenset[tuple[str, str]]
    homes: Mapping[str, int]

    @staticmethod
    def of(flow: Flow) -> "Knowledge":
        """From the checks' own views."""
        idle, back, fallible, unread = set(), set(), set(), set()
        homes = {node: i for i, (_, part) in enumerate(flow.flows()) for node in part.nodes}
        views = views_of(flow)
        called = _called(views)
        for view in views.values():
            graph = view.graph
            alive = reach(graph.next, [n for n in (graph.start, *graph.handlers) if n >= 0])
            for i, facts in enumerate(view.facts):
                if not alive[i] or view.id not in called:
                    idle.add(facts.id)
                if facts.exit and not view.at_large[i]:
                    back.add(facts.id)
                if any(not e.source.template and FALLIBLE.search(e.source.text) for e in facts.sources):
                    fallible.add(facts.id)
            unread |= _unread(view)
        return Knowledge(frozenset(idle), frozenset(back), frozenset(fallible), frozenset(unread), homes)

    def kept(self, program: Program, node: str, slot: int) -> bool:
        """Whether anybody looks at what the node puts into the slot."""
        return slot >= 0 and (node, program.flows[self.homes[node]].names[slot]) not in self.unread


def _called(views: Mapping[str, View]) -> set[str]:
    """The flows a run may come to."""
    found, waiting = {""}, [""]
    while waiting:
        view = views[waiting.pop()]
        for i, facts in enumerate(view.facts):
            if facts.calls and view.reached[i] and facts.calls not in found:
                found.add(facts.calls)
                waiting.append(facts.calls)
    return found


def _unread(view: View) -> set[tuple[str, str]]:
    """(node, variable) where what the node keeps is on no way read."""
    flow = view.flow
    exported = view.around.mask([n for n, v in flow.variables.items() if v.export])
    live = wanted(view.graph, exported, exported | view.around.mask(flow.outputs), view.sweep)
    found = set()
    for i, facts in enumerate(view.facts):
        own = {f.source.field: f.reads for f in facts.sources}
        rereads = view.around.mask(frozenset().union(*own.values())) if facts.listens else 0
        after = rereads
        for _, to in view.graph.out[i]:
            after |= live[to] if to >= 0 else 0
        found |= {(facts.id, name) for name in flow.variables if not after & view.around.bits[name]}
    return found


def mutants(program: Program, flow: Flow) -> Iterator[Mutant]:
    """Every mutant of a flow's program."""
    known = Knowledge.of(flow)
    for pc, instruction in enumerate(program.instructions):
        if isinstance(instruction, op.Trap) or instruction.node in known.idle:
            continue
        for what, changed in _changes(program, instruction, known):
            rest = (*program.instructions[:pc], changed, *program.instructions[pc + 1 :])
            yield Mutant(what, instruction.node, _with(program, instructions=rest))
    for i, handler in enumerate(program.handlers):
        for what, other in _handler_changes(program, handler):
            handlers = (*program.handlers[:i], other, *program.handlers[i + 1 :])
            inside = tuple(
                tuple(h for owner in dict.fromkeys((n, 0)) for h in handlers if h.flow == owner)
                for n in range(len(program.flows))
            )
            yield Mutant(what, handler.node, _with(program, handlers=handlers, reach=inside))


def _with(program: Program, **parts: Any) -> Program:
    return msgspec.structs.replace(program, expectations={}, **parts)


def _changes(program: Program, i: op.Instruction, known: Knowledge) -> Iterator[tuple[str, op.Instruction]]:
    yield from _retargeted(program, i, known)
    operators = _OPERATORS.get(type(i))
    for what, changes in operators(program, i, known) if operators else ():
        yield what, msgspec.structs.replace(i, **changes)


def _retargeted(
    program: Program, i: op.Instruction, known: Knowledge
) -> Iterator[tuple[str, op.Instruction]]:
    names = [n for n in i.TARGETS if not _decides_nothing(program, i, n, known)]
    count = 0

    def counted(target: int) -> int:
        nonlocal count
        count += 1
        return target

    op.retargeted(i, counted)
    for chosen in range(count):
        seen = 0

        def moved(target: int, chosen: int = chosen) -> int:
            nonlocal seen
            seen += 1
            return _other(program, target) if seen - 1 == chosen else target

        changed = op.retargeted(i, moved)
        field = next((n for n in i.TARGETS if getattr(changed, n) != getattr(i, n)), "")
        if field in names:
            yield f"{field} leads elsewhere", changed


def _decides_nothing(program: Program, i: op.Instruction, target: str, known: Knowledge) -> bool:
    if isinstance(i, op.Listen):
        free = target == "no_match" and i.expected[0].type == "text" and not i.checks
        yes_no = target == "amends" and _asks_yes_no(program, i)
        return target == "error" or free or yes_no or (target == "understood" and bool(i.routes))
    if isinstance(i, op.Deny) and target == "question":
        question = program.instructions[i.question]
        return isinstance(question, op.Listen) and question.tries == 1
    return (
        target == "error" and isinstance(i, op.Branch | op.Assign | op.Loop) and i.node not in known.fallible
    )


def _asks_yes_no(program: Program, i: op.Listen) -> bool:
    question = program.instructions[i.amends]
    return i.amends >= 0 and isinstance(question, op.Listen) and question.expected[0].type == "yes_no"


def _final(program: Program, target: int) -> int:
    """Where a target leads in the end: through jumps."""
    for _ in range(len(program.instructions)):
        instruction = program.instructions[target]
        if not isinstance(instruction, op.Jump):
            break
        target = instruction.next
    return target


def _other(program: Program, target: int) -> int:
    """Another place: the next entry of a node whose instruction is not the same. Ways into traps stay."""
    if target < 0 or isinstance(program.instructions[target], op.Trap):
        return target
    places = sorted({*program.entries.values()})
    here = _bare(program.instructions[_final(program, target)])
    for place in (*(p for p in places if p > target), *(p for p in places if p < target)):
        if place < len(program.instructions) and _bare(program.instructions[_final(program, place)]) != here:
            return place
    return target


def _bare(i: op.Instruction) -> Any:
    return (type(i), i.outcome) if isinstance(i, op.End) else id(i)


Changes = Iterator[tuple[str, dict[str, Any]]]


def _listen(program: Program, i: op.Listen, known: Knowledge) -> Changes:
    yield "asks once more", {"tries": i.tries + 1}
    if i.tries > 1:
        yield "asks once less", {"tries": i.tries - 1}
    yield "forgets to watch the clock", {"patience": (i.patience[0] + 1, i.patience[1] + 1)}
    if known.kept(program, i.node, i.slot):
        yield "drops what it keeps", {"slot": -1}
    yield "takes nothing for an answer", {"convert": _refusing}
    for type in (BOOL, INT, STRING):
        matters = type != STRING or bool(i.checks) or known.kept(program, i.node, i.slot)
        if i.amends < 0 and i.expected[0].type not in _TAKEN[str(type)] and matters:
            yield f"takes it for a {type}", {"convert": from_plain(type)}
    for n, rule in enumerate(i.checks):
        for what, condition in (("never", _false), ("always", _true)):
            changed = (*i.checks[:n], op.Check(condition, rule.prompt), *i.checks[n + 1 :])
            yield f"a rule {what} holds", {"checks": changed}
    yield from _prompts(i)
    for key in i.keys:
        yield "a key is dead", {"keys": {k: v for k, v in i.keys.items() if k != key}}


_TAKEN = {
    str(BOOL): ("yes_no",),
    str(INT): ("number",),
    str(STRING): ("text", "phone", "email", "choice", "name", "digits"),
}


def _prompts(i: op.Listen) -> Changes:
    if i.prompt is not None:
        yield "says something else", {"prompt": _OTHER_WORDS}
    for name in ("on_silence", "on_no_match"):
        if name == "on_no_match" and i.expected[0].type == "text":
            continue  # any words are an answer
        rungs = getattr(i, name)
        for n in range(min(len(rungs), i.tries - 1)):
            yield f"a rung of {name} says something else", {name: (*rungs[:n], _OTHER_WORDS, *rungs[n + 1 :])}


def _branch(program: Program, i: op.Branch, known: Knowledge) -> Changes:
    for n, (condition, target) in enumerate(i.cases):
        later = {_final(program, to) for to in (*(to for _, to in i.cases[n + 1 :]), i.otherwise)}
        if later == {_final(program, target)}:
            continue
        inverted = (_not(condition), target)
        yield "a condition is inverted", {"cases": (*i.cases[:n], inverted, *i.cases[n + 1 :])}
        yield "a case is forgotten", {"cases": (*i.cases[:n], *i.cases[n + 1 :])}


def _assign(program: Program, i: op.Assign, known: Knowledge) -> Changes:
    for n in range(len(i.items)):
        if known.kept(program, i.node, i.items[n][0]):
            yield "drops what it keeps", {"items": (*i.items[:n], *i.items[n + 1 :])}


def _request(program: Program, i: op.Request, known: Knowledge) -> Changes:
    yield "waits longer", {"limit": i.limit + 1}
    yield "tries once more", {"retries": i.retries + 1}
    for n, save in enumerate(i.saves):
        dropped = msgspec.structs.replace(save, slot=-1)
        if known.kept(program, i.node, save.slot):
            yield "drops what it keeps", {"saves": (*i.saves[:n], dropped, *i.saves[n + 1 :])}
        refusing = msgspec.structs.replace(save, convert=_refusing)
        yield "refuses a value", {"saves": (*i.saves[:n], refusing, *i.saves[n + 1 :])}
    for n in range(len(i.query)):
        yield "leaves out a part of the question", {"query": (*i.query[:n], *i.query[n + 1 :])}
    for n in range(len(i.cases)):
        if i.cases[n][2] != i.error or i.cases[n][3]:
            yield "does not know a status", {"cases": (*i.cases[:n], *i.cases[n + 1 :])}


def _call(program: Program, i: op.Call, known: Knowledge) -> Changes:
    for name in ("inputs", "outputs"):
        rows = getattr(i, name)
        for n in range(len(rows)):
            yield "drops what it keeps", {name: (*rows[:n], *rows[n + 1 :])}


_OPERATORS: Mapping[type, Callable[[Program, Any, Knowledge], Changes]] = {
    op.Listen: _listen,
    op.Branch: _branch,
    op.Assign: _assign,
    op.Request: _request,
    op.Call: _call,
    op.Speak: lambda program, i, known: iter([("says something else", {"prompt": _OTHER_WORDS})]),
    op.Wait: lambda program, i, known: iter([("waits longer", {"delay": i.delay + 1})]),
    op.End: lambda program, i, known: iter([("comes to something else", {"outcome": "mutant"})]),
    op.Return: lambda program, i, known: iter(
        [] if i.node in known.back else [("returns by another exit", {"exit": "mutant"})]
    ),
    op.Mark: lambda program, i, known: iter([("marks something else", {"name": "mutant"})]),
    op.Loop: lambda program, i, known: iter(
        [("goes round once less", {"times": _less(i.times)})]
        if i.times
        else [("goes round once", {"limit": 1})]
    ),
    op.Split: lambda program, i, known: iter(
        [("another share", {"arms": tuple((n, w, i.arms[k - 1][2]) for k, (n, w, _) in enumerate(i.arms))})]
        if len({target for _, _, target in i.arms}) > 1
        else []
    ),
}


def _handler_changes(program: Program, handler: op.Handler) -> Iterator[tuple[str, op.Handler]]:
    if handler.entry >= 0:
        other = _other(program, handler.entry)
        yield "the reaction leads elsewhere", msgspec.structs.replace(handler, entry=other)
    silenced = {"phrases": (), "keys": (), "signals": (), "hang_up": False}
    yield "the reaction never happens", msgspec.structs.replace(handler, **silenced)
    if handler.entry >= 0:
        yield "comes back or not", msgspec.structs.replace(handler, resumes=not handler.resumes)


_OTHER_WORDS = op.Prompt(("mutant",) * 4, ("mutant",) * 4, ("",) * 4)


def _refusing(plain: Any) -> Any:
    raise ValueError("refused")


def _true(values: Any) -> bool:
    return True


def _false(values: Any) -> bool:
    return False


def _not(condition: op.Closure) -> op.Closure:
    return lambda values: not condition(values)


def _less(times: op.Closure | None) -> op.Closure:
    return lambda values: times(values) - 1 if times else 0
