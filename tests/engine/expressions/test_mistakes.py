"""Each mistake is shown at its place, in plain words, with something to try."""

import pytest

from engine.expressions import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    INT,
    STRING,
    TIME,
    EnumType,
    ExpressionError,
    ListType,
    MapType,
    RecordType,
    Type,
    parse,
)
from tests.engine.expressions.speaking import mistakes

SCOPE: dict[str, Type] = {
    "size": INT,
    "name": STRING,
    "vip": BOOL,
    "price": DECIMAL,
    "day": DATE,
    "at": TIME,
    "when": DATETIME,
    "seat": EnumType(("bar", "garden")),
    "tags": ListType(STRING, 20),
    "prices": MapType(DECIMAL),
    "order": RecordType((("total", DECIMAL), ("lines", ListType(STRING, 5)))),
}

TABLE = [
    (
        'size + "x"',
        "^^^^^^^^^^",
        "A whole number and a text cannot be added.",
        'Turn it into text: string(size) + "x"',
    ),
    ("name + 1", "^^^^^^^^", "A text and a whole number cannot be added.", 'Turn it into text: name + "1"'),
    ("sise > 8", "^^^^", 'There is no variable "sise".', 'Did you mean "size"?'),
    ("guest", "^^^^^", 'There is no variable "guest".', "Declare it"),
    ('seat == "gardn"', "        ^^^^^^^", 'seat is never "gardn".', 'Did you mean "garden"?'),
    (
        'seat in ["bar", "roof"]',
        " " * 16 + "^^^^^^",
        'seat is never "roof".',
        'It is one of "bar", "garden".',
    ),
    (
        'size == "8"',
        "^^^^^^^^^^^",
        "A whole number and a text cannot be compared.",
        "Without quotation marks",
    ),
    ("price > 10", "^^^^^^^^^^", "A decimal number and a whole number cannot be compared.", "price > 10.0"),
    ("size > price", "^^^^^^^^^^^^", "cannot be compared", "decimal(size) > price"),
    ("tags < tags", "^^^^^^^^^^^", "Two lists of texts have no order.", ""),
    ("day == when", "^^^^^^^^^^^", "A date and a date with time cannot be compared.", "day == date(when)"),
    (
        'day == "2026-11-27"',
        "^" * 19,
        "A date and a text cannot be compared.",
        'Write day == date("2026-11-27")',
    ),
    ('"7pm" < at', "^" * 10, "A text and a time cannot be compared.", 'Write it like time("19:30").'),
    ("1 < size < 9", "^" * 12, "cannot be compared", "Write 1 < size && size < 9"),
    ("size <> 3", "      ^", "> is not expected here.", "Write !="),
    ("size => 3", "     ^^", "The signs are turned round.", "Write >=."),
    ("size > 1,000", "        ^", ", is not expected here.", "without commas"),
    ("{{ size }}", "^^", "{{ }} stands in texts only.", "Leave {{ and }} out"),
    ('name contains "x"', "     ^^^^^^^^", '"contains" is not understood here.', 'name.contains("x")'),
    ("weekday(day)", "^" * 12, "weekday() is written otherwise.", "Write day.weekday()."),
    ("seat ? 1 : 2", "^^^^", "A condition is needed here, true or false; this is a choice.", 'seat == "..."'),
    ('"roof" in [seat]', "^^^^^^", '[seat] never holds "roof".', 'It is one of "bar", "garden".'),
    ("at + 2", "^^^^^^", "A time and a whole number cannot be added.", 'duration("2h")'),
    ("day + day", "^^^^^^^^^", "Two dates cannot be added.", "Add a duration"),
    ("size in tags", "^^^^^^^^^^^^", "A whole number is never in a list of texts.", "one of its texts"),
    ("!size", "^^^^^", "! turns true into false; this is a whole number.", "Write a condition after !."),
    ("-name", "^^^^^", "There is no negative of a text.", "Remove"),
    (
        "vip && size",
        "       ^^^^",
        "A condition is needed here, true or false; this is a whole number.",
        "size > 0",
    ),
    ("name ? 1 : 2", "^^^^", "A condition is needed here, true or false; this is a text.", 'name == "..."'),
    ('vip ? 1 : "a"', "^" * 13, "One side of : is a whole number, the other a text.", "same type"),
    ("order.totl", "^^^^^^^^^^", 'This record has no field "totl".', 'Did you mean "total"?'),
    ("name.size", "^^^^^^^^^", "size needs brackets.", "Write name.size()."),
    ("name.length()", "     ^^^^^^", "There is no function length().", ""),
    ('day.starts("x")', "    ^^^^^^", "There is no function starts().", "startsWith"),
    ("upper(size)", "^" * 11, "upper() does not take a whole number.", "Write it like name.upper()."),
    ("min(1)", "^^^^^^", "min() is given 1 values.", "Write it like min(size, 8)."),
    ("name.now()", "^" * 10, "now() is written otherwise.", "Write now()."),
    ('date("2026-13-40")', "     ^^^^^^^^^^^^", '"2026-13-40" is no date.', ""),
    ('time("25:00")', "     ^^^^^^^", '"25:00" is no time.', ""),
    ('duration("soon")', "         ^^^^^^", '"soon" is no duration.', ""),
    ('name.matches("(")', "             ^^^", "This is no pattern", ""),
    ('name.matches("(?=x)")', " " * 13 + "^^^^^^^", "looking ahead or behind", ""),
    ("name.matches(name)", " " * 13 + "^^^^", "A pattern must be written out here.", ""),
    ("size + null", "^" * 11, "Null is no value to compute with.", "has(name)"),
    ('[1, "a"]', "    ^^^", "This list holds a whole number and a text.", "same type"),
    ('{"a": 1, "a": 2}', " " * 9 + "^^^", 'The key "a" stands twice.', "Remove one."),
    ("{1: 2}", " ^", "A key is a text in quotation marks.", ""),
    ("tags[name]", "     ^^^^", "An entry has a whole number; this is a text.", "Count from 0."),
    ("prices[size]", "       ^^^^", "An entry here has a name in quotation marks.", ""),
    ("size[0]", "^^^^^^^", "A whole number has no entries.", "Only lists and maps do."),
    ("size.exists(x, x)", "^^^^", "exists() goes through a list; this is a whole number.", ""),
    ("tags.all(x, tags.all(y, y == x))", " " * 12 + "^" * 19, "all() stands inside another.", "Ask with in"),
    ("tags.map(x, x)", "     ^^^", "There is no function map().", "exists, all and filter"),
    ("tags.all(x, x)", " " * 12 + "^", "A condition is needed here", ""),
    ("size = 8", "     ^", "One = gives nothing a value here.", "Write == to compare."),
    ("vip and vip", "    ^^^", '"and" is not understood here.', "Write && for and."),
    ("not vip", "^^^", '"not" is not understood here.', "Write ! for not."),
    ("vip & vip", "    ^", "A single & means nothing here.", "Write && for and."),
    ("vip | vip", "    ^", "A single | means nothing here.", "Write || for or"),
    ("name == “a”", "        ^", "Curly quotation marks are not understood.", "straight ones"),
    ("size ≥ 8", "     ^", "The sign ≥ is not understood.", "Write >=."),
    ('name == "abc', "        ^^^^", "This text is not closed.", 'Close it with ".'),
    ("'''abc", "^^^^^^", "This text is not closed.", "Close it with '''."),
    ("(size", "     ^", "A bracket is not closed.", "Add a closing bracket"),
    ("size >", "      ^", "Something is missing at the end.", "Finish it."),
    ("size 8", "     ^", "8 is not expected here.", "Remove it."),
    ("größe", "  ^", '"ö" cannot stand in a name.', "a-z"),
    (r'"\q"', r" ^^", r"\q stands for nothing.", r"Write \\ for a backslash"),
    (
        "99999999999999999999",
        "^" * 20,
        "This whole number is too large.",
        "The largest is 9223372036854775807",
    ),
    ("1.5e9999", "^^^^^^^^", "This number is too large or too small.", ""),
    ("size > 8 ?", " " * 10 + "^", "Something is missing at the end.", "Finish it."),
    ("vip ? 1", "       ^", "The other value is missing.", "Write condition ? one : other."),
    ("has(1)", "^^^^^^", "has() asks whether one variable or field has a value.", "Write has(name)."),
    ("b'abc'", "^", "Bytes are not understood here.", "Remove the b."),
    ("tags.all(1, true)", "         ^", "all() needs a name for one entry.", "Write list.all("),
    ("", "^", "Nothing is written here.", "Write a value"),
]


