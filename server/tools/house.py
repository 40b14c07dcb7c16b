"""Everything about tools, put together."""

from server.kit.clock import Clock
from server.kit.crypto import Keys
from server.kit.database import Database
from server.kit.http_guard import GuardedClient
from server.releases.repository import ReleaseRepository
from server.tools.connecting import Connections
from server.tools.listing import Listing
from server.tools.missing import MissingTools
from server.tools.registry import Registry, all_tools
from server.tools.service import ToolService
from server.tools.setup import Setup
from server.tools.toolbox import AgentToolbox, ToolRunner


class ToolHouse:
    """The parts. ``client`` is how tools reach the outside."""

    def __init__(self, database: Database, keys: Keys, clock: Clock, client: GuardedClient) -> None:
        self._database = database
        self.registry = Registry(all_tools())
        setup = Setup(keys)
        self.connections = Connections(database, keys, clock, client)
        self.runner = ToolRunner(database, self.registry, setup, self.connections, client)
        self.missing = MissingTools(database, self.registry, setup)
        listing = Listing(database, setup, client)
        self.service = ToolService(
            database, clock, self.registry, setup, self.connections, self.runner, listing
        )

    def of_agent(self, organization_id: str, agent_id: str) -> AgentToolbox:
        """What an agent's talks may call."""
        return AgentToolbox(self.runner, organization_id, agent_id)

    async def of_release(self, organization_id: str, release_id: str) -> AgentToolbox:
        """What talks on a release may call: the tools of its agent as they are set up now."""
        async with self._database.read(organization_id) as session:
            release = (await ReleaseRepository(session).by_ids([release_id])).get(release_id)
        return self.of_agent(organization_id, release.agent_id if release is not None else "")

    async def start(self) -> None:
        """Keep in the database which tools there are."""
        await self.service.sync()

    async def aclose(self) -> None:
        """End what is under way."""
        await self.runner.aclose()
        await self.connections.aclose()
