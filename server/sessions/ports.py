"""What the sessions need from a store, beside the event log."""

from typing import Protocol

import msgspec

from engine.conversation import EventLog, SessionRef


class NewSession(msgspec.Struct, frozen=True):
    """A session about to begin. ``header`` is the log's header as JSON, ``secret`` the digest of the resume
    secret."""

    ref: SessionRef
    agent_id: str
    release_id: str
    channel: str
    modality: str
    header: str
    started_at: int
    visitor_id: str = ""
    origin: str = ""
    secret: str = ""


class SessionStore(EventLog, Protocol):
    """Keeps sessions and their records. Times are ms since 1970."""

    async def create(self, session: NewSession, owner: str, lease_until: int) -> int:
        """Store a session that ``owner`` holds; answers with its epoch."""
        ...

    async def claim(self, session: SessionRef, owner: str, now: int, lease_until: int) -> int | None:
        """Take an active session that nobody holds; answers with the new epoch, or None when somebody
        does."""
        ...

    async def renew(self, owner: str, lease_until: int) -> None:
        """Keep everything the owner holds."""
        ...

    async def release(self, session: SessionRef, epoch: int) -> None:
        """Give a session back."""
        ...

    async def abandon_all(self) -> None:
        """Take every session from its owner: for the process that has just locked the store."""
        ...

    async def keys(self, session: SessionRef) -> dict[str, int]:
        """The keys events came with, and the events' numbers."""
        ...

    async def finish(self, session: SessionRef, epoch: int, outcome: str, now: int) -> None:
        """Say that a session is over."""
        ...

    @property
    def healthy(self) -> bool:
        """Whether it takes writes."""
        ...
