"""What an owner does with knowledge: bases, sources, snapshots."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from server.agents.repository import AgentRepository
from server.kit.clock import Clock
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id
from server.kit.pagination import Page, Paging
from server.knowledge.allowance import Allowance, Held
from server.knowledge.files import SourceFiles
from server.knowledge.gathering import HEAD
from server.knowledge.ingesting import later
from server.knowledge.models import KnowledgeBase, KnowledgeSource
from server.knowledge.parsing.blocks import Unparsable
from server.knowledge.parsing.sniffing import sniff
from server.knowledge.pinning import snapshot
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.schemas import (
    AddressCreate,
    BaseCreate,
    BaseUpdate,
    BaseView,
    FaqCreate,
    SourceView,
    base_view,
    source_view,
)
from server.knowledge.search_index import SearchIndex
from server.knowledge.sweeping import sweep
from server.knowledge.uploads import Document


class KnowledgeService:
    """``wake`` is called when there is something to read, ``index`` is told what changed; ``allowance`` is what one
    organisation may keep."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        files: SourceFiles,
        wake: Callable[[], None],
        index: SearchIndex,
        allowance: Allowance,
    ) -> None:
        self.database = database
        self.clock = clock
        self.files = files
        self.wake = wake
        self.index = index
        self.allowance = allowance

    # ------------------------------------------------------------ bases

    async def create(self, organization_id: str, wanted: BaseCreate) -> BaseView:
        """A new base; raises `ApiError` when the agent is not there, or has one already."""
        async with self.database.write(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            agent_id = None
            if wanted.agent_id is not None:
                agent_id = (await AgentRepository(session).get(wanted.agent_id)).id
                if await knowledge.of_agent(agent_id) is not None:
                    raise ApiError(ErrorCode.KNOWLEDGE_BASE_EXISTS)
            base = self._base(wanted.name, wanted.description, agent_id)
            knowledge.add(base)
        return base_view(base, 0, 0)

    async def of_agent(self, organization_id: str, agent_id: str, make: bool) -> KnowledgeBase | None:
        """The agent's own base, made when there is none and ``make``; raises `ApiError` when there is no agent."""
        async with self.database.write(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            knowledge = KnowledgeRepository(session)
            base = await knowledge.of_agent(agent.id)
            if base is None and make:
                base = self._base(agent.name, "", agent.id)
                knowledge.add(base)
        return base

    async def get(self, organization_id: str, base_id: str) -> BaseView:
        """One base; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            base = await knowledge.base(base_id)
            return base_view(base, *(await knowledge.counts([base.id])).get(base.id, (0, 0)))

    async def page(self, organization_id: str, paging: Paging) -> Page[BaseView]:
        """Newest first."""
        async with self.database.read(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            rows = await knowledge.bases(paging)
            counts = await knowledge.counts([row.id for row in rows])
        views = [base_view(row, *counts.get(row.id, (0, 0))) for row in rows[: paging.limit]]
        return paging.page(views, views[-1].id if views else "", len(rows) > paging.limit)

    async def update(self, organization_id: str, base_id: str, change: BaseUpdate) -> BaseView:
        """Another name or description; raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            base = await KnowledgeRepository(session).base(base_id)
            base.name = base.name if change.name is None else change.name
            base.description = base.description if change.description is None else change.description
            base.updated_at = self.clock.now_ms()
        return await self.get(organization_id, base_id)

    async def delete(self, organization_id: str, base_id: str) -> None:
        """Delete a base and all it holds; raises `ApiError`, also when a release relies on it."""
        async with self.database.write(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            base = await knowledge.base(base_id)
            if await knowledge.snapshots(base.id):
                raise ApiError(ErrorCode.KNOWLEDGE_BASE_IN_USE)
            files = [str(source.facts.get("file", "")) for source in await knowledge.all_sources(base.id)]
            await knowledge.forget_sources(base.id)
        await sweep(self.database, organization_id, base_id)
        async with self.database.write(organization_id) as session:
            await KnowledgeRepository(session).forget_base(base_id)
        await self.index.follow(organization_id, base_id)
        for name in files:
            await self.files.forget(organization_id, name)

    # ------------------------------------------------------------ sources

    async def add_document(
        self, organization_id: str, base_id: str, document: Document, title: str = ""
    ) -> SourceView:
        """A document; one of the same name is replaced once this one is read. Raises `ApiError`."""
        name, media, data = document.name, document.media, document.data
        try:
            sniff(data[:HEAD], name, media)
        except Unparsable as error:
            raise ApiError(ErrorCode.DOCUMENT_UNREADABLE, f"{name}: {error}") from error
        await self.get(organization_id, base_id)
        file = await self.files.keep(organization_id, data)
        facts = {"file": file, "media": media, "bytes": len(data)}
        try:
            view, old = await self._put(organization_id, base_id, "document", name, title, {}, facts)
        except BaseException:
            await self.files.forget(organization_id, file)
            raise
        await self.files.forget(organization_id, str(old.get("file", "")))
        return view

    async def add_address(self, organization_id: str, base_id: str, wanted: AddressCreate) -> SourceView:
        """A page or a sitemap; raises `ApiError`."""
        options = {"recrawl_hours": wanted.recrawl_hours}
        view, _ = await self._put(organization_id, base_id, "address", wanted.url, wanted.title, options, {})
        return view

    async def add_faq(self, organization_id: str, base_id: str, wanted: FaqCreate) -> SourceView:
        """Questions with answers; raises `ApiError`."""
        options = {"entries": [entry.model_dump() for entry in wanted.entries]}
        facts = {"bytes": len(msgspec.json.encode(options))}
        view, _ = await self._put(organization_id, base_id, "faq", wanted.title, wanted.title, options, facts)
        return view

    async def source(self, organization_id: str, source_id: str) -> SourceView:
        """One source; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            return source_view(await KnowledgeRepository(session).source(source_id))

    async def sources(self, organization_id: str, base_id: str, paging: Paging) -> Page[SourceView]:
        """Newest first; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            rows = await knowledge.sources((await knowledge.base(base_id)).id, paging)
        views = [source_view(row) for row in rows[: paging.limit]]
        return paging.page(views, views[-1].id if views else "", len(rows) > paging.limit)

    async def every_source(self, organization_id: str, base_id: str) -> Sequence[KnowledgeSource]:
        """All of a base, oldest first."""
        async with self.database.read(organization_id) as session:
            return await KnowledgeRepository(session).all_sources(base_id)

    async def refresh(self, organization_id: str, source_id: str) -> SourceView:
        """Read it again now; raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            source = await KnowledgeRepository(session).source(source_id)
            source.facts = {**source.facts, "etag": "", "digest": ""}
            self._waits(source)
        self.wake()
        return source_view(source)

    async def forget(self, organization_id: str, source_id: str) -> None:
        """Delete a source and what only it holds; snapshots keep what they pinned. Raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            source = await knowledge.source(source_id)
            file = str(source.facts.get("file", ""))
            base = await knowledge.base(source.base_id)
            base.revision, base.updated_at = base.revision + 1, self.clock.now_ms()
            await knowledge.forget_source(source)
        await sweep(self.database, organization_id, base.id)
        await self.index.follow(organization_id, base.id)
        await self.files.forget(organization_id, file)

    # ------------------------------------------------------------ snapshots

    async def snapshot(self, organization_id: str, base_id: str) -> str:
        """Pin what the base holds now; answers with the snapshot's id, the same for the same content. Raises
        `ApiError`."""
        async with self.database.write(organization_id) as session:
            base = await KnowledgeRepository(session).base(base_id)
            return await snapshot(session, self.clock, base)

    # ------------------------------------------------------------ inside

    def _base(self, name: str, description: str, agent_id: str | None) -> KnowledgeBase:
        now = self.clock.now_ms()
        return KnowledgeBase(
            id=new_id("kb"),
            agent_id=agent_id,
            name=name,
            description=description,
            revision=1,
            created_at=now,
            updated_at=now,
        )

    async def _put(
        self,
        organization_id: str,
        base_id: str,
        kind: str,
        origin: str,
        title: str,
        options: dict[str, Any],
        facts: dict[str, Any],
    ) -> tuple[SourceView, dict[str, Any]]:
        """A source, new or in place of the one from the same origin; answers also with that one's facts."""
        now = self.clock.now_ms()
        async with self.database.write(organization_id) as session:
            knowledge = KnowledgeRepository(session)
            base = await knowledge.base(base_id)
            source = await knowledge.same(base.id, kind, origin)
            old = dict(source.facts) if source else {}
            new = Held(int(source is None), int(facts.get("bytes", 0)))
            self.allowance.check(await knowledge.kept(source.id if source else ""), new)
            if source is None:
                source = KnowledgeSource(
                    id=new_id("src"), base_id=base.id, kind=kind, origin=origin, model="", problem="",
                    chunks=0, title=title, created_at=now, updated_at=now,
                )  # fmt: skip
                knowledge.add(source)
            source.title = title or source.title
            source.options, source.facts = options, facts
            self._waits(source)
        self.wake()
        return source_view(source), old

    def _waits(self, source: KnowledgeSource) -> None:
        source.state, source.progress, source.attempts, source.next_at = "waiting", 0, 0, None
        source.problem = ""
        source.updated_at = later(self.clock, source)
