"""A function the flow declares that nobody could call: a name no model knows how to say, no way to do it, inputs or
expressions that make no sense."""

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.compiler.finding import Finding
from engine.compiler.functions import input_types
from engine.compiler.view import View
from engine.expressions import (
    ExpressionError,
    Type,
    check,
    check_template,
    parse,
    parse_template,
    parse_type,
)
from engine.flow import Function, Severity
from engine.flow.document import MAIN
from engine.kinds.converse import EXIT

CODE = "F004"
SEVERITY = Severity.ERROR
TITLE = "Wrong function"

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
LONGEST = 60_000
Mistake = tuple[str, str, str]
"""The field below the function, the message, the fix."""


def run(view: View) -> Iterable[Finding]:
    """One finding a mistake, in the main flow, where functions are declared."""
    if view.id != MAIN:
        return
    for name, function in view.document.functions.items():
        for field, message, fix in _mistakes(name, function):
            path = f"functions.{name}.{field}" if field else f"functions.{name}"
            yield Finding(CODE, f'The function "{name}": {message}', SEVERITY, view.id, field=path, fix=fix)


def _mistakes(name: str, function: Function) -> Iterator[Mistake]:
    if not NAME.match(name) or name.startswith(EXIT):
        yield "", "no model can call it by this name.", "Use letters, digits and _, such as free_rooms."
    if not function.description:
        yield "description", "nothing says what it does.", "Describe it in words, for the model."
    if bool(function.tool) == bool(function.url):
        message = "it is both a tool and a web service." if function.tool else "nothing does it."
        yield "url", message, "Name either a tool's function or the address of a web service."
    if not 1 <= function.timeout <= LONGEST:
        yield (
            "timeout",
            f"a time limit of {function.timeout} ms makes no sense.",
            "Choose from 1 ms to a minute.",
        )
    for parameter, described in function.inputs.items():
        try:
            parse_type(described.type)
        except ValueError as error:
            yield f"inputs.{parameter}.type", f"{error}.", "Choose a type, such as text or int."
    yield from _sources(function, input_types(function))


def _sources(function: Function, types: Mapping[str, Type]) -> Iterator[Mistake]:
    known = ", ".join(types) or "it has none yet"
    templates = {"url": function.url, **{f"headers.{k}": v for k, v in function.headers.items()}}
    for field, text in templates.items():
        try:
            errors = check_template(parse_template(text), dict(types)).errors
        except ExpressionError as error:
            errors = [error]
        for wrong in errors[:1]:
            yield field, str(wrong), f"Only its inputs are known there: {known}."
    expressions = {f"query.{k}": v for k, v in function.query.items()}
    expressions |= {f"body.{k}": v for k, v in (function.body or {}).items()}
    for field, text in expressions.items():
        try:
            errors = check(parse(text), dict(types)).errors
        except ExpressionError as error:
            errors = [error]
        for wrong in errors[:1]:
            yield field, str(wrong), f"Only its inputs are known there: {known}."
