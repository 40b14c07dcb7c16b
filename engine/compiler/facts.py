"""What is known of one node by itself. It holds as long as neither the node nor what it sees changes, so it is
kept between checks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.compiler.finding import Finding
from engine.compiler.lowering import resolved_port
from engine.compiler.speech import opening, spoken
from engine.expressions import (
    Checked,
    CheckedTemplate,
    Environment,
    ExpressionError,
    Node,
    Type,
    assume,
    check,
    check_template,
    domain_of,
    parse,
    parse_template,
    parse_type,
)
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds import Kind, Port, PortClass, Scope, Source, typed_node
from engine.kinds.branch import BranchFields
from engine.kinds.call import CallFields, exits
from engine.kinds.consent import ConsentFields
from engine.kinds.handler import HandlerFields
from engine.kinds.loop import LoopFields
from engine.kinds.record_control import RecordControlFields
from engine.kinds.return_ import ReturnFields


class Interface(msgspec.Struct, frozen=True):
    """What a caller sees of a sub-flow: its inputs and outputs with their types as written, and its exits."""

    inputs: tuple[tuple[str, Any], ...]
    outputs: tuple[tuple[str, Any], ...]
    exits: tuple[str, ...]


def interface_of(id: str, document: Flow) -> Interface:
    """The interface of a sub-flow."""
    flow = document.subflows[id]

    def typed(names: Sequence[str]) -> tuple[tuple[str, Any], ...]:
        return tuple((n, flow.variables[n].type if n in flow.variables else None) for n in names)

    return Interface(typed(flow.inputs), typed(flow.outputs), exits(document, id))


class Examined(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A source, parsed and checked. ``reads`` are the variables of the flow it names, ``needs`` those it must
    find a value in."""

    source: Source
    checked: Checked | CheckedTemplate | None
    errors: tuple[ExpressionError, ...]
    reads: frozenset[str]
    needs: frozenset[str]

    @property
    def expression(self) -> Node | None:
        """The expression, when it is one and makes sense."""
        return self.checked.node if isinstance(self.checked, Checked) and not self.errors else None


AT_ONCE, FAILING, ALONE, COUNTED = 1, 2, 4, 8
"""The pace of a way, as flags. AT_ONCE: nothing need happen, the run does not wait. FAILING: nobody answers. ALONE:
the other side does not answer, though perhaps a service does. COUNTED: it is taken a bounded number of times."""

UNASKED = AT_ONCE | FAILING | ALONE
"""The pace of a way that is taken whatever happens."""


class Way(msgspec.Struct, frozen=True, gc=False):
    """A way out of a node: by a port (empty for a jump) to a node id (empty: nowhere).

    ``gives`` and ``takes`` are bit masks of the variables that have, and that may lose, a value on the way.
    """

    port: str
    target: str
    failure: bool
    gives: int
    takes: int
    pace: int


class Facts(msgspec.Struct, eq=False, gc=False):
    """A node's facts: what its kind says of it, its sources, its ways out.

    ``reads``, ``needs`` and ``keeps`` (what it gives a value, or takes it from) are masks over the variables of the
    flow. ``calls`` is the sub-flow it calls, ``exit`` the
    exit it returns by, or empty; ``interface`` that of the sub-flow. ``spoken`` are the texts it says, each with
    its field, ``speech`` the seconds it talks as it is
    entered. ``shape`` is what the searches over the graph depend on; ``found`` keeps the findings of the checks that
    look at single nodes.
    """

    node: FlowNode
    kind: Kind[Any] | None
    fields: Any
    diagnostics: tuple[Diagnostic, ...]
    id: str = ""
    name: str = ""
    ports: tuple[Port, ...] = ()
    sources: tuple[Examined, ...] = ()
    ways: tuple[Way, ...] = ()
    reads: int = 0
    needs: int = 0
    keeps: int = 0
    listens: bool = False
    waits: bool = False
    ends: bool = True
    calls: str = ""
    exit: str = ""
    handler: HandlerFields | None = None
    interface: Interface | None = None
    spoken: tuple[tuple[str, str], ...] = ()
    speech: float = 0.0
    shape: tuple[Any, ...] = ()
    found: dict[str, tuple[Finding, ...]] = msgspec.field(default_factory=dict)


class Surroundings(msgspec.Struct, frozen=True, eq=False):
    """What the nodes of one flow see: when two are alike, a node's facts are the same in both. ``checked``
    remembers what was parsed and checked among them: flows say the same things again and again."""

    scope: Scope
    bits: Mapping[str, int]
    interfaces: Mapping[str, Interface]
    checked: dict[Any, Checked | CheckedTemplate | ExpressionError]

    def alike(self, other: "Surroundings") -> bool:
        """Whether the facts of nodes other than calls are the same in both."""
        mine, others = self.scope.flow, other.scope.flow
        return (
            mine.variables == others.variables
            and mine.defaults == others.defaults
            and self.scope.document.locales == other.scope.document.locales
        )

    def mask(self, names: Sequence[str] | frozenset[str]) -> int:
        """The bit mask of some variables; names that are no variables are left out."""
        mask = 0
        for name in names:
            mask |= self.bits.get(name, 0)
        return mask


def surroundings_of(scope: Scope, interfaces: Mapping[str, Interface]) -> Surroundings:
    """The surroundings of the nodes of a flow."""
    return Surroundings(scope, {name: 1 << i for i, name in enumerate(scope.flow.variables)}, interfaces, {})


