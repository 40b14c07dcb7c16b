"""What is said once for all models of a flow: how they sound, and the functions that may be called."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from engine.expressions import (
    EvaluationError,
    ExpressionError,
    Type,
    check,
    check_template,
    compile_expression,
    compile_template,
    parse,
    parse_template,
    parse_type,
)
from engine.flow import Flow, Function
from engine.kinds.describing import json_schema, object_schema
from engine.kinds.http import path_of
from engine.kinds.http_address import address
from engine.kinds.instructions import Closure
from engine.kinds.thoughts import FunctionCode, Persona
from engine.kinds.values import from_plain, to_plain
from engine.protocol import Plain

TONES = {
    "professional": "Be professional: clear, polite, to the point.",
    "friendly": "Be friendly and warm, as one is with a guest.",
    "casual": "Be casual, as among friends.",
    "formal": "Be formal and courteous.",
}


def persona_of(document: Flow) -> Persona:
    """How everything generated sounds."""
    wish = document.personality
    never = tuple(word.strip().lower() for word in document.never if word.strip())
    if wish is None:
        return Persona("", never)
    parts = (TONES[wish.tone], wish.style.strip(), wish.instructions.strip())
    return Persona("\n".join(part for part in parts if part), never)


def functions_of(document: Flow) -> dict[str, FunctionCode]:
    """The functions of a flow, compiled; one that makes no sense says so when it is called."""
    return {name: _function(name, function) for name, function in document.functions.items()}


def input_types(function: Function) -> dict[str, Type]:
    """The types of the inputs; those that make no sense are left out (they are findings elsewhere)."""
    types = {}
    for name, parameter in function.inputs.items():
        try:
            types[name] = parse_type(parameter.type)
        except ValueError:
            continue
    return types


def _function(name: str, function: Function) -> FunctionCode:
    types = input_types(function)
    properties = {n: json_schema(types.get(n), p.description) for n, p in function.inputs.items()}
    required = [n for n, p in function.inputs.items() if not p.optional]
    return FunctionCode(
        name,
        function.description,
        object_schema(properties, required),
        _converter(function, types),
        function.tool,
        function.method,
        None if function.tool else _request(function, types),
        path_of(function.take),
        max(1, min(60_000, function.timeout)),
        function.replay,
    )


def _converter(
    function: Function, types: Mapping[str, Type]
) -> Callable[[Mapping[str, Plain]], Sequence[Any]]:
    inputs = [(name, p.optional, from_plain(types.get(name))) for name, p in function.inputs.items()]

    def convert(arguments: Mapping[str, Plain]) -> Sequence[Any]:
        known = [name for name, _, _ in inputs]
        for name in arguments:
            if name not in known:
                raise ValueError(f'there is no input "{name}"; the inputs are {", ".join(known) or "none"}')
        values: list[Any] = []
        for name, optional, read in inputs:
            if name not in arguments:
                if not optional:
                    raise ValueError(f'"{name}" is missing')
                values.append(None)
                continue
            try:
                values.append(read(arguments[name]))
            except ValueError as error:
                raise ValueError(f'"{name}" does not fit: {error}') from error
        return values

    return convert


def _request(
    function: Function, types: Mapping[str, Type]
) -> Callable[[Sequence[Any]], tuple[str, dict[str, str], Plain]]:
    slots = {name: i for i, name in enumerate(function.inputs)}
    # A part of an address stays a part, whatever a model or a caller put into it.
    url = address(_template(function.url, types, slots), whole=False)
    headers = [(name, _template(text, types, slots)) for name, text in function.headers.items()]
    query = [(name, _expression(text, types, slots)) for name, text in function.query.items()]
    body = (
        None
        if function.body is None
        else [(name, _expression(text, types, slots)) for name, text in function.body.items()]
    )

    def request(values: Sequence[Any]) -> tuple[str, dict[str, str], Plain]:
        where = url if isinstance(url, str) else str(url(values))
        pairs = [(n, to_plain(v)) for n, of in query if (v := _present(of, values)) is not None]
        if pairs:
            where += ("&" if "?" in where else "?") + urlencode(
                [(n, ("true" if v else "false") if isinstance(v, bool) else str(v)) for n, v in pairs]
            )
        sent = None if body is None else {n: to_plain(_present(of, values)) for n, of in body}
        return where, {n: str(of(values)) for n, of in headers}, sent

    return request


def _present(of: Closure, values: Sequence[Any]) -> Any:
    """The value, or None where an optional input was left out."""
    try:
        return of(values)
    except EvaluationError as error:
        if error.code == "absent":
            return None
        raise


def _template(source: str, types: Mapping[str, Type], slots: Mapping[str, int]) -> Closure:
    if "{{" not in source:
        return lambda _: source
    try:
        checked = check_template(parse_template(source), dict(types))
        if checked.errors:
            raise checked.errors[0]
        compiled = compile_template(checked, slots, locale="en-US", voice=False)
        return compiled if callable(compiled) else lambda _: compiled
    except ExpressionError as error:
        return _failing(str(error))


def _expression(source: str, types: Mapping[str, Type], slots: Mapping[str, int]) -> Closure:
    try:
        checked = check(parse(source), dict(types))
        if checked.errors:
            raise checked.errors[0]
        return compile_expression(checked, slots)
    except ExpressionError as error:
        return _failing(str(error))


def _failing(message: str) -> Closure:
    def fail(_: Sequence[Any]) -> Any:
        raise EvaluationError("bad_value", message)

    return fail
