"""The parts of a parsed expression. ``start`` and ``end`` are character positions in the source."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec


class Node(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Any part of an expression. Two nodes are equal only when they are the same one."""

    start: int
    end: int


class Literal(Node, frozen=True, eq=False):
    """null, true, false, a number or a text."""

    value: bool | int | Decimal | str | None


class Name(Node, frozen=True, eq=False):
    """A variable."""

    name: str


class Unary(Node, frozen=True, eq=False):
    """``!x`` or ``-x``."""

    operator: str
    operand: Node


class Binary(Node, frozen=True, eq=False):
    """Arithmetic, comparison or ``in``."""

    operator: str
    left: Node
    right: Node


class Logical(Node, frozen=True, eq=False):
    """``&&`` or ``||`` over two or more operands."""

    operator: str
    operands: tuple[Node, ...]


class Conditional(Node, frozen=True, eq=False):
    """``test ? then : other``."""

    test: Node
    then: Node
    other: Node


class Select(Node, frozen=True, eq=False):
    """``operand.name``."""

    operand: Node
    name: str


class Index(Node, frozen=True, eq=False):
    """``operand[index]``."""

    operand: Node
    index: Node


class Call(Node, frozen=True, eq=False):
    """``function(a, b)`` or ``a.function(b)``; the one a method is called on is the first argument."""

    function: str
    arguments: tuple[Node, ...]
    method: bool
    name_start: int


class Has(Node, frozen=True, eq=False):
    """``has(x)`` or ``has(x.y)``."""

    operand: Node


class Comprehension(Node, frozen=True, eq=False):
    """``over.exists(variable, body)``, ``all`` or ``filter``."""

    macro: str
    over: Node
    variable: str
    variable_start: int
    body: Node


class ListOf(Node, frozen=True, eq=False):
    """``[a, b]``."""

    items: tuple[Node, ...]


class MapOf(Node, frozen=True, eq=False):
    """``{"a": 1}``: keys and values in the order written."""

    keys: tuple[Node, ...]
    values: tuple[Node, ...]


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly inside a node, in the order they are written."""
    match node:
        case Unary(operand=operand) | Select(operand=operand) | Has(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Logical(operands=parts) | Call(arguments=parts) | ListOf(items=parts):
            return parts
        case Conditional(test=test, then=then, other=other):
            return (test, then, other)
        case Index(operand=operand, index=index):
            return (operand, index)
        case Comprehension(over=over, body=body):
            return (over, body)
        case MapOf(keys=keys, values=values):
            return tuple(part for pair in zip(keys, values, strict=True) for part in pair)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside it, outside first."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def depth(node: Node) -> int:
    """How deep the node nests; a single name or literal is 1 deep."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        current, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(current))
    return deepest
