"""From a checked expression to a function of the variables' values."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from engine.expressions.checker import Checked
from engine.expressions.comparisons import compare
from engine.expressions.errors import EvaluationError, absent
from engine.expressions.functions import FUNCTIONS
from engine.expressions.logic import all_of, any_of, negation
from engine.expressions.nodes import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Has,
    Index,
    ListOf,
    Literal,
    Logical,
    MapOf,
    Name,
    Node,
    Select,
    Unary,
)
from engine.expressions.operators import NEGATION, resolve
from engine.expressions.patterns import matcher
from engine.expressions.types import ListType, Type

Values = Sequence[Any]
Run = Callable[[Values], Any]

CLOCK = "now()"
"""The name of the slot that holds the present moment."""

_LOCAL = -1
"""The slot of a comprehension's variable: the last of a copy of the values."""


class Code(msgspec.Struct, frozen=True, eq=False):
    """A part that is compiled. ``slot`` is set for a bare variable; ``value`` is meant when ``constant``.

    ``nullable`` says that it may give None instead of raising.
    """

    run: Run
    constant: bool = False
    value: Any = None
    slot: int | None = None
    name: str = ""
    nullable: bool = False


def compile_expression(checked: Checked, slots: Mapping[str, int]) -> Run:
    """A function from the values by slot to the expression's value; it raises only ``EvaluationError``.

    A variable without a value is None in its slot. ``ValueError`` when the expression has errors, or names
    a variable (or the clock, ``now()``) that has no slot.
    """
    return compile_code(checked, slots).run


def compile_code(checked: Checked, slots: Mapping[str, int]) -> Code:
    """Like `compile_expression`, with what is known about the result."""
    if checked.errors:
        raise ValueError(f"an expression with errors cannot be compiled: {checked.errors[0].message}")
    return _Compiler(checked.types, slots).compile(checked.node)


def constant(value: Any) -> Code:
    """The code of a value that never changes."""
    return Code(lambda _: value, True, value, nullable=value is None)


class _Compiler:
    __slots__ = ("_local", "_slots", "_types")

    def __init__(self, types: Mapping[int, Type], slots: Mapping[str, int]) -> None:
        self._types = types
        self._slots = slots
        self._local = ""

    def compile(self, node: Node) -> Code:
        return _COMPILERS[node.__class__](self, node)

    def operand(self, node: Node) -> Code:
        """Compile a part whose value is computed with, so that it may not be null."""
        code = self.compile(node)
        if not code.nullable:
            return code
        run = code.run

        def present(v: Values) -> Any:
            value = run(v)
            if value is None:
                raise EvaluationError("absent", "Null is no value to compute with.")
            return value

        return _folded(present, code)

    def literal(self, node: Literal) -> Code:
        return constant(node.value)

    def name(self, node: Name) -> Code:
        name, slot = node.name, self._slot(node.name)

        def variable(v: Values) -> Any:
            value = v[slot]
            if value is None:
                raise absent(name)
            return value

        return Code(variable, slot=slot, name=name)

    def _slot(self, name: str) -> int:
        if name == self._local:
            return _LOCAL
        slot = self._slots.get(name)
        if slot is None:
            raise ValueError(f'"{name}" has no slot')
        return slot

    def unary(self, node: Unary) -> Code:
        inner = self.operand(node.operand)
        if node.operator == "!":
            return _folded(negation(inner.run, inner.slot, inner.name), inner)
        negate, run = NEGATION[self._types[id(node.operand)]], inner.run
        return _folded(lambda v: negate(run(v)), inner)

    def binary(self, node: Binary) -> Code:
        sign = node.operator
        if sign in ("==", "!=") and (asked := _null_side(node)) is not None:
            tolerant = self.tolerant(asked)
            if sign == "==":
                return Code(lambda v: tolerant(v) is None)
            return Code(lambda v: tolerant(v) is not None)
        left, right = self.operand(node.left), self.operand(node.right)
        found = resolve(sign, self._types[id(node.left)], self._types[id(node.right)])
        if found is None:
            raise ValueError(f"{sign} was not checked")
        operation = found[1]
        if right.constant and left.slot is not None:
            run = compare(operation, left.slot, left.name, right.value)
            if run is not None:
                return Code(run)
        return _folded(_applied(operation, left, right), left, right)

    def logical(self, node: Logical) -> Code:
        parts = [self.operand(operand) for operand in node.operands]
        runs = [part.run for part in parts]
        return _folded(all_of(runs) if node.operator == "&&" else any_of(runs), *parts)

    def conditional(self, node: Conditional) -> Code:
        test, then, other = self.operand(node.test), self.compile(node.then), self.compile(node.other)
        if test.constant:
            return then if test.value else other
        ask, yes, no = test.run, then.run, other.run
        return Code(lambda v: yes(v) if ask(v) else no(v), nullable=then.nullable or other.nullable)

    def select(self, node: Select) -> Code:
        return self._entry(self.operand(node.operand), constant(node.name), node.name)

    def index(self, node: Index) -> Code:
        container, index = self.operand(node.operand), self.operand(node.index)
        if not isinstance(self._types[id(node.operand)], ListType):
            return self._entry(container, index, "")
        run, at = container.run, index.run

        def entry(v: Values) -> Any:
            entries, place = run(v), at(v)
            if not 0 <= place < len(entries):
                raise EvaluationError("bad_index", f"The list has {len(entries)} entries, none at {place}.")
            value = entries[place]
            if value is None:
                raise EvaluationError("absent", f"The entry at {place} has no value.")
            return value

        return _folded(entry, container, index)

    def _entry(self, container: Code, key: Code, name: str) -> Code:
        run, at = container.run, key.run

        def field(v: Values) -> Any:
            key = at(v)
            value = run(v).get(key)
            if value is None:
                raise absent(name or key[:60])
            return value

        return _folded(field, container, key)

    def tolerant(self, node: Node) -> Run:
        """A function that gives None where the part, or what it is a part of, has no value."""
        if isinstance(node, Name):
            return operator.itemgetter(self._slot(node.name))
        if isinstance(node, Select | Index):
            outer = self.tolerant(node.operand)
            key = constant(node.name).run if isinstance(node, Select) else self.operand(node.index).run
            return _looked_up(outer, key)
        return self.compile(node).run

    def has(self, node: Has) -> Code:
        run = self.tolerant(node.operand)
        return Code(lambda v: run(v) is not None)

    def call(self, node: Call) -> Code:
        arguments = [self.operand(argument) for argument in node.arguments]
        if node.function == "matches":
            matches, run = matcher(arguments[1].value), arguments[0].run
            return _folded(lambda v: matches(run(v)), arguments[0])
        overload = FUNCTIONS[node.function].overload(tuple(self._types[id(part)] for part in node.arguments))
        if overload is None:
            raise ValueError(f"{node.function}() was not checked")
        if overload.clock:
            present = self.name(Name(node.start, node.end, CLOCK)).run
            return Code(_one(overload.run, present))
        return _folded(_called(overload.run, [part.run for part in arguments]), *arguments)

    def comprehension(self, node: Comprehension) -> Code:
        over = self.operand(node.over)
        type = self._types[id(node.over)]
        longest = type.max_length if isinstance(type, ListType) else 0
        self._local = node.variable
        body = self.operand(node.body)
        self._local = ""
        test = body.run
        quantify = {"exists": _exists, "all": _all, "filter": _filter}[node.macro]
        entries = over.run

        def comprehend(v: Values) -> Any:
            items = entries(v)
            if len(items) > longest:
                raise EvaluationError(
                    "too_long", f"This list has {len(items)} entries; it may have {longest}."
                )
            return quantify(items, test, [*v, None])

        return Code(comprehend)

    def list_of(self, node: ListOf) -> Code:
        items = [self.operand(item) for item in node.items]
        runs = tuple(item.run for item in items)
        return _folded(lambda v: [run(v) for run in runs], *items)

    def map_of(self, node: MapOf) -> Code:
        keys = [key.value if isinstance(key, Literal) else "" for key in node.keys]
        values = [self.compile(value) for value in node.values]
        pairs = tuple(zip(keys, (value.run for value in values), strict=True))
        return _folded(lambda v: {key: run(v) for key, run in pairs}, *values)


