"""The widget's settings of an agent."""

from server.agents.repository import AgentRepository
from server.deployments.models import Deployment
from server.deployments.repository import DeploymentRepository
from server.deployments.schemas import WidgetSettings
from server.kit.clock import Clock
from server.kit.database import Database

WIDGET = "widget"


class DeploymentService:
    """Reads and replaces them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self._origins: frozenset[str] = frozenset()

    async def start(self) -> None:
        """Learn on which pages any agent may be embedded."""
        async with self.database.system_session("origins on which any agent is embedded") as session:
            rows = await DeploymentRepository(session).everywhere(WIDGET)
        lists = [WidgetSettings.model_validate(row.settings).allowed_origins for row in rows]
        self._origins = frozenset(origin for origins in lists for origin in origins)

    def embeds(self, origin: str) -> bool:
        """Whether some agent may be embedded on pages of this origin."""
        return origin in self._origins

    async def widget(self, organization_id: str, agent_id: str) -> WidgetSettings:
        """The agent's widget settings; raises `ApiError` for no such agent."""
        async with self.database.read(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            row = await DeploymentRepository(session).find(agent.id, WIDGET)
            return WidgetSettings.model_validate(row.settings if row else {})

    async def set_widget(
        self, organization_id: str, agent_id: str, settings: WidgetSettings
    ) -> WidgetSettings:
        """Replace them; open sockets keep the origin they came with."""
        stored = settings.model_dump(exclude_none=True)
        async with self.database.write(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            deployments = DeploymentRepository(session)
            row = await deployments.find(agent.id, WIDGET)
            if row is None:
                deployments.add(
                    Deployment(
                        agent_id=agent.id, channel=WIDGET, settings=stored, updated_at=self.clock.now_ms()
                    )
                )
            else:
                row.settings, row.updated_at = stored, self.clock.now_ms()
        await self.start()
        return settings
