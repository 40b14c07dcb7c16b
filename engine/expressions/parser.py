"""From tokens to nodes: a Pratt parser, bounded in depth."""

from engine.expressions.errors import ExpressionError
from engine.expressions.lexer import Token, number, string, tokenize
from engine.expressions.limits import DEPTH, EXPRESSION_SOURCE, LIST_LITERAL
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
    depth,
)

MACROS = ("exists", "all", "filter")

_STRENGTH = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3}
_STRENGTH |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5}

_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

_WORDS = {
    "and": "Write && for and.",
    "or": "Write || for or.",
    "not": "Write ! for not.",
    "is": "Write == to compare.",
    "equals": "Write == to compare.",
    "contains": 'Write name.contains("x").',
    "like": 'Write name.contains("x").',
    "between": "Write size >= 1 && size <= 9.",
    "if": "Write condition ? one : other.",
    "then": "Write condition ? one : other.",
    "else": "Write condition ? one : other.",
    "None": "Write null.",
    "True": "Write true.",
    "False": "Write false.",
    "yes": "Write true.",
    "no": "Write false.",
}
"""What people write from habit, and what to write instead."""


def parse(source: str) -> Node:
    """The expression written in ``source``; raises ``ExpressionError`` with the place of the first
    mistake.
    """
    if len(source) > EXPRESSION_SOURCE:
        raise ExpressionError(
            f"An expression may have {EXPRESSION_SOURCE:,} characters at most.",
            EXPRESSION_SOURCE,
            len(source),
            "Split it over several variables.",
        )
    parser = Parser(tokenize(source))
    node = parser.whole()
    parser.finish()
    return node