def examine(node: FlowNode, around: Surroundings) -> Facts:
    """The facts of a node. Never raises."""
    typed = typed_node(node)
    kind, fields, scope = typed.kind, typed.fields, around.scope
    name = node.label or (kind.title if kind else node.id)
    if kind is None or fields is None:
        return Facts(node, kind, None, typed.diagnostics, node.id, name, shape=(node.id, name))
    ports = kind.ports(fields, scope.document)
    sources = tuple(_sources(typed, around))
    reads = around.mask(frozenset().union(*(e.reads for e in sources)))
    needs = around.mask(frozenset().union(*(e.needs for e in sources)))
    facts = Facts(
        node,
        kind,
        fields,
        (*typed.diagnostics, *kind.check(fields, scope)),
        node.id,
        name,
        ports,
        sources,
        (),
        reads,
        needs,
        listens=kind.listens,
        waits=kind.waits,
        ends=kind.ends,
        calls=fields.flow if isinstance(fields, CallFields) else "",
        exit=(fields.exit or "done") if isinstance(fields, ReturnFields) else "",
        handler=fields if isinstance(fields, HandlerFields) else None,
    )
    facts.ways = tuple(_ways(facts, around))
    for way in facts.ways:
        facts.keeps |= way.gives | way.takes
    if any(port.ends for port in ports):
        wired = {way.port for way in facts.ways if way.target}
        facts.ends = kind.ends or any(port.ends and port.id not in wired for port in ports)
    facts.spoken = tuple(spoken(fields))
    facts.speech = opening(facts.spoken) if facts.spoken else 0.0
    facts.interface = around.interfaces.get(facts.calls)
    facts.shape = (name, kind.id, facts.ways, reads, needs, facts.exit)
    if (
        facts.handler is not None
        or facts.calls
        or isinstance(fields, LoopFields | ConsentFields | RecordControlFields)
    ):
        facts.shape = (*facts.shape, fields)
    return facts


def _sources(typed: Any, around: Surroundings) -> Iterator[Examined]:
    for source in typed.kind.sources(typed.fields):
        want = _wanted(source, typed.fields, around)
        if source.template and "{{" not in source.text:
            continue
        yield _examined(source, around, want)


def _wanted(source: Source, fields: Any, around: Surroundings) -> Type | None:
    """The type a source must have: its own wish, or that of the variable it goes to."""
    if source.into:
        return around.scope.types.get(source.into)
    if isinstance(fields, CallFields) and source.field.startswith("inputs."):
        callee = around.interfaces.get(fields.flow)
        spec = dict(callee.inputs).get(source.field.removeprefix("inputs.")) if callee else None
        return _type(spec)
    return source.want


def _type(spec: Any) -> Type | None:
    try:
        return parse_type(spec) if spec is not None else None
    except ValueError:
        return None


def _examined(source: Source, around: Surroundings, want: Type | None) -> Examined:
    key = (source.text, source.template, want)
    known = around.checked.get(key) if not source.extra else None
    if known is None:
        known = _checked(source, around, want)
        if not source.extra:
            around.checked[key] = known
    if isinstance(known, ExpressionError):
        return Examined(source, None, (known,), frozenset(), frozenset())
    reads = known.references.difference(source.extra)
    needs = reads.difference(known.guarded, source.assigned)
    return Examined(source, known, tuple(known.errors), reads, needs)


def _checked(
    source: Source, around: Surroundings, want: Type | None
) -> Checked | CheckedTemplate | ExpressionError:
    types = {**around.scope.types, **source.extra} if source.extra else around.scope.types
    try:
        if source.template:
            return check_template(parse_template(source.text), types)
        return check(parse(source.text), types, want)
    except ExpressionError as error:
        return error


def _ways(facts: Facts, around: Surroundings) -> Iterator[Way]:
    kind, fields, flow = facts.kind, facts.fields, around.scope.flow
    if kind is None:
        return
    by_id = {port.id: port for port in facts.ports}
    known = _narrowed(facts, around) if isinstance(fields, BranchFields) else {}
    loops = isinstance(fields, LoopFields)
    gives, takes = kind.assigns(fields), kind.clears(fields)
    failing, other = _paces(facts)
    wired = facts.node.out
    for port in facts.ports:
        id = port.id
        failure = port.cls in FAILURES
        yield Way(
            id,
            wired.get(id) or resolved_port(facts.node, by_id, flow, id),
            failure,
            around.mask((*gives.get(id, ()), *known.get(id, ()))) if gives or known else 0,
            around.mask((*takes.get(id, ()), *takes.get("*", ()))) if takes else 0,
            (failing if failure else other) | (COUNTED if loops and id == "again" else 0),
        )
    for target in kind.jumps(fields):
        yield Way("", target, False, 0, 0, UNASKED)


FAILURES = frozenset(c for c in PortClass if c.failure)


def _paces(facts: Facts) -> tuple[int, int]:
    """What the ways of failure, and the others, need; those of a call depend on its sub-flow and are said with
    the graph."""
    if not facts.waits:
        return UNASKED, UNASKED
    failing = FAILING | ALONE
    if facts.listens:
        return failing, 0
    return failing, ALONE if any(port.cls in FAILURES for port in facts.ports) else failing


def _narrowed(facts: Facts, around: Surroundings) -> dict[str, list[str]]:
    """For each port of a branch the variables that have a value when it is left there, because the conditions
    say so."""
    types, variables = around.scope.types, around.scope.flow.variables
    names = {n for e in facts.sources for n in e.reads if n in variables and variables[n].initial is None}
    if not names:
        return {}
    left: Environment | None = {name: domain_of(types.get(name)) for name in sorted(names)}
    found: dict[str, list[str]] = {}
    for case, examined in zip(facts.fields.cases, facts.sources, strict=True):
        node = examined.expression
        if node is None or left is None:
            return found
        found[case.id] = _present(assume(node, left, True))
        left = assume(node, left, False)
    found["else"] = _present(left)
    return found


def _present(env: Environment | None) -> list[str]:
    return [name for name, domain in (env or {}).items() if not domain.absent]
