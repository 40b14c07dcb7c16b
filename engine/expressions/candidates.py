"""Values at which conditions change their mind, to derive tests from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.expressions.abstract import evaluate_abstract
from engine.expressions.arithmetic import CONTEXT, add_duration, date_plus, datetime_plus, time_plus
from engine.expressions.errors import EvaluationError
from engine.expressions.limits import INT_MAX, INT_MIN
from engine.expressions.nodes import Binary, Call, Conditional, Has, ListOf, Logical, Name, Node, Unary, walk
from engine.expressions.operators import MIRRORED

_TEXT_TESTS = ("startsWith", "endsWith", "contains")


def candidates(node: Node) -> Mapping[str, tuple[Any, ...]]:
    """For each variable that is compared with a constant, the values around that constant: ``x > 8`` gives
    7, 8, 9.
    """
    found: dict[str, dict[tuple[str, Any], Any]] = {}
    for name, value in _found(node):
        found.setdefault(name, {}).setdefault((type(value).__name__, value), value)
    return {name: tuple(distinct.values()) for name, distinct in sorted(found.items())}


def _found(root: Node) -> Iterator[tuple[str, Any]]:
    yield from _booleans((root,))
    for node in walk(root):
        match node:
            case Binary(operator="in", left=Name(name=name), right=ListOf(items=items)):
                for item in items:
                    yield from ((name, value) for value in _constants(item)[:1])
            case Binary(operator=sign, left=left, right=right) if sign in MIRRORED:
                for side, other in ((left, right), (right, left)):
                    if isinstance(side, Name):
                        yield from ((side.name, value) for value in _constants(other))
            case Call(function=function, arguments=(Name(name=name), pattern)) if function in _TEXT_TESTS:
                yield from ((name, value) for value in _constants(pattern)[:1])
            case Logical(operands=operands):
                yield from _booleans(operands)
            case Unary(operator="!", operand=operand):
                yield from _booleans((operand,))
            case Conditional(test=test):
                yield from _booleans((test,))


def _booleans(nodes: Sequence[Node]) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        if isinstance(node, Name):
            yield node.name, True
            yield node.name, False


def _constants(node: Node) -> tuple[Any, ...]:
    """The constant a node stands for, then its neighbours; nothing when it is not constant."""
    if any(isinstance(part, Name | Has) for part in walk(node)):
        return ()
    value = evaluate_abstract(node, {}).single
    return () if value is None else around(value)


def around(value: Any) -> tuple[Any, ...]:
    """The value, and what comes just before and after it, where there is such a thing."""
    if isinstance(value, bool):
        return value, not value
    if isinstance(value, int):
        return (value, *(near for near in (value - 1, value + 1) if INT_MIN <= near <= INT_MAX))
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        unit = Decimal(1).scaleb(min(exponent if isinstance(exponent, int) else 0, -1))
        return value, CONTEXT.subtract(value, unit), CONTEXT.add(value, unit)
    for kind, move, step in _STEPS:
        if isinstance(value, kind):
            return value, *_moved(value, move, step)
    return (value,)


_STEPS: tuple[tuple[type, Callable[[Any, timedelta], Any], timedelta], ...] = (
    (datetime, datetime_plus, timedelta(minutes=1)),
    (date, date_plus, timedelta(days=1)),
    (time, time_plus, timedelta(minutes=1)),
    (timedelta, add_duration, timedelta(minutes=1)),
)


def _moved(value: Any, move: Callable[[Any, timedelta], Any], step: timedelta) -> Iterator[Any]:
    for span in (-step, step):
        try:
            yield move(value, span)
        except EvaluationError:
            continue
