"""Tables: organisations and access tokens."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class Organization(Base):
    """Who owns agents."""

    __tablename__ = "organization"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[int]


class AccessToken(OrgScoped, Base):
    """A token that acts for an organisation. Only its keyed digest is kept; ``last4`` is for people."""

    __tablename__ = "access_token"
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    last4: Mapped[str]
    created_at: Mapped[int]
    revoked_at: Mapped[int | None]
