"""Reading words: what was said, given what is expected. Pure; done by the driver, before the engine sees
the event."""

from datetime import datetime
from functools import lru_cache

from engine.protocol import NOT_UNDERSTOOD, Reading
from engine.runtime import Expectation
from engine.understanding import NOTHING, Expected, Understood, correction, match_phrases, understand

CLOCKED = frozenset(("date", "time", "datetime"))
"""Types whose meaning depends on the day."""

FREE = frozenset(("text", "name"))
"""Types that take almost any words, so that a phrase of a handler must be preferred to them."""

PHRASE = 700
"""From this confidence (per mille) on a phrase is taken to set a handler off."""

SURE = 600
"""From this confidence on an answer is taken for one."""

REMEMBERED = 256
"""Readings kept for one place of one program."""

WORTH = 80
"""Words longer than this (characters) are not said twice."""

EPOCH = datetime(2000, 1, 1)


def hear(expectation: Expectation, text: str, now: datetime, locale: str) -> Reading:
    """Whom the words were meant for, and what they mean. The listening node comes first, then handlers."""
    known = expectation.readings.get(text)
    if known is not None:
        return known
    reading = _hear(expectation, text, now.replace(second=0, microsecond=0), locale)
    if not _clocked(expectation):
        if len(expectation.readings) >= REMEMBERED:
            expectation.readings.clear()
        if len(text) <= WORTH:
            expectation.readings[text] = reading
    return reading


def _clocked(expectation: Expectation) -> bool:
    asked = (expectation.here, expectation.amend, expectation.correct)
    return any(e is not None and e.type in CLOCKED for e in asked)


def _hear(expectation: Expectation, text: str, now: datetime, locale: str) -> Reading:
    here = expectation.here
    handler, phrase = _handler(expectation, text) if expectation.handlers else ("", 0)
    if here is None:
        return Reading(handler, None, phrase) if phrase >= PHRASE else NOT_UNDERSTOOD
    if expectation.amend is not None:
        local = _confirmation(expectation.amend, here, text, now, locale)
    else:
        local = _answer(expectation, here, text, now, locale)
    if phrase >= PHRASE and (phrase > local.confidence or (here.type in FREE and local.target == "here")):
        return Reading(handler, None, phrase)
    return local


def _answer(expectation: Expectation, here: Expected, text: str, now: datetime, locale: str) -> Reading:
    if expectation.correct is not None:
        corrected = _correction(expectation.correct, here, text, now, locale)
        if corrected is not None:
            return corrected
    return _reading("here", _understand(text, here, now, locale))


def _correction(before: Expected, here: Expected, text: str, now: datetime, locale: str) -> Reading | None:
    """ "No, I meant Tuesday": the answer before, when the words are no answer to the question asked now."""
    meant = _correction_in(text)
    if meant is None or (before.type in FREE and here.type not in FREE):
        return None
    if (
        here.type not in FREE
        and here.type != "yes_no"
        and _understand(text, here, now, locale).confidence >= SURE
    ):
        return None
    again = _understand(meant, before, now, locale)
    return _reading("correct", again) if again.confidence >= SURE else None


def _confirmation(asked: Expected, here: Expected, text: str, now: datetime, locale: str) -> Reading:
    """At "is that right?": yes, no, or another value."""
    answer = _understand(text, here, now, locale)
    meant = _correction_in(text)
    if meant is not None:
        other = _understand(meant, asked, now, locale)
        if other.confidence >= SURE:
            return _reading("amend", other)
    if answer.confidence >= SURE or asked.type in FREE:
        return _reading("here", answer)
    other = _understand(text, asked, now, locale)
    return _reading("amend", other) if other.confidence >= SURE else _reading("here", answer)


def _handler(expectation: Expectation, text: str) -> tuple[str, int]:
    best = ("", 0)
    for node, phrases in expectation.handlers:
        score = _match(text, phrases)
        if score > best[1]:
            best = (node, score)
    return best


@lru_cache(maxsize=4096)
def _match(text: str, phrases: tuple[str, ...]) -> int:
    return match_phrases(text, phrases)


@lru_cache(maxsize=4096)
def _correction_in(text: str) -> str | None:
    return correction(text)


def _understand(text: str, expected: Expected, now: datetime, locale: str) -> Understood:
    return _remembered(text, expected, now if expected.type in CLOCKED else EPOCH, locale)


@lru_cache(maxsize=8192)
def _remembered(text: str, expected: Expected, now: datetime, locale: str) -> Understood:
    return understand(text, expected, now=now, locale=locale)


def _reading(target: str, understood: Understood) -> Reading:
    if understood is NOTHING or understood.value is None:
        return Reading("", None, 0, understood.note) if understood.note else NOT_UNDERSTOOD
    return Reading(target, understood.value, understood.confidence, understood.note)
