"""What is said without a node that says it: the flow's own words, else these."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.compiler.prepared import content_hash
from engine.flow import Flow
from engine.kinds.instructions import Prompt

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "resumed": "Sorry, the line was gone for a moment. I am back.",
        "hearing": "I am having trouble hearing you. Please use the keys of your telephone.",
        "apology": "I am sorry, something is not working here. Please call again later.",
        "hold": "One moment, please.",
    }
)
"""English: a flow in another language brings its own."""


def notices_of(document: Flow, locales: tuple[str, ...]) -> dict[str, Prompt]:
    """The notices by name. One that has words, but not in a locale, has those of the first locale there."""
    return {name: _prompt(tuple(_words(document, name, locale) for locale in locales)) for name in WORDS}


def _prompt(texts: tuple[str, ...]) -> Prompt:
    return Prompt(texts, texts, tuple(map(content_hash, texts)))


def _words(document: Flow, name: str, locale: str) -> str:
    own = document.notices.get(name, {})
    if own:
        return own.get(locale) or next(iter(own.values()))
    return WORDS[name]
