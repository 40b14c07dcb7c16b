"""What is said without a node that says it: the flow's own words, else these of its language."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.compiler.notice_words import LANGUAGES
from engine.compiler.prepared import content_hash
from engine.flow import Flow
from engine.flow.document import NOTICES
from engine.kinds.instructions import Prompt

FALLBACK = "en"
WORDS: Mapping[str, str] = MappingProxyType(dict(zip(NOTICES, LANGUAGES[FALLBACK], strict=True)))
"""In English, by name."""
SAME: Mapping[str, str] = MappingProxyType({"no": "nb", "nn": "nb"})
"""Languages that are served by the words of another."""


def notices_of(document: Flow, locales: tuple[str, ...]) -> dict[str, Prompt]:
    """The notices by name. One that has words, but not in a locale, has ours in that language, else its first."""
    return {name: _prompt(tuple(_words(document, name, locale) for locale in locales)) for name in NOTICES}


def speaks(locale: str) -> bool:
    """Whether there are words for the locale's language; where there are none, English is said."""
    return _language(locale) in LANGUAGES


def _prompt(texts: tuple[str, ...]) -> Prompt:
    return Prompt(texts, texts, tuple(map(content_hash, texts)))


def _words(document: Flow, name: str, locale: str) -> str:
    own = document.notices.get(name, {})
    if own and (locale in own or not speaks(locale)):
        return own.get(locale) or next(iter(own.values()))
    return LANGUAGES.get(_language(locale), LANGUAGES[FALLBACK])[NOTICES.index(name)]


def _language(locale: str) -> str:
    language = locale.replace("_", "-").partition("-")[0].lower()
    return SAME.get(language, language)
