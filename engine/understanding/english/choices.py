"""Which of the choices is meant: named, misspelt, pointed at, left over, or the other one.

A word that two choices share settles nothing; a choice that is refused settles it only when one is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from engine.understanding.english.dates import read_date
from engine.understanding.english.fillers import ALTERNATIVES, FILLERS, HANDOVER, HEDGE, NO, RED, UNSURE
from engine.understanding.english.marking import mark
from engine.understanding.english.numerals import at, cardinal
from engine.understanding.english.pointing import NOWHERE, pointed_at
from engine.understanding.english.reading import Found, asks_back, fold, settle, sides, weigh
from engine.understanding.english.times import read_time
from engine.understanding.english.words import MONTHS, WEEKDAYS, listed
from engine.understanding.english.yes_no import read_yes_no
from engine.understanding.meaning import NOTHING, Choice, Expected, Understood
from engine.understanding.text import BREAKS, normalise, tokens

_LONGEST_FORM: Final = 8
_STOP: Final = listed(
    """
    a an the of and or in on at to for with by from my our your its it is be no not one i we me us
    please into up this that some any something anything else other new more
    """
)
_AROUND: Final = listed(
    """
    a an the please um uh er well so just i i'd i'll we we'd we'll like want would will take have
    prefer go for with choose pick it's it is that's that let's my our yes yeah ok okay one option
    thanks thank you and give me us then definitely sure think let me in at on to
    """
)
_FORGIVEN: Final = {
    HANDOVER: "have",
    **dict.fromkeys(("question", "questions", "problem", "problems", "issue", "help", "complaint"), "matter"),
    **dict.fromkeys(("said", "told", "asked"), "say"),
}
"""Where a choice is named, "I have a question about billing" and "can I speak to sales" name it."""
_DATED: Final = frozenset((*MONTHS, *WEEKDAYS, "month", "noon"))
_NOT_POINTED: Final = frozenset(
    (
        "name",
        "names",
        "thing",
        "time",
        "week",
        "night",
        "minute",
        "floor",
        "name's",
        "thoughts",
        "party",
        "hand",
    )
)
_GENERIC: Final = frozenset(
    ("table", "room", "seat", "place", "spot", "service", "appointment", "order", "booking")
)
_JOINING: Final = FILLERS - ALTERNATIVES
_FULL, _PART, _CLOSE, _POINTED, _LEFT, _BARE = 970, 850, 780, 900, 800, 700
_CLOSE_ENOUGH, _MARGIN = 84, 8


class _Lexicon(NamedTuple):
    """Whole forms by their letters, and single words, each with the indexes of the choices it may mean."""

    forms: dict[str, frozenset[int]]
    words: dict[str, frozenset[int]]
    exact: dict[str, frozenset[int]]


@lru_cache(maxsize=256)
def _lexicon(choices: tuple[Choice, ...]) -> _Lexicon:
    forms: dict[str, set[int]] = {}
    words: dict[str, set[int]] = {}
    exact: dict[str, set[int]] = {}
    for index, choice in enumerate(choices):
        for form in (
            choice.id,
            choice.id.replace("_", " ").replace("-", " "),
            choice.label,
            *choice.synonyms,
        ):
            spoken = [canon for canon, _, _ in _canonical(tokens(form))]
            exact.setdefault(normalise(form), set()).add(index)
            forms.setdefault("".join(spoken), set()).add(index)
            content = [word for word in spoken if word not in _STOP]
            if content:
                forms.setdefault("".join(content), set()).add(index)
            for word in content:
                if len(word) > 2 or word.isdigit():
                    words.setdefault(word, set()).add(index)
    exact.pop("", None)
    forms.pop("", None)
    return _Lexicon(
        *({key: frozenset(value) for key, value in table.items()} for table in (forms, words, exact))
    )


def _canonical(words: Sequence[str]) -> list[tuple[str, int, int]]:
    """Singular words and numbers in digits, each with the span it was read from; breaks fall away."""
    out: list[tuple[str, int, int]] = []
    i = 0
    while i < len(words):
        word = words[i]
        if word in BREAKS:
            i += 1
            continue
        number = cardinal(words, i)
        if number is not None and number.value == int(number.value):
            out.append((str(int(number.value)), i, number.end))
            i = number.end
            continue
        out.append((_singular(word), i, i + 1))
        i += 1
    return out


def _singular(word: str) -> str:
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def read_choice(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
    """The id of the choice meant."""
    choices = expected.choices
    words = tokens(text)
    if not words or not choices:
        return NOTHING
    lexicon = _lexicon(choices)
    whole = _whole(text, words, lexicon)
    if whole:
        return (
            _chosen(choices, whole, 1000, "")
            if len(whole) == 1
            else Understood(None, 0, _several(choices, whole))
        )
    answered = _yes_or_no(text, expected, now, day_first, lexicon)
    if answered is not None:
        return answered
    words = _ungreeted(words)
    found = _mentions(words, lexicon, len(choices))
    folded, found = _folded(words, found)
    if found:
        folded = [_FORGIVEN.get(word, word) for word in folded]
    if asks_back(folded):
        return NOTHING
    found = _others(folded, _merged(folded, found), len(choices))
    if not found:
        return _bare_or_close(text, words, choices, lexicon, now, day_first)
    decided = _decided(folded, found, choices, lexicon)
    if decided.value is None:
        return _same_value(text, choices, now, day_first) or decided
    return decided


def _whole(text: str, words: list[str], lexicon: _Lexicon) -> frozenset[int]:
    """The choices whose form is all that is said, give or take "I'd like the ... please"."""
    exact = lexicon.exact.get(normalise(text))
    if exact:
        return exact
    spoken = [canon for canon, _, _ in _canonical(words)]
    for drop_front in (False, True):
        start, end = 0, len(spoken)
        while end > start and drop_front and spoken[end - 1] in _AROUND:
            end -= 1
        while True:
            found = lexicon.forms.get("".join(spoken[start:end]))
            if found and len(spoken[start:end]) <= _LONGEST_FORM:
                return found
            if not drop_front or start >= end or spoken[start] not in _AROUND:
                break
            start += 1
    return frozenset()


def _ungreeted(words: list[str]) -> list[str]:
    """ "Good morning" names no time of day."""
    greets = words[:1] == ["good"] and at(words, 1) in ("morning", "afternoon", "evening", "night", "day")
    return words[2:] if greets else words


def _yes_or_no(
    text: str, expected: Expected, now: datetime, day_first: bool, lexicon: _Lexicon
) -> Understood | None:
    """A list that offers "yes" and "no" hears every way of saying them."""
    yes, no = lexicon.exact.get("yes"), lexicon.exact.get("no")
    if not yes or not no or len(yes) != 1 or len(no) != 1 or yes == no:
        return None
    meant = read_yes_no(text, expected, now, day_first)
    if meant.value is None:
        return None
    return _chosen(
        expected.choices, yes if meant.value else no, meant.confidence, meant.note, meant.corrected
    )


def _mentions(words: Sequence[str], lexicon: _Lexicon, count: int) -> list[Found]:
    """Every naming or pointing, longest first from the left; values are sets of choice indexes."""
    canonical = _canonical(words)
    found: list[Found] = []
    k = 0
    while k < len(canonical):
        mention, k_end = _mention_at(canonical, k, lexicon)
        start = canonical[k][1]
        pointed = pointed_at(words, start, count)
        if pointed is not None and _is_a_date_or_name(words, start, pointed[1]):
            pointed = None
        if pointed is not None and (mention is None or pointed[1] > mention.end):
            value = frozenset() if pointed[0] == NOWHERE else frozenset((pointed[0],))
            mention = Found(start, pointed[1], value, _POINTED, "pointed")
            k_end = k + 1
            while k_end < len(canonical) and canonical[k_end][1] < pointed[1]:
                k_end += 1
        if mention is not None:
            found.append(mention)
        k = k_end
    return found


def _is_a_date_or_name(words: Sequence[str], start: int, end: int) -> bool:
    """ "First of December", "my last name", "one second": no place in a list."""
    following, before = at(words, end), at(words, start - 1)
    dated = any(word in _DATED for word in (before, following, at(words, end + 1)))
    said_otherwise = before == "at" or list(words[end - 1 : end + 1]) == ["of", "all"]
    return (
        dated
        or said_otherwise
        or following in _NOT_POINTED
        or before in ("one", "two", "half", "few", "couple")
    )


def _mention_at(
    canonical: Sequence[tuple[str, int, int]], k: int, lexicon: _Lexicon
) -> tuple[Found | None, int]:
    for length in range(min(_LONGEST_FORM, len(canonical) - k), 0, -1):
        joined = "".join(canon for canon, _, _ in canonical[k : k + length])
        meant = lexicon.forms.get(joined)
        if meant and not (length == 1 and joined in _STOP):
            return Found(canonical[k][1], canonical[k + length - 1][2], meant, _FULL, "form"), k + length
    word, start, end = canonical[k]
    meant = lexicon.words.get(word)
    alone = all(canon in _AROUND or canon == word for canon, _, _ in canonical)
    if (
        meant is not None
        and not word.isdigit()
        and (alone or word not in _GENERIC or len(canonical) == 1 or _is_in_form(canonical, k, lexicon))
    ):
        return Found(start, end, meant, _PART, "word"), k + 1
    if meant is None and word not in FILLERS and word not in RED and word not in _STOP:
        meant = _close(word, lexicon)
        if meant is not None:
            return Found(start, end, meant, _CLOSE, "close"), k + 1
    return None, k + 1


def _is_in_form(canonical: Sequence[tuple[str, int, int]], k: int, lexicon: _Lexicon) -> bool:
    """Whether a general word ("table") is said with another word of the same choice ("in the garden")."""
    meant = lexicon.words[canonical[k][0]]
    others = (
        lexicon.words.get(canon, frozenset())
        for at_word, (canon, _, _) in enumerate(canonical)
        if at_word != k
    )
    return any(meant & other for other in others)


def _close(word: str, lexicon: _Lexicon) -> frozenset[int] | None:
    """The choices of the nearest word or form, when it is near enough and alone in that."""
    if len(word) == 3:
        return next(
            (meant for form, meant in lexicon.forms.items() if len(form) == 4 and form.startswith(word)), None
        )
    if len(word) < 4 or not word.isalpha():
        return None
    reach = 1 if len(word) < 7 else 2
    for table in (lexicon.forms, lexicon.words):
        best, meant = reach + 1, frozenset[int]()
        for form, indexes in table.items():
            short = len(form) < 4 and not (form[:2] == word[:2] and form[-1] == word[-1])
            if short or abs(len(form) - len(word)) > reach or (form[0] != word[0] and len(word) < 5):
                continue
            near = reach if form[0] == word[0] else 1
            distance = OSA.distance(word, form, score_cutoff=near)
            if distance > near:
                continue
            if distance < best:
                best, meant = distance, indexes
            elif distance == best and best <= reach:
                meant |= indexes
        if best <= reach:
            return meant
    return None


def _folded(words: Sequence[str], found: Sequence[Found]) -> tuple[list[str], list[Found]]:
    folded = fold(mark(words, found))
    places = {word: place for place, word in enumerate(folded) if word.startswith("<#")}
    moved = [
        each._replace(start=places[f"<#{number}>"], end=places[f"<#{number}>"] + 1)
        for number, each in enumerate(found)
    ]
    return folded, moved


def _merged(words: Sequence[str], found: Sequence[Found]) -> list[Found]:
    """Neighbouring words that fit one choice together ("garden ... table") name it together.

    A whole name beats a mere word beside it: "visa card", where another choice is a "master card".
    """
    merged: list[Found] = []
    for each in found:
        before = merged[-1] if merged else None
        joined = None if before is None else _together(words[before.end : each.start], before, each)
        if joined is None:
            merged.append(each)
        else:
            merged[-1] = joined
    return merged


def _together(between: Sequence[str], before: Found, each: Found) -> Found | None:
    both = before.value & each.value
    if both and all(word in _JOINING for word in between):
        return Found(before.start, each.end, both, max(before.confidence, each.confidence), before.kind)
    if not both and not between and {before.kind, each.kind} == {"form", "word"}:
        return (before if before.kind == "form" else each)._replace(start=before.start, end=each.end)
    return None


def _others(words: Sequence[str], found: list[Found], count: int) -> list[Found]:
    """ "The other one": what is left of two when one has just been named."""
    for i in range(len(words)):
        if words[i] != "other" or at(words, i - 1) not in ("the", "this", "that", ""):
            continue
        named = frozenset[int]().union(*(each.value for each in found if each.end <= i))
        rest = frozenset(range(count)) - named
        if named and len(rest) == 1:
            end = i + 1 + (at(words, i + 1) in ("one", "option"))
            kept = [each._replace(kind="named") for each in found]
            return [
                *[e for e in kept if e.end <= i and _is_refused(words, e)],
                Found(i, end, rest, _LEFT, "other"),
            ]
    return found


def _is_refused(words: Sequence[str], each: Found) -> bool:
    return bool(sides(words, [each]).refused)


def _decided(
    words: Sequence[str], found: list[Found], choices: tuple[Choice, ...], lexicon: _Lexicon
) -> Understood:
    found = _preferred(words, found)
    known = frozenset(lexicon.words) | {"other"}
    standing, refused, _ = sides(words, found)
    if not standing and refused and UNSURE not in words and words[-1] != NO:
        rest = frozenset(range(len(choices))) - frozenset[int]().union(*(each.value for each in refused))
        sure = weigh(words, found, _LEFT, known)
        if len(rest) == 1 and sure:
            return _chosen(choices, rest, sure, "the only one left")
        return NOTHING
    settled = settle(words, found, known)
    if settled is None:
        return NOTHING
    if len(settled.found.value) != 1:
        return Understood(None, 0, _several(choices, settled.found.value))
    if words[0] == NO and settled.found.start == 1 and settled.found.kind != "pointed":
        return NOTHING  # "no garden" refuses it as well as it corrects to it
    return _chosen(choices, settled.found.value, settled.confidence, "", settled.corrected)


def _preferred(words: Sequence[str], found: list[Found]) -> list[Found]:
    """ "I prefer the garden to the bar": the second is not wanted."""
    if len(found) != 2 or not {"prefer", "rather", "like"} & set(words[: found[0].start]):
        return found
    between = list(words[found[0].end : found[1].start])
    compared = between[:1] in (["to"], ["over"]) or between[:2] == ["more", "than"]
    return [found[0]._replace(end=found[1].end)] if compared else found


def _bare_or_close(
    text: str,
    words: Sequence[str],
    choices: tuple[Choice, ...],
    lexicon: _Lexicon,
    now: datetime,
    day_first: bool,
) -> Understood:
    """ "Two" or "b" and nothing else is a place in the list; else a form nearly spelt by all the words."""
    said = [word for word in fold(words) if word not in BREAKS and word != HEDGE]
    spoken = [canon for canon, _, _ in _canonical(said) if canon not in ("please", "uh", "um", "the")]
    if len(spoken) == 1:
        word = spoken[0]
        place = int(word) - 1 if word.isdigit() and len(word) < 4 else -1
        if len(word) == 1 and "a" <= word <= "z":
            place = ord(word) - ord("a")
        if 0 <= place < len(choices) and not {"couple", "pair", "duo"}.intersection(said):
            return _chosen(choices, frozenset((place,)), _BARE, f"number {place + 1} of the list")
    same = _same_value(text, choices, now, day_first)
    if same is not None:
        return same
    joined = "".join(word for word in spoken if word not in FILLERS)
    if len(joined) < 5 or any(word.startswith("<") or word in RED for word in spoken):
        return NOTHING
    scores = sorted(((fuzz.ratio(joined, form), form) for form in lexicon.forms), reverse=True)
    best, form = scores[0]
    rivals = [score for score, other in scores[1:] if lexicon.forms[other] != lexicon.forms[form]]
    if best < _CLOSE_ENOUGH or (rivals and best - rivals[0] < _MARGIN) or len(lexicon.forms[form]) != 1:
        return NOTHING
    return _chosen(choices, lexicon.forms[form], int(best * 8), "nearly the same letters")


def _same_value(text: str, choices: tuple[Choice, ...], now: datetime, day_first: bool) -> Understood | None:
    """ "Half past nine" where "9:30 am" is offered, "the 27th" where "27 November" is: the one of equal value."""
    if not any(character.isdigit() for choice in choices for character in choice.label):
        return None
    for kind, reader in (("time", read_time), ("date", read_date)):
        offered = [reader(choice.label, Expected(kind), now, day_first).value for choice in choices]
        if None in offered:
            continue
        halves = ("",) if kind == "date" else ("", " am", " pm")
        meant = {reader(text + half, Expected(kind), now, day_first).value for half in halves} - {None}
        equal = [index for index, value in enumerate(offered) if value in meant]
        if len(equal) == 1:
            return _chosen(choices, frozenset(equal), _PART, "the same " + kind)
    return None


def _chosen(
    choices: tuple[Choice, ...], meant: frozenset[int], confidence: int, why: str, corrected: bool = False
) -> Understood:
    choice = choices[min(meant)]
    return Understood(choice.id, confidence, f"{choice.label}: {why}" if why else choice.label, corrected)


def _several(choices: tuple[Choice, ...], meant: frozenset[int]) -> str:
    names = " or ".join(choices[index].label for index in sorted(meant))
    return f"{names}?" if names else "there is no such place in the list"
