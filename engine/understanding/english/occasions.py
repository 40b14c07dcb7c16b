"""What is said about when: days and clock times found in the same words, each in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from engine.understanding.calendar import make, monday_of, nearest_day, shift
from engine.understanding.english.clock import read_clock
from engine.understanding.english.day_phrases import Today, day_number
from engine.understanding.english.days import read_day
from engine.understanding.english.marking import mark, mend
from engine.understanding.english.numerals import at, cardinal
from engine.understanding.english.people import NOUNS
from engine.understanding.english.reading import Found, asks_back, fold, scan
from engine.understanding.english.words import TREACHEROUS_DAYS, listed
from engine.understanding.meaning import Expected
from engine.understanding.text import BREAKS, tokens

KNOWN: Final = listed(
    """
    t table tables dinner lunch breakfast brunch supper meal meeting appointment call visit morning
    afternoon evening night early late o'clock time date day hours hrs week month year seat seats party
    plus both each come arrive arriving eat meet there'll schedule scheduled delivery deliver pick-up
    collect pickup free best earliest latest guests people us anniversary birthday wedding start
    starting from see works weekend earlier later afternoons
    """
) - {"later"}
_PLAIN_COMPANY: Final = listed(
    """
    on this next coming please um uh er and or at for ok okay yes yeah no maybe let's say make it's
    that's i'd like
    """
)
_BACKWARDS: Final = frozenset(("yesterday", "ago"))
_TAKING_BACK: Final = frozenset(
    ("no", "sorry", "wait", "actually", "mean", "meant", "rather", "it", "that", "not", "oops")
)


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
    days = _agreeing(said, _with_fixes(said, scan(said, lambda i: _found_day(said, i, today)), today))
    marked = mark(said, days)
    clocks = scan(marked, lambda i: _found_clock(marked, i))
    clocks = [each for each in clocks if not _counts_people(marked, each, clocks)]
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
    spoken = [word for word in words[i : day.end] if word not in BREAKS]
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
    return Found(i, clock.end, clock, clock.confidence, "weak" if clock.weak else "clock")


def _is_a_count(words: Sequence[str], i: int, end: int) -> bool:
    """ "Four people", "a few of those two": a bare number that counts something else."""
    following = at(words, end)
    return following in NOUNS or following in (
        "minutes",
        "minute",
        "days",
        "percent",
        "more",
        "of",
        "times",
        "things",
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


def _with_fixes(words: Sequence[str], days: list[Found], today: Today) -> list[Found]:
    """A correction keeps what it does not touch.

    The month of "27 November, no, the 28th", the week of "next Tuesday, no, Wednesday".
    """
    fixed: list[Found] = []
    for k, found in enumerate(days):
        before = fixed[-1] if fixed else None
        if before is not None and before.kind in ("month_day", "ordinal") and found.kind == "ordinal":
            same = make(before.value.year, before.value.month, found.value.day)
            found = found._replace(value=same) if same and (today.past or same >= today.day) else found
        if before is not None and before.kind == "next_weekday" and found.kind == "weekday":
            moved = shift(monday_of(before.value), found.value.weekday())
            found = found._replace(value=moved) if moved and _taken_back(words, found.start) else found
        fixed.append(found)
        late = _late_number(words, found, days[k + 1].start if k + 1 < len(days) else len(words), today)
        if late is not None:
            fixed.append(late)
    return fixed


def _taken_back(words: Sequence[str], i: int) -> bool:
    return any(word in _TAKING_BACK for word in words[max(0, i - 3) : i])


def _late_number(words: Sequence[str], found: Found, limit: int, today: Today) -> Found | None:
    """ "November 27th, no, 28": a bare number after a correction is a day again."""
    if found.kind not in ("month_day", "ordinal"):
        return None
    for i in range(found.end + 1, limit):
        read = day_number(words, i)
        if read is None or words[i - 1] not in _TAKING_BACK | BREAKS or not _taken_back(words, i):
            continue
        if read[1] >= len(words) or words[read[1]] in BREAKS:
            day = make(found.value.year, found.value.month, read[0]) or nearest_day(
                today.day, read[0], today.past
            )
            return None if day is None else Found(i, read[1], day, 800, "ordinal")
    return None


def _agreeing(words: Sequence[str], days: list[Found]) -> list[Found]:
    """ "The 25th of December, a Friday": a weekday beside a date it fits says nothing new."""
    dates = [each for each in days if each.kind != "weekday"]
    if len(dates) != 1 or any(_taken_back(words, each.start) for each in days):
        return days
    date_said = dates[0].value
    return [
        each._replace(value=date_said)
        if each.kind == "weekday" and each.value.weekday() == date_said.weekday()
        else each
        for each in days
    ]
