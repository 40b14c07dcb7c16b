"""How many: cardinals, a natural ordinal, people who count themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from engine.understanding.english.day_phrases import MONTH_SPANS, SPANS
from engine.understanding.english.fillers import FILLERS
from engine.understanding.english.numerals import at, cardinal, is_pronoun, ordinal, plain
from engine.understanding.english.people import NOUNS, count_people
from engine.understanding.english.reading import Found, asks_back, fold, phrase_table, scan, settle, unbroken
from engine.understanding.english.words import MONTHS, REPEATS, WEEKDAYS, listed
from engine.understanding.meaning import NOTHING, Expected, Understood
from engine.understanding.text import BREAKS, tokens

_INCLUDING: Final = frozenset(("including", "counting", "includes"))
_FOLDED: Final = phrase_table(
    {
        "nobody but me": "me",
        "nobody else": "",
        "nobody but myself": "me",
        "on my own": "me",
        "by myself": "me",
        "all by myself": "me",
        "all alone": "me",
        "alone": "me",
        "solo": "me",
        "just the one": "one",
        "only the one": "one",
        "the one of us": "one",
        "nothing else": "<unsure>",
        "a single": "one",
        "single": "one",
        "both of us": "two",
        "the both of us": "two",
        "us both": "two",
        "none": "zero",
        "nobody": "zero",
        "grown ups": "adults",
        "a baker's dozen": "thirteen",
        "baker's dozen": "thirteen",
        "grown up": "adult",
        "none at all": "zero",
        "nothing": "zero",
        "including me": "",
        "including myself": "",
        "me included": "",
        "myself included": "",
        "including the kids": "",
        "including children": "",
        "in total": "",
        "a couple of": "two",
        "my wife and i": "me and my wife",
        "this one": "",
        "that one": "",
        "a one off": "",
        "one or two": "<bound>",
        "a couple or so": "two",
        "a few": "<bound>",
        "several": "<bound>",
        "the other half": "my partner",
        "my other half": "my partner",
        "my better half": "my partner",
    }
)
_NOT_COUNTS: Final = (
    listed(
        """
    phone mobile email zip postcode address o'clock past am pm a.m noon midnight street road avenue
    lane drive st rd ave moment moments sec secs thing things question questions tomorrow yesterday
    month hundredth tonight today morning afternoon evening night nights' christmas p dot @ underscore
    """
    )
    | frozenset(MONTHS)
    | frozenset(WEEKDAYS)
)
_KNOWN: Final = NOUNS | listed(
    """
    percent dollars dollar pounds pound euros euro quid bucks cents number times people others other
    single more pieces items tickets rooms nights bottles copies years year old days day hours hour
    weeks week minutes minute months adults kids children plus both mind tell sharing eating dining
    attending joining expecting including total you're everyone each minus them guys gang lads
    """
)


_CLOCK_SPANS: Final = listed("hour hours minute minutes second seconds")
_MOST_NUMBERS: Final = 4
_ORDINAL: Final = 700


def read_number(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The number meant; whole ones as int, others as decimal text."""
    words = fold(tokens(text))
    if asks_back(words):
        return NOTHING
    words = _spread(fold(words, _FOLDED))
    people = (
        count_people(words) if not any(word.startswith("<") and word != "<hedge>" for word in words) else None
    )
    if people is not None:
        return Understood(people, 930, f'"{" ".join(unbroken(words))}" counts {people}')
    if any(word in _NOT_COUNTS and word != "may" for word in words):
        return NOTHING
    values = scan(words, lambda i: _value(words, i))
    if len(values) > _MOST_NUMBERS or _is_something_else(words, values):
        return NOTHING
    found = [each for each in values if not _included(words, each)]
    total = _total(words, found)
    settled = settle(words, found if total is None else [total], _KNOWN)
    if settled is None:
        return NOTHING
    value = plain(settled.found.value)
    said = " ".join(words[settled.found.start : settled.found.end])
    note = "" if said == str(value) else f'"{said}" is {value}'
    return Understood(value, settled.confidence, note, settled.corrected)


def _is_something_else(words: Sequence[str], found: Sequence[Found]) -> bool:
    """Digits left over ("555-2671"), a quarter that is a time, "in two weeks", "on the 27th"."""
    taken = {i for each in found for i in range(each.start, each.end)}
    if any((word[0].isdigit() or word == "quarter") and i not in taken for i, word in enumerate(words)):
        return True
    if "next" in words and any(word in SPANS for word in words):
        return True
    if any(
        word in REPEATS or (word == "may" and at(words, i + 1)[:1].isdigit()) for i, word in enumerate(words)
    ):
        return True
    for each in found:
        if at(words, each.start - 1) == "and" and each.value < 1:
            return True
        before, after = at(words, each.start - 1), words[each.end : each.end + 3]
        when = bool(after) and (after[0] in SPANS or after[0] in MONTH_SPANS or after[0] in _CLOCK_SPANS)
        if when and (before in ("in", "within") or "ago" in after or "from" in after):
            return True
        if before == "quarter" or (each.confidence <= _ORDINAL and before in ("on", "the") and "on" in words):
            return True
    return False


def _included(words: Sequence[str], found: Found) -> bool:
    """ "Ten, including two kids": the two are among the ten."""
    return any(word in _INCLUDING for word in words[max(0, found.start - 2) : found.start])


def _spread(words: Sequence[str]) -> list[str]:
    return [part for word in words for part in word.split()]


def _value(words: Sequence[str], i: int) -> Found | None:
    """A cardinal, or an ordinal that is all that is said ("the third")."""
    number = None if is_pronoun(words, i) else cardinal(words, i)
    if number is not None:
        after = at(words, number.end)
        if 0 < number.value < 1 and after and after not in FILLERS - {"and", "or"} and after not in BREAKS:
            return None
        confidence = 960 if number.value >= 0 else 940
        return Found(i, number.end, number.value, confidence)
    rank = ordinal(words, i)
    if rank is not None and (rank[0] > 2 or at(words, i)[:1].isdigit() or at(words, i - 1) == "the"):
        return Found(i, rank[1], Decimal(rank[0]), _ORDINAL) if at(words, rank[1]) in ("", "please") else None
    return None


def _total(words: Sequence[str], found: Sequence[Found]) -> Found | None:
    """ "Two and two, so four": what it makes altogether, when that is said last."""
    if len(found) < 2:
        return None
    between = words[found[-2].end : found[-1].start]
    if any(word in ("so", "makes", "making", "total", "altogether") for word in between):
        return found[-1]._replace(confidence=850, start=found[0].start)
    return None
