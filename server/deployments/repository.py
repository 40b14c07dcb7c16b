"""Statements on deployments, inside one organisation."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.deployments.models import Deployment


class DeploymentRepository:
    """Works in one tenant-bound session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def find(self, agent_id: str, channel: str) -> Deployment | None:
        """The agent's settings on a channel, if it has any."""
        found = await self.session.scalars(
            select(Deployment).where(Deployment.agent_id == agent_id, Deployment.channel == channel)
        )
        return found.one_or_none()

    async def everywhere(self, channel: str) -> Sequence[Deployment]:
        """Every deployment on a channel."""
        return (await self.session.scalars(select(Deployment).where(Deployment.channel == channel))).all()

    def add(self, deployment: Deployment) -> None:
        """Insert at the end of the session."""
        self.session.add(deployment)
