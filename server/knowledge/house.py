"""Everything about knowledge, put together."""

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from engine.protocol import Passage
from engine.providers.embeddings import build_embeddings
from engine.providers.registry import ProviderConfig
from server.kit.clock import Clock
from server.kit.database import Database
from server.kit.http_guard import GuardedClient, parse_endpoint
from server.knowledge.allowance import Allowance
from server.knowledge.embedded_index import EmbeddedIndex
from server.knowledge.fetching import Fetcher
from server.knowledge.files import SourceFiles
from server.knowledge.finding import Finder
from server.knowledge.gathering import Gatherer
from server.knowledge.ingesting import Ingester, label_of
from server.knowledge.jobs import KnowledgeJobs
from server.knowledge.named import same
from server.knowledge.pinning import living, pin, pinned
from server.knowledge.port import TalkKnowledge
from server.knowledge.postgres_index import PostgresIndex
from server.knowledge.service import KnowledgeService
from server.knowledge.standby import Standby
from server.settings import Settings


class KnowledgeHouse:
    """The parts, as the settings want them."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        key = settings.openai_api_key
        openai = ProviderConfig(
            key.get_secret_value() if key else "", settings.openai_url, settings.embeddings_model
        )
        self.model = build_embeddings(settings.embeddings, {"openai": openai})
        label = label_of(self.model)
        allow = [parse_endpoint(text) for text in settings.http_allow]
        self.client = GuardedClient(allow, max_bytes=settings.knowledge_limit)
        files = SourceFiles(settings.data / "knowledge")
        embedded, url = EmbeddedIndex(database), settings.knowledge_index_url
        self.standby = Standby(PostgresIndex(url, database), embedded) if url else None
        index = self.standby or embedded
        gatherer = Gatherer(files, Fetcher(self.client), settings.knowledge_pages)
        allowance = Allowance(settings.knowledge_sources, settings.knowledge_bytes)
        ingester = Ingester(database, clock, gatherer, self.model, label, index, allowance)
        self.jobs = KnowledgeJobs(database, clock, ingester, files)
        self.database = database
        self.clock = clock
        self.finder = Finder(database, self.model, label, index)
        self.service = KnowledgeService(database, clock, files, self.jobs.wake, index, allowance)

    async def start(self) -> None:
        """Begin to work on what waits."""
        if self.standby is not None:
            await self.standby.start()
        await self.jobs.start()

    async def stop(self) -> None:
        """Leave what is under way to the next process."""
        await self.jobs.stop()
        if self.standby is not None:
            await self.standby.stop()
        await self.client.close()
        await self.model.aclose()

    def health(self) -> tuple[bool, str]:
        """Where it is searched. What stands in for PostgreSQL finds as much."""
        return True, self.standby.health() if self.standby else "searched in this process"

    async def snapshot(self, organization_id: str, base_id: str) -> str:
        """See `KnowledgeService.snapshot`."""
        return await self.service.snapshot(organization_id, base_id)

    async def pin(self, session: AsyncSession, agent_id: str, release_id: str, names: Iterable[str]) -> None:
        """For publishing: see `server.knowledge.pinning.pin`."""
        await pin(session, self.clock, agent_id, release_id, names)

    async def same(self, session: AsyncSession, agent_id: str, release_id: str, names: Iterable[str]) -> bool:
        """For publishing: whether a release knows just what there is now."""
        return await same(session, self.clock, agent_id, release_id, names)

    async def of_release(self, organization_id: str, release_id: str) -> TalkKnowledge:
        """What a talk on a release knows."""
        async with self.database.read(organization_id) as session:
            return TalkKnowledge(self.finder, organization_id, await pinned(session, release_id))

    async def of_draft(self, organization_id: str, agent_id: str, names: Iterable[str]) -> TalkKnowledge:
        """What a rehearsal knows; ``agent_id`` may be empty."""
        async with self.database.read(organization_id) as session:
            return TalkKnowledge(self.finder, organization_id, await living(session, agent_id, names))

    async def search(
        self, organization_id: str, scope: Sequence[str], query: str, count: int
    ) -> list[Passage]:
        """See `Finder.find`."""
        return await self.finder.find(organization_id, scope, query, count)
