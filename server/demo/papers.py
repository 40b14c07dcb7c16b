"""The papers that lie beside a sample flow (``knowledge/``): the sample's agent knows them."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from server.kit.errors import ApiError, ErrorCode
from server.knowledge.gathering import digest_of
from server.knowledge.house import KnowledgeHouse
from server.knowledge.models import KnowledgeSource
from server.knowledge.schemas import FaqCreate
from server.knowledge.uploads import Document

QUESTIONS = ".json"
"""What ends so holds frequent questions, as ``POST .../faqs`` takes them; all else is a document."""


class SamplePapers:
    """Brings papers to the knowledge of sample agents, each once: again only when it changed."""

    def __init__(self, knowledge: KnowledgeHouse) -> None:
        self.knowledge = knowledge

    async def bring(self, organization_id: str, agent_id: str, folder: Path) -> bool:
        """Bring every paper in ``folder``, and wait until all are read; answers whether there are any.

        Raises `ApiError` for one that cannot be a paper.
        """
        papers = sorted(path for path in folder.glob("*") if path.is_file() and path.name[0] != ".")
        if not papers:
            return False
        service = self.knowledge.service
        base = await service.of_agent(organization_id, agent_id, make=True)
        assert base is not None
        known = await service.every_source(organization_id, base.id)
        for path in papers:
            await self._paper(organization_id, base.id, path, known)
        await self.knowledge.jobs.settled(organization_id, base.id)
        return True

    async def _paper(
        self, organization_id: str, base_id: str, path: Path, known: Sequence[KnowledgeSource]
    ) -> None:
        service, data = self.knowledge.service, path.read_bytes()
        if path.suffix == QUESTIONS:
            wanted = questions(path, data)
            options = {"entries": [entry.model_dump() for entry in wanted.entries]}
            if not any(s.kind == "faq" and s.origin == wanted.title and s.options == options for s in known):
                await service.add_faq(organization_id, base_id, wanted)
        elif not any(s.kind == "document" and s.origin == path.name and _same(s, data) for s in known):
            await service.add_document(organization_id, base_id, Document(path.name, "", data))


def questions(path: Path, data: bytes) -> FaqCreate:
    """The frequent questions of a file; raises `ApiError`."""
    try:
        return FaqCreate.model_validate(json.loads(data))
    except (ValueError, RecursionError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise ApiError(
            ErrorCode.DOCUMENT_UNREADABLE,
            f'{path.name}: {what}. Write {{"title", "entries": [{{"question", "answer"}}]}}.',
        ) from error


def _same(source: KnowledgeSource, data: bytes) -> bool:
    """Whether it was read from this content."""
    return bool(source.facts.get("digest") == digest_of(data))
