"""Statements on agents and drafts, inside one organisation."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.agents.models import Agent, Draft
from server.kit.errors import ApiError, ErrorCode
from server.kit.pagination import Paging


class AgentRepository:
    """Works in one tenant-bound session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, agent_id: str) -> Agent:
        """The agent by id or public id; raises `ApiError` when there is none."""
        found = await self.session.scalars(
            select(Agent).where(
                (Agent.id == agent_id) | (Agent.public_id == agent_id), Agent.deleted_at.is_(None)
            )
        )
        agent = found.one_or_none()
        if agent is None:
            raise ApiError(ErrorCode.AGENT_NOT_FOUND)
        return agent

    async def find_public(self, public_id: str) -> Agent | None:
        """The agent with this public id."""
        found = await self.session.scalars(
            select(Agent).where(Agent.public_id == public_id, Agent.deleted_at.is_(None))
        )
        return found.one_or_none()

    async def draft(self, agent_id: str) -> Draft:
        """The draft of an agent that exists."""
        found = await self.session.scalars(select(Draft).where(Draft.agent_id == agent_id))
        return found.one()

    async def page(self, paging: Paging) -> Sequence[Agent]:
        """Newest first; one more than asked for, when there is one."""
        wanted = select(Agent).where(Agent.deleted_at.is_(None)).order_by(Agent.id.desc())
        if paging.after:
            wanted = wanted.where(Agent.id < paging.after)
        return (await self.session.scalars(wanted.limit(paging.limit + 1))).all()

    async def revisions(self, agent_ids: Sequence[str]) -> dict[str, int]:
        """Each agent's draft revision."""
        found = await self.session.execute(
            select(Draft.agent_id, Draft.revision).where(Draft.agent_id.in_(agent_ids))
        )
        return {agent_id: revision for agent_id, revision in found.all()}

    def add(self, *rows: Agent | Draft) -> None:
        """Insert at the end of the session."""
        self.session.add_all(rows)
