"""Tables: the tools there are, those of agents, the accounts they are connected to, and connections under way."""

from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class PlatformTool(Base):
    """A tool of this server's version, or of an earlier one: then it is not ``active``. Belongs to no organisation."""

    __tablename__ = "platform_tool"
    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]
    auth: Mapped[str]
    config_schema: Mapped[dict[str, Any]] = mapped_column(JSON)
    functions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    active: Mapped[bool]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class AgentTool(OrgScoped, Base):
    """How an agent uses a tool. ``tool`` and ``switched_off`` (functions) are names in code, or were once. ``secrets``
    is JSON by name, sealed. ``offered`` is what a service listed, for tools whose functions are not in code."""

    __tablename__ = "agent_tool"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
        UniqueConstraint("organization_id", "id"),
        UniqueConstraint("agent_id", "tool"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    agent_id: Mapped[str]
    tool: Mapped[str]
    enabled: Mapped[bool]
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    secrets: Mapped[str]
    switched_off: Mapped[list[str]] = mapped_column(JSON)
    offered: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[int]
    updated_at: Mapped[int]


class ToolToken(OrgScoped, Base):
    """What a person allowed an agent's tool. ``access`` and ``refresh`` are sealed; ``expires_at`` is of ``access``, ms
    since 1970. ``revoked``: the other side knows it no more."""

    __tablename__ = "tool_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "agent_tool_id"], ["agent_tool.organization_id", "agent_tool.id"]
        ),
    )
    agent_tool_id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    access: Mapped[str]
    refresh: Mapped[str]
    expires_at: Mapped[int]
    revoked: Mapped[bool]
    updated_at: Mapped[int]


class ToolState(OrgScoped, Base):
    """Somebody was sent away to allow something. ``digest`` is of the state they come back with, good once and until
    ``expires_at``; ``verifier`` (PKCE) is sealed; ``redirect`` is where they come back to."""

    __tablename__ = "tool_state"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "agent_tool_id"], ["agent_tool.organization_id", "agent_tool.id"]
        ),
    )
    digest: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    agent_tool_id: Mapped[str]
    verifier: Mapped[str]
    redirect: Mapped[str]
    expires_at: Mapped[int]
