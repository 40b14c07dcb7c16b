"""Statements on turns, inside one organisation."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.turns.models import TurnRow


class TurnRepository:
    """Works in one tenant-bound session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def of(self, session_id: str) -> Sequence[TurnRow]:
        """A session's turns in the order they were taken."""
        wanted = select(TurnRow).where(TurnRow.session_id == session_id).order_by(TurnRow.at, TurnRow.id)
        return (await self.session.scalars(wanted)).all()

    def add(self, rows: Iterable[TurnRow]) -> None:
        """Insert at the end of the session."""
        self.session.add_all(rows)