@pytest.mark.parametrize(
    ("source", "carets", "message", "hint"), TABLE, ids=[row[0] or "nothing" for row in TABLE]
)
def test_a_mistake_is_shown_where_it_is(source: str, carets: str, message: str, hint: str) -> None:
    error = mistakes(source, SCOPE)[0]
    assert message in error.message
    assert hint in error.hint
    line, below, *rest = error.caret(source).split("\n")
    assert (line, below) == (source, carets)
    assert rest == ([error.hint] if error.hint else [])


WANTED = [
    ("size", BOOL, "A condition is needed here, true or false; this is a whole number.", "size > 0"),
    ("size", STRING, "A text is needed here; this is a whole number.", "Convert it: string(size)"),
    ("size", DECIMAL, "A decimal number is needed here; this is a whole number.", "decimal(size)"),
    ("8", DECIMAL, "A decimal number is needed here; this is a whole number.", "Convert it: 8.0"),
    ('"rof"', SCOPE["seat"], '"rof" is none of the choices.', 'It is one of "bar", "garden".'),
    ('vip ? "bar" : "gardn"', SCOPE["seat"], '"gardn" is none of the choices.', 'Did you mean "garden"?'),
    ("seat", EnumType(("bar", "window")), "A choice is needed here; this is a choice.", "window"),
    ("name", SCOPE["seat"], "A choice is needed here; this is a text.", ""),
    (
        '{"total": 1.5, "lnes": []}',
        SCOPE["order"],
        'This record has no field "lnes".',
        'Did you mean "lines"?',
    ),
    ('{"total": 1}', SCOPE["order"], "A decimal number is needed here; this is a whole number.", "1.0"),
    ("[1]", SCOPE["tags"], "A text is needed here; this is a whole number.", 'Convert it: "1"'),
]


