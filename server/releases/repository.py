"""Statements on releases, inside one organisation."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from server.kit.errors import ApiError, ErrorCode
from server.kit.pagination import Paging
from server.releases.models import Release


class ReleaseRepository:
    """Works in one tenant-bound session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, release_id: str) -> Release:
        """The release; raises `ApiError` when there is none."""
        release = (await self.session.scalars(select(Release).where(Release.id == release_id))).one_or_none()
        if release is None:
            raise ApiError(ErrorCode.RELEASE_NOT_FOUND)
        return release

    async def by_ids(self, release_ids: Sequence[str]) -> dict[str, Release]:
        """The releases, without their flows."""
        wanted = select(Release).where(Release.id.in_(release_ids)).options(*WITHOUT_FLOW)
        return {release.id: release for release in await self.session.scalars(wanted)}

    async def page(self, agent_id: str, paging: Paging) -> Sequence[Release]:
        """Newest first, without their flows; one more than asked for, when there is one."""
        wanted = select(Release).where(Release.agent_id == agent_id).options(*WITHOUT_FLOW)
        if paging.after:
            wanted = wanted.where(Release.id < paging.after)
        return (await self.session.scalars(wanted.order_by(Release.id.desc()).limit(paging.limit + 1))).all()

    async def last_number(self, agent_id: str) -> int:
        """The number of the agent's latest release, or 0."""
        found = await self.session.scalar(
            select(func.max(Release.number)).where(Release.agent_id == agent_id)
        )
        return found or 0

    def add(self, release: Release) -> None:
        """Insert at the end of the session."""
        self.session.add(release)


WITHOUT_FLOW = (defer(Release.flow, raiseload=True), defer(Release.layout, raiseload=True))
