"""From nodes back to source."""

from decimal import Decimal

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

_STRENGTH = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3}
_STRENGTH |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_UNARY, _POSTFIX = 6, 7


def render(node: Node) -> str:
    """Source that parses to the same expression, with as few brackets as that takes."""
    return _render(node, 0)


def quote(text: str) -> str:
    """The text as a literal."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(c if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF else f"\\u{ord(c):04x}" for c in safe)
        + '"'
    )


def literal(value: object) -> str:
    """The source of null, a yes/no value, a number or a text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        shown = str(value)
        return shown if "." in shown or "E" in shown else shown + ".0"
    return quote(value) if isinstance(value, str) else str(value)


def _render(node: Node, weakest: int) -> str:
    text, strength = _parts(node)
    return f"({text})" if strength < weakest else text


def _parts(node: Node) -> tuple[str, int]:
    match node:
        case Literal(value=value):
            return literal(value), _POSTFIX
        case Name(name=name):
            return name, _POSTFIX
        case Unary(operator=sign, operand=operand):
            inner = _render(operand, _UNARY)
            number = sign == "-" and isinstance(operand, Literal) and not inner.startswith("(")
            return f"{sign}({inner})" if number else f"{sign}{inner}", _UNARY
        case Binary(operator=sign, left=left, right=right):
            strength = _STRENGTH[sign]
            return f"{_render(left, strength)} {sign} {_render(right, strength + 1)}", strength
        case Logical(operator=sign, operands=operands):
            strength = _STRENGTH[sign]
            return f" {sign} ".join(_render(part, strength + 1) for part in operands), strength
        case Conditional(test=test, then=then, other=other):
            return f"{_render(test, 1)} ? {_render(then, 0)} : {_render(other, 0)}", 0
        case _:
            return _postfix(node), _POSTFIX


def _postfix(node: Node) -> str:
    match node:
        case Select(operand=operand, name=name):
            return f"{_render(operand, _POSTFIX)}.{name}"
        case Index(operand=operand, index=index):
            return f"{_render(operand, _POSTFIX)}[{render(index)}]"
        case Has(operand=operand):
            return f"has({render(operand)})"
        case Call(function=function, arguments=arguments, method=method):
            rest = ", ".join(render(part) for part in arguments[method:])
            return (
                f"{_render(arguments[0], _POSTFIX)}.{function}({rest})" if method else f"{function}({rest})"
            )
        case Comprehension(macro=macro, over=over, variable=variable, body=body):
            return f"{_render(over, _POSTFIX)}.{macro}({variable}, {render(body)})"
        case ListOf(items=items):
            return f"[{', '.join(map(render, items))}]"
        case MapOf(keys=keys, values=values):
            pairs = (f"{render(key)}: {render(value)}" for key, value in zip(keys, values, strict=True))
            return "{" + ", ".join(pairs) + "}"
        case _:
            raise TypeError(f"{type(node).__name__} has no source")
