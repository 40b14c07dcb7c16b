"""What an expression may give, when it is only known what its variables may be.

Sound: what a real run gives, unless it fails, is in the domain. Not complete: a domain may hold more. The
work is
bounded; what is beyond the bound counts as unknown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from engine.expressions import values
from engine.expressions.domains import ANYTHING, EITHER, NOTHING, Domain, between, only
from engine.expressions.limits import INT_MAX, INT_MIN
from engine.expressions.nodes import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Has,
    ListOf,
    Literal,
    Logical,
    Name,
    Node,
    Select,
    Unary,
)
from engine.expressions.operators import MIRRORED, OPPOSITE, ORDERINGS

Environment = Mapping[str, Domain]
"""What each variable may be; one that is missing may be anything."""

_UNKNOWN = Domain(absent=True)
_FUEL = 4000
_PAIRS = 256


def evaluate_abstract(node: Node, env: Environment) -> Domain:
    """What the expression may give when its variables are in ``env``; runs that fail are left out."""
    return _Interpreter().evaluate(node, env)


def assume(node: Node, env: Environment, truth: bool) -> Environment | None:
    """What the variables may be once the condition is known to be ``truth``; None when it never is."""
    return _Interpreter().assume(node, env, truth)


class _Interpreter:
    __slots__ = ("_fuel",)

    def __init__(self) -> None:
        self._fuel = _FUEL

    def evaluate(self, node: Node, env: Environment) -> Domain:
        self._fuel -= 1
        if self._fuel < 0:
            return _UNKNOWN
        match node:
            case Literal(value=value):
                return only(absent=True) if value is None else only(value)
            case Name(name=name):
                return env.get(name, _UNKNOWN).present()
            case Unary(operator=sign, operand=operand):
                return _negated(sign, self.evaluate(operand, env).present())
            case Binary():
                return self._binary(node, env)
            case Logical():
                return self._logical(node, env)
            case Conditional():
                return self._conditional(node, env)
            case Has(operand=operand):
                return _presence(env.get(operand.name, _UNKNOWN)) if isinstance(operand, Name) else EITHER
            case Call(function=function, arguments=arguments):
                return _called(function, [self.evaluate(argument, env) for argument in arguments])
            case Comprehension(macro=macro):
                return ANYTHING if macro == "filter" else EITHER
            case _:
                return _UNKNOWN

    def _binary(self, node: Binary, env: Environment) -> Domain:
        sign = node.operator
        asked = null_side(node)
        if asked is not None and sign in ("==", "!="):
            found = env.get(asked.name, _UNKNOWN) if isinstance(asked, Name) else _UNKNOWN
            return _negated("!", _presence(found)) if sign == "==" else _presence(found)
        left = self.evaluate(node.left, env).present()
        if sign == "in":
            return _membership(left, self._entries(node.right, env))
        right = self.evaluate(node.right, env).present()
        if left.impossible or right.impossible:
            return NOTHING
        if (
            left.values is not None
            and right.values is not None
            and len(left.values) * len(right.values) <= _PAIRS
        ):
            return _gathered(values.apply(sign, a, b) for a in left.values for b in right.values)
        if sign in ORDERINGS:
            return _ordered(sign, left, right)
        if sign in ("==", "!="):
            return EITHER if not left.meet(right).impossible else only(sign == "!=")
        return _arithmetic(sign, left, right)

    def _entries(self, node: Node, env: Environment) -> Sequence[Any] | None:
        """The entries of a list when each is known."""
        if not isinstance(node, ListOf):
            return None
        entries = [self.evaluate(item, env).single for item in node.items]
        return None if None in entries else entries

    def _logical(self, node: Logical, env: Environment) -> Domain:
        """``&&`` gives true only when each side does, each seen in the light of those before it."""
        deciding = node.operator == "||"
        refined: Environment | None = env
        found = []
        for operand in node.operands:
            if self.evaluate(operand, env).may(deciding):
                found.append(deciding)
                break
        for operand in node.operands:
            if refined is None or not self.evaluate(operand, refined).may(not deciding):
                refined = None
                break
            refined = self.assume(operand, refined, not deciding)
        return only(*found, *(() if refined is None else (not deciding,)))

    def _conditional(self, node: Conditional, env: Environment) -> Domain:
        test = self.evaluate(node.test, env)
        result = NOTHING
        for truth, branch in ((True, node.then), (False, node.other)):
            refined = self.assume(node.test, env, truth) if test.may(truth) else None
            if refined is not None:
                result = result.join(self.evaluate(branch, refined))
        return result

    def assume(self, node: Node, env: Environment, truth: bool) -> Environment | None:
        self._fuel -= 1
        if self._fuel < 0:
            return env
        match node:
            case Name(name=name):
                return _narrowed(env, name, only(truth))
            case Unary(operator="!", operand=operand):
                return self.assume(operand, env, not truth)
            case Logical(operator=sign, operands=operands):
                return self._assume_logical(operands, env, truth, every=truth == (sign == "&&"))
            case Binary():
                return self._assume_binary(node, env, truth)
            case Has(operand=operand):
                return _assume_presence(operand, env, truth)
            case Conditional(test=test, then=then, other=other):
                sides = []
                for value, branch in ((True, then), (False, other)):
                    refined = self.assume(test, env, value)
                    sides.append(None if refined is None else self.assume(branch, refined, truth))
                return _either(sides)
            case _:
                return env if self.evaluate(node, env).may(truth) else None

    def _assume_logical(
        self, operands: Sequence[Node], env: Environment, truth: bool, every: bool
    ) -> Environment | None:
        if not every:
            return _either([self.assume(operand, env, truth) for operand in operands])
        refined: Environment | None = env
        for operand in operands:
            refined = None if refined is None else self.assume(operand, refined, truth)
        return refined

    def _assume_binary(self, node: Binary, env: Environment, truth: bool) -> Environment | None:
        if not self._binary(node, env).may(truth):
            return None
        sign = node.operator
        asked = null_side(node)
        if asked is not None and sign in ("==", "!="):
            return _assume_presence(asked, env, truth == (sign == "!="))
        if sign == "in":
            return self._assume_membership(node, env, truth)
        if sign not in OPPOSITE:
            return env
        sign = sign if truth else OPPOSITE[sign]
        refined: Environment | None = env
        for side, other, way in ((node.left, node.right, sign), (node.right, node.left, MIRRORED[sign])):
            if isinstance(side, Name) and refined is not None:
                against = self.evaluate(other, refined).present()
                refined = _compared(refined, side.name, way, against)
        return refined

    def _assume_membership(self, node: Binary, env: Environment, truth: bool) -> Environment | None:
        entries = self._entries(node.right, env)
        if entries is None or not isinstance(node.left, Name):
            return env
        if truth:
            return _narrowed(env, node.left.name, only(*entries))
        domain = env.get(node.left.name, _UNKNOWN).present()
        for entry in entries:
            domain = domain.without(entry)
        return _narrowed(env, node.left.name, domain)


def null_side(node: Binary) -> Node | None:
    """The side that is compared with the word null, or None."""
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(side, Literal) and side.value is None:
            return other
    return None


def _presence(domain: Domain) -> Domain:
    some = domain.values is None or bool(domain.values)
    return only(*((True,) if some else ()), *((False,) if domain.absent else ()))


def _negated(sign: str, domain: Domain) -> Domain:
    if sign == "!":
        return EITHER if domain.values is None else only(*(not value for value in domain.values))
    if domain.values is not None:
        return _gathered(values.negate(value) for value in domain.values)
    if isinstance(domain.low, int) and isinstance(domain.high, int):
        return between(max(-domain.high, INT_MIN), min(-domain.low, INT_MAX))
    return ANYTHING


def _gathered(results: Iterable[Any]) -> Domain:
    found = [result for result in results if result is not values.FAILED]
    if any(isinstance(result, list | tuple | dict) for result in found):
        return ANYTHING
    return NOTHING.join(only(*found)) if len(set(found)) <= _PAIRS else ANYTHING


def _ordered(sign: str, left: Domain, right: Domain) -> Domain:
    """By the bounds: what can be less, what can be more."""
    if sign in (">", ">="):
        return _ordered(MIRRORED[sign], right, left)
    strict = sign == "<"
    possible = []
    if _reaches(left.least, right.greatest, strict):
        possible.append(True)
    if _reaches(right.least, left.greatest, not strict):
        possible.append(False)
    return only(*possible)


def _reaches(low: tuple[Any, bool], high: tuple[Any, bool], strict: bool) -> bool:
    """Whether something from ``low`` up can be below (or at) something from ``high`` down."""
    if low[0] is None or high[0] is None:
        return True
    return bool(low[0] < high[0]) or (low[0] == high[0] and not (strict or low[1] or high[1]))


def _arithmetic(sign: str, left: Domain, right: Domain) -> Domain:
    (a, _), (b, _), (c, _), (d, _) = left.least, left.greatest, right.least, right.greatest
    if sign not in "+-" or not all(isinstance(bound, int) for bound in (a, b, c, d)):
        return ANYTHING
    low, high = (a + c, b + d) if sign == "+" else (a - d, b - c)
    return between(max(low, INT_MIN), min(high, INT_MAX))


def _membership(left: Domain, entries: Sequence[Any] | None) -> Domain:
    if left.impossible:
        return NOTHING
    if entries is None:
        return EITHER
    if left.values is not None:
        return only(*(value in entries for value in left.values))
    return EITHER if any(left.may(entry) for entry in entries) else only(False)


def _called(function: str, arguments: Sequence[Domain]) -> Domain:
    if any(argument.impossible for argument in arguments):
        return NOTHING
    if all(argument.single is not None for argument in arguments) and function not in (
        "now",
        "today",
        "matches",
    ):
        return _gathered([values.call(function, [argument.single for argument in arguments])])
    return values.range_of(function)


def _narrowed(env: Environment, name: str, to: Domain) -> Environment | None:
    domain = env.get(name, _UNKNOWN).meet(to)
    return None if domain.impossible else {**env, name: domain}


def _assume_presence(node: Node, env: Environment, truth: bool) -> Environment | None:
    if isinstance(node, Name):
        domain = env.get(node.name, _UNKNOWN)
        if truth:
            return _narrowed(env, node.name, domain.present())
        return {**env, node.name: only(absent=True)} if domain.absent else None
    while truth and isinstance(node, Select):
        node = node.operand
    return _assume_presence(node, env, True) if truth and isinstance(node, Name) else env


def _compared(env: Environment, name: str, sign: str, other: Domain) -> Environment | None:
    domain = env.get(name, _UNKNOWN).present()
    if sign == "==":
        return _narrowed(env, name, domain.meet(other))
    if sign == "!=":
        return _narrowed(env, name, domain if other.single is None else domain.without(other.single))
    if sign in ("<", "<="):
        bound, is_open = other.greatest
        return _narrowed(env, name, domain.meet(between(None, bound, False, is_open or sign == "<")))
    bound, is_open = other.least
    return _narrowed(env, name, domain.meet(between(bound, None, is_open or sign == ">", False)))


def _either(sides: Sequence[Environment | None]) -> Environment | None:
    """What holds whichever side is the case."""
    possible = [side for side in sides if side is not None]
    if not possible:
        return None
    first, *rest = possible
    result = dict(first)
    join: Callable[[Domain, Domain], Domain] = Domain.join
    for side in rest:
        for name in set(result) | set(side):
            result[name] = join(result.get(name, _UNKNOWN), side.get(name, _UNKNOWN))
    return dict(sorted(result.items()))
