"""What a node says aloud, and how long that takes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.kinds.listening import Listening
from engine.kinds.say import SayFields

WORDS_A_SECOND = 2.6
HOLE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
LOOKED_AT = 4_000
"""Characters of a text that are looked at closely; a longer one is too long to be heard anyway."""

AT_ONCE = ("prompt.", "text.", "voice.")
"""Fields that are said as the node is entered, and not only later."""


def spoken(fields: Any) -> Iterator[tuple[str, str]]:
    """The texts a node says aloud, each with its field."""
    if isinstance(fields, SayFields):
        for locale, text in {**fields.text, **fields.voice}.items():
            yield (f"voice.{locale}" if locale in fields.voice else f"text.{locale}"), text
        return
    for name in ("prompt", "text", "confirm", "invalid"):
        words = getattr(fields, name, None)
        if words and isinstance(words, Mapping):
            yield from ((f"{name}.{locale}", text) for locale, text in words.items())
    for name in ("reprompts", "silences") if isinstance(fields, Listening) else ():
        for i, words in enumerate(getattr(fields, name)):
            yield from ((f"{name}.{i}.{locale}", text) for locale, text in words.items())


def seconds(text: str) -> float:
    """How long it takes to say a text; each value in it counts as two words."""
    known = len(text) <= LOOKED_AT and "{{" in text
    return len((HOLE.sub(" a value ", text) if known else text).split()) / WORDS_A_SECOND


def opening(texts: Iterable[tuple[str, str]]) -> float:
    """Seconds of speech as the node is entered, in the language that takes longest."""
    return max((seconds(text) for field, text in texts if field.startswith(AT_ONCE)), default=0.0)
