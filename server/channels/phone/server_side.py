"""Calls that come in."""

import asyncio
from collections.abc import Mapping
from typing import Literal

from aiosipua import SdpMessage, SipRequest

from server.channels.phone import offers
from server.channels.phone.dialogs import Dialog, contact_of
from server.channels.phone.leg import SipLeg, Surroundings
from server.channels.phone.messages import answer, headers_of, put_headers, user_of
from server.channels.phone.port import Ended, State, Trunk
from server.channels.phone.ports import NoPort
from server.channels.phone.reasons import REFUSAL_OF, cause_in, reason_header
from server.channels.phone.server_transactions import ServerTransaction


class InboundLeg(SipLeg):
    """A call somebody makes to us. It is offered with sound already agreed upon."""

    direction: Literal["in", "out"] = "in"

    def __init__(
        self,
        around: Surroundings,
        served: ServerTransaction,
        trunk: Trunk,
        callee: str,
        sdp: SdpMessage,
        sound: offers.Sound,
    ) -> None:
        invite = served.request
        datagrams = around.layer.datagrams
        contact = contact_of(callee, datagrams.local(served.source[0]), datagrams.port)
        credentials = (trunk.username, trunk.password)
        dialog = Dialog.of_invite(around.layer, invite, served.source, served.tag, contact, credentials)
        super().__init__(around, dialog, trunk, headers_of(invite), State.OFFERED)
        caller = invite.from_addr
        self.caller = user_of(caller.uri) if caller is not None else ""
        self.callee = callee
        self.rate = sound.rate
        self._sdp = sdp
        self._sound = sound
        self._served = served
        self._bye_after_ack: tuple[str, dict[str, str]] | None = None
        served.on_cancel = self._cancelled
        served.on_acknowledged = self._confirmed
        served.on_unacknowledged = self._unconfirmed
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(around.longest_offer, lambda: self.hang_up("no_agent"))

    def ring(self) -> None:
        """180."""
        if self.state is State.OFFERED:
            reply = answer(self._served.request, 180, tag=self._served.tag)
            reply.headers.set_single("Contact", f"<{self.dialog.contact}>")
            self._served.respond(reply)
            self._move(State.RINGING)

    async def answer(self) -> None:
        """200, and wait for the ACK. Raises `Ended`."""
        if self.state not in (State.OFFERED, State.RINGING):
            raise Ended(self.reason or "failed")
        try:
            media = self._open_media()
        except NoPort:
            self.reject(503, "full", {"Retry-After": "10"})
            raise Ended("full", 503) from None
        self._patience.cancel()
        reply = self._ok(self._served.request)
        self._put_sdp(
            reply,
            offers.write_answer(self._session, self._local_host(), media.port, self._sdp, self._sound),
        )
        self._agreed(self._sound)
        self._move(State.ANSWERING)
        self._served.respond(reply)
        await self._until_settled()

    def reject(self, code: int, reason: str = "", headers: Mapping[str, str] | None = None) -> None:
        """A final no."""
        if self.state in (State.OFFERED, State.RINGING):
            self._refuse(code, headers)
            self._end(reason or "refused", code)

    def hang_up(self, reason: str = "agent_hung_up", headers: Mapping[str, str] | None = None) -> None:
        """A refusal before the answer, BYE after it; while the ACK is awaited, BYE as soon as it came."""
        if self.state in (State.OFFERED, State.RINGING):
            code = REFUSAL_OF.get(reason, 480)
            self._refuse(code, {"Reason": reason_header(reason)} | dict(headers or {}))
            self._end(reason, code)
        elif self.state is State.ANSWERING:
            self._bye_after_ack = (reason, dict(headers or {}))
            self._end(reason)
        elif self.state is not State.ENDED:
            self._bye(reason, headers)
            self._end(reason)

    def _refuse(self, code: int, headers: Mapping[str, str] | None) -> None:
        self._patience.cancel()
        reply = answer(self._served.request, code, tag=self._served.tag)
        put_headers(reply, dict(headers or {}))
        self._served.respond(reply)

    def _cancelled(self, cancel: SipRequest) -> None:
        self._patience.cancel()
        self._served.reply(487)
        self._end("caller_gave_up", 487, cause_in(cancel.headers.get("reason")))

    def _confirmed(self, ack: SipRequest) -> None:
        if self._bye_after_ack is not None:
            self._bye(*self._bye_after_ack)
            self._bye_after_ack = None
        elif self.state is State.ANSWERING:
            self._move(State.UP)
            self._settled.set()

    def _unconfirmed(self) -> None:
        """Nobody acknowledged our 200 in all its repetitions (section 13.3.1.4)."""
        reason, headers = self._bye_after_ack or ("no_ack", {})
        self._bye_after_ack = None
        self._bye(reason, headers)
        self._end(reason)

    def _end(self, reason: str, code: int = 0, cause: int = 0) -> None:
        self._patience.cancel()
        super()._end(reason, code, cause)

    def _far_bye(self, request: SipRequest) -> None:
        self._bye_after_ack = None
        super()._far_bye(request)
        self._served.acknowledge(request)

    def acknowledged(self, ack: SipRequest) -> None:
        """Of our first 200, or of a re-INVITE's."""
        cseq, invite = ack.cseq, self._served.request.cseq
        if cseq is not None and invite is not None and cseq.seq == invite.seq:
            self._served.acknowledge(ack)
        else:
            super().acknowledged(ack)
