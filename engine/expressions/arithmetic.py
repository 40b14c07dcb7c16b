"""What the operators compute. Every function is pure, exact, and fails only with ``EvaluationError``."""

from collections.abc import Callable, Sequence
from datetime import MINYEAR, date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    DivisionUndefined,
    InvalidOperation,
    Overflow,
)
from typing import Any

from engine.expressions.errors import EvaluationError
from engine.expressions.limits import DIGITS, INT_MAX, INT_MIN, LIST_RESULT, TEXT_RESULT

CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-999,
    Emax=999,
    capitals=1,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""The one context decimals are computed in. Only its traps and limits matter; nothing reads its flags."""

DAY = timedelta(days=1)


def _overflow(what: str = "This number") -> EvaluationError:
    return EvaluationError("overflow", f"{what} is too large to hold.")


def _divided_by_zero() -> EvaluationError:
    return EvaluationError("divide_by_zero", "Nothing can be divided by zero.")


def whole(value: int) -> int:
    """The value, when it fits 64 bits."""
    if INT_MIN <= value <= INT_MAX:
        return value
    raise _overflow()


def add_int(left: int, right: int) -> int:
    value = left + right
    if INT_MIN <= value <= INT_MAX:
        return value
    raise _overflow()


def subtract_int(left: int, right: int) -> int:
    value = left - right
    if INT_MIN <= value <= INT_MAX:
        return value
    raise _overflow()


def multiply_int(left: int, right: int) -> int:
    return whole(left * right)


def divide_int(left: int, right: int) -> int:
    """Towards zero, as CEL divides."""
    if right == 0:
        raise _divided_by_zero()
    value = abs(left) // abs(right)
    return whole(value if (left < 0) == (right < 0) else -value)


def remainder_int(left: int, right: int) -> int:
    """With the sign of the left side, as CEL has it."""
    if right == 0:
        raise _divided_by_zero()
    if right == -1 and left == INT_MIN:
        raise _overflow()
    value = abs(left) % abs(right)
    return -value if left < 0 else value


def negate_int(value: int) -> int:
    return whole(-value)


def _in_context(operation: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Decimal, Decimal], Decimal]:
    def compute(left: Decimal, right: Decimal) -> Decimal:
        try:
            return operation(left, right)
        except (DivisionByZero, DivisionUndefined):
            raise _divided_by_zero() from None
        except InvalidOperation:
            raise (_overflow() if right else _divided_by_zero()) from None
        except DecimalException:
            raise _overflow() from None

    return compute


add_decimal = _in_context(CONTEXT.add)
subtract_decimal = _in_context(CONTEXT.subtract)
multiply_decimal = _in_context(CONTEXT.multiply)
divide_decimal = _in_context(CONTEXT.divide)
remainder_decimal = _in_context(CONTEXT.remainder)


def negate_decimal(value: Decimal) -> Decimal:
    return CONTEXT.minus(value)


def bounded_text(value: str) -> str:
    """The text, when it is not too long."""
    if len(value) > TEXT_RESULT:
        raise EvaluationError("too_long", f"A text may have {TEXT_RESULT} characters at most.")
    return value


def add_text(left: str, right: str) -> str:
    if len(left) + len(right) > TEXT_RESULT:
        raise EvaluationError("too_long", f"A text may have {TEXT_RESULT} characters at most.")
    return left + right


def add_list(left: Sequence[Any], right: Sequence[Any]) -> list[Any]:
    if len(left) + len(right) > LIST_RESULT:
        raise EvaluationError("too_long", f"A list may have {LIST_RESULT} entries at most.")
    return [*left, *right]


def same(left: Any, right: Any) -> bool:
    """Equality of lists, maps and records, whether lists or tuples hold the entries."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    return bool(left == right)


def among(value: Any, entries: Sequence[Any]) -> bool:
    """Whether a list, map or record is an entry of a list."""
    return any(same(value, entry) for entry in entries)


def date_plus(day: date, span: timedelta) -> date:
    if span % DAY:
        raise EvaluationError("bad_value", "A date moves by whole days only.")
    try:
        return day + span
    except OverflowError:
        raise _overflow("This date") from None


def date_minus(day: date, span: timedelta) -> date:
    return date_plus(day, negate_duration(span))


def datetime_plus(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        raise _overflow("This date") from None


def datetime_minus(moment: datetime, span: timedelta) -> datetime:
    return datetime_plus(moment, negate_duration(span))


def since_midnight(moment: time) -> timedelta:
    return timedelta(
        hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )


def time_plus(moment: time, span: timedelta) -> time:
    """Round the clock: two hours after 23:00 is 01:00."""
    total = (since_midnight(moment) + span % DAY) % DAY
    return (datetime(MINYEAR, 1, 1) + total).time()


def time_minus(moment: time, span: timedelta) -> time:
    return time_plus(moment, -(span % DAY))


def time_between(left: time, right: time) -> timedelta:
    return since_midnight(left) - since_midnight(right)


def difference(left: Any, right: Any) -> timedelta:
    """Between two dates, or two dates with times."""
    span: timedelta = left - right
    return span


def add_duration(left: timedelta, right: timedelta) -> timedelta:
    try:
        return left + right
    except OverflowError:
        raise _overflow("This duration") from None


def subtract_duration(left: timedelta, right: timedelta) -> timedelta:
    try:
        return left - right
    except OverflowError:
        raise _overflow("This duration") from None


def multiply_duration(span: timedelta, times: int) -> timedelta:
    try:
        return span * times
    except OverflowError:
        raise _overflow("This duration") from None


def negate_duration(span: timedelta) -> timedelta:
    try:
        return -span
    except OverflowError:
        raise _overflow("This duration") from None
