"""Finding passages: by meaning and by words, in what a release pinned or in what bases hold now."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from engine.protocol import Passage
from engine.providers.embeddings.contract import EmbeddingModel
from engine.providers.speech import ProviderError
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.knowledge.matrix import Matrix, Shelf
from server.knowledge.models import KnowledgeChunk
from server.knowledge.ranking import fuse, score
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.word_index import WordIndex, words_of

NEAREST = 50
"""Candidates of each ranking."""
WIDER = (100, 2000, 100_000)
"""How far the words are looked for, until enough of them are in the scope."""
QUESTIONS = 256
"""Questions whose vectors are remembered."""
LONGEST = 2000
"""Letters of a question that count."""

log = structlog.get_logger()


class Place:
    """One base as a scope sees it: ``members`` are the numbers of its chunks, sorted; ``scope`` names them."""

    def __init__(self, base_id: str, revision: int, members: Any, scope: Hashable) -> None:
        self.base_id, self.revision, self.members, self.scope = base_id, revision, members, scope


class Finder:
    """Searches. Without an embedding model, or while it fails, by words alone."""

    def __init__(
        self, database: Database, model: EmbeddingModel, label: str, words: WordIndex, shelf: Shelf
    ) -> None:
        self.database = database
        self.model = model
        self.label = label
        self.words = words
        self.shelf = shelf
        self._asked: OrderedDict[str, Any] = OrderedDict()
        self._held: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    async def find(
        self, organization_id: str, scope: Sequence[str], question: str, count: int
    ) -> list[Passage]:
        """The passages that fit best, by their scores. ``scope`` names bases or snapshots.

        Raises `ApiError` for a name that is neither.
        """
        question = " ".join(question.split())[:LONGEST]
        if not question or count < 1:
            return []
        words = words_of(question)
        vector = await self._vector(question)
        async with self.database.read(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            places = [await self._place(knowledge, name) for name in dict.fromkeys(scope)]
            near: list[tuple[int, float]] = []
            said: list[list[int]] = []
            for place in places:
                if vector is not None:
                    near += await self._near(knowledge, place, vector)
                said.append(await self._said(session, place, words))
            near.sort(key=lambda each: (-each[1], each[0]))
            ranked = fuse([id for id, _ in near[:NEAREST]], said)[:count]
            chunks = await knowledge.chunks(ranked)
            cosines = dict(near)
            if vector is not None:
                for place in places:
                    cosines |= (await self._matrix(knowledge, place)).cosines(vector, ranked)
        passages = [_passage(chunks[id], cosines.get(id), words) for id in ranked if id in chunks]
        return sorted(passages, key=lambda passage: -passage.score)

    async def _place(self, knowledge: KnowledgeRepository, name: str) -> Place:
        import numpy as np

        snapshot = await knowledge.find_snapshot(name)
        base = await knowledge.find_base(snapshot.base_id if snapshot else name)
        if base is None:
            raise ApiError(ErrorCode.KNOWLEDGE_BASE_NOT_FOUND)
        if snapshot is not None:
            return Place(base.id, base.revision, np.frombuffer(snapshot.chunks, "<i8"), snapshot.id)
        held = self._held.get(base.id)
        if held is None or held[0] != base.revision:
            held = (base.revision, np.asarray(await knowledge.held(base.id), np.int64))
            self._held[base.id] = held
            while len(self._held) > QUESTIONS:
                self._held.popitem(last=False)
        return Place(base.id, base.revision, held[1], base.id)

    async def _near(
        self, knowledge: KnowledgeRepository, place: Place, vector: Any
    ) -> list[tuple[int, float]]:
        matrix = await self._matrix(knowledge, place)
        return await asyncio.to_thread(matrix.nearest, vector, place.members, place.scope, NEAREST)

    async def _matrix(self, knowledge: KnowledgeRepository, place: Place) -> Matrix:
        state = (place.revision, self.label)
        found = self.shelf.get(place.base_id, state)
        if found is None:
            rows = await knowledge.vectors(place.base_id, self.label)
            found = Matrix([id for id, _ in rows], [vector for _, vector in rows], self.model.dimensions)
            self.shelf.put(place.base_id, state, found)
        return found

    async def _said(self, session: AsyncSession, place: Place, words: Sequence[str]) -> list[int]:
        """Chunks in the scope that hold the words, best first."""
        import numpy as np

        if not len(place.members):
            return []
        for limit in WIDER:
            found = np.asarray(await self.words.find(session, place.base_id, words, limit), np.int64)
            inside = found[np.isin(found, place.members)]
            if len(inside) >= NEAREST or len(found) < limit:
                break
        return [int(id) for id in inside[:NEAREST]]

    async def _vector(self, question: str) -> Any:
        """The question's; None when the model cannot say."""
        known = self._asked.get(question)
        if known is not None:
            return known
        try:
            found = (await self.model.embed([question]))[0]
        except ProviderError as error:
            log.warning("a question is looked for by its words only", reason=str(error))
            return None
        self._asked[question] = found
        while len(self._asked) > QUESTIONS:
            self._asked.popitem(last=False)
        return found


def _passage(chunk: KnowledgeChunk, cosine: float | None, words: Sequence[str]) -> Passage:
    context = f"{chunk.title}\n{' '.join(chunk.headings)}\n{chunk.text}"
    where = " › ".join(chunk.headings)
    if chunk.page:
        where = f"{where}, page {chunk.page}" if where else f"page {chunk.page}"
    url = chunk.origin if chunk.origin.startswith(("http://", "https://")) else ""
    return Passage(
        id=chunk.digest,
        text=chunk.text,
        title=chunk.title or chunk.origin,
        where=where,
        url=url,
        score=score(cosine, words, context),
        answer=chunk.answer,
    )
