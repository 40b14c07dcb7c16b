"""What the checker says to a person who draws conversations, and what it suggests."""

from collections.abc import Mapping

from engine.expressions.errors import EvaluationError
from engine.expressions.functions import FUNCTIONS
from engine.expressions.nodes import Binary, Literal, Node
from engine.expressions.operators import ORDERINGS
from engine.expressions.rendering import literal, render
from engine.expressions.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INT,
    STRING,
    TIME,
    EnumType,
    ListType,
    Type,
    plain,
    plural,
    with_article,
)

_CANNOT = {
    "+": "cannot be added",
    "-": "cannot be subtracted",
    "*": "cannot be multiplied",
    "/": "cannot be divided",
    "%": "have no remainder",
    "in": "do not go together here",
}

_CONVERSIONS: Mapping[Type, str] = {
    STRING: "string",
    DECIMAL: "decimal",
    INT: "int",
    DATE: "date",
    TIME: "time",
    DATETIME: "datetime",
}
_MOMENTS = (DATE, TIME, DATETIME)
_READERS: Mapping[Type, tuple[str, str]] = {
    DATE: ("date", 'date("2026-11-27")'),
    TIME: ("time", 'time("19:30")'),
    DATETIME: ("datetime", 'datetime("2026-11-27T19:30")'),
    DURATION: ("duration", 'duration("2h30m")'),
}
"""What reads a text as a moment or a duration, and an example."""


def shown(node: Node, longest: int = 60) -> str:
    """The node's source, shortened."""
    text = render(node)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def mismatch(sign: str, left: Node, right: Node, types: tuple[Type, Type]) -> tuple[str, str]:
    """The message and the hint for an operator that does not take these types."""
    one, other = types
    verb = _CANNOT.get(sign, "cannot be compared")
    if plain(one) == plain(other):
        message = f"Two {plural(one)} {verb}."
        if sign not in _CANNOT:
            message = f"Two {plural(one)} have no order."
        return capital(message), _same_hint(sign, left, right, one)
    if sign == "in" and isinstance(other, ListType):
        message = f"{capital(with_article(one))} is never in a {other}."
        return message, f"The left side must be one of its {plural(other.element)}."
    return f"{capital(with_article(one))} and {with_article(other)} {verb}.", _hint(sign, left, right, types)


def _same_hint(sign: str, left: Node, right: Node, type: Type) -> str:
    if type == BOOL:
        return f"Write {shown(left, 25)} && {shown(right, 25)} to ask for both."
    if type == STRING and sign == "-":
        return "Texts can only be joined, with +."
    if type in _MOMENTS and sign == "+":
        return 'Add a duration: duration("2h30m").'
    return ""


def _hint(sign: str, left: Node, right: Node, types: tuple[Type, Type]) -> str:
    one, other = (plain(t) for t in types)
    if sign == "in":
        return 'Write value in ["a", "b"].'
    if sign in ORDERINGS and isinstance(left, Binary) and left.operator in ORDERINGS:
        middle = shown(left.right, 25)
        return f"Write {shown(left.left, 25)} {left.operator} {middle} && {middle} {sign} {shown(right, 25)}"
    if STRING in (one, other):
        return _text_hint(sign, left, right, one, other)
    if {one, other} == {INT, DECIMAL}:
        return f"Make it a decimal number: {_joined(sign, left, right, one, other, DECIMAL)}"
    if {one, other} == {DATE, DATETIME}:
        return f"Take its date: {_joined(sign, left, right, one, other, DATE)}"
    if INT in (one, other) and (one in _MOMENTS or other in _MOMENTS or DURATION in (one, other)):
        return 'Say of what: duration("2h") or duration("3d").'
    return ""


def _text_hint(sign: str, left: Node, right: Node, one: Type, other: Type) -> str:
    value, node = (other, left) if one == STRING else (one, right)
    if value in _READERS and isinstance(node, Literal):
        call = f"{_READERS[value][0]}({render(node)})"
        if not _readable(value, node):
            return f"Write it like {_READERS[value][1]}."
        return f"Write {call if node is left else shown(left, 30)} {sign} {call if node is right else shown(right, 30)}"
    if sign == "+" and value in (INT, DECIMAL, BOOL, DURATION, *_MOMENTS):
        return f"Turn it into text: {_joined(sign, left, right, one, other, STRING)}"
    if value in _CONVERSIONS and isinstance(node, Literal):
        written = _literal_as(value, node)
        return f"Without quotation marks it is a number: {written}" if written else ""
    if value in _CONVERSIONS:
        return f"Read it: {_joined(sign, left, right, one, other, value)}"
    if value == BOOL:
        return "Compare with true or false, without quotation marks."
    return ""


def _readable(type: Type, node: Literal) -> bool:
    overload = FUNCTIONS[_READERS[type][0]].overload((STRING,))
    try:
        return overload is not None and overload.run(node.value) is not None
    except EvaluationError:
        return False


def _literal_as(value: Type, node: Literal) -> str:
    text = str(node.value)
    return text if value == INT and text.lstrip("-").isdigit() else ""


def _joined(sign: str, left: Node, right: Node, one: Type, other: Type, want: Type) -> str:
    return f"{converted(left, one, want)} {sign} {converted(right, other, want)}"


def converted(node: Node, have: Type, want: Type) -> str:
    """The node's source, converted when it has another type."""
    if have == want:
        return shown(node, 30)
    if want == DECIMAL and isinstance(node, Literal) and isinstance(node.value, int):
        return literal(node.value) + ".0"
    if want == STRING and isinstance(node, Literal):
        return f'"{literal(node.value)}"'
    return f"{_CONVERSIONS[want]}({shown(node, 30)})"


def unfit(node: Node, have: Type, want: Type) -> tuple[str, str]:
    """The message and the hint for a whole expression of the wrong type."""
    message = f"{capital(with_article(want))} is needed here; this is {with_article(have)}."
    if want == BOOL:
        message = f"A condition is needed here, true or false; this is {with_article(have)}."
    if isinstance(want, EnumType):
        return message, f"It must be one of {', '.join(map(literal, want.members[:6]))}."
    have, want = plain(have), plain(want)
    if want == BOOL:
        examples: Mapping[Type, str] = {INT: " > 0", DECIMAL: " > 0.0", STRING: ' == "..."'}
        return message, f"Compare it with something: {shown(node)}{examples.get(have, ' == ...')}"
    readable = have == STRING and want in _CONVERSIONS
    if (
        readable
        or (have, want) in ((INT, DECIMAL), (DECIMAL, INT), (DATETIME, DATE), (DATETIME, TIME))
        or (want == STRING and have in (INT, DECIMAL, BOOL, DURATION, *_MOMENTS))
    ):
        return message, f"Convert it: {converted(node, have, want)}"
    return message, ""
