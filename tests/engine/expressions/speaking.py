"""Compile and run a source in one go, as the tests need it."""

from collections.abc import Mapping
from typing import Any

from engine.expressions import (
    CLOCK,
    Checked,
    ExpressionError,
    Type,
    check,
    check_template,
    compile_expression,
    compile_template,
    parse,
    parse_template,
)


def checked(source: str, scope: Mapping[str, Type] | None = None, want: Type | None = None) -> Checked:
    """The checked expression; its errors are in it."""
    return check(parse(source), scope or {}, want)


def slots_of(scope: Mapping[str, Type]) -> dict[str, int]:
    """A slot for the clock, then one for each variable."""
    return {CLOCK: 0} | {name: place for place, name in enumerate(scope, 1)}


def run(source: str, scope: Mapping[str, Type] | None = None, **values: Any) -> Any:
    """The value of a source; variables without a value are absent. ``now`` sets the clock."""
    scope = scope or {}
    found = checked(source, scope)
    assert found.errors == [], found.errors
    return compile_expression(found, slots_of(scope))([values.get("now"), *(values.get(n) for n in scope)])


def say(
    source: str,
    scope: Mapping[str, Type] | None = None,
    locale: str = "en-GB",
    voice: bool = False,
    **values: Any,
) -> str:
    """The text of a template."""
    scope = scope or {}
    found = check_template(parse_template(source), scope)
    assert found.errors == [], found.errors
    text = compile_template(found, slots_of(scope), locale, voice)
    return text if isinstance(text, str) else text([values.get("now"), *(values.get(n) for n in scope)])


def mistakes(source: str, scope: Mapping[str, Type], want: Type | None = None) -> list[ExpressionError]:
    """Everything wrong with a source, whether it does not parse or does not check."""
    try:
        return checked(source, scope, want).errors
    except ExpressionError as error:
        return [error]
