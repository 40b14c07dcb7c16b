"""Table: releases."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class Release(OrgScoped, Base):
    """A published flow, and how the agent heard and spoke then. Rows are never changed: sessions run on them."""

    __tablename__ = "release"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
        UniqueConstraint("organization_id", "id"),
        UniqueConstraint("agent_id", "number"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    agent_id: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    program_hash: Mapped[str]
    flow: Mapped[str]
    layout: Mapped[str]
    note: Mapped[str]
    speech: Mapped[str] = mapped_column(default="{}", server_default="{}")
    created_at: Mapped[int]
