"""Counting people as they count themselves: "just me", "my wife and I", "two adults and a baby"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.understanding.english.numerals import at, cardinal, is_pronoun
from engine.understanding.english.words import listed

_SELF: Final = frozenset(["me", "myself", "i"])
_SINGLES: Final = listed(
    """
    wife husband partner girlfriend boyfriend spouse fiance fiancee fiancé fiancée son daughter kid
    child baby infant toddler boy girl mother mum mom mummy mommy father dad daddy brother sister
    friend mate buddy colleague coworker boss client guest person man woman lady gentleman adult
    teenager teen grandma grandpa grandmother grandfather granny nan aunt auntie uncle cousin nephew
    niece neighbour neighbor roommate flatmate date companion other grandson granddaughter grandchild
    senior pensioner student missus mrs better-half visitor patient passenger stepson stepdaughter
    mother-in-law assistant driver nanny carer caregiver helper half stepfather stepmother
    """
)
_IRREGULAR: Final = {
    "children": "child",
    "babies": "baby",
    "men": "man",
    "women": "woman",
    "ladies": "lady",
    "gentlemen": "gentleman",
    "wives": "wife",
    "people": "person",
    "persons": "person",
    "folks": "person",
    "grownups": "adult",
    "grandchildren": "grandchild",
    "nannies": "nanny",
    "ppl": "person",
    "peeps": "person",
    "more": "other",
    "pals": "friend",
    "mates": "mate",
}
_PAIRS: Final = frozenset(("parents", "grandparents", "twins"))
_ADJECTIVES: Final = listed(
    """
    best good old new little small young younger older elder big dear lovely other whole close better
    own adult grown teenage twin baby two-year-old ex our my his her
    """
)
_OWNERS: Final = listed(
    """
    my the our a an one his her your their another
    """
)
_OWN: Final = frozenset(("my", "our", "his", "her", "the", "me"))
_JOINERS: Final = frozenset(["and", "plus", "with", ",", "&", "alongside"])
_LEADS: Final = listed(
    """
    just only it'll we'll be it's its i'll it is that's that there's there there'll will would be
    we're we are for table book booking a so well um uh i think i'd like please of party group seat
    seats reservation going to the coming be'll <hedge> yes ok hi hello , okay sure then erm us i'm
    """
)
_TAILS: Final = listed(
    """
    please thanks thank you today tonight tomorrow only coming total in altogether all . , ? then for
    dinner lunch
    """
)
NOUNS: Final = (
    _SINGLES
    | frozenset(_IRREGULAR)
    | _PAIRS
    | frozenset(noun + "s" for noun in _SINGLES)
    | listed(
        """
    us party family group seats covers places heads table tables person's diners of strong
    """
    )
)


def count_people(words: Sequence[str]) -> int | None:
    """How many people the words add up to, when they list them; None when they do not (or leave it open)."""
    words = _fluent(words)
    for start in range(len(words)):
        counted = _list_of_people(words, start)
        if counted is not None:
            total, end, terms, selves = counted
            named = terms > 1 or (selves and terms == 1 and "i" not in words)
            if named and all(word in _TAILS for word in words[end:]):
                return total
        if words[start] not in _LEADS:
            return None
    return None


def _fluent(words: Sequence[str]) -> list[str]:
    """The words without hesitations and the pauses around them."""
    out: list[str] = []
    for word in words:
        if word in ("um", "uh", "er") or (word == "," and out and out[-1] in _JOINERS):
            continue
        out.append(word)
    return out


def _list_of_people(words: Sequence[str], i: int) -> tuple[int, int, int, bool] | None:
    """(sum, end, terms, whether the speaker is one of them) of a list joined by "and", "plus", commas."""
    total = terms = 0
    selves = included = False
    while True:
        term = _term(words, i, terms > 0)
        if term is None:
            return None
        count, end, own = (0 if included else term[0]), term[1], term[2]
        total, terms, selves = total + (0 if own and selves else count), terms + 1, selves or own
        j = end
        while at(words, j) in _JOINERS:
            j += 1
        person = words[end - 1] in NOUNS or words[end - 1] in _SELF or words[end - 1] == "couple"
        listed_on = j == end and person and (cardinal(words, j) is not None or at(words, j) in _OWN)
        if (
            (j == end and not listed_on)
            or j >= len(words)
            or (at(words, j) in _TAILS and _term(words, j, True) is None)
        ):
            return total, end, terms, selves
        included = "with" in words[end:j] and not person
        i = j


def _term(words: Sequence[str], i: int, joined: bool) -> tuple[int, int, bool] | None:
    """One entry of the list: (how many, end, whether it is the speaker)."""
    while at(words, i) in ("just", "also"):
        i += 1
    word = at(words, i)
    if word in _SELF:
        return 1, i + 1, True
    if joined and word in _SINGLES:
        return 1, i + 1, False
    number = None if is_pronoun(words, i) else cardinal(words, i)
    if number is not None and number.value == int(number.value) and 0 <= number.value < 10_000:
        return _counted_term(words, i, number.end, int(number.value), joined)
    if word in _OWNERS:
        j = i + 1
        owned = cardinal(words, j)
        if owned is not None and at(words, owned.end) in NOUNS | _ADJECTIVES and 0 < owned.value < 100:
            return _counted_term(words, i, owned.end, int(owned.value), joined)
        while at(words, j) in _ADJECTIVES and at(words, j + 1) in NOUNS | _ADJECTIVES:
            j += 1
        if at(words, j) in _SINGLES:
            return 1, j + 1, False
        if at(words, j) in _PAIRS:
            return 2, j + 1, False
        if word == "another" and at(words, j) == "couple":
            return 2, j + 1, False
    return None


def _counted_term(
    words: Sequence[str], first: int, j: int, count: int, joined: bool
) -> tuple[int, int, bool] | None:
    if at(words, j) == "of" and at(words, j + 1) in ("us", "my", "our", "the", "them"):
        j += 2
    while at(words, j) in _ADJECTIVES:
        j += 1
    noun = at(words, j)
    if noun in NOUNS:
        return count, j + 1 + (noun == "other" and at(words, j + 1) in NOUNS), False
    if at(words, first - 1) == "," and joined:
        return None
    if joined or at(words, j) in _JOINERS or j >= len(words):
        return count, j, False
    return (count, j, False) if at(words, j - 1) == "us" else None
