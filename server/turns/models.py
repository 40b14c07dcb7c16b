"""Table: turns."""

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.tenant import Base, OrgScoped


class TurnRow(OrgScoped, Base):
    """A turn of a session (`server.turns.facts.TurnFacts`). ``at`` is ms since 1970."""

    __tablename__ = "turn"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "session_id"], ["session.organization_id", "session.id"]),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(index=True)
    session_id: Mapped[str] = mapped_column(index=True)
    modality: Mapped[str]
    at: Mapped[int]
    transcript: Mapped[int | None]
    decision: Mapped[int | None]
    audio: Mapped[int | None]
    stt: Mapped[str]
    tts: Mapped[str]
    prepared: Mapped[bool]
    barged_in: Mapped[bool]
    heard_ms: Mapped[int]
    characters: Mapped[int]
    cost_micros: Mapped[int]
    model: Mapped[str]
    read: Mapped[int]
    written: Mapped[int]
