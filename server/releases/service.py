"""Publishing: a draft without errors becomes a release, and new sessions run it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from engine.kinds.program import Program
from server.agents.drafting import DraftService, revisions
from server.agents.flows import Checked, FlowWorkshop
from server.agents.models import Agent, Draft
from server.agents.repository import AgentRepository
from server.kit.clock import Clock
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id
from server.kit.pagination import Page, Paging
from server.knowledge.named import bases_named
from server.releases.models import Release
from server.releases.repository import ReleaseRepository
from server.releases.schemas import PublishedView, ReleaseView, release_facts, release_view


class Pins(Protocol):
    """What the agents know, pinned by their releases."""

    async def pin(self, session: AsyncSession, agent_id: str, release_id: str, names: Iterable[str]) -> None:
        """A new release knows what there is now. Raises `ApiError` for a base there is not."""

    async def same(self, session: AsyncSession, agent_id: str, release_id: str, names: Iterable[str]) -> bool:
        """Whether a release knows just what there is now."""


class Tools(Protocol):
    """What the agents may call."""

    async def findings(self, organization_id: str, agent_id: str, program: Program) -> list[dict[str, Any]]:
        """What a program calls that its agent has not, as findings."""


class ReleaseService:
    """What an owner does with releases. ``published`` is called with each new one."""

    def __init__(
        self, database: Database, clock: Clock, workshop: FlowWorkshop, drafts: DraftService
    ) -> None:
        self.database = database
        self.clock = clock
        self.workshop = workshop
        self.drafts = drafts
        self.published: Callable[[str, str], Awaitable[object]] | None = None
        self.knowledge: Pins | None = None
        self.tools: Tools | None = None

    async def publish(
        self, organization_id: str, agent_id: str, expected: int | None = None, note: str = ""
    ) -> PublishedView:
        """Publish the draft; raises `ApiError` when it has errors or is not of revision ``expected``."""
        draft = await self.drafts.row(organization_id, agent_id)
        if expected is not None and expected != draft.revision:
            raise ApiError(ErrorCode.REVISION_CONFLICT, details=revisions(expected, draft.revision))
        checked = await self.workshop.check(draft.flow.encode())
        if checked.program is None:
            raise ApiError(
                ErrorCode.FLOW_HAS_ERRORS,
                f"The flow has {checked.errors} error{'s' * (checked.errors != 1)}; mend, then publish.",
                {"revision": draft.revision, "errors": checked.errors, "findings": checked.findings},
            )
        view = await self._release(organization_id, draft, checked, checked.program, note)
        if self.tools is not None:
            view.findings += await self.tools.findings(organization_id, draft.agent_id, checked.program)
        return view

    async def _release(
        self, organization_id: str, draft: Draft, checked: Checked, program: Program, note: str
    ) -> PublishedView:
        program_hash = program.hash
        async with self.database.write(organization_id) as session:
            agents, releases = AgentRepository(session), ReleaseRepository(session)
            agent, current = await agents.get(draft.agent_id), await agents.draft(draft.agent_id)
            if current.revision != draft.revision:
                details = revisions(draft.revision, current.revision)
                raise ApiError(ErrorCode.REVISION_CONFLICT, details=details)
            if agent.release_id:
                release = await releases.get(agent.release_id)
                same = (release.program_hash, release.speech) == (program_hash, agent.speech)
                if same and await self._knows_the_same(session, agent, program):
                    return PublishedView(**release_facts(release), unchanged=True, findings=checked.findings)
            release = Release(
                id=new_id("rel"),
                agent_id=agent.id,
                number=await releases.last_number(agent.id) + 1,
                program_hash=program_hash,
                flow=draft.flow,
                layout=draft.layout,
                note=note,
                speech=agent.speech,
                created_at=self.clock.now_ms(),
            )
            releases.add(release)
            if self.knowledge is not None and program.thinks:
                await session.flush()
                await self.knowledge.pin(session, agent.id, release.id, bases_named(program))
            agent.release_id, agent.updated_at = release.id, release.created_at
        if self.published is not None:
            await self.published(organization_id, release.id)
        return PublishedView(**release_facts(release), unchanged=False, findings=checked.findings)

    async def _knows_the_same(self, session: AsyncSession, agent: Agent, program: Program) -> bool:
        """Whether what the agent's release knows is what it would know now."""
        if self.knowledge is None or not program.thinks:
            return True
        return await self.knowledge.same(session, agent.id, agent.release_id or "", bases_named(program))

    async def page(self, organization_id: str, agent_id: str, paging: Paging) -> Page[ReleaseView]:
        """An agent's releases, newest first; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            rows = await ReleaseRepository(session).page(agent.id, paging)
        views = [release_view(row) for row in rows[: paging.limit]]
        return paging.page(views, views[-1].id if views else "", len(rows) > paging.limit)

    async def get(self, organization_id: str, release_id: str) -> ReleaseView:
        """One release; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            return release_view(await ReleaseRepository(session).get(release_id))

    async def documents(self, organization_id: str, release_id: str) -> dict[str, Any]:
        """A release's flow and layout; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            release = await ReleaseRepository(session).get(release_id)
        return {"flow": msgspec.json.decode(release.flow), "layout": msgspec.json.decode(release.layout)}

    async def flow(self, organization_id: str, release_id: str) -> bytes:
        """A release's canonical ``flow.json``; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            return (await ReleaseRepository(session).get(release_id)).flow.encode()
