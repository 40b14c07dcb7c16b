"""What is known of one node by itself. It holds as long as neither the node nor what it sees changes, so it is
kept between checks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.compiler.finding import Finding
from engine.compiler.lowering import resolved_port
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
from engine.kinds import Kind, Port, Scope, Source, typed_node
from engine.kinds.branch import BranchFields
from engine.kinds.call import CallFields, exits
from engine.kinds.handler import HandlerFields
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


class Examined(msgspec.Struct, frozen=True, eq=False):
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


class Way(msgspec.Struct, frozen=True):
    """A way out of a node: by a port (empty for a jump) to a node id (empty: nowhere).

    ``gives`` and ``takes`` are bit masks of the variables that have, and that may lose, a value on the way.
    """

    port: str
    target: str
    failure: bool
    gives: int
    takes: int


class Facts(msgspec.Struct, eq=False):
    """A node's facts. ``found`` keeps the findings of the checks that look at single nodes."""

    node: FlowNode
    kind: Kind[Any] | None
    fields: Any
    diagnostics: tuple[Diagnostic, ...]
    ports: tuple[Port, ...] = ()
    sources: tuple[Examined, ...] = ()
    ways: tuple[Way, ...] = ()
    reads: int = 0
    needs: int = 0
    interface: Interface | None = None
    shape: tuple[Any, ...] = ()
    found: dict[str, tuple[Finding, ...]] = msgspec.field(default_factory=dict)

    @property
    def id(self) -> str:
        """The node's id."""
        return self.node.id

    @property
    def name(self) -> str:
        """How people know the node: its label, else its kind's title, else its id."""
        return self.node.label or (self.kind.title if self.kind else self.node.id)

    @property
    def listens(self) -> bool:
        """Whether it waits for the other side."""
        return self.kind is not None and self.kind.listens

    @property
    def waits(self) -> bool:
        """Whether it waits for anything outside."""
        return self.kind is not None and self.kind.waits

    @property
    def calls(self) -> str:
        """The sub-flow it calls, or an empty text."""
        return self.fields.flow if isinstance(self.fields, CallFields) else ""

    @property
    def exit(self) -> str:
        """The exit it returns by, or an empty text."""
        return (self.fields.exit or "done") if isinstance(self.fields, ReturnFields) else ""

    @property
    def handler(self) -> HandlerFields | None:
        """The fields of a handler."""
        return self.fields if isinstance(self.fields, HandlerFields) else None


class Surroundings(msgspec.Struct, frozen=True, eq=False):
    """What the nodes of one flow see: when two are alike, a node's facts are the same in both."""

    scope: Scope
    bits: Mapping[str, int]
    interfaces: Mapping[str, Interface]

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
    return Surroundings(scope, {name: 1 << i for i, name in enumerate(scope.flow.variables)}, interfaces)


def examine(node: FlowNode, around: Surroundings) -> Facts:
    """The facts of a node. Never raises."""
    typed = typed_node(node)
    if typed.kind is None or typed.fields is None:
        return Facts(node, typed.kind, None, typed.diagnostics, shape=(node.id, node.label))
    kind, fields, scope = typed.kind, typed.fields, around.scope
    ports = kind.ports(fields, scope.document)
    facts = Facts(
        node,
        kind,
        fields,
        (*typed.diagnostics, *kind.check(fields, scope)),
        ports,
        tuple(_sources(typed, around)),
    )
    reads = {name for e in facts.sources for name in e.reads}
    needs = {name for e in facts.sources for name in e.needs}
    facts.reads, facts.needs = around.mask(frozenset(reads)), around.mask(frozenset(needs))
    facts.ways = tuple(_ways(facts, around))
    facts.interface = around.interfaces.get(facts.calls)
    facts.shape = (
        node.id,
        node.label,
        kind.id,
        facts.ways,
        facts.reads,
        facts.needs,
        facts.calls,
        facts.exit,
    )
    if facts.handler is not None or facts.calls:
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
    types = {**around.scope.types, **source.extra} if source.extra else around.scope.types
    checked: Checked | CheckedTemplate
    try:
        if source.template:
            checked = check_template(parse_template(source.text), types)
        else:
            checked = check(parse(source.text), types, want)
    except ExpressionError as error:
        return Examined(source, None, (error,), frozenset(), frozenset())
    reads = checked.references.difference(source.extra)
    needs = reads.difference(checked.guarded, source.assigned)
    return Examined(source, checked, tuple(checked.errors), reads, needs)


def _ways(facts: Facts, around: Surroundings) -> Iterator[Way]:
    kind, fields, flow = facts.kind, facts.fields, around.scope.flow
    if kind is None:
        return
    by_id = {port.id: port for port in facts.ports}
    known = _narrowed(facts, around) if isinstance(fields, BranchFields) else {}
    gives, takes = kind.assigns(fields), kind.clears(fields)
    for port in facts.ports:
        yield Way(
            port.id,
            resolved_port(facts.node, by_id, flow, port.id),
            port.cls.failure,
            around.mask((*gives.get(port.id, ()), *gives.get("*", ()), *known.get(port.id, ()))),
            around.mask((*takes.get(port.id, ()), *takes.get("*", ()))),
        )
    for target in kind.jumps(fields):
        yield Way("", target, False, 0, 0)


def _narrowed(facts: Facts, around: Surroundings) -> dict[str, list[str]]:
    """For each port of a branch the variables that have a value when it is left there, because the conditions
    say so."""
    types = around.scope.types
    names = {name for e in facts.sources for name in e.reads}
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
