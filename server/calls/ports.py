"""What calls need of telephony and of LiveKit."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from server.channels.phone.port import Registration, Trunk


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a caller reaches. ``longest_ms`` is how long the call may last."""

    organization_id: str
    agent_id: str
    release_id: str
    locale: str = ""
    recorded: bool = False
    longest_ms: int = 3_600_000


class CallFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """A telephone call as it began."""

    id: str
    direction: str
    trunk: str
    caller: str
    callee: str
    session: str = ""
    organization_id: str = ""
    agent_id: str = ""
    headers: dict[str, str] = {}


class Telephones(Protocol):
    """The numbers, and the book of calls. Only what asks may raise."""

    async def trunks(self) -> tuple[Trunk, ...]:
        """All that edges serve."""
        ...

    async def route(self, trunk: str, caller: str, callee: str, headers: Mapping[str, str]) -> Route | None:
        """Whom this caller reaches; None when the number is nobody's."""
        ...

    async def call_began(self, call: CallFacts) -> None:
        """Somebody calls, or is called."""

    async def call_changed(self, call_id: str, state: str, answered_by: str) -> None:
        """It stands elsewhere (`server.channels.phone.port.State`)."""

    async def call_ended(self, call_id: str, reason: str, code: int) -> None:
        """It is over; ``reason`` is a name of `server.calls.ends`."""

    async def unfinished(self) -> tuple[CallFacts, ...]:
        """Calls of which no end is known."""
        ...

    def registered(self, registrations: tuple[Registration, ...]) -> None:
        """How trunks stand with their registrars."""


class Waiting(msgspec.Struct, frozen=True):
    """Somebody in a room of ours: for which session, as which call (empty for a visitor), under which name, and the
    name of the agent in there, if LiveKit still counts one."""

    room: str
    session: str
    call: str
    caller: str
    agent: str


class Rooms(Protocol):
    """LiveKit. Every method may raise `RoomTrouble`."""

    url: str
    public_url: str

    async def create(self, room: str, metadata: str) -> None:
        """A room that closes soon after everybody has left."""

    async def mark(self, room: str, metadata: str) -> None:
        """Give a room that is there its metadata."""

    async def people(self) -> list[tuple[str, str, list[str], list[str]]]:
        """Every marked room with somebody in it: its name, its metadata, who is in it, and the agents in it."""
        ...

    def visitor_token(self, room: str, identity: str, name: str) -> str:
        """For a browser: publish a microphone, subscribe, nothing else."""
        ...

    def caller_token(self, room: str, identity: str, attributes: Mapping[str, str]) -> str:
        """For a telephone caller our edge brings in (a participant of kind SIP)."""
        ...

    async def dispatch(self, room: str, agent_name: str, metadata: str) -> None:
        """Ask for an agent."""

    async def remove(self, room: str, identity: str) -> None:
        """Put a participant out; one that is not there is no trouble."""

    async def delete(self, room: str) -> None:
        """Close a room; one that is not there is no trouble."""

    async def transfer(self, room: str, identity: str, to: str, timeout: float) -> tuple[str, str]:
        """Transfer a caller of LiveKit SIP; outcome and detail, never raises."""
        ...

    async def aclose(self) -> None:
        """Let connections go."""


class RoomTrouble(Exception):
    """LiveKit does not do what was asked; the message says why."""


class Sip(Protocol):
    """LiveKit SIP: calls that come and go by LiveKit's own telephone service."""

    def trunk_of(self, id: str) -> str:
        """Our trunk, by LiveKit's id of its inbound one; empty for a stranger's."""
        ...

    async def serve(self, trunks: tuple[Trunk, ...]) -> dict[str, str]:
        """Let LiveKit have these trunks and no others of ours; answers with the trouble of each that has some.
        Raises `RoomTrouble`."""
        ...

    async def dial(
        self,
        room: str,
        identity: str,
        trunk: Trunk,
        to: str,
        *,
        caller_id: str,
        ring: float,
        longest: float,
        headers: Mapping[str, str],
    ) -> None:
        """Call somebody into a room, and wait until she answers; seconds. Raises `NotPlaced`."""

    async def aclose(self) -> None:
        """Let connections go."""


class NotPlaced(Exception):
    """A call was not answered; ``reason`` is a name of `server.calls.ends`, ``code`` the SIP code or 0."""

    def __init__(self, reason: str, code: int = 0, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.code = code
