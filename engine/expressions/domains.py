"""What values something may have: a few known ones, or all between two bounds."""

from typing import Any

import msgspec

from engine.expressions.limits import INT_MAX, INT_MIN
from engine.expressions.types import BOOL, INT, EnumType, Type

FEW = 64
"""So many values are held one by one; more become bounds."""


class Domain(msgspec.Struct, frozen=True):
    """A set of values of one type.

    When ``values`` is None the domain holds every value from ``low`` to ``high`` (None: no bound; open:
    without the bound
    itself) but the ``excluded``. ``absent`` says that there may be no value at all.
    """

    values: frozenset[Any] | None = None
    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    excluded: frozenset[Any] = frozenset()
    absent: bool = False

    def may(self, value: Any) -> bool:
        """Whether the value is among them; None asks for absence."""
        if value is None:
            return self.absent
        if isinstance(value, list | tuple | dict):
            return self.values is None
        if self.values is not None:
            return value in self.values
        if value in self.excluded:
            return False
        if self.low is not None and not (self.low < value or (self.low == value and not self.low_open)):
            return False
        return self.high is None or value < self.high or (self.high == value and not self.high_open)

    @property
    def impossible(self) -> bool:
        """Whether there is neither a value nor absence."""
        return self.values is not None and not self.values and not self.absent

    @property
    def always_true(self) -> bool:
        """Whether it is true whenever it has a value."""
        return self.values is not None and self.values == {True}

    @property
    def always_false(self) -> bool:
        """Whether it is false whenever it has a value."""
        return self.values is not None and self.values == {False}

    @property
    def single(self) -> Any:
        """The only value, or None when there are several or none."""
        return next(iter(self.values)) if self.values is not None and len(self.values) == 1 else None

    @property
    def least(self) -> tuple[Any, bool]:
        """The lower bound, and whether it is open."""
        return (min(self.values), False) if self.values else (self.low, self.low_open)

    @property
    def greatest(self) -> tuple[Any, bool]:
        """The upper bound, and whether it is open."""
        return (max(self.values), False) if self.values else (self.high, self.high_open)

    def present(self) -> "Domain":
        """The same without absence."""
        return msgspec.structs.replace(self, absent=False) if self.absent else self

    def meet(self, other: "Domain") -> "Domain":
        """What is in both."""
        absent = self.absent and other.absent
        if self.values is not None or other.values is not None:
            few, rest = (self, other) if self.values is not None else (other, self)
            return only(*(value for value in few.values or () if rest.may(value)), absent=absent)
        low, low_open = _tighter(self.low, self.low_open, other.low, other.low_open, upper=False)
        high, high_open = _tighter(self.high, self.high_open, other.high, other.high_open, upper=True)
        return between(low, high, low_open, high_open, self.excluded | other.excluded, absent)

    def without(self, value: Any) -> "Domain":
        """All but one value."""
        if self.values is not None:
            return only(*(self.values - {value}), absent=self.absent)
        if not self.may(value):
            return self
        excluded = self.excluded | {value}
        if len(excluded) > FEW:
            return self
        return between(self.low, self.high, self.low_open, self.high_open, excluded, self.absent)

    def join(self, other: "Domain") -> "Domain":
        """What is in either, and perhaps more."""
        absent = self.absent or other.absent
        if self.values is not None and other.values is not None and len(self.values | other.values) <= FEW:
            return only(*(self.values | other.values), absent=absent)
        for one, two in ((self, other), (other, self)):
            if one.values is not None and not one.values:
                return msgspec.structs.replace(two, absent=absent)
        low, low_open = _wider(*self.least, *other.least, upper=False)
        high, high_open = _wider(*self.greatest, *other.greatest, upper=True)
        gone = frozenset(v for v in self.excluded | other.excluded if not self.may(v) and not other.may(v))
        return between(low, high, low_open, high_open, gone, absent)


def only(*values: Any, absent: bool = False) -> Domain:
    """Just these values."""
    return Domain(frozenset(values), absent=absent)


def between(
    low: Any,
    high: Any,
    low_open: bool = False,
    high_open: bool = False,
    excluded: frozenset[Any] = frozenset(),
    absent: bool = False,
) -> Domain:
    """All values between two bounds; a few whole numbers are held one by one."""
    if isinstance(low, int) and low_open:
        low, low_open = low + 1, False
    if isinstance(high, int) and high_open:
        high, high_open = high - 1, False
    if low is not None and high is not None:
        if high < low or (low == high and (low_open or high_open)):
            return only(absent=absent)
        if isinstance(low, int) and isinstance(high, int) and high - low < FEW:
            return only(*(v for v in range(low, high + 1) if v not in excluded), absent=absent)
        if low == high:
            return only(*(() if low in excluded else (low,)), absent=absent)
    return Domain(None, low, high, low_open, high_open, excluded, absent)


ANYTHING = Domain()
"""Every value."""

EITHER = only(True, False)
"""True or false."""

NOTHING = only()
"""No value: it fails each time."""


def domain_of(type: Type | None, absent: bool = True) -> Domain:
    """Every value of a type; ``absent`` says that there may be none."""
    if type == BOOL:
        return only(True, False, absent=absent)
    if isinstance(type, EnumType):
        return only(*type.members, absent=absent)
    if type == INT:
        return between(INT_MIN, INT_MAX, absent=absent)
    return Domain(absent=absent)


def _tighter(one: Any, one_open: bool, two: Any, two_open: bool, upper: bool) -> tuple[Any, bool]:
    if one is None or two is None:
        return (two, two_open) if one is None else (one, one_open)
    if one == two:
        return one, one_open or two_open
    return (one, one_open) if (one < two) == upper else (two, two_open)


def _wider(one: Any, one_open: bool, two: Any, two_open: bool, upper: bool) -> tuple[Any, bool]:
    if one is None or two is None:
        return None, False
    if one == two:
        return one, one_open and two_open
    return (one, one_open) if (one > two) == upper else (two, two_open)
