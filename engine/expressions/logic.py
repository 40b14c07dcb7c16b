"""``!``, ``&&`` and ``||``.

As in CEL, ``&&`` and ``||`` forgive an error on one side when another side decides: ``size > 8 || true`` is
true even
while ``size`` has no value.
"""

from collections.abc import Callable, Sequence
from typing import Any

from engine.expressions.errors import EvaluationError, absent

Run = Callable[[Sequence[Any]], Any]


def negation(run: Run, slot: int | None, name: str) -> Run:
    """Not."""
    if slot is None:
        return lambda v: not run(v)
    place = slot

    def without(v: Sequence[Any]) -> bool:
        value = v[place]
        if value is None:
            raise absent(name)
        return not value

    return without


def all_of(parts: Sequence[Run]) -> Run:
    """And."""
    if len(parts) == 2:
        return _both(*parts)
    if len(parts) == 3:
        return _three(*parts)

    def every(v: Sequence[Any]) -> bool:
        failure: EvaluationError | None = None
        for part in parts:
            try:
                if not part(v):
                    return False
            except EvaluationError as error:
                failure = failure or error
        if failure is not None:
            raise failure
        return True

    return every


def _both(one: Run, other: Run) -> Run:
    def both(v: Sequence[Any]) -> bool:
        try:
            if not one(v):
                return False
        except EvaluationError:
            if not other(v):
                return False
            raise
        return bool(other(v))

    return both


def _three(first: Run, second: Run, third: Run) -> Run:
    again = _both(first, _both(second, third))

    def three(v: Sequence[Any]) -> bool:
        try:
            return bool(first(v) and second(v) and third(v))
        except EvaluationError:
            return bool(again(v))

    return three


def any_of(parts: Sequence[Run]) -> Run:
    """Or."""
    if len(parts) == 2:
        return _either(*parts)

    def some(v: Sequence[Any]) -> bool:
        failure: EvaluationError | None = None
        for part in parts:
            try:
                if part(v):
                    return True
            except EvaluationError as error:
                failure = failure or error
        if failure is not None:
            raise failure
        return False

    return some


def _either(one: Run, other: Run) -> Run:
    def either(v: Sequence[Any]) -> bool:
        try:
            if one(v):
                return True
        except EvaluationError:
            if other(v):
                return True
            raise
        return bool(other(v))

    return either
