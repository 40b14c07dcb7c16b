"""Who thinks for a talk: models, knowledge, tools."""

from typing import Protocol

import msgspec

from engine.conversation import Conversation
from engine.conversation.ports import Knowledge, Models, Toolbox
from engine.kinds.program import Program
from server.speech.settings import SpeechSettings


class Minds(msgspec.Struct, frozen=True):
    """What is missing answers with an error that says so. ``eager``: they begin before it is sure that a caller has
    finished."""

    models: Models | None = None
    knowledge: Knowledge | None = None
    toolbox: Toolbox | None = None
    eager: bool = True

    def join(self, conversation: Conversation) -> None:
        """Think for this conversation from now on."""
        thinker = conversation.thinker
        thinker.models, thinker.knowledge, thinker.toolbox = self.models, self.knowledge, self.toolbox
        thinker.eager = self.eager


class Thinking(Protocol):
    """Knows who thinks for what; ``speech`` says what is spoken when nobody does."""

    async def of_release(
        self, organization_id: str, release_id: str, program: Program, speech: SpeechSettings
    ) -> Minds:
        """For talks on a release."""

    async def of_draft(
        self, organization_id: str, agent_id: str, program: Program, speech: SpeechSettings
    ) -> Minds:
        """For a rehearsal; ``agent_id`` may be empty."""


class Thoughtless:
    """Nobody thinks."""

    async def of_release(
        self, organization_id: str, release_id: str, program: Program, speech: SpeechSettings
    ) -> Minds:
        """Nobody."""
        return Minds()

    async def of_draft(
        self, organization_id: str, agent_id: str, program: Program, speech: SpeechSettings
    ) -> Minds:
        """Nobody."""
        return Minds()
