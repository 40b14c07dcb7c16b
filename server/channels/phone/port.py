"""The port of the telephone edge: calls as objects, sound as PCM, ends as names."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Literal, Protocol

import msgspec


class State(StrEnum):
    """Where a call stands. Inbound: offered, ringing, answering, up, ended. Outbound: dialing, ringing,
    early (with media), up, ended."""

    OFFERED = "offered"
    DIALING = "dialing"
    RINGING = "ringing"
    EARLY = "early"
    ANSWERING = "answering"
    UP = "up"
    ENDED = "ended"


class Trunk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line to a provider or a PBX.

    ``address`` is host[:port] of its proxy; ``domain`` the realm's host where it differs. ``allowed`` are
    source addresses or networks that may call in (empty: only the address itself); ``username`` and
    ``password`` answer its challenges, and challenge its INVITEs when ``challenge`` is on. ``register`` keeps
    a registration alive. ``numbers`` are called numbers or account names that come in by it; ``*`` for all.
    ``way`` is who carries its calls: ``edge`` (ours) or ``livekit`` (LiveKit SIP).
    """

    id: str
    name: str = ""
    address: str = ""
    domain: str = ""
    username: str = ""
    password: str = ""
    caller_id: str = ""
    numbers: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    challenge: bool = False
    register: bool = False
    expires: int = 600
    headers: Mapping[str, str] = {}
    way: str = "edge"


class Ended(Exception):
    """The call is over; ``reason`` is its name, ``code`` the SIP code or 0."""

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class TransferOutcome(msgspec.Struct, frozen=True):
    """``ok``, ``busy``, ``no_answer``, ``refused``, ``error`` or ``unknown``, and the SIP code that said so."""

    outcome: str
    code: int = 0
    detail: str = ""


class Registration(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a trunk stands with its registrar: ``registering``, ``registered``, ``failed``, ``off``; ``until``
    is ms since 1970."""

    trunk: str
    state: str
    detail: str = ""
    until: int = 0


class Leg(Protocol):
    """One call, either direction. Callbacks are set by who takes the call; ``on_ended`` comes exactly once,
    and last. ``answered_by`` is ``person`` or ``machine`` once that is known of an outbound call that asked,
    and ``on_answered_by`` tells it then."""

    id: str
    direction: Literal["in", "out"]
    caller: str
    callee: str
    trunk: str
    headers: Mapping[str, str]
    state: State
    rate: int
    answered_by: str
    on_audio: Callable[[bytes], None]
    on_digit: Callable[[str], None]
    on_hold: Callable[[bool], None]
    on_state: Callable[[State], None]
    on_answered_by: Callable[[str], None]
    on_ended: Callable[[str, int], None]

    def ring(self) -> None:
        """180, inbound only."""

    async def answer(self) -> None:
        """200; returns once the caller has acknowledged. Raises `Ended`."""

    def reject(self, code: int, reason: str = "", headers: Mapping[str, str] | None = None) -> None:
        """A final answer that is no. ``reason`` is the name of the end it is remembered by."""

    def hang_up(self, reason: str = "agent_hung_up", headers: Mapping[str, str] | None = None) -> None:
        """BYE, or CANCEL, or a refusal: whatever ends it now."""

    async def transfer(self, to: str, timeout: float) -> TransferOutcome:
        """REFER the far side to ``to`` (a SIP address or a number of the same trunk); seconds."""
        ...

    async def send_keys(self, keys: str) -> None:
        """Telephone keys as RFC 4733 events, in real time; ``w`` waits half a second."""

    def push(self, pcm: bytes) -> None:
        """The next 20 ms of sound, s16le mono at ``rate``. Dropped while the far side holds us."""

    def clear(self) -> None:
        """Forget what was pushed and not sent."""

    @property
    def unsent(self) -> float:
        """Seconds until all that was pushed has left."""
        ...


class Edge(Protocol):
    """The SIP endpoint of this process."""

    on_offered: Callable[[Leg], None]
    on_registration: Callable[[Registration], None]

    async def start(self) -> None:
        """Bind; raises ``OSError`` when an address is taken."""

    def trunks(self, trunks: tuple[Trunk, ...]) -> None:
        """Serve these from now on: register what is new, unregister what is gone; live calls stay."""

    async def dial(
        self,
        trunk: str,
        to: str,
        *,
        caller_id: str = "",
        ring: float = 45.0,
        headers: Mapping[str, str] | None = None,
        detect_machine: bool = False,
    ) -> Leg:
        """Call out; the leg is ``dialing``. ``ring`` is how many seconds it may ring. Raises ``KeyError`` for
        an unknown trunk and `Ended` when full or draining."""
        ...

    async def drain(self, seconds: float) -> None:
        """Take no new calls, wait for the live ones, end what is left, unregister."""
