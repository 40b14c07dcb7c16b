"""Which agent the panels of the server's side are about: the one the open flow was published to."""

from collections.abc import Callable

from studio.client.agents import Agent, create_agent, list_agents
from studio.client.api import Api, ServerTrouble
from studio.client.connection import Connection
from studio.document import Document
from studio.window.keepsakes import Keepsakes, Target
from studio.window.tasks import Tasks

AWAY = "This lives on the server. Connect the studio to one: “parley serve” prints the command."
NOBODY = "There is no agent for this flow yet. Publish it, choose one above, or make one now."


class Agency:
    """One agent is chosen, or none: ``words`` then say why."""

    def __init__(
        self, connection: Connection, keepsakes: Keepsakes, document: Document, tasks: Tasks
    ) -> None:
        self._connection = connection
        self._keepsakes = keepsakes
        self._document = document
        self._tasks = tasks
        self._listeners: list[Callable[[], None]] = []
        self.agents: list[Agent] = []
        self.agent: Agent | None = None
        self.words = AWAY
        self._turn = 0
        """Counts what was begun: an answer to what is over by now is dropped."""

    @property
    def api(self) -> Api | None:
        """The server, while it answers."""
        return self._connection.api if self._connection.up else None

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever agents were looked up or another one is chosen."""
        self._listeners.append(listener)

    def look(self) -> None:
        """Look up the agents there are."""
        api = self.api
        if api is None:
            self._tell(AWAY)
            return
        self._turn += 1
        self._tasks.spawn(self._look(api, self._turn), "Looking for agents")

    async def _look(self, api: Api, turn: int) -> None:
        try:
            agents = await list_agents(api)
        except ServerTrouble as trouble:
            if turn == self._turn:
                self._tell(trouble.message)
            return
        if turn != self._turn:
            return
        self.agents = agents
        wanted = self.agent.id if self.agent is not None else self._of_flow(api)
        self.agent = next((agent for agent in self.agents if agent.id == wanted), None)
        self._tell("" if self.agent is not None else NOBODY)

    def _of_flow(self, api: Api) -> str:
        target = self._keepsakes.target(api.address, self._document.path)
        if target is not None:
            return target.agent
        title = self._document.title
        return next((agent.id for agent in self.agents if agent.name == title), "")

    async def settle(self) -> None:
        """Look the agents up when nobody has; for those who need one at once."""
        api = self.api
        if api is not None and self.agent is None:
            self._turn += 1
            await self._look(api, self._turn)

    def choose(self, id: str) -> None:
        """Turn to another agent."""
        self._turn += 1
        self.agent = next((agent for agent in self.agents if agent.id == id), None)
        self._tell("" if self.agent is not None else NOBODY)

    def make(self) -> None:
        """Make an agent of the flow's name, with an empty draft; publishing goes there."""
        api = self.api
        if api is not None:
            self._tasks.spawn(self._make(api), "Making an agent")

    async def _make(self, api: Api) -> None:
        document = self._document
        try:
            agent = await create_agent(api, document.title, document.flow.description)
        except ServerTrouble as trouble:
            self._tell(trouble.message)
            return
        self._keepsakes.published(api.address, document.path, Target(agent.id, agent.revision))
        self.agents = [agent, *(a for a in self.agents if a.id != agent.id)]
        self.choose(agent.id)

    def _tell(self, words: str) -> None:
        self.words = words
        for listener in tuple(self._listeners):
            listener()
