"""Statements on organisations and tokens. All of them come before a tenant is known, so all need a system
session."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import AccessToken, Organization


class AccountRepository:
    """Works in one system session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def first_organization(self) -> Organization | None:
        """The oldest organisation."""
        found = await self.session.scalars(select(Organization).order_by(Organization.id).limit(1))
        return found.first()

    async def living_tokens(self) -> Sequence[AccessToken]:
        """Every token that was not revoked."""
        found = await self.session.scalars(select(AccessToken).where(AccessToken.revoked_at.is_(None)))
        return found.all()

    async def revoke_tokens(self, organization_id: str, name: str, now_ms: int) -> None:
        """Revoke every living token of that name."""
        await self.session.execute(
            update(AccessToken)
            .where(
                AccessToken.organization_id == organization_id,
                AccessToken.name == name,
                AccessToken.revoked_at.is_(None),
            )
            .values(revoked_at=now_ms)
        )

    def add(self, row: Organization | AccessToken) -> None:
        """Insert at the end of the session."""
        self.session.add(row)
