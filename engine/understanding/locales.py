"""What a locale says: the language's readers, the region of its phone numbers, the order of day and month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from engine.understanding.english import READERS, Reader

_LANGUAGES: Final[Mapping[str, Mapping[str, Reader]]] = {"en": READERS}
_DEFAULT_REGION: Final[Mapping[str, str]] = {"en": "US"}
_MONTH_FIRST: Final = frozenset(("US", "PH", "FM", "GU", "PR"))


class Locale(NamedTuple):
    """A locale as readers need it."""

    readers: Mapping[str, Reader]
    region: str
    day_first: bool


def locale_for(tag: str) -> Locale:
    """From a tag such as en-US or en_GB. A language without readers of its own is read as English.

    Its region still decides on phone numbers and on whether 3/4 is in March or in April.
    """
    language, *rest = tag.replace("_", "-").split("-")
    region = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), "")
    region = region or _DEFAULT_REGION.get(language.lower(), language.upper() if len(language) == 2 else "US")
    return Locale(_LANGUAGES.get(language.lower(), READERS), region, region not in _MONTH_FIRST)
