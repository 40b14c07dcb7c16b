"""Our expressions against Google's CEL, on what both have.

Left out, because CEL has no such thing or has it otherwise: decimals, choices, dates, times and datetimes;
comparing with null, ``has(name)`` of a bare variable, variables without a value, records;
``lower upper trim min max abs now today`` and the parts of dates; durations (ours have days);
lists and maps of mixed types; a comprehension inside another; the limits on length.
Patterns are the same: both use RE2.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions import EvaluationError, compile_expression
from tests.engine.expressions.speaking import checked, slots_of
from tests.engine.expressions.writing import SCOPE, VALUES, anything

# They run the same lines thousands of times, which coverage makes four times slower.
pytestmark = pytest.mark.no_cover

CEL_TYPES = {
    "a": cel.Type.INT,
    "b": cel.Type.INT,
    "s": cel.Type.STRING,
    "t": cel.Type.STRING,
    "p": cel.Type.BOOL,
    "q": cel.Type.BOOL,
    "l": cel.Type.List(cel.Type.INT),
    "m": cel.Type.Map(cel.Type.STRING, cel.Type.INT),
}

CODES = (
    ("divide by zero", "divide_by_zero"),
    ("modulus by zero", "divide_by_zero"),
    ("integer overflow", "overflow"),
    ("Index error", "bad_index"),
    ("Key not found", "absent"),
    ("cannot convert string", "bad_value"),
)


@pytest.fixture(scope="module")
def their() -> Any:
    return cel.NewEnv(variables=CEL_TYPES)


def ours(source: str, values: Mapping[str, Any]) -> tuple[str, Any]:
    found = checked(source, SCOPE)
    assert found.errors == [], (source, found.errors)
    run = compile_expression(found, slots_of(SCOPE))
    try:
        return "value", run([None, *(values[name] for name in SCOPE)])
    except EvaluationError as error:
        return "error", error.code


def theirs(env: Any, source: str, values: Mapping[str, Any]) -> tuple[str, Any]:
    result = env.compile(source).eval(data=dict(values))
    if result.type() != cel.Type.ERROR:
        return "value", result.plain_value()
    message = str(result.value())
    return "error", next((code for part, code in CODES if part in message), message)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(source=anything(), values=st.fixed_dictionaries(dict(VALUES)))
def test_any_expression_gives_what_cel_gives(their: Any, source: str, values: dict[str, Any]) -> None:
    mine, other = ours(source, values), theirs(their, source, values)
    assert mine == other
    assert type(mine[1]) is type(other[1])


@pytest.mark.parametrize(
    "source",
    [
        "1 + 2 * 3 - 4 / 2 % 3",
        "-7 / 2 * 2 + -7 % 2",
        "1 < 2 == true",
        "p || q && !p",
        "p ? a : q ? b : 3",
        "a in l == p",
        "- a - - b",
        "!p != q",
        "'\\x41\\u00e9\\101\\n\\'' + r'\\d' + \"\"\"a\"b\"\"\" + '''it's'''",
        "0x1F + 10 // a remark",
        "'a' < 'B' || \"é\" > 'z'",
        "[1, 2] + [3] == l || {'x': 1} == m",
        "size(m) + m.size() + size('é') + l.size()",
        "9223372036854775807 + a",
        "-9223372036854775808 - a",
        "-(-9223372036854775807 - 1)",
        "(-9223372036854775807 - 1) / -1",
        "(1 / 0 > 1) || true",
        "false && (1 % 0 > 1)",
        "l.all(n, n / 0 > 1) || l.exists(n, n == 2)",
    ],
)
def test_precedence_and_literals_are_those_of_cel(their: Any, source: str) -> None:
    values = {"a": 3, "b": -4, "s": "ab", "t": "", "p": True, "q": False, "l": [1, 2, 3], "m": {"x": 1}}
    assert ours(source, values) == theirs(their, source, values)


@pytest.mark.parametrize(
    "source",
    [
        "a + s",
        "a && p",
        "!a",
        "-s",
        "-l",
        "a ? 1 : 2",
        "p ? 1 : 's'",
        "a == s",
        "a < s",
        "l < l",
        "nobody",
        "a.x",
        "a[0]",
        "l['x']",
        "s in l",
        "size(a)",
        "s.contains(a)",
        "int(p)",
        "nothing(a)",
        "'x' in s",
        "l + m",
        "l.exists(n, n)",
        "a +",
        "(a",
        "a b",
        "[1, 2",
        "{'x' 1}",
        "'a",
        "a ++ b",
        "a = 1",
        "l.all(1, true)",
        "p & q",
        "1.",
        ".",
        "a.1",
        "\\",
    ],
)
def test_what_cel_refuses_is_refused(their: Any, source: str) -> None:
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        their.compile(source)
    try:
        errors = checked(source, SCOPE).errors
    except Exception as error:
        errors = [error]  # type: ignore[list-item]
    assert [type(error).__name__ for error in errors][:1] == ["ExpressionError"]