class Parser:
    """Reads one expression from a list of tokens, and leaves the rest."""

    __slots__ = ("_kind", "_level", "_position", "_tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._kind = tokens[0][0]
        self._level = 0

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self._tokens[self._position]

    def take(self) -> Token:
        """Read one token."""
        token = self._tokens[self._position]
        if token[0] != "end":
            self._position += 1
            self._kind = self._tokens[self._position][0]
        return token

    def expect(self, kind: str, message: str, hint: str = "") -> Token:
        """Read one token of a kind, or fail with the message."""
        if self._kind != kind:
            raise self._unexpected(message, hint)
        return self.take()

    def finish(self) -> None:
        """Fail unless everything is read."""
        if self._kind != "end":
            raise self._unexpected()

    def whole(self) -> Node:
        """One expression, checked for its depth."""
        if self._kind == "end":
            _, _, start, end = self.token
            raise ExpressionError(
                "Nothing is written here.", start, end, "Write a value, such as guests > 8."
            )
        first = self._position
        node = self.expression()
        if self._position - first > DEPTH and depth(node) > DEPTH:
            raise _too_deep(node.start, node.end)
        return node

    def expression(self) -> Node:
        """A conditional or anything that binds tighter."""
        if self._level >= DEPTH:
            _, _, start, end = self.token
            raise _too_deep(start, end)
        self._level += 1
        node = self._binary(0)
        if self._kind == "?":
            self.take()
            then = self.expression()
            self.expect(":", "The other value is missing.", "Write condition ? one : other.")
            other = self.expression()
            node = Conditional(node.start, other.end, node, then, other)
        self._level -= 1
        return node

    def _binary(self, weakest: int) -> Node:
        left = self._unary()
        while True:
            kind = self._kind
            if kind == "name" and self.token[1] == "in":
                kind = "in"
            strength = _STRENGTH.get(kind, 0)
            if strength <= weakest:
                return left
            if strength <= 2:
                left = self._logical(left, kind, strength)
                continue
            self.take()
            right = self._binary(strength)
            left = Binary(left.start, right.end, kind, left, right)

    def _logical(self, first: Node, operator: str, strength: int) -> Node:
        operands = [first]
        while self._kind == operator:
            self.take()
            operands.append(self._binary(strength))
        return Logical(first.start, operands[-1].end, operator, tuple(operands))

    def _unary(self) -> Node:
        kind = self._kind
        if kind not in ("!", "-"):
            return self._postfix(self._primary())
        _, _, start, _ = self.take()
        if kind == "-" and self._kind == "number":
            _, text, begin, end = self.take()
            return self._postfix(Literal(start, end, number(text, begin, end, negative=True)))
        if self._level >= DEPTH:
            raise _too_deep(start, start + 1)
        self._level += 1
        operand = self._unary()
        self._level -= 1
        return Unary(start, operand.end, kind, operand)

    def _primary(self) -> Node:
        kind, text, start, end = self.token
        if kind == "name":
            self.take()
            return self._name(text, start, end)
        if kind == "number":
            self.take()
            return Literal(start, end, number(text, start, end, negative=False))
        if kind == "string":
            self.take()
            return Literal(start, end, string(text, start))
        if kind == "(":
            self.take()
            node = self.expression()
            self.expect(")", "A bracket is not closed.", "Add a closing bracket: )")
            return node
        if kind == "[":
            self.take()
            items, end = self._sequence("]")
            return ListOf(start, end, items)
        if kind == "{":
            return self._map()
        raise self._unexpected()

    def _name(self, text: str, start: int, end: int) -> Node:
        if text in _CONSTANTS:
            return Literal(start, end, _CONSTANTS[text])
        if text == "in":
            raise ExpressionError(
                'Something is missing before "in".', start, end, 'Write value in ["a", "b"].'
            )
        if self._kind != "(":
            return Name(start, end, text)
        self.take()
        arguments, last = self._sequence(")")
        if text != "has":
            return Call(start, last, text, arguments, False, start)
        if len(arguments) != 1 or not isinstance(arguments[0], Name | Select):
            raise ExpressionError(
                "has() asks whether one variable or field has a value.", start, last, "Write has(name)."
            )
        return Has(start, last, arguments[0])

    def _postfix(self, node: Node) -> Node:
        while True:
            if self._kind == ".":
                self.take()
                _, name, start, end = self.expect("name", "A name is missing after the point.")
                if self._kind != "(":
                    node = Select(node.start, end, node, name)
                    continue
                self.take()
                node = self._method(node, name, start)
            elif self._kind == "[":
                self.take()
                index = self.expression()
                _, _, _, end = self.expect("]", "A bracket is not closed.", "Add a closing bracket: ]")
                node = Index(node.start, end, node, index)
            else:
                return node

    def _method(self, target: Node, name: str, start: int) -> Node:
        if name not in MACROS:
            arguments, end = self._sequence(")")
            return Call(target.start, end, name, (target, *arguments), True, start)
        hint = f"Write list.{name}(x, condition on x)."
        _, variable, variable_start, _ = self.expect("name", f"{name}() needs a name for one entry.", hint)
        self.expect(",", f"{name}() needs a name and a condition.", hint)
        body = self.expression()
        _, _, _, end = self.expect(")", "A bracket is not closed.", hint)
        return Comprehension(target.start, end, name, target, variable, variable_start, body)

    def _sequence(self, closing: str) -> tuple[tuple[Node, ...], int]:
        items: list[Node] = []
        while self._kind != closing:
            if len(items) >= LIST_LITERAL:
                raise self._unexpected(f"At most {LIST_LITERAL} values may stand here.")
            items.append(self.expression())
            if self._kind != closing:
                self.expect(
                    ",", "A comma or a closing bracket is missing.", f"Add a comma, or close with {closing}"
                )
        _, _, _, end = self.take()
        return tuple(items), end

    def _map(self) -> Node:
        _, _, start, _ = self.take()
        if self._kind == "{" and self.token[2] == start + 1:
            raise ExpressionError(
                "{{ }} stands in texts only.",
                start,
                start + 2,
                "Leave {{ and }} out: a value is meant here anyway.",
            )
        keys: list[Node] = []
        values: list[Node] = []
        while self._kind != "}":
            if len(keys) >= LIST_LITERAL:
                raise self._unexpected(f"At most {LIST_LITERAL} values may stand here.")
            keys.append(self.expression())
            self.expect(":", "A value is missing after this key.", 'Write {"key": value}.')
            values.append(self.expression())
            if self._kind != "}":
                self.expect(",", "A comma or a closing bracket is missing.", "Add a comma, or close with }")
        _, _, _, end = self.take()
        return MapOf(start, end, tuple(keys), tuple(values))

    def _unexpected(self, message: str = "", hint: str = "") -> ExpressionError:
        kind, text, start, end = self.token
        for place in (self._position, self._position - 1):
            near, word, first, last = self._tokens[max(place, 0)]
            if near == "name" and word in _WORDS:
                return ExpressionError(f'"{word}" is not understood here.', first, last, _WORDS[word])
        if kind == "end":
            return ExpressionError(
                message or "Something is missing at the end.", start, end, hint or "Finish it."
            )
        if kind == "|":
            return ExpressionError(
                "A single | means nothing here.",
                start,
                end,
                "Write || for or; formatters stand in {{ }} only.",
            )
        before = self._tokens[max(self._position - 1, 0)][0]
        if (before, kind) == ("<", ">"):
            hint = "Write != for unequal."
        elif (before, kind) == ("number", ","):
            hint = "Write large numbers without commas, and 1.5 with a point."
        shown = text if len(text) <= 20 else text[:20] + "…"
        return ExpressionError(message or f"{shown} is not expected here.", start, end, hint or "Remove it.")


def _too_deep(start: int, end: int) -> ExpressionError:
    return ExpressionError(
        f"This nests more than {DEPTH} deep.", start, end, "Put a part of it into a variable of its own."
    )
