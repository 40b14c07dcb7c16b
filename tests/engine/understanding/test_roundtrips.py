"""What is said in any of the usual ways comes back as what was meant: numbers, dates, times, digits, choices."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.understanding import Choice, Expected, understand

NOW = datetime(2026, 11, 20, 10, 0)
ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SMALL_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
quick = settings(deadline=None, max_examples=120, derandomize=True)


def in_words(number: int, joint: str = " and ", hyphen: str = "-") -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10 - 2] + (hyphen + ONES[number % 10] if number % 10 else "")
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            link = joint if size == 100 or rest < 100 else " "
            head = f"{in_words(number // size, joint, hyphen)} {name}"
            return head + (link + in_words(rest, joint, hyphen) if rest else "")
    raise AssertionError(number)


def ordinal_words(number: int) -> str:
    if number <= 20:
        return SMALL_ORDINALS[number]
    return "thirtieth" if number == 30 else f"{TENS[number // 10 - 2]}-{SMALL_ORDINALS[number % 10]}"


def ordinal_digits(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def meant(say: str, kind: str, locale: str = "en-US") -> str | int | bool | None:
    return understand(say, Expected(kind), now=NOW, locale=locale).value


@quick
@given(st.integers(0, 9_999_999), st.sampled_from([" and ", " "]), st.sampled_from(["-", " "]))
def test_number_words_come_back_as_their_number(number: int, joint: str, hyphen: str) -> None:
    assert meant(in_words(number, joint, hyphen), "number") == number
    assert meant(f"{number:,}", "number") == number


@quick
@given(
    st.integers(1, 99),
    st.integers(1, 99),
    st.sampled_from(
        [
            "{0}, sorry, {1}",
            "{0}, no, {1}",
            "not {0}, {1}",
            "{1}, not {0}",
            "{0} I mean {1}",
            "{0} no wait {1}",
        ]
    ),
)
def test_a_corrected_number_is_the_second(first: int, second: int, how: str) -> None:
    say = how.format(in_words(first), in_words(second))
    assert meant(say, "number") == second or first == second, say


@quick
@given(st.integers(0, 360), st.sampled_from(range(14)))
def test_dates_come_back_however_they_are_put(ahead: int, way: int) -> None:
    day = NOW.date() + timedelta(days=ahead)
    month, weekday = MONTHS[day.month - 1], DAYS[day.weekday()]
    nth, spoken = ordinal_digits(day.day), ordinal_words(day.day)
    say = [
        day.isoformat(),
        f"{day.month}/{day.day}/{day.year}",
        f"{month} {day.day}",
        f"{month} {nth}",
        f"{month} the {spoken}",
        f"the {spoken} of {month}",
        f"{day.day} {month}",
        f"{nth} of {month} {day.year}",
        f"{month[:3]} {day.day}, {day.year}",
        f"{weekday}, {month} {nth}",
        f"{weekday} the {nth} of {month}",
        f"{weekday} {day.day} {month[:3]}",
        f"{month} {spoken} {in_words(day.year // 100)} {in_words(day.year % 100, hyphen=' ')}",
        f"in {in_words(ahead)} days" if ahead > 1 else "today" if not ahead else "tomorrow",
    ][way]
    assert meant(say, "date") == day.isoformat(), say
    assert meant(f"um, {say} please", "date") == day.isoformat(), say


@quick
@given(st.dates(date(2026, 11, 20), date(2035, 12, 31)), st.sampled_from(["/", ".", "-"]))
def test_numeric_dates_follow_the_locale(day: date, sign: str) -> None:
    assert meant(f"{day.day}{sign}{day.month}{sign}{day.year}", "date", "en-GB") == day.isoformat()
    assert meant(f"{day.month}{sign}{day.day}{sign}{day.year}", "date", "en-US") == day.isoformat()


@quick
@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(range(8)))
def test_times_come_back_however_they_are_put(hour: int, minute: int, way: int) -> None:
    half = "am" if hour < 12 else "pm"
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    twelve = (hour - 1) % 12 + 1
    words = in_words(twelve) + (
        f" {in_words(minute)}" if minute > 9 else f" oh {ONES[minute]}" if minute else ""
    )
    to_hour = in_words((twelve % 12) + 1)
    relative = {
        15: f"quarter past {ONES[twelve]}",
        30: f"half past {ONES[twelve]}",
        45: f"quarter to {to_hour}",
    }
    say = [
        f"{hour:02}:{minute:02}" if hour > 12 or hour < 1 else f"{twelve}:{minute:02} {half}",
        f"{twelve}:{minute:02}{half}",
        f"{twelve}.{minute:02} {half[0]}.m.",
        f"{words} {half}",
        f"{words} {part}" if hour != 0 else f"{words} am",
        f"{in_words(minute)} minutes past {in_words(twelve)} {half}" if minute else f"{words} o'clock {half}",
        relative.get(minute, words) + (f" {half}" if minute != 45 or twelve != 11 else " " + half),
        f"at {words} {half} please",
    ][way]
    crosses = way == 6 and minute == 45 and twelve == 11
    assert crosses or meant(say, "time") == f"{hour:02}:{minute:02}", say


@quick
@given(st.integers(1, 300), st.integers(0, 23), st.sampled_from([0, 5, 15, 30, 45, 59]), st.booleans())
def test_a_day_and_a_time_come_back_in_either_order(
    ahead: int, hour: int, minute: int, day_first: bool
) -> None:
    day = NOW.date() + timedelta(days=ahead)
    half = "am" if hour < 12 else "pm"
    when = f"{(hour - 1) % 12 + 1}:{minute:02} {half}"
    on = f"{MONTHS[day.month - 1]} {ordinal_digits(day.day)}"
    say = f"{on} at {when}" if day_first else f"{when} on {on}"
    assert meant(say, "datetime") == f"{day.isoformat()}T{hour:02}:{minute:02}", say


def read_aloud(digits: str, zero: str) -> str:
    """Digits one by one, runs of two and three as "double" and "triple"."""
    said: list[str] = []
    i = 0
    while i < len(digits):
        run = next((n for n in (3, 2) if digits[i : i + n] == digits[i] * n), 1)
        word = zero if digits[i] == "0" else ONES[int(digits[i])]
        said.append({1: "", 2: "double ", 3: "triple "}[run] + word)
        i += run
    return " ".join(said)


@quick
@given(st.text("0123456789", min_size=1, max_size=14), st.sampled_from(["zero", "oh", "nought"]))
def test_digits_read_aloud_come_back(digits: str, zero: str) -> None:
    assert meant(read_aloud(digits, zero), "digits") == digits
    assert meant("it's " + " ".join(digits), "digits") == digits


@quick
@given(st.integers(200, 999), st.integers(0, 9999), st.sampled_from(["zero", "oh"]))
def test_phone_numbers_read_aloud_come_back(exchange: int, line: int, zero: str) -> None:
    number = f"415{exchange}{line:04}"
    written = meant(number, "phone")
    assert meant(read_aloud(number, zero), "phone") == written
    assert meant(f"({number[:3]}) {number[3:6]}-{number[6:]}", "phone") == written


LABELS = ["window table", "garden", "bar stool", "private room", "balcony", "kitchen counter"]


@quick
@given(st.permutations(LABELS), st.integers(2, 6), st.data())
def test_choices_are_found_by_name_place_and_elimination(
    labels: list[str], count: int, data: st.DataObject
) -> None:
    choices = tuple(Choice(f"c{i}", label) for i, label in enumerate(labels[:count]))
    index = data.draw(st.integers(0, count - 1))
    expected = Expected("choice", choices)

    def chosen(say: str) -> str | int | bool | None:
        return understand(say, expected, now=NOW, locale="en-US").value

    label, wanted = labels[index], choices[index].id
    for say in (
        label,
        f"the {label} please",
        f"I'd like the {label}",
        f"the {ordinal_words(index + 1)} one",
        f"option {in_words(index + 1)}",
        f"number {index + 1}",
        f"option {'abcdef'[index]}",
    ):
        assert chosen(say) == wanted, say
    others = [choice.label for choice in choices if choice.id != wanted]
    assert chosen("not " + " and not ".join(f"the {other}" for other in others)) == wanted
    assert chosen(f"the {others[0]}, no, the {label}") == wanted
    assert chosen(f"the {label}, not the {others[0]}") == wanted
    assert chosen(f"the {label} or the {others[0]}") is None
