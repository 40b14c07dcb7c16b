"""Tables: agents and their drafts."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class Agent(OrgScoped, Base):
    """An agent. ``public_id`` names it on web pages; ``release_id`` is what new sessions run, once there is
    one. ``speech`` is how it hears and speaks (`server.speech.settings`)."""

    __tablename__ = "agent"
    __table_args__ = (UniqueConstraint("organization_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    release_id: Mapped[str | None]
    speech: Mapped[str] = mapped_column(default="{}", server_default="{}")
    created_at: Mapped[int]
    updated_at: Mapped[int]
    deleted_at: Mapped[int | None]


class Draft(OrgScoped, Base):
    """The flow being edited: canonical ``flow.json`` and ``layout.json``, and how often they changed."""

    __tablename__ = "draft"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
    )
    agent_id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    flow: Mapped[str]
    layout: Mapped[str]
    revision: Mapped[int]
    updated_at: Mapped[int]
