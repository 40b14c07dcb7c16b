"""Types, limits and references of an expression, with the place of everything that is wrong."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from engine.expressions import limits, wording
from engine.expressions.errors import EvaluationError, ExpressionError, did_you_mean
from engine.expressions.fitting import misfit
from engine.expressions.functions import FUNCTIONS, READING, Function, Overload
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
from engine.expressions.operators import NEGATION, ORDERINGS, resolve
from engine.expressions.patterns import matcher
from engine.expressions.presence import unguarded
from engine.expressions.types import (
    BOOL,
    DECIMAL,
    DYN,
    INT,
    NULL,
    STRING,
    EnumType,
    ListType,
    MapType,
    RecordType,
    Type,
    join,
    plain,
    with_article,
)


class Checked(msgspec.Struct, frozen=True, eq=False, gc=False):
    """An expression and what the checker found out about it.

    ``references`` are the variables it names; ``guarded`` those of them it only reads when they have a
    value, because
    ``has(x)`` or ``x != null`` says so. ``cost`` is in the units of `limits.COST`. ``clocked`` says it asks
    for the
    present moment. ``types`` holds the type of every part by the part's ``id()``.
    """

    node: Node
    type: Type
    errors: list[ExpressionError]
    references: frozenset[str]
    guarded: frozenset[str]
    cost: int
    clocked: bool
    types: Mapping[int, Type]

    def type_of(self, node: Node) -> Type:
        """The type of a part."""
        return self.types[id(node)]


def check(node: Node, scope: Mapping[str, Type], want: Type | None = None) -> Checked:
    """Check an expression whose variables have the types of ``scope``; ``want`` is the type it must have."""
    checker = _Checker(scope)
    type = checker.check(node)
    if checker.cost > limits.COST and not checker.errors:
        checker.report(node, "This may take too long.", "Use shorter lists, or do a part of it before.")
    if want is not None and type != DYN:
        wrong = misfit(node, checker.types, want)
        if wrong is not None:
            checker.errors.append(wrong)
    references = frozenset(checker.references)
    guarded = references - unguarded(node) if checker.guards and references else frozenset[str]()
    return Checked(
        node, type, checker.errors, references, guarded, checker.cost, checker.clocked, checker.types
    )


_LITERALS: Mapping[type, Type] = {bool: BOOL, int: INT, Decimal: DECIMAL, str: STRING, type(None): NULL}


class _Checker:
    __slots__ = ("clocked", "cost", "errors", "guards", "local", "references", "scope", "times", "types")

    def __init__(self, scope: Mapping[str, Type]) -> None:
        self.scope = scope
        self.local: tuple[str, Type] | None = None
        self.errors: list[ExpressionError] = []
        self.references: set[str] = set()
        self.types: dict[int, Type] = {}
        self.cost = 0
        self.times = 1
        self.clocked = False
        self.guards = False

    def check(self, node: Node) -> Type:
        self.cost += self.times
        type = _RULES[node.__class__](self, node)
        self.types[id(node)] = type
        return type

    def report(self, node: Node, message: str, hint: str = "") -> Type:
        self.errors.append(ExpressionError(message, node.start, node.end, hint))
        return DYN

    def literal(self, node: Literal) -> Type:
        return _LITERALS[node.value.__class__]

    def name(self, node: Name) -> Type:
        name = node.name
        if self.local is not None and self.local[0] == name:
            return self.local[1]
        type = self.scope.get(name)
        if type is not None:
            self.references.add(name)
            return type
        message = f'There is no variable "{name[:60]}".'
        if name in FUNCTIONS:
            return self.report(node, message, f"Write {FUNCTIONS[name].example}.")
        hint = did_you_mean(
            name, self.scope, "Declare it among the variables, or put a text into quotation marks."
        )
        return self.report(node, message, hint)

    def unary(self, node: Unary) -> Type:
        type = self.check(node.operand)
        if node.operator == "!":
            if type not in (BOOL, DYN):
                self.report(
                    node,
                    f"! turns true into false; this is {with_article(type)}.",
                    "Write a condition after !.",
                )
            return BOOL
        if type in NEGATION or type == DYN:
            return type
        return self.report(node, f"There is no negative of {with_article(type)}.", "Remove the minus sign.")

    def binary(self, node: Binary) -> Type:
        left, right = self.check(node.left), self.check(node.right)
        sign = node.operator
        logical = sign in ORDERINGS or sign in ("==", "!=", "in")
        if left is DYN or right is DYN:
            return BOOL if logical else DYN
        if left is NULL or right is NULL:
            return self._with_null(node, sign)
        found = resolve(sign, left, right)
        if found is None:
            message, hint = wording.mismatch(sign, node.left, node.right, (left, right))
            self.report(node, message, hint)
            return BOOL if logical else DYN
        if sign in ("==", "!=", "in"):
            self._weigh(sign, right)
            self._members(node.left, left, node.right, right)
        elif found[0] is STRING:
            self.cost += 4 * self.times
        return found[0]

    def _with_null(self, node: Binary, sign: str) -> Type:
        if sign in ("==", "!="):
            self.guards = True
            return BOOL
        return self.report(
            node, "Null is no value to compute with.", "Compare it with == or !=, or ask has(name)."
        )

    def _weigh(self, sign: str, right: Type) -> None:
        if isinstance(right, ListType):
            self.cost += self.times * right.max_length

    def _members(self, left: Node, left_type: Type, right: Node, right_type: Type) -> None:
        """Report a text that a choice can never be."""
        if isinstance(right_type, ListType) and not isinstance(left_type, ListType):
            right_type = right_type.element
        for node, type, other, other_type in (
            (left, left_type, right, right_type),
            (right, right_type, left, left_type),
        ):
            if not isinstance(type, EnumType):
                continue
            if isinstance(other_type, EnumType) and not set(type.members) & set(other_type.members):
                self.report(
                    other, "These two choices have nothing in common.", "Compare it with one of its own."
                )
                return
            self._literal_members(node, type, other)

    def _literal_members(self, asked: Node, type: EnumType, node: Node) -> None:
        if isinstance(node, ListOf):
            for item in node.items:
                self._literal_members(asked, type, item)
        elif isinstance(node, Conditional):
            self._literal_members(asked, type, node.then)
            self._literal_members(asked, type, node.other)
        elif isinstance(node, Literal) and isinstance(node.value, str) and node.value not in type.members:
            choices = ", ".join(f'"{m}"' for m in type.members[:6])
            verb = "never holds" if isinstance(self.types[id(asked)], ListType) else "is never"
            message = f'{wording.shown(asked, 30)} {verb} "{node.value[:40]}".'
            self.report(node, message, did_you_mean(node.value, type.members, f"It is one of {choices}."))

    def logical(self, node: Logical) -> Type:
        for operand in node.operands:
            type = self.check(operand)
            if type is not BOOL and type is not DYN:
                message, hint = wording.unfit(operand, type, BOOL)
                self.report(operand, message, hint)
        return BOOL

    def conditional(self, node: Conditional) -> Type:
        test = self.check(node.test)
        if test not in (BOOL, DYN):
            message, hint = wording.unfit(node.test, test, BOOL)
            self.report(node.test, message, hint)
        then, other = self.check(node.then), self.check(node.other)
        joined = join(then, other)
        if joined is None:
            message = f"One side of : is {with_article(then)}, the other {with_article(other)}."
            return self.report(node, message, "Give both sides the same type.")
        return joined

    def select(self, node: Select) -> Type:
        type = self.check(node.operand)
        if isinstance(type, RecordType):
            return self._field(node, type, node.name)
        if isinstance(type, MapType):
            return type.value
        if type == DYN:
            return DYN
        function = FUNCTIONS.get(node.name)
        if function is not None and function.as_method:
            return self.report(node, f"{node.name} needs brackets.", f"Write {wording.shown(node)}().")
        known = [f.name + "()" for f in FUNCTIONS.values() if f.as_method]
        hint = did_you_mean(node.name, known, "Only records and maps have fields.")
        return self.report(
            node, f'{wording.capital(with_article(type))} has no field "{node.name[:60]}".', hint
        )

    def _field(self, node: Node, type: RecordType, name: str) -> Type:
        field = type.field(name)
        if field is not None:
            return field
        known = [known for known, _ in type.fields]
        hint = did_you_mean(name, known, f"Its fields are {', '.join(known[:8])}.")
        return self.report(node, f'This record has no field "{name[:60]}".', hint)

    def index(self, node: Index) -> Type:
        type, index = self.check(node.operand), self.check(node.index)
        if DYN in (type, index):
            return type.element if isinstance(type, ListType) else DYN
        if isinstance(type, ListType):
            if index == INT:
                return type.element
            return self.report(
                node.index, f"An entry has a whole number; this is {with_article(index)}.", "Count from 0."
            )
        if plain(index) == STRING:
            if isinstance(type, MapType):
                return type.value
            if isinstance(type, RecordType) and isinstance(node.index, Literal):
                return self._field(node, type, str(node.index.value))
        if isinstance(type, MapType | RecordType):
            return self.report(
                node.index, "An entry here has a name in quotation marks.", 'Write value["name"].'
            )
        return self.report(
            node, f"{wording.capital(with_article(type))} has no entries.", "Only lists and maps do."
        )

    def has(self, node: Has) -> Type:
        self.guards = True
        self.check(node.operand)
        return BOOL

    def call(self, node: Call) -> Type:
        function = FUNCTIONS.get(node.function)
        if function is None:
            return self._no_function(node)
        types = tuple([self.check(argument) for argument in node.arguments])
        if not (function.as_method if node.method else function.as_function):
            return self.report(
                node, f"{node.function}() is written otherwise.", self._other_style(node, function, types)
            )
        overload = function.overload(types)
        if overload is None or NULL in types:
            if DYN in types:
                return DYN
            return self.report(node, *self._no_overload(function, types))
        self.cost += overload.cost * self.times
        self.clocked |= overload.clock
        self._read(node, overload)
        return overload.gives

    def _other_style(self, node: Call, function: Function, types: tuple[Type, ...]) -> str:
        if not types or function.overload(types) is None:
            return f"Write {function.example}."
        turned = Call(node.start, node.end, node.function, node.arguments, not node.method, node.name_start)
        return f"Write {wording.shown(turned)}."

    def _no_function(self, node: Call) -> Type:
        name = node.function
        end = node.name_start + len(name)
        hint = did_you_mean(name, [*FUNCTIONS, "exists", "all", "filter"], "Look at the list of functions.")
        if name in ("map", "exists_one"):
            hint = "Lists have exists, all and filter."
        self.errors.append(
            ExpressionError(f"There is no function {name[:60]}().", node.name_start, end, hint)
        )
        return DYN

    def _no_overload(self, function: Function, types: tuple[Type, ...]) -> tuple[str, str]:
        hint = f"Write it like {function.example}."
        arities = {len(o.takes) for o in function.overloads}
        if len(types) not in arities:
            return f"{function.name}() is given {len(types)} values.", hint
        given = " and ".join(with_article(t) for t in types)
        return f"{function.name}() does not take {given}.", hint

    def _read(self, node: Call, overload: Overload) -> None:
        """Judge a text written in the source now, before anything runs."""
        if node.function == "matches":
            pattern = node.arguments[1]
            if not isinstance(pattern, Literal):
                self.report(
                    pattern, "A pattern must be written out here.", 'Write it as a text: code.matches("^A").'
                )
                return
            read: Callable[[Any], Any] = matcher
        elif node.function in READING and len(node.arguments) == 1 and isinstance(node.arguments[0], Literal):
            pattern, read = node.arguments[0], overload.run
        else:
            return
        try:
            read(pattern.value)
        except EvaluationError as error:
            self.report(pattern, error.message, "")

    def comprehension(self, node: Comprehension) -> Type:
        over = self.check(node.over)
        if self.local is not None:
            return self.report(
                node, f"{node.macro}() stands inside another.", 'Ask with in: value in ["a", "b"].'
            )
        if not isinstance(over, ListType) and over != DYN:
            return self.report(
                node.over, f"{node.macro}() goes through a list; this is {with_article(over)}."
            )
        element, entries = (over.element, over.max_length) if isinstance(over, ListType) else (DYN, 1)
        self.local = (node.variable, element)
        self.times *= max(1, entries)
        body = self.check(node.body)
        self.times //= max(1, entries)
        self.local = None
        if body not in (BOOL, DYN):
            message, hint = wording.unfit(node.body, body, BOOL)
            self.report(node.body, message, hint)
        return over if node.macro == "filter" else BOOL

    def list_of(self, node: ListOf) -> Type:
        element: Type = DYN
        for item in node.items:
            type = self.check(item)
            joined = join(element, type)
            if joined is None or type == NULL:
                message = f"This list holds {with_article(element)} and {with_article(type)}."
                self.report(item, message, "Give all entries the same type.")
                element = DYN
                break
            element = joined
        return ListType(element, len(node.items))

    def map_of(self, node: MapOf) -> Type:
        names: dict[str, Type] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            type = self.check(value)
            self.types[id(key)] = STRING
            if not isinstance(key, Literal) or not isinstance(key.value, str):
                self.report(key, "A key is a text in quotation marks.", 'Write {"key": value}.')
            elif key.value in names:
                self.report(key, f'The key "{key.value[:40]}" stands twice.', "Remove one.")
            else:
                names[key.value] = type
        common: Type | None = DYN
        for type in names.values():
            common = None if common is None else join(common, type)
        return RecordType(tuple(names.items())) if common is None else MapType(common)


_RULES: Mapping[type[Node], Callable[[Any, Any], Type]] = {
    Literal: _Checker.literal,
    Name: _Checker.name,
    Unary: _Checker.unary,
    Binary: _Checker.binary,
    Logical: _Checker.logical,
    Conditional: _Checker.conditional,
    Select: _Checker.select,
    Index: _Checker.index,
    Has: _Checker.has,
    Call: _Checker.call,
    Comprehension: _Checker.comprehension,
    ListOf: _Checker.list_of,
    MapOf: _Checker.map_of,
}
