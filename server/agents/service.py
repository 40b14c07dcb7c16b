"""Agents: made, listed, changed, taken away."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from server.agents.flows import EMPTY, EMPTY_LAYOUT
from server.agents.models import Agent, Draft
from server.agents.repository import AgentRepository
from server.agents.schemas import AgentCreate, AgentUpdate, AgentView, agent_view
from server.kit.clock import Clock
from server.kit.crypto import new_public_id
from server.kit.database import Database
from server.kit.ids import new_id
from server.kit.pagination import Page, Paging
from server.releases.repository import ReleaseRepository
from server.releases.schemas import release_view


class AgentService:
    """What an owner does with agents."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def create(self, organization_id: str, wanted: AgentCreate, public_id: str = "") -> AgentView:
        """A new agent with an empty draft. ``public_id`` fixes its name on web pages."""
        now = self.clock.now_ms()
        async with self.database.write(organization_id) as session:
            agent = Agent(
                id=new_id("ag"),
                organization_id=organization_id,
                public_id=public_id or new_public_id(),
                name=wanted.name,
                description=wanted.description,
                speech="{}",
                created_at=now,
                updated_at=now,
            )
            agents = AgentRepository(session)
            agents.add(agent)
            await session.flush()
            agents.add(Draft(agent_id=agent.id, flow=EMPTY, layout=EMPTY_LAYOUT, revision=1, updated_at=now))
        return agent_view(agent, 1, None)

    async def get(self, organization_id: str, agent_id: str) -> AgentView:
        """One agent, by id or public id; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            return (await _views(session, [agent]))[0]

    async def find_public(self, organization_id: str, public_id: str) -> AgentView | None:
        """The agent with this public id, if there is one."""
        async with self.database.read(organization_id) as session:
            agent = await AgentRepository(session).find_public(public_id)
            return (await _views(session, [agent]))[0] if agent else None

    async def page(self, organization_id: str, paging: Paging) -> Page[AgentView]:
        """Newest first."""
        async with self.database.read(organization_id) as session:
            rows = await AgentRepository(session).page(paging)
            views = await _views(session, rows[: paging.limit])
        return paging.page(views, views[-1].id if views else "", len(rows) > paging.limit)

    async def update(self, organization_id: str, agent_id: str, change: AgentUpdate) -> AgentView:
        """Change name, description or speech; raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            agent.name = agent.name if change.name is None else change.name
            agent.description = agent.description if change.description is None else change.description
            agent.speech = agent.speech if change.speech is None else change.speech.stored()
            agent.updated_at = self.clock.now_ms()
            return (await _views(session, [agent]))[0]

    async def delete(self, organization_id: str, agent_id: str) -> None:
        """Take an agent out of service. Its releases and sessions stay for the record; raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            agent.deleted_at = self.clock.now_ms()


async def _views(session: AsyncSession, agents: Sequence[Agent]) -> list[AgentView]:
    revisions = await AgentRepository(session).revisions([a.id for a in agents])
    releases = await ReleaseRepository(session).by_ids([a.release_id for a in agents if a.release_id])
    return [
        agent_view(a, revisions[a.id], release_view(releases[a.release_id]) if a.release_id else None)
        for a in agents
    ]
