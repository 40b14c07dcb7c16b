"""The panels of the server's side, in a desk's drawer."""

from studio.client.connection import Connection
from studio.operations.agency import Agency
from studio.operations.knowing import Knowing
from studio.operations.knowledge_panel import KnowledgePanel
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
        desk.add_place("knowledge", self.knowledge)

    def show_connection(self) -> None:
        """A server came or went."""
        if self.knowledge.isVisible():
            self.agency.look()
