"""What is said about when: days and clock times found in the same words, each in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from engine.understanding.english.clock import read_clock
from engine.understanding.english.day_links import completed
from engine.understanding.english.day_phrases import Today
from engine.understanding.english.days import read_day
from engine.understanding.english.fillers import ALTERNATIVES, FILLERS
from engine.understanding.english.marking import mark, mend
from engine.understanding.english.numerals import at, cardinal
from engine.understanding.english.people import NOUNS
from engine.understanding.english.reading import IDIOM_STARTS, Found, asks_back, fold, scan
from engine.understanding.english.words import REPEATS, TREACHEROUS_DAYS, UNITS, listed
from engine.understanding.meaning import Expected
from engine.understanding.text import BREAKS, tokens

KNOWN: Final = listed(
    """
    t table tables dinner lunch breakfast brunch supper meal meeting appointment call visit morning
    afternoon evening night early late o'clock time date day hours hrs week month year seat seats
    party plus both each come arrive arriving eat meet there'll schedule scheduled delivery deliver
    pick-up collect pickup free best earliest latest guests people us anniversary birthday wedding
    start starting from see works weekend earlier later afternoons
    """
) - {"later"}
_PLAIN_COMPANY: Final = listed(
    """
    on this next coming please um uh er and or at for ok okay yes yeah no maybe let's say make it's
    that's i'd like
    """
)
_COUNTED: Final = listed(
    """
    way ways minutes minute days day hours hour percent more of times thing things moment moments second
    seconds sec secs question questions week weeks month months year years dollars pounds euros
    degrees miles items pizzas tickets million billion hundred thousand plus including dozen point
    hash
    """
)
_NUMBERED: Final = frozenset(
    ("plus", "us", "we're", "times", "table", "room", "number", "gate", "platform", "floor", "option", "door")
)
_SEATS: Final = frozenset(("table", "party", "seats", "booking", "reservation", "group", "places", "room"))
_NO_TIME_AFTER: Final = frozenset(("from", "minus", "negative"))
_SCALES: Final = frozenset(("hundred", "thousand", "million"))
_MOST_CLOCKS: Final = 3
_MAY_FOLLOW: Final = (
    FILLERS | KNOWN | BREAKS | ALTERNATIVES | IDIOM_STARTS | frozenset(("but", "if", "isn't"))
)
"""What may come right after a bare hour; any other word is what the number counts ("12 Main Street")."""
_BACKWARDS: Final = frozenset(("yesterday", "ago"))


class Occasion(NamedTuple):
    """The folded words and the days (`Day`) and clock times (`Clock`) among them."""

    said: tuple[str, ...]
    words: tuple[str, ...]
    days: tuple[Found, ...]
    clocks: tuple[Found, ...]


def gather(text: str, expected: Expected, now: datetime, day_first: bool) -> Occasion | None:
    """Everything said about when, or None when the words are a question of the caller's own or look back."""
    said = mend(tokens(text))
    today = Today(now.date(), expected.past, day_first, expected.type == "date")
    if not expected.past and _looks_back(said):
        return None
    days = completed(said, scan(said, lambda i: _found_day(said, i, today)), today)
    marked = mark(said, days)
    clocks = scan(marked, lambda i: _found_clock(marked, i))
    clocks = [each for each in clocks if not _counts_people(marked, each, clocks)]
    if len(clocks) > _MOST_CLOCKS:
        return None
    both = mark(marked, clocks, len(days))
    folded = fold(both)
    if asks_back(folded):
        return None
    places = {word: place for place, word in enumerate(folded) if word.startswith("<#")}
    moved = [
        each._replace(start=places[f"<#{number}>"], end=places[f"<#{number}>"] + 1)
        for number, each in enumerate([*days, *clocks])
    ]
    if _stray_number(folded):
        return None
    return Occasion(tuple(said), tuple(folded), tuple(moved[: len(days)]), tuple(moved[len(days) :]))


def _looks_back(said: Sequence[str]) -> bool:
    return any(
        word in _BACKWARDS
        or (word == "last" and at(said, i + 1) in ("week", "month", "year", "night", "time"))
        for i, word in enumerate(said)
    )


def _found_day(words: Sequence[str], i: int, today: Today) -> Found | None:
    day = read_day(words, i, today)
    if day is None:
        return None
    spoken = [
        word for word in words[i : day.end] if word not in BREAKS and word not in ("on", "this", "next")
    ]
    if spoken[:1] == ["the"] and len(spoken) == 2 and spoken[1] in TREACHEROUS_DAYS:
        return None
    if len(spoken) == 1 and spoken[0] in TREACHEROUS_DAYS:
        rest = [*words[:i], *words[day.end :]]
        if not all(
            w in _PLAIN_COMPANY or w in BREAKS or w[0].isdigit() or w in ("am", "pm", "noon") for w in rest
        ):
            return None
    return Found(i, day.end, day.day, day.confidence, day.kind)


def _found_clock(words: Sequence[str], i: int) -> Found | None:
    clock = read_clock(words, i)
    if clock is None or (clock.weak and _is_a_count(words, i, clock.end)):
        return None
    if clock.relative is None and (at(words, i - 1) in _NO_TIME_AFTER or at(words, i - 1) in REPEATS):
        return None
    return Found(i, clock.end, clock, clock.confidence, "weak" if clock.weak else "clock")


def _is_a_count(words: Sequence[str], i: int, end: int) -> bool:
    """ "Four people", "a few of those two": a bare number that counts something else."""
    following, before = at(words, end), at(words, i - 1)
    seated = before in ("for", "of") and at(words, i - 2) in _SEATS
    if (
        following in UNITS
        or before in _NUMBERED
        or seated
        or before in REPEATS
        or list(words[end : end + 3]) == ["and", "a", "half"]
    ):
        return True
    if following in NOUNS - FILLERS or following in _COUNTED:
        return True
    return not (
        following in _MAY_FOLLOW or following.startswith("<#") or following[:1].isdigit() or not following
    )


def _counts_people(words: Sequence[str], found: Found, clocks: Sequence[Found]) -> bool:
    """ "A table for two at seven": the number that is not the time."""
    if found.kind != "weak" or len(clocks) < 2:
        return False
    before = at(words, found.start - 1)
    others = [each for each in clocks if each is not found]
    timed = any(
        at(words, each.start - 1) in ("at", "around", "about", "by") or each.kind == "clock"
        for each in others
    )
    return timed and before in ("for", "of", "party", "be", "we're")


def _stray_number(folded: Sequence[str]) -> bool:
    """Whether a number is left over that counts nobody: then the words were not read whole."""
    for i, word in enumerate(folded):
        if word in _SCALES:
            return True
        if word.startswith("<") or (not word[0].isdigit() and word in ("a", "half", "couple", "one", "pair")):
            continue
        number = cardinal(folded, i)
        if number is None:
            if word[0].isdigit():
                return True
            continue
        counted = at(folded, number.end) in NOUNS or at(folded, number.end) == "of"
        if not counted and at(folded, i - 1) not in ("for", "of", "plus") and cardinal(folded, i - 1) is None:
            return True
    return False
