"""Templates: what is read on a screen and what is said aloud."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.expressions import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    FORMATTERS,
    INT,
    STRING,
    TIME,
    EvaluationError,
    ExpressionError,
    ListType,
    RecordType,
    Type,
    check_template,
    compile_template,
    parse_template,
)
from tests.engine.expressions.speaking import say, slots_of

SCOPE: dict[str, Type] = {
    "size": INT,
    "name": STRING,
    "vip": BOOL,
    "price": DECIMAL,
    "day": DATE,
    "at": TIME,
    "when": DATETIME,
    "span": DURATION,
    "tags": ListType(STRING, 4),
    "days": ListType(DATE, 4),
    "order": RecordType((("total", DECIMAL),)),
}

VALUES: dict[str, Any] = {
    "size": 4,
    "name": "ada lovelace",
    "vip": True,
    "price": Decimal("1234.5"),
    "day": date(2026, 11, 27),
    "at": time(19, 30),
    "when": datetime(2026, 11, 27, 19, 30),
    "span": timedelta(hours=2, minutes=1),
    "tags": ["a", "b", "c"],
    "days": [date(2026, 11, 27), date(2026, 12, 1)],
    "order": {"total": Decimal("9.90")},
}

BRITISH = [
    ("Table for {{ size }} on {{ when }}.", "Table for 4 on Friday 27 November at 19:30."),
    ('{{ day | say_date("year") }}', "Friday 27 November 2026"),
    ("{{when|say_date}}, {{when|say_time}}", "Friday 27 November, 19:30"),
    ('{{ when | say_datetime("year") }}', "Friday 27 November 2026 at 19:30"),
    ("{{ when | iso }} {{ day | iso }} {{ at | iso }}", "2026-11-27T19:30 2026-11-27 19:30"),
    ('{{ "+44 20 79" | digits }} {{ 427 | digits }}', "plus 4 4 2 0 7 9 4 2 7"),
    ("{{ name | title | spell }}", "A D A L O V E L A C E"),
    ("{{ 1 | ordinal }} {{ 22 | ordinal }} {{ 13 | ordinal }} {{ 3 | ordinal }}", "1st 22nd 13th 3rd"),
    (
        '{{ price | money("EUR") }} {{ size | money("JPY") }} {{ -price | money("sek") }}',
        "€1,234.50 ¥4 -1,234.50 SEK",
    ),
    ('{{ size | count("guest", "guests") }}, {{ 1 | count("guest", "guests") }}', "4 guests, 1 guest"),
    (
        "{{ price }} {{ price | number }} {{ price | number(2) }} {{ 1234567 | number }}",
        "1234.5 1,234.5 1,234.50 1,234,567",
    ),
    (
        '{{ tags }} / {{ tags | list("or") }} / {{ days }}',
        "a, b and c / a, b or c / Friday 27 November and Tuesday 1 December",
    ),
    ("{{ vip }} {{ !vip | yes_no }}", "yes no"),
    ("{{ name | upper }} {{ 'É' | lower }}", "ADA LOVELACE é"),
    ("{{ span }}", "2 hours and 1 minute"),
    ("{{ order.total }}", "9.90"),
    ('{{ vip ? "Welcome" : "Hello" }}, {{ name | title }}', "Welcome, Ada Lovelace"),
    ("{{ {'a': 1}['a'] }}{{'}}'}}", "1}}"),
    ('{"total": {"sum": {{ size }}}}', '{"total": {"sum": 4}}'),
    ("{{ day + duration('3d') }}", "Monday 30 November"),
]


@pytest.mark.parametrize(("source", "text"), BRITISH, ids=[row[0] for row in BRITISH])
def test_a_text_is_written(source: str, text: str) -> None:
    assert say(source, SCOPE, **VALUES) == text


AMERICAN = [
    ("{{ when }}", "Friday, November 27 at 7:30 PM"),
    ('{{ day | say_date("year") }}', "Friday, November 27, 2026"),
    ("{{ time('00:05') }} {{ time('12:00') }}", "12:05 AM 12:00 PM"),
]


@pytest.mark.parametrize(("source", "text"), AMERICAN)
def test_americans_have_a_clock_of_twelve_hours(source: str, text: str) -> None:
    assert say(source, SCOPE, locale="en-US", **VALUES) == text


SPOKEN = [
    ("{{ when }}", "Friday the 27th of November at half past seven"),
    ('{{ day | say_date("year") }}', "Friday the 27th of November twenty twenty-six"),
    ("{{ time('19:00') }}, {{ time('12:00') }}, {{ time('00:00') }}", "seven o'clock, noon, midnight"),
    (
        "{{ time('19:15') }}, {{ time('19:45') }}, {{ time('12:45') }}",
        "quarter past seven, quarter to eight, quarter to one",
    ),
    (
        "{{ time('19:10') }}, {{ time('19:40') }}, {{ time('23:55') }}",
        "ten past seven, twenty to eight, five to twelve",
    ),
    ("{{ time('19:07') }}, {{ time('19:32') }}", "seven oh seven, seven thirty-two"),
    ("{{ 3 | ordinal }}, {{ 21 | ordinal }}, {{ 40 | ordinal }}", "third, twenty-first, fortieth"),
    ('{{ 12.50 | money("EUR") }}', "twelve euros and fifty cents"),
    ('{{ 1.01 | money("USD") }}, {{ 0.5 | money("GBP") }}', "one dollar and one cent, fifty pence"),
    ('{{ 4 | count("guest", "guests") }}', "four guests"),
    ("{{ 1234 | number }}", "one thousand two hundred and thirty-four"),
    ("{{ 1000001 | number }}, {{ -0.05 | number }}", "one million and one, minus zero point zero five"),
    ('{{ "A-1" | spell }}', "A, dash, 1"),
    ('{{ date("1999-01-02") | say_date("year") }}', "Saturday the 2nd of January nineteen ninety-nine"),
    ('{{ date("2005-01-01") | say_date("year") }}', "Saturday the 1st of January two thousand and five"),
]


@pytest.mark.parametrize(("source", "text"), SPOKEN)
def test_a_text_is_spoken(source: str, text: str) -> None:
    assert say(source, SCOPE, voice=True, **VALUES) == text


@pytest.mark.parametrize(
    "source", ["", "Good morning.", "{ } }} |", '{{ "a" + "b" }}!', "{{ 2 * 3 }}{{ 12.5 | money('EUR') }}"]
)
def test_a_text_in_which_nothing_changes_is_known_beforehand(source: str) -> None:
    assert isinstance(compile_template(check_template(parse_template(source), {}), {}), str)


MISTAKES = [
    ("Hello {{ nmae }}", "nmae", 'There is no variable "nmae".', 'Did you mean "name"?'),
    ("{{ size | say_date }}", "say_date", "say_date does not take a whole number.", "digits, ordinal"),
    ("{{ day | say_dat }}", "say_dat", 'There is no formatter "say_dat".', 'Did you mean "say_date"?'),
    ("{{ price | money }}", "money", "money needs something else", 'money("EUR")'),
    ('{{ price | money("euro") }}', 'money("euro")', '"euro" is no currency.', "three letters"),
    ("{{ size | count(1, 2) }}", "count(1, 2)", "count needs something else", "guests"),
    ("{{ size | money(name) }}", "name", "must be written out", "money"),
    ("{{ order }}", "order", "A record cannot be said as a whole.", "Choose one of its fields"),
    ("{{ null }}", "null", "Null cannot be said.", ""),
    ("a {{ size", "{{", "This {{ is not closed.", "Close it with }}."),
    ("a {{ size }", "{{", "This {{ is not closed.", "Close it with }}."),
    ("a {{ }}", "}}", "Nothing is written here.", "Write a value"),
    ("{{ size | }}", "}}", "The name of a formatter is missing after |.", ""),
    ("{{ size size }}", "size }}"[:4], "size is not expected here.", "Remove it."),
    ('{{ "a }}', '"a }}', "This text is not closed.", 'Close it with ".'),
]


@pytest.mark.parametrize(("source", "marked", "message", "hint"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_a_mistake_in_a_template(source: str, marked: str, message: str, hint: str) -> None:
    try:
        error = check_template(parse_template(source), SCOPE).errors[0]
    except ExpressionError as raised:
        error = raised
    assert source[error.start : error.end] == marked
    assert message in error.message
    assert hint in error.hint


def test_a_template_knows_what_it_reads() -> None:
    found = check_template(parse_template("{{ has(name) ? name : 'you' }} {{ size }} {{ today() }}"), SCOPE)
    assert found.references == {"name", "size"}
    assert found.guarded == {"name"}
    assert found.clocked
    assert parse_template("{{ nobody }} {{ tags.exists(t, t == x) }}").references == {"nobody", "tags", "x"}


def test_what_is_guarded_in_one_hole_and_not_in_another_is_not_guarded() -> None:
    assert check_template(parse_template("{{ has(name) ? name : '' }} {{ name }}"), SCOPE).guarded == set()


def test_a_variable_without_a_value_cannot_be_said() -> None:
    for source in ("{{ name }}", "{{ size }}", "{{ name | upper | spell }}", "{{ has(name) ? name : null }}"):
        with pytest.raises(EvaluationError) as raised:
            say(source, SCOPE)
        assert raised.value.code == "absent"


def test_a_text_that_grows_too_long_fails() -> None:
    text = compile_template(check_template(parse_template("{{ name }}" * 20), SCOPE), slots_of(SCOPE))
    assert not isinstance(text, str)
    with pytest.raises(EvaluationError) as raised:
        text([None, None, "x" * 4000])
    assert raised.value.code == "too_long"


def test_every_formatter_shows_an_example_that_is_true() -> None:
    scope = SCOPE | {"number": STRING, "place": INT, "total": DECIMAL, "names": ListType(STRING)}
    for formatter in FORMATTERS.values():
        for example in formatter.example.split(" or "):
            assert check_template(parse_template("{{ " + example + " }}"), scope).errors == []
