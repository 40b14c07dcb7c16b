"""The panels of the server's side, in a desk's drawer."""

from studio.client.connection import Connection
from studio.operations.agency import Agency
from studio.operations.knowing import Knowing
from studio.operations.knowledge_panel import KnowledgePanel
from studio.operations.page import AgentPage
from studio.operations.speech_panel import SpeechPanel
from studio.operations.tooling import Tooling
from studio.operations.tools_panel import ToolsPanel
from studio.operations.voicing import Voicing
from studio.theme import Look
from studio.window.desk import Desk
from studio.window.keepsakes import Keepsakes
from studio.window.tasks import Tasks


class AgentHouse:
    """Made anew with each desk."""

    def __init__(
        self, look: Look, desk: Desk, connection: Connection, keepsakes: Keepsakes, tasks: Tasks
    ) -> None:
        self.agency = Agency(connection, keepsakes, desk.document, tasks)
        self.knowledge = KnowledgePanel(look, self.agency)
        self.knowing = Knowing(self.knowledge, self.agency, tasks)
        self.tools = ToolsPanel(look, self.agency)
        self.tooling = Tooling(self.tools, self.agency, tasks)
        self.speech = SpeechPanel(look, self.agency)
        self.voicing = Voicing(self.speech, self.agency, desk.document, tasks)
        self._pages: dict[str, AgentPage] = {
            "knowledge": self.knowledge,
            "tools": self.tools,
            "speech": self.speech,
        }
        for place, page in self._pages.items():
            desk.add_place(place, page)

    def show_connection(self) -> None:
        """A server came or went."""
        if any(page.isVisible() for page in self._pages.values()):
            self.agency.look()
