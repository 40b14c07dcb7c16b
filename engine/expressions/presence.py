"""Which variables an expression may read while they have no value."""

from engine.expressions.nodes import (
    Binary,
    Comprehension,
    Conditional,
    Has,
    Literal,
    Logical,
    Name,
    Node,
    Select,
    Unary,
    children,
)

Names = frozenset[str]
NOBODY: Names = frozenset()


def unguarded(node: Node, present: Names = NOBODY) -> Names:
    """The variables that are read on some path that no ``has(x)`` or ``x != null`` protects.

    ``&&`` and ``||`` forgive an error on one side when the other decides, so a guard protects both its sides.
    """
    match node:
        case Name(name=name):
            return NOBODY if name in present else frozenset((name,))
        case Has():
            return NOBODY
        case Binary(operator="==" | "!=") if (asked := _compared_with_null(node)) is not None:
            return NOBODY if _root(asked) else unguarded(asked, present)
        case Logical(operator=sign, operands=operands):
            found = NOBODY
            for operand in operands:
                others = (_present(o, sign == "&&") for o in operands if o is not operand)
                found |= unguarded(operand, present.union(*others))
            return found
        case Conditional(test=test, then=then, other=other):
            return (
                unguarded(test, present)
                | unguarded(then, present | _present(test, True))
                | unguarded(other, present | _present(test, False))
            )
        case Comprehension(over=over, variable=variable, body=body):
            return unguarded(over, present) | (unguarded(body, present | {variable}))
        case _:
            return NOBODY.union(*(unguarded(child, present) for child in children(node)))


def _compared_with_null(node: Binary) -> Node | None:
    if isinstance(node.right, Literal) and node.right.value is None:
        return node.left
    if isinstance(node.left, Literal) and node.left.value is None:
        return node.right
    return None


def _root(node: Node) -> str:
    while isinstance(node, Select):
        node = node.operand
    return node.name if isinstance(node, Name) else ""


def _present(node: Node, truth: bool) -> Names:
    """The variables that have a value when the node is ``truth``."""
    match node:
        case Has(operand=operand) if truth:
            return frozenset((_root(operand),)) - {""}
        case Binary(operator="==" | "!=" as sign) if (asked := _compared_with_null(node)) is not None:
            return frozenset((_root(asked),)) - {""} if truth == (sign == "!=") else NOBODY
        case Unary(operator="!", operand=operand):
            return _present(operand, not truth)
        case Logical(operator=sign, operands=operands):
            sides = [_present(operand, truth) for operand in operands]
            return NOBODY.union(*sides) if truth == (sign == "&&") else sides[0].intersection(*sides[1:])
        case _:
            return NOBODY
