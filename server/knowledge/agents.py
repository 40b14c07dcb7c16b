"""What one agent knows: its own base, made when something is first added."""

from server.kit.errors import ApiError, ErrorCode
from server.knowledge.schemas import (
    AddressCreate,
    AgentFaq,
    AgentKnowledge,
    AgentKnowledgeView,
    FaqCreate,
    FaqEntry,
    source_view,
)
from server.knowledge.service import KnowledgeService
from server.knowledge.uploads import Document


class AgentKnowledgeService:
    """Speaks of agents, and lets the bases do the work."""

    def __init__(self, knowledge: KnowledgeService) -> None:
        self.knowledge = knowledge

    async def get(self, organization_id: str, agent_id: str) -> AgentKnowledgeView:
        """All of it; raises `ApiError` when there is no such agent."""
        base = await self.knowledge.of_agent(organization_id, agent_id, make=False)
        if base is None:
            return AgentKnowledgeView(base_id=None, documents=[], urls=[], faqs=[])
        sources = await self.knowledge.every_source(organization_id, base.id)
        return AgentKnowledgeView(
            base_id=base.id,
            documents=[source_view(source) for source in sources if source.kind == "document"],
            urls=[source_view(source) for source in sources if source.kind == "address"],
            faqs=[
                AgentFaq(question=entry["question"], answer=entry["answer"])
                for source in sources
                if source.kind == "faq"
                for entry in source.options["entries"]
            ],
        )

    async def add_file(self, organization_id: str, agent_id: str, document: Document) -> None:
        """A document; raises `ApiError`."""
        await self.knowledge.add_document(
            organization_id, await self._base(organization_id, agent_id), document
        )

    async def add(self, organization_id: str, agent_id: str, wanted: AgentKnowledge) -> None:
        """Documents, addresses and questions; raises `ApiError`."""
        base_id = await self._base(organization_id, agent_id)
        for document in wanted.documents:
            text = Document(document.name, "", document.content.encode("utf-8", "replace"))
            await self.knowledge.add_document(organization_id, base_id, text)
        for url in wanted.urls:
            await self.knowledge.add_address(organization_id, base_id, AddressCreate(url=url))
        if wanted.faqs:
            entries = [FaqEntry(question=faq.question, answer=faq.answer) for faq in wanted.faqs]
            await self.knowledge.add_faq(organization_id, base_id, FaqCreate(entries=entries))

    async def forget(self, organization_id: str, agent_id: str, source_id: str = "") -> None:
        """One source, or all the agent knows; releases keep what they were published with. Raises `ApiError`, also
        for a source of another agent."""
        base = await self.knowledge.of_agent(organization_id, agent_id, make=False)
        known = await self.knowledge.every_source(organization_id, base.id) if base else []
        wanted = [source.id for source in known if source_id in ("", source.id)]
        if source_id and not wanted:
            raise ApiError(ErrorCode.KNOWLEDGE_SOURCE_NOT_FOUND)
        for id in wanted:
            await self.knowledge.forget(organization_id, id)

    async def _base(self, organization_id: str, agent_id: str) -> str:
        base = await self.knowledge.of_agent(organization_id, agent_id, make=True)
        assert base is not None
        return base.id
