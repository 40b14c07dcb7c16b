"""The answers to one expectation, as the body of a rule."""

from collections.abc import Callable

from engine.compiler.grammars.named import choice_sentences
from engine.understanding import Expected

SHORTEST_PHONE, LONGEST_PHONE = 7, 12
LONGEST_DIGITS = 16
"""More digits than these are keyed rather than said; the grammar stops there."""

SMALL, MIDDLE, LARGE = 20, 99, 999
"""Largest numbers of the rules that count."""


def answer_of(expected: Expected, bare: bool = False) -> str:
    """What may be said; with ``bare`` without words of politeness around it. Empty when there is nothing."""
    if bare and expected.type == "choice":
        return " | ".join(choice_sentences(expected.choices, bare=True))
    make = _ANSWERS.get(expected.type)
    body = make(expected) if make is not None else ""
    if not body or bare:
        return body
    # No "um" before it: so short a word is found in every breath, and "seven" becomes "um one".
    return f"({body}) [<please>]"


def _yes_no(expected: Expected) -> str:
    return "<yes> | <no>"


def _number(expected: Expected) -> str:
    highest = expected.maximum if expected.maximum is not None else LARGE
    zero = " | <zero>" if (expected.minimum or 0) <= 0 else ""
    count = "<unit> | <teen> | twenty" if highest <= SMALL else "<to99>"
    if highest > MIDDLE:
        count = "<to999>" if highest <= LARGE else "<to9999>"
    return f"[<for>] ({count}{zero}) [<people>]"


def _digits(expected: Expected) -> str:
    lowest = max(1, expected.minimum or 1)
    highest = min(max(expected.maximum or LONGEST_DIGITS, lowest), max(lowest, LONGEST_DIGITS))
    if lowest > 1:
        return _run_of(lowest, highest)
    # An "oh" alone is a sigh.
    return f"<alone> | {_run_of(2, highest)}" if highest > 1 else "<alone>"


def _phone(expected: Expected) -> str:
    return f"[it's | my number is] ({_run_of(SHORTEST_PHONE, LONGEST_PHONE)})"


def _run_of(lowest: int, highest: int) -> str:
    """From ``lowest`` to ``highest`` digits; a pair may be said as a double."""
    if lowest == highest:
        return " | ".join(dict.fromkeys((_pairs(lowest, 0), _pairs(lowest, 1))))
    plain = _at_least("<digit>", lowest, highest)
    doubled = highest // 2
    return plain if doubled < lowest else f"{plain} | {_at_least('(<digit> | <twice>)', lowest, doubled)}"


def _pairs(length: int, offset: int) -> str:
    """So many digits, of which those that stand together from ``offset`` on may be a double."""
    offset = min(offset, length)
    pairs, rest = divmod(length - offset, 2)
    return " ".join(["<digit>"] * offset + ["(<digit> <digit> | <twice>)"] * pairs + ["<digit>"] * rest)


def _at_least(item: str, lowest: int, highest: int) -> str:
    more = ""
    for _ in range(highest - lowest):
        more = f"[{item} {more}]" if more else f"[{item}]"
    return " ".join([item] * lowest + ([more] if more else []))


def _date(expected: Expected) -> str:
    return "<birthday>" if expected.past else "<date>"


def _time(expected: Expected) -> str:
    return "[<at>] <time>"


def _datetime(expected: Expected) -> str:
    return "<when> | <date> | [at] <time>" if expected.standing else "<when>"


def _name(expected: Expected) -> str:
    return "[<called>] (<first> [<surname>] | <surname>) [speaking | here]"


def _choice(expected: Expected) -> str:
    return " | ".join(choice_sentences(expected.choices))


_ANSWERS: dict[str, Callable[[Expected], str]] = {
    "yes_no": _yes_no,
    "number": _number,
    "digits": _digits,
    "phone": _phone,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "choice": _choice,
    "name": _name,
}
