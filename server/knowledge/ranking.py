"""Two rankings become one, and a score says how well a passage fits.

Fusion by reciprocal ranks: Cormack, Clarke and Büttcher, SIGIR 2009.
"""

import re
import unicodedata
from collections.abc import Sequence

RANK = 60
STEM = 5
"""Letters in which two words must agree to be taken for forms of one."""
WORDS_ONLY = 600
"""Per mille that words alone can earn a passage that means something else."""


def fuse(*rankings: Sequence[int]) -> dict[int, float]:
    """What each one earns by its places, best first; equals by number."""
    earned: dict[int, float] = {}
    for ranking in rankings:
        for at, each in enumerate(ranking, 1):
            earned[each] = earned.get(each, 0.0) + 1 / (RANK + at)
    return dict(sorted(earned.items(), key=lambda item: (-item[1], item[0])))


def score(cosine: float | None, words: Sequence[str], text: str) -> int:
    """Per mille: the cosine, or the share of the question's words in the text, whichever says more.

    Words count less than meaning, unless there is no meaning to be had (``cosine`` None).
    """
    share = coverage(words, text)
    if cosine is None:
        return round(1000 * share)
    return min(1000, max(round(1000 * cosine), round(WORDS_ONLY * share), 0))


def coverage(words: Sequence[str], text: str) -> float:
    """The share of the words that the text has in some form."""
    if not words:
        return 0.0
    there = {_stem(word) for word in re.findall(r"\w+", text)}
    return sum(_stem(word) in there for word in words) / len(words)


def _stem(word: str) -> str:
    bare = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))[:STEM]
