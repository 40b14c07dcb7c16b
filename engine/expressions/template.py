"""Templates: literal text with holes, ``Table for {{ size }} at {{ when | say_time }}``."""

from collections.abc import Mapping

import msgspec

from engine.expressions.checker import Checked, check
from engine.expressions.errors import ExpressionError, did_you_mean
from engine.expressions.formatters import FORMATTERS, sayable
from engine.expressions.lexer import tokenize
from engine.expressions.limits import TEMPLATE_SOURCE
from engine.expressions.names import names_in
from engine.expressions.nodes import Literal, Node
from engine.expressions.parser import Parser
from engine.expressions.types import DYN, NULL, STRING, Type, with_article
from engine.expressions.wording import capital

_OPEN = "{{"
_CURRENCY = 3
_HOLES = 500


class Pipe(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A formatter inside a hole, with its literal arguments."""

    name: str
    arguments: tuple[str | int | bool, ...]
    start: int
    end: int


class Hole(msgspec.Struct, frozen=True, eq=False, gc=False):
    """``{{ node | pipe | pipe }}``; the positions are those of the braces."""

    node: Node
    pipes: tuple[Pipe, ...]
    start: int
    end: int


class Template(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Texts and holes in the order they are written."""

    parts: tuple[str | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes, in order."""
        return tuple(part for part in self.parts if isinstance(part, Hole))

    @property
    def references(self) -> frozenset[str]:
        """Every variable it names, whether declared or not."""
        return frozenset[str]().union(*(names_in(hole.node) for hole in self.holes))


class CheckedTemplate(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A template and what the checker found out; the fields are those of `Checked`, over all holes."""

    template: Template
    holes: tuple[Checked, ...]
    errors: list[ExpressionError]
    references: frozenset[str]
    guarded: frozenset[str]
    cost: int
    clocked: bool


def parse_template(source: str) -> Template:
    """The template written in ``source``; raises ``ExpressionError`` with the place of the first mistake."""
    if len(source) > TEMPLATE_SOURCE:
        message = f"A text may have {TEMPLATE_SOURCE:,} characters at most."
        raise ExpressionError(
            message, TEMPLATE_SOURCE, len(source), "Shorten it, or split it over several nodes."
        )
    parts: list[str | Hole] = []
    position = 0
    while (opening := source.find(_OPEN, position)) >= 0:
        if opening > position:
            parts.append(source[position:opening])
        hole = _hole(source, opening)
        parts.append(hole)
        position = hole.end
    if position < len(source):
        parts.append(source[position:])
    if sum(isinstance(part, Hole) for part in parts) > _HOLES:
        raise ExpressionError(
            f"A text may have {_HOLES} values at most.", 0, len(source), "Split it over several nodes."
        )
    return Template(tuple(parts))


def _hole(source: str, opening: int) -> Hole:
    tokens = tokenize(source, opening + len(_OPEN), inside_template=True)
    _, closing, _, end = tokens[-1]
    if not closing:
        raise ExpressionError("This {{ is not closed.", opening, opening + len(_OPEN), "Close it with }}.")
    parser = Parser(tokens)
    node = parser.whole()
    pipes = []
    while parser.token[0] == "|":
        parser.take()
        pipes.append(_pipe(parser))
    parser.finish()
    return Hole(node, tuple(pipes), opening, end)


def _pipe(parser: Parser) -> Pipe:
    example = "Write {{ when | say_date }}."
    _, name, start, end = parser.expect("name", "The name of a formatter is missing after |.", example)
    arguments: list[str | int | bool] = []
    if parser.token[0] == "(":
        parser.take()
        while parser.token[0] != ")":
            node = parser.expression()
            if not isinstance(node, Literal) or not isinstance(node.value, str | int):
                message = "What a formatter is given must be written out: a text or a whole number."
                raise ExpressionError(message, node.start, node.end, 'Write it like price | money("EUR").')
            arguments.append(node.value)
            if parser.token[0] != ")":
                parser.expect(",", "A comma or a closing bracket is missing.", "Add a comma, or close with )")
        end = parser.take()[3]
    return Pipe(name, tuple(arguments), start, end)


def check_template(template: Template, scope: Mapping[str, Type]) -> CheckedTemplate:
    """Check every hole of a template whose variables have the types of ``scope``."""
    holes: list[Checked] = []
    errors: list[ExpressionError] = []
    unguarded: set[str] = set()
    for hole in template.holes:
        checked = check(hole.node, scope)
        holes.append(checked)
        errors += checked.errors
        errors += _pipe_errors(hole, checked.type)
        unguarded |= checked.references - checked.guarded
    references = frozenset[str]().union(*(checked.references for checked in holes))
    return CheckedTemplate(
        template,
        tuple(holes),
        errors,
        references,
        references - unguarded,
        sum(checked.cost for checked in holes),
        any(checked.clocked for checked in holes),
    )


def _pipe_errors(hole: Hole, type: Type) -> list[ExpressionError]:
    node = hole.node
    if type == NULL:
        return [ExpressionError("Null cannot be said.", node.start, node.end, "Write a value.")]
    if not hole.pipes and not sayable(type):
        message = f"{capital(with_article(type))} cannot be said as a whole."
        return [ExpressionError(message, node.start, node.end, "Choose one of its fields: order.total")]
    errors: list[ExpressionError] = []
    for pipe in hole.pipes:
        wrong = _pipe_error(pipe, type)
        if wrong is not None:
            errors.append(wrong)
            break
        type = STRING
    return errors


def _pipe_error(pipe: Pipe, type: Type) -> ExpressionError | None:
    formatter = FORMATTERS.get(pipe.name)
    if formatter is None:
        hint = did_you_mean(pipe.name, FORMATTERS, f"There are {', '.join(FORMATTERS)}.")
        return ExpressionError(f'There is no formatter "{pipe.name[:60]}".', pipe.start, pipe.end, hint)
    if type != DYN and not formatter.accepts(type):
        known = ", ".join(name for name, other in FORMATTERS.items() if other.accepts(type))
        message = f"{pipe.name} does not take {with_article(type)}."
        return ExpressionError(message, pipe.start, pipe.end, f"It can have {known}." if known else "")
    least, most = len(formatter.required), len(formatter.required) + len(formatter.optional)
    kinds = formatter.required + formatter.optional
    fitting = all(isinstance(given, kind) for given, kind in zip(pipe.arguments, kinds, strict=False))
    if not least <= len(pipe.arguments) <= most or not fitting:
        hint = f"Write it like {formatter.example}."
        return ExpressionError(
            f"{pipe.name} needs something else in its brackets.", pipe.start, pipe.end, hint
        )
    if pipe.name == "money":
        currency = str(pipe.arguments[0])
        if len(currency) != _CURRENCY or not currency.isascii() or not currency.isalpha():
            hint = 'Write its three letters: money("EUR").'
            return ExpressionError(f'"{currency[:20]}" is no currency.', pipe.start, pipe.end, hint)
    return None
