"""Requests that came to us: the answer, repeated as often as the request or its lost ACK asks for it
(RFC 3261 section 17.2, RFC 6026)."""

import asyncio
from collections.abc import Callable
from enum import Enum

import msgspec
from aiosipua import SipRequest, SipResponse

from server.channels.phone.datagrams import Address
from server.channels.phone.messages import answer, new_tag


class Timers(msgspec.Struct, frozen=True):
    """RFC 3261 section 17.1.1.1, seconds. ``t1`` is the first wait before something is repeated, ``t2`` the
    longest, ``t4`` how long a datagram may wander."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0

    @property
    def life(self) -> float:
        """How long anything is repeated before it is given up (timers B, F, H, J)."""
        return 64 * self.t1


class Stage(Enum):
    """Where a server transaction stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DONE = "done"


def _nothing() -> None:
    """Nobody wants to know."""


class ServerTransaction:
    """One request of somebody else. ``tag`` is ours in To. ``on_cancel`` is called when the caller takes an
    INVITE back, ``on_unacknowledged`` when our 200 was never confirmed; ``on_acknowledged`` when it was."""

    def __init__(
        self,
        request: SipRequest,
        source: Address,
        timers: Timers,
        send: Callable[[SipResponse, Address], None],
        forget: Callable[["ServerTransaction"], None],
    ) -> None:
        self.request = request
        self.source = source
        self.tag = new_tag()
        self.stage = Stage.OPEN
        self.on_cancel: Callable[[SipRequest], None] = lambda cancel: None
        self.on_acknowledged: Callable[[SipRequest], None] = lambda ack: None
        self.on_unacknowledged: Callable[[], None] = _nothing
        self._timers = timers
        self._send = send
        self._forget = forget
        self._last: SipResponse | None = None
        self._repeat: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None

    @property
    def is_invite(self) -> bool:
        """Whether an ACK follows."""
        return self.request.method == "INVITE"

    def reply(self, code: int, headers: dict[str, str] | None = None) -> None:
        """Answer with a code and nothing else to say."""
        reply = answer(self.request, code, tag=self.tag)
        for name, value in (headers or {}).items():
            reply.headers.append(name, value)
        self.respond(reply)

    def respond(self, reply: SipResponse) -> None:
        """Send an answer. Nothing leaves after a final one but that one again."""
        if self.stage is not Stage.OPEN:
            return
        self._last = reply
        self._send(reply, self.source)
        if reply.status_code < 200:
            return
        self.on_cancel = lambda cancel: None
        loop = asyncio.get_running_loop()
        self._end = loop.call_later(self._timers.life, self._expire)
        if not self.is_invite:
            self.stage = Stage.DONE
            return
        self.stage = Stage.ACCEPTED if reply.status_code < 300 else Stage.REFUSED
        self._repeat = loop.call_later(self._timers.t1, self._again, self._timers.t1)

    def repeated(self) -> None:
        """The request came once more: so does the answer."""
        if self._last is not None:
            self._send(self._last, self.source)

    def acknowledge(self, ack: SipRequest) -> None:
        """The final answer of an INVITE has arrived."""
        if self.stage not in (Stage.ACCEPTED, Stage.REFUSED):
            return
        accepted = self.stage is Stage.ACCEPTED
        self.stage = Stage.DONE
        self._stop_repeating()
        if accepted:
            self.on_acknowledged(ack)
        elif self._end is not None:
            self._end.cancel()
            self._end = asyncio.get_running_loop().call_later(self._timers.t4, self._expire)

    def close(self) -> None:
        """Forget it now."""
        self._stop_repeating()
        if self._end is not None:
            self._end.cancel()
        self.on_cancel, self.on_unacknowledged = (lambda cancel: None), _nothing
        self.on_acknowledged = lambda ack: None

    def _again(self, waited: float) -> None:
        self.repeated()
        wait = min(2 * waited, self._timers.t2)
        self._repeat = asyncio.get_running_loop().call_later(wait, self._again, wait)

    def _stop_repeating(self) -> None:
        if self._repeat is not None:
            self._repeat.cancel()
            self._repeat = None

    def _expire(self) -> None:
        unacknowledged = self.stage is Stage.ACCEPTED
        self.stage = Stage.DONE
        tell = self.on_unacknowledged
        self.close()
        self._forget(self)
        if unacknowledged:
            tell()
