"""Arguments held against a schema a stranger wrote (JSON Schema 2020-12).

Such a schema may be hostile: it must not lead this server to fetch anything, nor keep it busy. References outside of
the schema are refused, patterns are read by RE2, and the checking has a budget.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import re2

LARGEST = 32 * 1024
"""Characters of a schema as JSON."""
BUDGET = 20_000
"""Keywords looked at in one check."""
REFUSED = ("$dynamicRef", "$recursiveRef", "patternProperties")


class _Spent(Exception):
    """The budget is used up."""


def unfit(schema: Any) -> str:
    """Why nothing can be held against this schema; empty when it can."""
    from jsonschema import Draft202012Validator, SchemaError  # type: ignore[import-untyped]

    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        return "its arguments are no object"
    try:
        if len(json.dumps(schema)) > LARGEST:
            return f"its schema is larger than {LARGEST // 1024} KB"
        for name, value in _keywords(schema):
            if name in REFUSED or (name == "$ref" and not str(value).startswith("#")):
                return f'its schema uses "{name}" in a way that is not read here'
        Draft202012Validator.check_schema(schema)
    except (SchemaError, RecursionError, ValueError, TypeError):
        return "its schema is no JSON Schema"
    return ""


def held(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as the schema wants them; raises ``ValueError`` with a sentence that repeats none of them."""
    from referencing import Registry

    given = _numbers(schema, arguments)
    checker = _checker()(schema, registry=Registry())
    try:
        problem = next(checker.iter_errors(given), None)
    except _Spent:
        raise ValueError("the function's schema takes too long to check; make it simpler") from None
    except Exception as error:  # references into nothing, endless ones: the library has no one error for them
        raise ValueError(f"the function's schema does not hold together ({type(error).__name__})") from None
    if problem is not None:
        raise ValueError(_sentence(problem))
    return given


def _checker() -> Any:
    """A validator that counts what it looks at."""
    from jsonschema import Draft202012Validator, validators

    left = BUDGET

    def counted(keyword: Callable[..., Any]) -> Callable[..., Any]:
        def check(*given: Any) -> Iterator[Any]:
            nonlocal left
            left -= 1
            if left < 0:
                raise _Spent
            yield from keyword(*given) or ()

        return check

    keywords = {**Draft202012Validator.VALIDATORS, "pattern": _pattern}
    return validators.extend(Draft202012Validator, {name: counted(of) for name, of in keywords.items()})


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not isinstance(instance, str):
        return
    options = re2.Options()
    options.log_errors = False
    try:
        matches = re2.compile(str(pattern), options).search(instance)
    except re2.error:  # the service will check by what its own language reads
        return
    if not matches:
        yield ValidationError("does not match")


def _keywords(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every name and value in it, at any depth."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield from part.items()
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _numbers(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Decimals come as text from a flow; a service that wants a number gets one."""
    properties = schema.get("properties")
    given = dict(arguments)
    for name, value in given.items():
        wanted = properties.get(name) if isinstance(properties, dict) else None
        if isinstance(value, str) and isinstance(wanted, dict) and wanted.get("type") == "number":
            try:
                number = Decimal(value)
            except InvalidOperation:
                continue
            if number.is_finite():
                given[name] = float(number)
    return given


def _sentence(problem: Any) -> str:
    where = ".".join(str(part) for part in problem.absolute_path)
    if problem.validator == "required":
        said = str(problem.message)[:200]
    else:
        said = f'it does not meet "{problem.validator}": {json.dumps(problem.validator_value)[:100]}'
    return f'"{where}": {said}' if where else said
