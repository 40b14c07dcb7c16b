"""Who thinks for the talks of this server: its language models, the knowledge of a release, the tools."""

from engine.kinds.program import Program
from engine.providers.llm.asking import Asking
from engine.providers.registry import Health
from server.knowledge.house import KnowledgeHouse
from server.knowledge.named import bases_named
from server.language.configuration import language_model
from server.sessions.minds import Minds
from server.settings import Settings


class LanguageHouse:
    """The parts, as the settings want them (`server.sessions.minds.Thinking`)."""

    def __init__(self, settings: Settings, knowledge: KnowledgeHouse, health: Health | None = None) -> None:
        self.knowledge = knowledge
        self.model = language_model(settings, health or Health())
        self.asking = Asking(self.model, knowledge.model) if self.model is not None else None

    async def of_release(self, organization_id: str, release_id: str, program: Program) -> Minds:
        """For talks on a release: it searches what was pinned when it was published."""
        if not program.thinks:
            return Minds()
        knowledge = await self.knowledge.of_release(organization_id, release_id)
        return Minds(self.asking, knowledge)

    async def of_draft(self, organization_id: str, agent_id: str, program: Program) -> Minds:
        """For a rehearsal: it searches what is there now."""
        if not program.thinks:
            return Minds()
        knowledge = await self.knowledge.of_draft(organization_id, agent_id, bases_named(program))
        return Minds(self.asking, knowledge)

    async def aclose(self) -> None:
        """Let connections go."""
        if self.model is not None:
            await self.model.aclose()
