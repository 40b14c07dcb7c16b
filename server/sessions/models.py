"""Tables: sessions and their events. Both are written by the event log's writer, and only read through these
classes."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class SessionRow(OrgScoped, Base):
    """A session. ``owner`` holds it until ``lease_until`` (ms since 1970) under ``epoch``, which grows with
    every owner.

    ``header`` is the log's header as JSON. ``secret`` is the digest of the visitor's resume secret.
    """

    __tablename__ = "session"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
        ForeignKeyConstraint(["organization_id", "release_id"], ["release.organization_id", "release.id"]),
        UniqueConstraint("organization_id", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    agent_id: Mapped[str] = mapped_column(index=True)
    release_id: Mapped[str]
    channel: Mapped[str]
    modality: Mapped[str]
    status: Mapped[str]
    outcome: Mapped[str]
    owner: Mapped[str | None]
    epoch: Mapped[int]
    lease_until: Mapped[int]
    header: Mapped[str]
    visitor_id: Mapped[str]
    origin: Mapped[str]
    secret: Mapped[str]
    started_at: Mapped[int]
    ended_at: Mapped[int | None]


class SessionEvent(OrgScoped, Base):
    """A part of a log record: 0 the event, 1 the effects it led to, 2 why it could not be consumed. JSON all
    of them.

    ``idem`` is the key the event came with. That it is unique in its session is seen to by the session's one owner, who
    has all keys in memory: an index would cost every turn another page.
    """

    __tablename__ = "session_event"
    __table_args__ = {"sqlite_with_rowid": False}
    session_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column()
    epoch: Mapped[int]
    type: Mapped[str]
    payload: Mapped[str]
    idem: Mapped[str | None]
    at: Mapped[int]