def _folded(run: Run, *parts: Code) -> Code:
    """The code, run once now when all its parts are constant; what fails then fails each time."""
    if not all(part.constant for part in parts):
        return Code(run)
    try:
        return constant(run(()))
    except EvaluationError:
        return Code(run)


def _null_side(node: Binary) -> Node | None:
    for side, asked in ((node.right, node.left), (node.left, node.right)):
        if isinstance(side, Literal) and side.value is None:
            return asked
    return None


def _applied(operation: Callable[[Any, Any], Any], left: Code, right: Code) -> Run:
    one, other = left.run, right.run
    if right.constant:
        value = right.value
        return lambda v: operation(one(v), value)
    if left.constant:
        value = left.value
        return lambda v: operation(value, other(v))
    return lambda v: operation(one(v), other(v))


def _one(function: Callable[..., Any], argument: Run) -> Run:
    return lambda v: function(argument(v))


def _called(function: Callable[..., Any], arguments: Sequence[Run]) -> Run:
    if len(arguments) == 1:
        return _one(function, arguments[0])
    if len(arguments) == 2:
        one, other = arguments
        return lambda v: function(one(v), other(v))
    return lambda v: function(*[argument(v) for argument in arguments])


def _looked_up(outer: Run, key: Run) -> Run:
    def look_up(v: Values) -> Any:
        container = outer(v)
        if container is None:
            return None
        if isinstance(container, dict):
            return container.get(key(v))
        place = key(v)
        return container[place] if 0 <= place < len(container) else None

    return look_up


def _exists(items: Sequence[Any], test: Run, v: list[Any]) -> bool:
    failure: EvaluationError | None = None
    for item in items:
        v[_LOCAL] = item
        try:
            if test(v):
                return True
        except EvaluationError as error:
            failure = error
    if failure is not None:
        raise failure
    return False


def _all(items: Sequence[Any], test: Run, v: list[Any]) -> bool:
    failure: EvaluationError | None = None
    for item in items:
        v[_LOCAL] = item
        try:
            if not test(v):
                return False
        except EvaluationError as error:
            failure = error
    if failure is not None:
        raise failure
    return True


def _filter(items: Sequence[Any], test: Run, v: list[Any]) -> list[Any]:
    kept = []
    for item in items:
        v[_LOCAL] = item
        if test(v):
            kept.append(item)
    return kept


_COMPILERS: Mapping[type[Node], Callable[[Any, Any], Code]] = {
    Literal: _Compiler.literal,
    Name: _Compiler.name,
    Unary: _Compiler.unary,
    Binary: _Compiler.binary,
    Logical: _Compiler.logical,
    Conditional: _Compiler.conditional,
    Select: _Compiler.select,
    Index: _Compiler.index,
    Has: _Compiler.has,
    Call: _Compiler.call,
    Comprehension: _Compiler.comprehension,
    ListOf: _Compiler.list_of,
    MapOf: _Compiler.map_of,
}
