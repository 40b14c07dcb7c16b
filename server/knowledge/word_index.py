"""Which chunks hold the words of a question: an index kept by the database itself.

SQLite's is FTS5, a table that triggers keep in step with the chunks. Another database brings its own `WordIndex`.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from server.knowledge.repository import KnowledgeRepository

MOST_WORDS = 16
# What says nothing about the answer, in the languages agents speak most.
COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and any are as at be been but by can could did do does for from get got had has have how i if in into is "
        "it its me may my of on or our please should so some than that the their them there they this those to us was "
        "we were what when where which who why will with would you your "
        "der die das ein eine und oder ist sind im in am auf mit von zu wie was wo wann wer ich mein wir es gibt "
        "il lo la le gli un una e di da in con per che dove quando come sono ho mio avete c "
        "les un une et ou est sont de du des avec pour que quel quelle je mon vous y a t "
        "el los las uno y o es son en con por para que donde cuando como yo mi hay",
    )
)


class WordIndex(Protocol):
    """Finds chunks by words."""

    async def find(self, session: AsyncSession, base_id: str, words: Sequence[str], limit: int) -> list[int]:
        """Numbers of the base's chunks that hold any of the words, best first."""
        ...


class SqliteWordIndex:
    """FTS5, ranked by BM25."""

    async def find(self, session: AsyncSession, base_id: str, words: Sequence[str], limit: int) -> list[int]:
        """See `WordIndex`."""
        if not words:
            return []
        any_of = " OR ".join(_quoted(word) for word in words)
        wanted = f"base_id : {_quoted(base_id)} AND {{title headings text}} : ({any_of})"
        return await KnowledgeRepository(session).matching(wanted, limit)


def words_of(question: str) -> list[str]:
    """The words of a question that say what it is about; all of them when none does."""
    found = list(dict.fromkeys(re.findall(r"\w+", question.lower())))
    telling = [word for word in found if word not in COMMON]
    return (telling or found)[:MOST_WORDS]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
