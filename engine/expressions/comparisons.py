"""Comparisons of a variable with a constant, the commonest conditions, in one call each."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from engine.expressions.errors import absent

Test = Callable[[Sequence[Any]], bool]


def compare(operation: Callable[[Any, Any], Any], slot: int, name: str, constant: Any) -> Test | None:
    """A test of the variable in ``slot`` against the constant, or None when there is no short way."""
    build = _BUILDERS.get(operation)
    return build(slot, name, constant) if build is not None else None


def _equal(slot: int, name: str, constant: Any) -> Test:
    def test(v: Sequence[Any]) -> bool:
        value = v[slot]
        if value is None:
            raise absent(name)
        return bool(value == constant)

    return test


def _unequal(slot: int, name: str, constant: Any) -> Test:
    def test(v: Sequence[Any]) -> bool:
        value = v[slot]
        if value is None:
            raise absent(name)
        return bool(value != constant)

    return test


# None has no order, so an ordering finds out by itself that the variable is absent.


def _less(slot: int, name: str, constant: Any) -> Test:
    def test(v: Sequence[Any]) -> bool:
        try:
            return v[slot] < constant  # type: ignore[no-any-return]
        except TypeError:
            raise absent(name) from None

    return test


def _at_most(slot: int, name: str, constant: Any) -> Test:
    def test(v: Sequence[Any]) -> bool:
        try:
            return v[slot] <= constant  # type: ignore[no-any-return]
        except TypeError:
            raise absent(name) from None

    return test


def _more(slot: int, name: str, constant: Any) -> Test:
    def test(v: Sequence[Any]) -> bool:
        try:
            return v[slot] > constant  # type: ignore[no-any-return]
        except TypeError:
            raise absent(name) from None

    return test


def _at_least(slot: int, name: str, constant: Any) -> Test:
    def test(v: Sequence[Any]) -> bool:
        try:
            return v[slot] >= constant  # type: ignore[no-any-return]
        except TypeError:
            raise absent(name) from None

    return test


_BUILDERS: dict[Callable[[Any, Any], Any], Callable[[int, str, Any], Test]] = {
    operator.eq: _equal,
    operator.ne: _unequal,
    operator.lt: _less,
    operator.le: _at_most,
    operator.gt: _more,
    operator.ge: _at_least,
}
