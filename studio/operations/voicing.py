"""Between the speech panel and the server."""

import asyncio

from studio.client import speaking
from studio.client.agents import Agent
from studio.client.api import Api, ServerTrouble
from studio.client.speaking import SpeechSettings
from studio.document import Document
from studio.operations.agency import Agency
from studio.operations.speech_panel import SpeechPanel
from studio.window.tasks import Tasks

SAVED = "Saved. Publish, and the next visitor hears it."


class Voicing:
    """One agent's speech at a time."""

    def __init__(self, panel: SpeechPanel, agency: Agency, document: Document, tasks: Tasks) -> None:
        self._panel = panel
        self._agency = agency
        self._document = document
        self._tasks = tasks
        self._turn = 0
        """Counts looks and savings: a look that is over by then shows nothing."""
        self._shown = ""
        panel.wanted.connect(self.look)
        panel.saved.connect(self.save)

    def look(self) -> None:
        """Look how the agent is set, and who there is."""
        agent, api = self._agency.agent, self._agency.api
        if agent is not None and api is not None:
            self._turn += 1
            self._tasks.spawn(self._look(api, agent, self._turn), "Looking for voices")

    async def _look(self, api: Api, agent: Agent, turn: int) -> None:
        locales = tuple(self._document.flow.locales)
        try:
            settings, providers, (voices, troubles) = await asyncio.gather(
                speaking.read_speech(api, agent.id),
                speaking.list_providers(api),
                speaking.list_voices(api, next(iter(locales), "")),
            )
            if turn != self._turn or (self._panel.edited and self._shown == agent.id):
                return  # what one has not saved yet stays
            self._shown = agent.id
            self._panel.show_settings(settings, providers, voices, troubles, locales)
            self._panel.show_models(await speaking.models_seen(api, agent.id))
        except ServerTrouble as trouble:
            self._panel.tell(trouble.message)

    def save(self, settings: SpeechSettings) -> None:
        """Keep these settings."""
        agent, api = self._agency.agent, self._agency.api
        if agent is not None and api is not None:
            self._turn += 1
            self._tasks.spawn(self._save(api, agent, settings), "Saving how the agent speaks")

    async def _save(self, api: Api, agent: Agent, settings: SpeechSettings) -> None:
        try:
            self._panel.settings = await speaking.save_speech(api, agent.id, settings)
        except ServerTrouble as trouble:
            self._panel.tell(trouble.message)
            return
        self._panel.edited = False
        self._panel.tell(SAVED, "good")
