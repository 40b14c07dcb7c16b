"""Finding passages: by meaning and by words, in what a release pinned or in what bases hold now."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import structlog

from engine.protocol import Passage
from engine.providers.embeddings.contract import EmbeddingModel
from engine.providers.speech import ProviderError
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.knowledge.models import KnowledgeChunk
from server.knowledge.ranking import fuse, score
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.search_index import Place, Question, SearchIndex
from server.knowledge.words import words_of

NEAREST = 50
"""Candidates of each ranking."""
QUESTIONS = 256
"""Questions whose vectors are remembered."""
LONGEST = 2000
"""Letters of a question that count."""

log = structlog.get_logger()


class Finder:
    """Searches. Without an embedding model, or while it fails, by words alone. ``label`` names the model."""

    def __init__(self, database: Database, model: EmbeddingModel, label: str, index: SearchIndex) -> None:
        self.database = database
        self.model = model
        self.label = label
        self.index = index
        self._asked: OrderedDict[str, Any] = OrderedDict()
        self._held: OrderedDict[str, tuple[Any, Any]] = OrderedDict()

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
        asked = Question(tuple(words), await self._vector(question), self.label)
        async with self.database.read(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            places = [await self._place(knowledge, organization_id, name) for name in dict.fromkeys(scope)]
        # No session is held while the index is asked: it may be far away, and sessions are few.
        found = [await self.index.search(place, asked, NEAREST) for place in places]
        cosines = {id: cosine for each in found for id, cosine in each.cosines.items()}
        near = sorted({id for each in found for id in each.near}, key=lambda id: (-cosines[id], id))
        ranked = fuse(near[:NEAREST], [each.said for each in found])[:count]
        async with self.database.read(organization_id) as session:
            chunks = await KnowledgeRepository(session).chunks(ranked)
        passages = [_passage(chunks[id], cosines.get(id), words) for id in ranked if id in chunks]
        return sorted(passages, key=lambda passage: -passage.score)

    async def _place(self, knowledge: KnowledgeRepository, organization_id: str, name: str) -> Place:
        import numpy as np

        snapshot = await knowledge.find_snapshot(name)
        base = await knowledge.find_base(snapshot.base_id if snapshot else name)
        if base is None:
            raise ApiError(ErrorCode.KNOWLEDGE_BASE_NOT_FOUND)
        state = base.state
        if snapshot is not None:
            members = np.frombuffer(snapshot.chunks, "<i8")
            return Place(organization_id, base.id, state, members, snapshot.id)
        held = self._held.get(base.id)
        if held is None or held[0] != state:
            held = (state, np.asarray(await knowledge.held(base.id), np.int64))
            self._held[base.id] = held
            while len(self._held) > QUESTIONS:
                self._held.popitem(last=False)
        return Place(organization_id, base.id, state, held[1], base.id)

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
