"""A variable gets another name everywhere, and nothing else changes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions import ExpressionError, parse, rename, render
from engine.expressions.names import names_in
from tests.engine.expressions.speaking import run
from tests.engine.expressions.test_against_cel import ours
from tests.engine.expressions.writing import SCOPE, VALUES, anything


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("size > 8 && size<9", "guests > 8 && guests<9"),
        ('"size" + size // size', '"size" + guests // size'),
        ("order.size + size.size() + size(size)", "order.size + guests.size() + size(guests)"),
        ("has(size) ? size : {'size': size}['size']", "has(guests) ? guests : {'size': guests}['size']"),
        ("l.exists(size, size > 1) && size > 1", "l.exists(size, size > 1) && guests > 1"),
        ("size.exists(x, x == size)", "guests.exists(x, x == guests)"),
        ("l.all(guests, guests > size)", "l.all(guests_2, guests_2 > guests)"),
        ("sizes + oversize", "sizes + oversize"),
    ],
)
def test_a_variable_is_renamed(source: str, result: str) -> None:
    assert rename(source, "size", "guests") == result


def test_a_variable_is_renamed_in_a_template() -> None:
    source = 'size {{ size }} {size} {{ "size" }}{{ size | count("size", "sizes") }}'
    assert (
        rename(source, "size", "n", template=True)
        == 'size {{ n }} {size} {{ "size" }}{{ n | count("size", "sizes") }}'
    )


def test_a_source_that_does_not_parse_is_left_to_its_author() -> None:
    with pytest.raises(ExpressionError):
        rename("size >", "size", "guests")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(source=anything(), old=st.sampled_from(sorted(SCOPE)))
def test_there_and_back_is_where_it_began(source: str, old: str) -> None:
    there = rename(source, old, "quite_new")
    assert rename(there, "quite_new", old) == source
    assert old not in names_in(parse(there))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(source=anything(), values=st.fixed_dictionaries(dict(VALUES)))
def test_a_source_written_from_its_nodes_means_the_same(source: str, values: dict[str, Any]) -> None:
    again = render(parse(source))
    assert ours(again, values) == ours(source, values)
    assert render(parse(again)) == again


@pytest.mark.parametrize(
    "source",
    [
        "(1 - (2 - 3)) * -(4)",
        "!(true && (false || true)) ? 1 : (true ? 2 : 3)",
        "'it\\'s\\n' + \"\\\\\"",
        "[1, 2][0] + {'a': 3}.a",
        "(1 < 2) == (3 in [3]) && !(1 == 2)",
    ],
)
def test_a_source_with_fewer_brackets_means_the_same(source: str) -> None:
    assert run(render(parse(source))) == run(source)


def test_brackets_stand_only_where_they_must() -> None:
    source = "-(-(5)) + (1.50 * 2e0) - (1.0 - decimal(1e-3 > 0.0 ? (1) : 2))"
    assert render(parse(source)) == "--(5) + 1.50 * 2.0 - (1.0 - decimal(0.001 > 0.0 ? 1 : 2))"
