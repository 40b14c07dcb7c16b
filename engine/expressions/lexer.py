"""From characters to tokens: one regular expression, linear in the source."""

import re
from decimal import Decimal, DecimalException

from engine.expressions.arithmetic import CONTEXT
from engine.expressions.errors import ExpressionError
from engine.expressions.limits import DIGITS, INT_MAX

Token = tuple[str, str, int, int]
"""Kind, text, start, end. The kind is ``name``, ``number``, ``string``, ``end`` or the operator itself."""

_TOKEN = re.compile(
    r"""(?:[ \t\r\n]|//[^\n]*)*+(?:
      ([rR]?(?:\"{3}|'{3}))
    | ([rRbB]?(?:"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'))
    | ([A-Za-z_][A-Za-z0-9_]*)
    | (0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}|])
    | (\Z)
    )""",
    re.VERBOSE,
)
_RAW = re.compile(r"""[rR](?:"[^"\n]*"|'[^'\n]*')""")
_KINDS = (None, "triple", "string", "name", "number", None, "end")

_TURNED = {"=<": "<=", "=>": ">="}

_INSTEAD = {
    "=": ("One = gives nothing a value here.", "Write == to compare."),
    "&": ("A single & means nothing here.", "Write && for and."),
    ";": ("Nothing may follow a semicolon.", "Write one expression only."),
    "\u201c": ("Curly quotation marks are not understood.", 'Write straight ones: "like this".'),
    "\u201d": ("Curly quotation marks are not understood.", 'Write straight ones: "like this".'),
    "\u2018": ("Curly quotation marks are not understood.", "Write straight ones: 'like this'."),
    "\u2019": ("Curly quotation marks are not understood.", "Write straight ones: 'like this'."),
    "\u2264": ("The sign \u2264 is not understood.", "Write <=."),
    "\u2265": ("The sign \u2265 is not understood.", "Write >=."),
    "\u2260": ("The sign \u2260 is not understood.", "Write !=."),
    "\u00d7": ("The sign \u00d7 is not understood.", "Write *."),
    "\u2212": ("The sign \u2212 is not understood.", "Write a plain minus: -."),
}


def tokenize(source: str, start: int = 0, inside_template: bool = False) -> list[Token]:
    """The tokens from ``start``, with an ``end`` token last.

    Inside a template the tokens stop before the ``}}`` that closes the hole; the ``end`` token spans it.
    Raises
    ``ExpressionError`` at the first character that begins no token.
    """
    tokens: list[Token] = []
    append = tokens.append
    match = _TOKEN.match
    position, open_braces = start, 0
    while True:
        found = match(source, position)
        if found is None:
            raise _unknown(source, position)
        group = found.lastindex or 0
        text = found.group(group)
        position = found.end()
        begin = position - len(text)
        if group == 5:
            if inside_template and text in "{}":
                if text == "}" and not open_braces and source.startswith("}", position):
                    append(("end", "}}", begin, position + 1))
                    return tokens
                open_braces += 1 if text == "{" else -1
            append((text, text, begin, position))
            continue
        if group == 6:
            append(("end", "", len(source), len(source)))
            return tokens
        if group == 1:
            position = _end_of_triple(source, begin, text)
            append(("string", source[begin:position], begin, position))
            continue
        if group == 2 and text[0] in "rR":
            raw = _RAW.match(source, begin)
            position = raw.end() if raw else position
            text = source[begin:position]
        append((_KINDS[group] or text, text, begin, position))


def _end_of_triple(source: str, begin: int, opening: str) -> int:
    quotes, raw = opening[-3:], opening[0] in "rR"
    position = begin + len(opening)
    while True:
        close = source.find(quotes, position)
        if close < 0:
            raise ExpressionError("This text is not closed.", begin, len(source), f"Close it with {quotes}.")
        escape = -1 if raw else source.find("\\", position, close)
        if escape < 0:
            return close + 3
        position = escape + 2


def _unknown(source: str, position: int) -> ExpressionError:
    while source[position] in " \t\r\n":
        position += 1
    sign = source[position]
    if sign in "\"'":
        end = source.find("\n", position)
        return ExpressionError(
            "This text is not closed.", position, len(source) if end < 0 else end, f"Close it with {sign}."
        )
    if source[position : position + 2] in _TURNED:
        right = _TURNED[source[position : position + 2]]
        return ExpressionError("The signs are turned round.", position, position + 2, f"Write {right}.")
    if sign in _INSTEAD:
        message, hint = _INSTEAD[sign]
        return ExpressionError(message, position, position + 1, hint)
    if sign.isalpha():
        return ExpressionError(
            f'"{sign}" cannot stand in a name.', position, position + 1, "Names use a-z, A-Z, 0-9 and _ only."
        )
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return ExpressionError(f'"{shown}" is not understood here.', position, position + 1, "Remove it.")


def number(text: str, start: int, end: int, negative: bool) -> int | Decimal:
    """The value of a number token. A number with a point or an exponent is a decimal."""
    hexadecimal = text[:2] in ("0x", "0X")
    if hexadecimal or text.isdigit():
        digits = text[2:] if hexadecimal else text
        whole = int(digits, 16 if hexadecimal else 10) if len(digits) <= 64 else INT_MAX + 2
        if whole > INT_MAX + negative:
            raise ExpressionError(
                "This whole number is too large.",
                start,
                end,
                f"The largest is {INT_MAX}; a longer number is a text.",
            )
        return -whole if negative else whole
    try:
        exact = len(text) <= 64 and Decimal(text)
        if exact is False or len(exact.as_tuple().digits) > DIGITS:
            raise ExpressionError(
                "This number has too many digits.", start, end, f"Write at most {DIGITS} digits."
            )
        value = CONTEXT.create_decimal(exact)
        if exact and not value:
            raise DecimalException
    except DecimalException:
        raise ExpressionError("This number is too large or too small.", start, end) from None
    return CONTEXT.minus(value) if negative else value


_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S])|$)"
)
_SIMPLE = dict(zip("abfnrtv\\?\"'`", "\a\b\f\n\r\t\v\\?\"'`", strict=True))


def string(text: str, start: int) -> str:
    """The value of a string token that begins at ``start``."""
    prefix = 0
    if text[0] in "bB":
        raise ExpressionError("Bytes are not understood here.", start, start + 1, f"Remove the {text[0]}.")
    if text[0] in "rR":
        prefix = 1
    quotes = 3 if text[prefix : prefix + 3] in ('"""', "'''") else 1
    body = text[prefix + quotes : len(text) - quotes]
    if prefix or "\\" not in body:
        return body
    offset = start + quotes

    def replace(found: re.Match[str]) -> str:
        code = found.group(1) or found.group(2) or found.group(3)
        point = int(code, 16) if code else int(found.group(4), 8) if found.group(4) else -1
        if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
            raise ExpressionError("There is no such character.", offset + found.start(), offset + found.end())
        if point >= 0:
            return chr(point)
        simple = _SIMPLE.get(found.group(5) or "")
        if simple is None:
            raise ExpressionError(
                f"{found.group()} stands for nothing.",
                offset + found.start(),
                offset + found.end(),
                r"Write \\ for a backslash, or put r before the text.",
            )
        return simple

    return _ESCAPE.sub(replace, body)
