"""Tables: knowledge bases, their sources, chunks, and snapshots.

The text of a chunk never changes, its vector is made anew for another model. It stays as long as a source or a
snapshot holds it.
"""

from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class KnowledgeBase(OrgScoped, Base):
    """A collection. ``agent_id`` names the agent whose own it is, when it is one's. ``revision`` counts what
    changed among its chunks."""

    __tablename__ = "knowledge_base"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
        UniqueConstraint("organization_id", "id"),
        UniqueConstraint("agent_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    agent_id: Mapped[str | None]
    name: Mapped[str]
    description: Mapped[str]
    revision: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]

    @property
    def state(self) -> str:
        """Another whenever its chunks changed, also when an older copy of the database was put back."""
        return f"{self.revision}/{self.updated_at}"


class KnowledgeSource(OrgScoped, Base):
    """A document, an address or questions with answers.

    ``state``: ``waiting``, ``reading``, ``embedding``, ``ready`` or ``failed``; ``progress`` is per mille of the
    work under way. ``problem`` says why it failed, what was found before stays. ``options`` and ``facts`` are
    JSON: what was asked for, and what is known of the content (`server.knowledge.facts`).
    """

    __tablename__ = "knowledge_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "base_id"], ["knowledge_base.organization_id", "knowledge_base.id"]
        ),
        UniqueConstraint("organization_id", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    base_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    title: Mapped[str]
    origin: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    progress: Mapped[int]
    attempts: Mapped[int]
    problem: Mapped[str]
    model: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    chunks: Mapped[int]
    next_at: Mapped[int | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class KnowledgeChunk(OrgScoped, Base):
    """A piece of text and its vectors, one after the other: float32, little-endian, none without a model. ``answer``
    is that of a frequent question."""

    __tablename__ = "knowledge_chunk"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "base_id"], ["knowledge_base.organization_id", "knowledge_base.id"]
        ),
        UniqueConstraint("organization_id", "id"),
        UniqueConstraint("base_id", "digest"),
    )
    # SQLite numbers rows by itself only when the type is INTEGER; the word index knows chunks by this number.
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    base_id: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str]
    model: Mapped[str]
    text: Mapped[str]
    title: Mapped[str]
    headings: Mapped[list[str]] = mapped_column(JSON)
    page: Mapped[int]
    origin: Mapped[str]
    answer: Mapped[str]
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class KnowledgePart(OrgScoped, Base):
    """A source holds a chunk."""

    __tablename__ = "knowledge_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "source_id"], ["knowledge_source.organization_id", "knowledge_source.id"]
        ),
        ForeignKeyConstraint(
            ["organization_id", "chunk_id"], ["knowledge_chunk.organization_id", "knowledge_chunk.id"]
        ),
    )
    source_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    base_id: Mapped[str] = mapped_column(index=True)
    chunk_id: Mapped[int] = mapped_column(Integer, index=True)


class KnowledgeSnapshot(OrgScoped, Base):
    """What a base held at one moment. ``chunks`` are numbers of chunks: int64, little-endian, sorted; ``digest``
    is of their contents. Rows are never changed: releases rely on them."""

    __tablename__ = "knowledge_snapshot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "base_id"], ["knowledge_base.organization_id", "knowledge_base.id"]
        ),
        UniqueConstraint("organization_id", "id"),
        UniqueConstraint("base_id", "digest"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    base_id: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str]
    count: Mapped[int]
    chunks: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[int]


class KnowledgePin(OrgScoped, Base):
    """A release knows a base as it was when it was published. Rows are never changed."""

    __tablename__ = "knowledge_pin"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "release_id"], ["release.organization_id", "release.id"]),
        ForeignKeyConstraint(
            ["organization_id", "snapshot_id"],
            ["knowledge_snapshot.organization_id", "knowledge_snapshot.id"],
        ),
    )
    release_id: Mapped[str] = mapped_column(primary_key=True)
    snapshot_id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    base_id: Mapped[str]
    name: Mapped[str]
    own: Mapped[bool]
