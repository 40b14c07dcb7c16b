"""Tables: trunks, numbers, calls."""

from sqlalchemy import JSON, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class TrunkRow(OrgScoped, Base):
    """A line to a provider or a PBX (`server.channels.phone.port.Trunk`). ``password`` is encrypted. Calls out go by
    the one with the latest ``chosen_at`` (ms since 1970; 0: never), else by the oldest."""

    __tablename__ = "trunk"
    __table_args__ = (UniqueConstraint("organization_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    address: Mapped[str]
    domain: Mapped[str]
    username: Mapped[str]
    password: Mapped[str]
    caller_id: Mapped[str]
    allowed: Mapped[list[str]] = mapped_column(JSON)
    challenge: Mapped[bool]
    register: Mapped[bool]
    expires: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    way: Mapped[str] = mapped_column(server_default="edge")
    chosen_at: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[int]


class NumberRow(OrgScoped, Base):
    """A number or account name callers dial on a trunk, and the agent it reaches."""

    __tablename__ = "phone_number"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
        ForeignKeyConstraint(["organization_id", "trunk_id"], ["trunk.organization_id", "trunk.id"]),
        UniqueConstraint("trunk_id", "number"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    trunk_id: Mapped[str]
    agent_id: Mapped[str]
    number: Mapped[str]
    locale: Mapped[str]
    recorded: Mapped[bool]
    longest_seconds: Mapped[int]
    created_at: Mapped[int]


class CallRow(OrgScoped, Base):
    """A telephone call. Times are ms since 1970; ``reason`` is a name of `server.calls.ends`."""

    __tablename__ = "call"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "session_id"], ["session.organization_id", "session.id"]),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    session_id: Mapped[str] = mapped_column(index=True)
    agent_id: Mapped[str]
    trunk_id: Mapped[str]
    direction: Mapped[str]
    caller: Mapped[str]
    callee: Mapped[str]
    state: Mapped[str]
    answered_by: Mapped[str]
    reason: Mapped[str]
    code: Mapped[int]
    started_at: Mapped[int]
    answered_at: Mapped[int | None]
    ended_at: Mapped[int | None]
