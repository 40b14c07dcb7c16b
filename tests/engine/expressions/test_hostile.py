"""Whatever is written, parsing, checking and running end soon, in little memory, with a clear error."""

import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.expressions import (
    INT,
    STRING,
    EvaluationError,
    ExpressionError,
    ListType,
    check,
    check_template,
    compile_expression,
    parse,
    parse_template,
)
from tests.engine.expressions.speaking import mistakes, run, slots_of
from tests.engine.expressions.writing import SCOPE

MEGABYTE = 1_000_000

HOSTILE = {
    "a megabyte of names": "a" * MEGABYTE,
    "a megabyte of brackets": "(" * MEGABYTE,
    "brackets": "(" * 2000 + "1" + ")" * 2000,
    "lists": "[" * 2000,
    "maps": '{"a":' * 500,
    "nots": "!" * 4000 + "true",
    "minuses": "- " * 2000 + "1",
    "sums": "+".join(["1"] * 2000),
    "fields": "a" + ".a" * 2000,
    "places": "a" + "[0]" * 1000,
    "methods": '"a"' + ".trim()" * 500,
    "choices": "true ? 1 : " * 300 + "1",
    "inner choices": "true ? " * 500 + "1" + " : 1" * 500,
    "calls": "size(" * 700,
    "digits": "9" * 4000,
    "hexadecimal digits": "0x" + "f" * 4000,
    "decimals": "1." + "9" * 4000,
    "an exponent": "1e" + "9" * 4000,
    "a large exponent": "1e-999999999",
    "an unclosed text": '"' + "\\" * 4001,
    "an unclosed long text": '"""' + '\\"' * 2000,
    "quotes": "'" * 4001,
    "entries": "[" + "1," * 2000 + "1]",
    "spaces": " " * 4000 + "$",
    "remarks": "//" * 2000,
    "NUL": "\0",
    "a lone half of a character": '"\\ud800"',
    "an emoji": "👍",
    "nested comprehensions": "l.all(a, " * 30 + "true" + ")" * 30,
    "a pattern that repeats": '"a".matches("(((a{100}){100}){100})")',
    "a long pattern": '"a".matches("' + "a|" * 1000 + '")',
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_source_is_refused(source: str) -> None:
    tracemalloc.start()
    try:
        errors = mistakes(source, SCOPE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert errors
    assert all(error.message and len(error.caret(source)) < 600 for error in errors)
    assert peak < 4 * MEGABYTE


TEMPLATES = {
    "a megabyte": "{{ a }}" * 200_000,
    "holes": "{{ a }}" * 9000,
    "openings": "{{" * 30_000,
    "unclosed holes": "{{ " * 20_000,
    "formatters": "{{ s " + "| upper " * 6000,
    "brackets": "{{ " + "(" * 30_000,
    "a long name": "{{ " + "x" * 60_000 + " }}",
}


@pytest.mark.parametrize("source", TEMPLATES.values(), ids=TEMPLATES.keys())
def test_a_hostile_template_is_refused(source: str) -> None:
    try:
        errors = check_template(parse_template(source), SCOPE).errors
    except ExpressionError as error:
        errors = [error]
    assert errors
    assert all(len(error.message) < 300 and len(error.caret(source)) < 600 for error in errors)


@pytest.mark.parametrize("source", ["(a+)+$", "(a|aa)+$", "^(a|a?)+$", "(.*a){12}$", "(a*)*b"])
def test_patterns_match_in_time_linear_in_the_text(source: str) -> None:
    assert run(f'name.matches("{source}")', {"name": STRING}, name="a" * 4000 + "!") is False


def test_a_text_may_not_grow_without_end() -> None:
    with pytest.raises(EvaluationError) as raised:
        run("s + s", {"s": STRING}, s="x" * 3000)
    assert raised.value.code == "too_long"
    with pytest.raises(EvaluationError) as raised:
        run("l + l", {"l": ListType(INT)}, l=[1] * 600)
    assert raised.value.code == "too_long"


def test_what_may_take_too_long_is_refused_before_it_runs() -> None:
    scope = {"l": ListType(INT, 1000), "k": ListType(INT, 1000)}
    assert "too long" in mistakes("l.exists(x, x in k)", scope)[0].message
    assert mistakes("l.exists(x, x > 3)", scope) == []


def test_thirty_levels_are_enough_for_anybody() -> None:
    assert run("(" * 31 + "1" + ")" * 31) == 1
    assert run("!" * 30 + "true") is True
    assert run(" && ".join(["true"] * 400)) is True
    assert "32 deep" in mistakes("+".join(["1"] * 40), {})[0].message


PIECES = """a s p l m 1 2.5 "x" ( ) [ ] { } : , . ? ! - + * / % == < && || | in has( null true size( .exists(n, n .x
    .matches( r' ' {{ }} now() date( \\ // 0x 1e é"""


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(PIECES.split()),
        max_size=14,
    ).map("".join)
)
@example("{{")
@example("''''")
@example("a.b.c[")
def test_any_text_parses_or_says_why_not(source: str) -> None:
    try:
        found = check(parse(source), SCOPE)
        if not found.errors:
            compile_expression(found, slots_of(SCOPE))([None, 1, 2, "a", "b", True, False, [1, 2], {"x": 1}])
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= len(source)
        assert error.caret(source)
    except EvaluationError as error:
        assert error.message
    try:
        parse_template(source)
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= len(source)