@pytest.mark.parametrize(("source", "want", "message", "hint"), WANTED)
def test_a_value_of_the_wrong_type_for_its_place(source: str, want: Type, message: str, hint: str) -> None:
    error = mistakes(source, SCOPE, want)[0]
    assert error.message == message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ('"bar"', SCOPE["seat"]),
        ('vip ? "bar" : seat', SCOPE["seat"]),
        ("vip ? null : size", INT),
        ("null", STRING),
        ("seat", STRING),
        ("[]", SCOPE["tags"]),
        ('tags + ["x"]', SCOPE["tags"]),
        ('["bar"]', ListType(EnumType(("bar", "garden")), 2)),
        ('{"total": 1.5, "lines": ["a"]}', SCOPE["order"]),
        ('{"total": 1.5}', SCOPE["order"]),
        ('{"a": 1.5}', SCOPE["prices"]),
        ("{}", SCOPE["prices"]),
    ],
)
def test_what_is_written_out_fits_where_it_can(source: str, want: Type) -> None:
    assert mistakes(source, SCOPE, want) == []


def test_one_mistake_is_reported_once_and_all_are_reported() -> None:
    errors = mistakes('(nobody + 1 > 2 && name.size() == "x") || size + vip > 3', SCOPE)
    assert [error.message for error in errors] == [
        'There is no variable "nobody".',
        "A whole number and a text cannot be compared.",
        "A whole number and a yes/no value cannot be added.",
    ]


def test_the_place_is_given_as_line_and_column_too() -> None:
    source = "size > 8 &&\n  nmae == 3"
    error = mistakes(source, SCOPE)[0]
    assert error.position(source) == (2, 3)
    assert error.caret(source).split("\n")[:2] == ["  nmae == 3", "  ^^^^"]


def test_a_long_line_is_cut_around_the_mistake() -> None:
    source = " && ".join(["vip"] * 60) + " && vpi"
    line, below, _ = mistakes(source, SCOPE)[0].caret(source).split("\n")
    assert len(line) <= 80
    assert line[below.index("^") :].startswith("vpi")


def test_an_error_keeps_its_place_when_it_is_raised() -> None:
    with pytest.raises(ExpressionError) as raised:
        parse("size > > 8")
    assert (raised.value.start, raised.value.end) == (7, 8)
