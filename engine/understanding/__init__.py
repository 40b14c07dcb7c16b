"""What a person meant: pure functions from words, an expectation, a given now and a locale to plain data.

Nothing here reads a clock, a network or a random number, so the same words always mean the same.
"""

from __future__ import annotations

from engine.understanding.english.corrections import correction
from engine.understanding.english.phrases import match_phrases
from engine.understanding.meaning import NOTHING, Choice, Expected, Understood, parse_choices
from engine.understanding.reader import TYPES, understand
from engine.understanding.text import normalise

__all__ = [
    "NOTHING",
    "TYPES",
    "Choice",
    "Expected",
    "Understood",
    "correction",
    "match_phrases",
    "normalise",
    "parse_choices",
    "understand",
]
