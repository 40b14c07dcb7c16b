"""Statements on trunks, numbers and calls, inside one organisation."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.kit.errors import ApiError, ErrorCode
from server.kit.pagination import Paging
from server.telephony.models import CallRow, NumberRow, TrunkRow


class TelephonyRepository:
    """Works in one tenant-bound session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def trunks(self) -> Sequence[TrunkRow]:
        """All of them, oldest first."""
        return (await self.session.scalars(select(TrunkRow).order_by(TrunkRow.id))).all()

    async def trunk(self, trunk_id: str) -> TrunkRow:
        """One trunk; raises `ApiError`."""
        row = (await self.session.scalars(select(TrunkRow).where(TrunkRow.id == trunk_id))).one_or_none()
        if row is None:
            raise ApiError(ErrorCode.TRUNK_NOT_FOUND)
        return row

    async def chosen_trunk(self) -> TrunkRow | None:
        """The one that calls out go by when nobody says."""
        wanted = select(TrunkRow).order_by(TrunkRow.chosen_at.desc(), TrunkRow.id).limit(1)
        return (await self.session.scalars(wanted)).one_or_none()

    async def numbers(self, trunk_id: str = "") -> Sequence[NumberRow]:
        """All numbers, or those of a trunk."""
        wanted = select(NumberRow).order_by(NumberRow.id)
        if trunk_id:
            wanted = wanted.where(NumberRow.trunk_id == trunk_id)
        return (await self.session.scalars(wanted)).all()

    async def number(self, number_id: str) -> NumberRow:
        """One number; raises `ApiError`."""
        row = (await self.session.scalars(select(NumberRow).where(NumberRow.id == number_id))).one_or_none()
        if row is None:
            raise ApiError(ErrorCode.NUMBER_NOT_FOUND)
        return row

    async def call(self, call_id: str) -> CallRow:
        """One call; raises `ApiError`."""
        row = (await self.session.scalars(select(CallRow).where(CallRow.id == call_id))).one_or_none()
        if row is None:
            raise ApiError(ErrorCode.CALL_NOT_FOUND)
        return row

    async def calls(self, paging: Paging, state: str, direction: str) -> Sequence[CallRow]:
        """Newest first; one more than asked for, when there is one."""
        wanted = select(CallRow).order_by(CallRow.started_at.desc(), CallRow.id.desc())
        if paging.after:
            at, _, id = paging.after.partition(" ")
            before = int(at) if at.isdecimal() else 0
            wanted = wanted.where(
                (CallRow.started_at < before) | ((CallRow.started_at == before) & (CallRow.id < id))
            )
        if state:
            wanted = wanted.where(CallRow.state == state)
        if direction:
            wanted = wanted.where(CallRow.direction == direction)
        return (await self.session.scalars(wanted.limit(paging.limit + 1))).all()

    async def unfinished(self) -> Sequence[CallRow]:
        """Those without an end."""
        return (await self.session.scalars(select(CallRow).where(CallRow.ended_at.is_(None)))).all()

    def add(self, row: TrunkRow | NumberRow | CallRow) -> None:
        """Insert at the end of the session."""
        self.session.add(row)

    async def remove(self, row: TrunkRow | NumberRow) -> None:
        """Delete at the end of the session."""
        await self.session.delete(row)
