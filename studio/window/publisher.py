"""Publishing from the window: between the sheet and the server."""

from studio.client.agents import Agent, conflict_words, create_agent, list_agents, publish
from studio.client.api import Api, ServerTrouble
from studio.client.connection import Connection
from studio.panels.checking import Checked
from studio.theme import Look
from studio.window.desk import Desk
from studio.window.keepsakes import Keepsakes, Target
from studio.window.publishing import PublishSheet
from studio.window.tasks import Tasks

NO_SERVER = (
    "The studio is not connected to a server. Start one with “parley serve”; "
    "it prints the command that opens the studio beside it."
)


class Publisher:
    """Owns the sheet of one desk."""

    def __init__(
        self, look: Look, desk: Desk, keepsakes: Keepsakes, connection: Connection, tasks: Tasks
    ) -> None:
        self._desk = desk
        self._keepsakes = keepsakes
        self._connection = connection
        self._tasks = tasks
        self.sheet = PublishSheet(look, desk)
        self.sheet.wanted.connect(self._wanted)
        self.sheet.jump.connect(desk.go_to)
        desk.checked.connect(self._checked)

    def begin(self) -> None:
        """Open the sheet and look for agents."""
        api = self._connection.api
        if api is None:
            self._desk.notices.tell(NO_SERVER, grave=True)
            return
        self.sheet.begin(self._desk.document.title, self._desk.newest)
        self.sheet.move(self._desk.width() - self.sheet.width() - 18, self._desk.bar.height() + 8)
        self._tasks.spawn(self._list(api), "Looking for agents")

    def _checked(self, checked: Checked) -> None:
        if self.sheet.isVisible():
            self.sheet.show_checked(checked)

    async def _list(self, api: Api) -> None:
        try:
            agents = await list_agents(api)
        except ServerTrouble as trouble:
            self.sheet.failed(trouble.message, conflict=False)
            return
        target = self._keepsakes.target(api.address, self._desk.document.path)
        chosen = target.agent if target is not None else ""
        if not chosen:
            title = self._desk.document.title
            chosen = next((a.id for a in agents if a.name == title), "")
        self.sheet.show_agents(agents, chosen)

    def _wanted(self, agent: Agent | None, name: str, overwrite: bool) -> None:
        api = self._connection.api
        if api is not None:
            self._tasks.spawn(self._publish(api, agent, name, overwrite), "Publishing")

    async def _publish(self, api: Api, agent: Agent | None, name: str, overwrite: bool) -> None:
        document = self._desk.document
        state = document.state
        try:
            if agent is None:
                agent = await create_agent(api, name, state.flow.description)
            target = self._keepsakes.target(api.address, document.path)
            if target is not None and target.agent == agent.id:
                agent = Agent(agent.id, agent.name, agent.public_id, target.revision, agent.release)
            published = await publish(api, agent, state.flow, state.layout, overwrite=overwrite)
        except ServerTrouble as trouble:
            conflict = trouble.conflict and agent is not None
            words = conflict_words(trouble, agent) if conflict and agent is not None else trouble.message
            self.sheet.failed(words, conflict=conflict)
            return
        now = published.agent
        self._keepsakes.published(api.address, document.path, Target(now.id, now.revision))
        self.sheet.done(published)
