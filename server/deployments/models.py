"""Table: deployments."""

from sqlalchemy import JSON, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class Deployment(OrgScoped, Base):
    """An agent on a channel: its settings there, as the channel's schema has them."""

    __tablename__ = "deployment"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
    )
    agent_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    settings: Mapped[dict[str, object]] = mapped_column(JSON)
    updated_at: Mapped[int]
