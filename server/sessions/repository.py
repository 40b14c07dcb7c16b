"""Statements that read sessions, inside one organisation."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.kit.errors import ApiError, ErrorCode
from server.kit.pagination import Paging
from server.sessions.models import SessionRow


class SessionRepository:
    """Works in one tenant-bound session of the database."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, session_id: str) -> SessionRow:
        """The session; raises `ApiError` when there is none."""
        row = (
            await self.session.scalars(select(SessionRow).where(SessionRow.id == session_id))
        ).one_or_none()
        if row is None:
            raise ApiError(ErrorCode.SESSION_NOT_FOUND)
        return row

    async def page(
        self, paging: Paging, agent_id: str, status: str, channel: str, outcome: str
    ) -> Sequence[SessionRow]:
        """Newest first; one more than asked for, when there is one. Empty filters let everything through."""
        wanted = select(SessionRow)
        for column, value in (
            (SessionRow.agent_id, agent_id),
            (SessionRow.status, status),
            (SessionRow.channel, channel),
            (SessionRow.outcome, outcome),
        ):
            if value:
                wanted = wanted.where(column == value)
        if paging.after:
            wanted = wanted.where(SessionRow.id < paging.after)
        return (
            await self.session.scalars(wanted.order_by(SessionRow.id.desc()).limit(paging.limit + 1))
        ).all()

    async def forgotten(self, before_ms: int, limit: int) -> Sequence[SessionRow]:
        """Active sessions that began before a time and that nobody holds."""
        found = await self.session.scalars(
            select(SessionRow)
            .where(
                SessionRow.status == "active", SessionRow.owner.is_(None), SessionRow.started_at < before_ms
            )
            .order_by(SessionRow.id)
            .limit(limit)
        )
        return found.all()
