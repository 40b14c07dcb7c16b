"""Requests of ours: repeated until somebody answers, every final answer acknowledged (RFC 3261 section 17.1,
RFC 6026)."""

import asyncio
from collections.abc import Callable
from enum import Enum

from aiosipua import SipRequest, SipResponse

from server.channels.phone.datagrams import Address
from server.channels.phone.messages import branch_of
from server.channels.phone.server_transactions import Timers

Answered = Callable[[SipResponse | None], None]
"""Told each answer that matters: provisional ones, the final one, each 200 of an INVITE as often as it comes;
None when nobody answered in time."""


class Stage(Enum):
    """Where a client transaction stands."""

    CALLING = "calling"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"


class ClientTransaction:
    """One request of ours."""

    def __init__(
        self,
        request: SipRequest,
        address: Address,
        timers: Timers,
        send: Callable[[SipRequest, Address], None],
        forget: Callable[["ClientTransaction"], None],
        on_answer: Answered,
    ) -> None:
        self.request = request
        self.address = address
        self.key = (branch_of(request), request.method)
        self.stage = Stage.CALLING
        self._timers = timers
        self._send = send
        self._forget = forget
        self._on_answer = on_answer
        self._is_invite = request.method == "INVITE"
        loop = asyncio.get_running_loop()
        self._end: asyncio.TimerHandle | None = loop.call_later(timers.life, self._give_up)
        self._repeat: asyncio.TimerHandle | None = loop.call_later(timers.t1, self._again, timers.t1)
        send(request, address)

    def received(self, reply: SipResponse) -> None:
        """An answer with our branch."""
        code = reply.status_code
        if code < 200:
            self._provisional(reply)
        elif self._is_invite and code < 300:
            self._accepted(reply)
        else:
            self._final(reply)

    def _provisional(self, reply: SipResponse) -> None:
        if self.stage not in (Stage.CALLING, Stage.PROCEEDING):
            return
        if self.stage is Stage.CALLING and self._is_invite:
            self._stop()
        self.stage = Stage.PROCEEDING
        self._on_answer(reply)

    def _accepted(self, reply: SipResponse) -> None:
        if self.stage is Stage.COMPLETED:
            return
        if self.stage is not Stage.ACCEPTED:
            self._stop()
            self.stage = Stage.ACCEPTED
            self._finish_in(self._timers.life)
        self._on_answer(reply)

    def _final(self, reply: SipResponse) -> None:
        if self._is_invite and self.stage is not Stage.ACCEPTED:
            self._acknowledge(reply)
        if self.stage in (Stage.ACCEPTED, Stage.COMPLETED):
            return
        self._stop()
        self.stage = Stage.COMPLETED
        self._finish_in(self._timers.life if self._is_invite else self._timers.t4)
        self._on_answer(reply)

    def expect_end(self) -> None:
        """A CANCEL is on its way: an answer comes soon, or none ever will (section 9.1)."""
        if self.stage is Stage.PROCEEDING:
            self._stop()
            self._end = asyncio.get_running_loop().call_later(self._timers.life, self._give_up)

    def close(self) -> None:
        """Forget it now, tell nobody."""
        self._stop()
        self._on_answer = lambda reply: None

    def _acknowledge(self, reply: SipResponse) -> None:
        """Section 17.1.1.3: the ACK of a refusal has the INVITE's own branch."""
        ack = SipRequest(method="ACK", uri=self.request.uri)
        ack.headers.append("Via", self.request.headers.get("via")[0])
        for name in ("From", "Call-ID", "Max-Forwards"):
            ack.headers.set_single(name, self.request.headers.get_first(name) or "")
        ack.headers.set_single("To", reply.headers.get_first("to") or "")
        cseq = self.request.cseq
        ack.headers.set_single("CSeq", f"{cseq.seq if cseq else 1} ACK")
        for route in self.request.headers.get("route"):
            ack.headers.append("Route", route)
        self._send(ack, self.address)

    def _again(self, waited: float) -> None:
        self._send(self.request, self.address)
        wait = 2 * waited
        if not self._is_invite:
            wait = self._timers.t2 if self.stage is Stage.PROCEEDING else min(wait, self._timers.t2)
        self._repeat = asyncio.get_running_loop().call_later(wait, self._again, wait)

    def _finish_in(self, seconds: float) -> None:
        self._end = asyncio.get_running_loop().call_later(seconds, self._drop)

    def _stop(self) -> None:
        for handle in (self._repeat, self._end):
            if handle is not None:
                handle.cancel()
        self._repeat = self._end = None

    def _drop(self) -> None:
        self.close()
        self._forget(self)

    def _give_up(self) -> None:
        tell = self._on_answer
        self._drop()
        tell(None)
