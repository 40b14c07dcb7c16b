"""The search inside this process: words by SQLite's FTS5, a table that triggers keep in step with the chunks, and
meaning by vectors held in memory."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from server.kit.database import Database
from server.knowledge.matrix import Matrix, Shelf
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.search_index import Found, Place, Question

WIDER = (100, 2000, 100_000)
"""How far the words are looked for, until enough of them are in the scope."""


class EmbeddedIndex:
    """See `server.knowledge.search_index.SearchIndex`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.shelf = Shelf()

    async def search(self, place: Place, question: Question, count: int) -> Found:
        """The best chunks by each ranking."""
        async with self.database.read(place.organization_id) as session:
            matrix = None if question.vector is None else await self._matrix(session, place, question)
            said = await self._said(session, place, question.words, count)
        if matrix is None:
            return Found([], said, {})
        near = await asyncio.to_thread(matrix.nearest, question.vector, place.members, place.scope, count)
        cosines = matrix.cosines(question.vector, said) | dict(near)
        return Found([id for id, _ in near], said, cosines)

    async def follow(self, organization_id: str, base_id: str) -> None:
        """Words are in step already; vectors are read again when they are asked for."""
        self.shelf.forget(base_id)

    async def _matrix(self, session: AsyncSession, place: Place, question: Question) -> Matrix:
        state = (place.state, question.model)
        found = self.shelf.get(place.base_id, state)
        if found is None:
            rows = await KnowledgeRepository(session).vectors(place.base_id, question.model)
            dimensions = len(question.vector)
            found = Matrix([id for id, _ in rows], [vector for _, vector in rows], dimensions)
            self.shelf.put(place.base_id, state, found)
        return found

    async def _said(self, session: AsyncSession, place: Place, words: Sequence[str], count: int) -> list[int]:
        """Chunks in the scope that hold the words, best first."""
        import numpy as np

        if not len(place.members) or not words:
            return []
        any_of = " OR ".join(_quoted(word) for word in words)
        wanted = f"base_id : {_quoted(place.base_id)} AND {{title headings text}} : ({any_of})"
        knowledge = KnowledgeRepository(session)
        inside: Any = []
        for limit in WIDER:
            found = np.asarray(await knowledge.matching(wanted, limit), np.int64)
            inside = found[np.isin(found, place.members)]
            if len(inside) >= count or len(found) < limit:
                break
        return [int(id) for id in inside[:count]]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
