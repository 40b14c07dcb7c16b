"""Two rankings become one, and a score says how well a passage fits.

Fusion by reciprocal ranks: Cormack, Clarke and Büttcher, SIGIR 2009.
"""

import re
import unicodedata
from collections.abc import Sequence

RANK = 10
WORDS = 0.5
"""What a place by words counts beside one by meaning. Both were chosen on one half of the bench's questions."""
STEM = 5
"""Letters in which two words must agree to be taken for forms of one."""
WORDS_ONLY = 600
"""Per mille that words alone can earn a passage that means something else."""


def fuse(near: Sequence[int], said: Sequence[Sequence[int]]) -> list[int]:
    """One ranking, best first, of one by meaning and several by words; equals by number."""
    earned: dict[int, float] = {}
    for ranking, weight in ((near, 1.0), *((each, WORDS) for each in said)):
        for at, id in enumerate(ranking, 1):
            earned[id] = earned.get(id, 0.0) + weight / (RANK + at)
    return sorted(earned, key=lambda id: (-earned[id], id))


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
