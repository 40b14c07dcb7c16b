"""Who thinks for the talks of this server: its language models, the knowledge of a release, the tools."""

import asyncio

from engine.kinds.program import Program
from engine.providers.llm.asking import Asking
from engine.providers.registry import Health
from server.knowledge.house import KnowledgeHouse
from server.knowledge.named import bases_named
from server.language.configuration import language_model
from server.language.memories import Memories
from server.sessions.minds import Minds
from server.settings import Settings
from server.speech.settings import SpeechSettings
from server.tools.house import ToolHouse


class LanguageHouse:
    """The parts, as the settings want them (`server.sessions.minds.Thinking`)."""

    def __init__(
        self,
        settings: Settings,
        knowledge: KnowledgeHouse,
        tools: ToolHouse,
        health: Health | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.tools = tools
        self.model = language_model(settings, health or Health())
        self._memories = Memories()
        self._warming: asyncio.Task[None] | None = None
        self.asking = Asking(self.model, knowledge.model)

    async def start(self) -> None:
        """Load the vendors' libraries before somebody waits for them."""
        if self.model is not None:
            self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        assert self.model is not None
        for link in self.model.links:
            warm = getattr(link.provider, "warm", None)
            if warm is not None:
                await warm()

    async def of_release(
        self, organization_id: str, release_id: str, program: Program, speech: SpeechSettings
    ) -> Minds:
        """For talks on a release: it searches what was pinned when it was published."""
        toolbox = await self.tools.of_release(organization_id, release_id) if _acts(program) else None
        if not program.thinks:
            return Minds(toolbox=toolbox)
        knowledge = await self.knowledge.of_release(organization_id, release_id)
        return Minds(self._asking(organization_id, speech), knowledge, toolbox, speech.thinks_ahead)

    async def of_draft(
        self, organization_id: str, agent_id: str, program: Program, speech: SpeechSettings
    ) -> Minds:
        """For a rehearsal: it searches what is there now."""
        toolbox = self.tools.of_agent(organization_id, agent_id) if _acts(program) else None
        if not program.thinks:
            return Minds(toolbox=toolbox)
        knowledge = await self.knowledge.of_draft(organization_id, agent_id, bases_named(program))
        return Minds(self._asking(organization_id, speech), knowledge, toolbox, speech.thinks_ahead)

    def _asking(self, organization_id: str, speech: SpeechSettings) -> Asking:
        memory = self._memories.of(organization_id) if speech.remembers else None
        return self.asking.standing_by(memory, speech.standby)

    async def aclose(self) -> None:
        """Let connections go."""
        if self._warming is not None:
            self._warming.cancel()
        if self.model is not None:
            await self.model.aclose()


def _acts(program: Program) -> bool:
    return any(function.tool for function in program.functions.values())
