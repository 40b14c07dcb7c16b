"""Calls we make."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Literal

import msgspec
from aiosipua import SipRequest, SipResponse

from server.channels.phone import offers
from server.channels.phone.admission import host_of
from server.channels.phone.client_transactions import ClientTransaction, Stage
from server.channels.phone.datagrams import Address, bracketed
from server.channels.phone.dialogs import Dialog, contact_of
from server.channels.phone.digest import is_stale, prove
from server.channels.phone.leg import SipLeg, Surroundings
from server.channels.phone.machine import AnswerEar
from server.channels.phone.messages import ALLOW, new_tag, put_headers, tag_of, user_of
from server.channels.phone.port import Ended, State, Trunk
from server.channels.phone.reasons import cause_in, of_refusal

CODECS = ("G722", "PCMU", "PCMA")


class Wish(msgspec.Struct, frozen=True):
    """Whom to call and how: ``address`` is where the INVITE goes, ``ring`` seconds."""

    trunk: Trunk
    to: str
    address: Address
    caller_id: str
    ring: float
    headers: dict[str, str]
    detect_machine: bool


class OutboundLeg(SipLeg):
    """A call to somebody. The INVITE leaves with `begin`."""

    direction: Literal["in", "out"] = "out"

    def __init__(self, around: Surroundings, wish: Wish) -> None:
        trunk = wish.trunk
        datagrams = around.layer.datagrams
        here = datagrams.local(wish.address[0])
        target = _target(wish)
        user = wish.caller_id or trunk.caller_id or trunk.username or "parley"
        domain = trunk.domain or (host_of(trunk.address) if trunk.address else here)
        dialog = Dialog(
            around.layer,
            call_id=f"{secrets.token_hex(16)}@{bracketed(here)}",
            local=f"<sip:{user}@{bracketed(domain)}>",
            local_tag=new_tag(),
            remote=f"<{target}>",
            target=target,
            source=wish.address,
            contact=contact_of(trunk.username or user, here, datagrams.port),
            credentials=(trunk.username, trunk.password),
        )
        super().__init__(around, dialog, trunk, {}, State.DIALING)
        self.caller, self.callee = user, user_of(target) or target
        self._wish = wish
        self._target = target
        self._far_end = "callee_hung_up"
        self._asked: ClientTransaction | None = None
        self._invited: SipRequest | None = None
        self._cancelling = False
        self._answer_tag = ""
        self._retries = 0
        self._ring_timer: asyncio.TimerHandle | None = None

    # ---------------------------------------------------------------- the owner's side

    def begin(self) -> None:
        """Send the INVITE. Raises `NoPort`."""
        media = self._open_media()
        body = offers.write_offer(self._session, self._local_host(), media.port, CODECS, "sendrecv")
        self._ring_timer = asyncio.get_running_loop().call_later(self._wish.ring, self._rang_out)
        self._invite(body, None)

    def ring(self) -> None:
        """Only callers hear us ring."""

    async def answer(self) -> None:
        """Wait until the far side has answered. Raises `Ended`."""
        await self._until_settled()

    def reject(self, code: int, reason: str = "", headers: Mapping[str, str] | None = None) -> None:
        """The same as hanging up."""
        self.hang_up(reason or "cancelled", headers)

    def hang_up(self, reason: str = "agent_hung_up", headers: Mapping[str, str] | None = None) -> None:
        """BYE, or CANCEL before the answer."""
        if self.state is State.UP:
            self._bye(reason, headers)
            self._end(reason)
        elif self.state is not State.ENDED:
            self._cancel()
            self._end(reason)

    # ---------------------------------------------------------------- INVITE

    def _invite(self, body: bytes, proof: tuple[str, str] | None) -> None:
        address = self._wish.address
        invite = self._around.layer.new_request("INVITE", self._target, address)
        dialog = self.dialog
        invite.headers.set_single("From", f"{dialog.local};tag={dialog.local_tag}")
        invite.headers.set_single("To", dialog.remote)
        invite.headers.set_single("Call-ID", dialog.call_id)
        invite.headers.set_single("CSeq", f"{dialog.sequence} INVITE")
        invite.headers.set_single("Contact", f"<{dialog.contact}>")
        invite.headers.set_single("Allow", ALLOW)
        put_headers(invite, dict(self._wish.trunk.headers) | self._wish.headers)
        if proof is not None:
            invite.headers.set_single(*proof)
        self._put_sdp(invite, body)
        self._invited = invite
        self._asked = self._around.layer.ask(invite, address, self._answered)

    def _answered(self, reply: SipResponse | None) -> None:
        if reply is None:
            self._end("trunk_unreachable", 408)
        elif reply.status_code < 200:
            self._provisional(reply)
        elif reply.status_code < 300:
            self._accepted(reply)
        else:
            self._refused(reply)

    def _provisional(self, reply: SipResponse) -> None:
        if self._cancelling:
            self._send_cancel()
            return
        if reply.status_code == 100 or self.state is State.ENDED:
            return
        sound = self._sound_of(reply)
        if sound is not None:
            self._agreed(sound)
        if self._media is not None and self._media.sound is not None:
            self._move(State.EARLY)
        else:
            self._move(State.RINGING)

    def _accepted(self, reply: SipResponse) -> None:
        tag = tag_of(reply.to_addr)
        if self._answer_tag:
            self._repeated(reply, tag)
            return
        self._answer_tag = tag or "none"
        self.dialog.learn(reply)
        self._acknowledge()
        self._stop_ringing()
        if self.state is State.ENDED:
            self._bye(self.reason)
            return
        self.headers = {name.lower(): values[0] for name, values in reply.headers.items() if values}
        sound = self._sound_of(reply)
        if sound is not None:
            self._agreed(sound)
        if self._media is None or self._media.sound is None:
            self._bye("no_common_codec")
            self._end("no_common_codec", 488)
            return
        if self._wish.detect_machine:
            self._ear = AnswerEar(self.rate)
        self._move(State.UP)
        self._settled.set()

    def _repeated(self, reply: SipResponse, tag: str) -> None:
        """The 200 once more: its ACK was lost. Or another phone's 200: one call is enough."""
        if tag in ("", self._answer_tag):
            self._acknowledge()
            return
        other = Dialog(
            self._around.layer,
            call_id=self.dialog.call_id,
            local=self.dialog.local,
            local_tag=self.dialog.local_tag,
            remote=self.dialog.remote,
            target=self._target,
            source=self.dialog.source,
            contact=self.dialog.contact,
        )
        other.learn(reply)
        other.acknowledge(self._invite_sequence())
        other.sequence = self.dialog.sequence
        other.ask("BYE", {}, lambda reply: None)

    def _refused(self, reply: SipResponse) -> None:
        if self.state is State.ENDED:
            return
        invited = self._invited
        if invited is not None and (not self._retries or (self._retries == 1 and is_stale(reply))):
            trunk = self._wish.trunk
            proof = prove(reply, "INVITE", self._target, trunk.username, trunk.password)
            if proof is not None:
                self._retries += 1
                self.dialog.sequence += 1
                self._invite(invited.body, proof)
                return
        cause = cause_in(reply.headers.get("reason"))
        self._end(of_refusal(reply.status_code, cause), reply.status_code, cause)

    def _sound_of(self, reply: SipResponse) -> offers.Sound | None:
        try:
            sdp = offers.sdp_of(reply)
            return offers.agree(sdp, self._wish.address[0]) if sdp is not None else None
        except (ValueError, offers.NoCommonCodec):
            return None

    # ---------------------------------------------------------------- ends before the answer

    def _rang_out(self) -> None:
        silent = self._asked is not None and self._asked.stage is Stage.CALLING
        self._cancel()
        self._end("trunk_unreachable" if silent else "no_answer", 408 if silent else 487)

    def _cancel(self) -> None:
        """Now where somebody works on it, else with the first sign that somebody does (section 9.1)."""
        if self._cancelling or self._asked is None:
            return
        self._cancelling = True
        if self._asked.stage is Stage.PROCEEDING:
            self._send_cancel()

    def _send_cancel(self) -> None:
        if self._asked is not None and self._cancelling:
            asked, self._asked = self._asked, None
            self._around.layer.cancel(asked)

    def _stop_ringing(self) -> None:
        if self._ring_timer is not None:
            self._ring_timer.cancel()
            self._ring_timer = None

    def _end(self, reason: str, code: int = 0, cause: int = 0) -> None:
        self._stop_ringing()
        super()._end(reason, code, cause)

    def _acknowledge(self) -> None:
        self.dialog.acknowledge(self._invite_sequence())

    def _invite_sequence(self) -> int:
        cseq = self._invited.cseq if self._invited is not None else None
        return cseq.seq if cseq is not None else 1

    async def _until_settled(self) -> None:
        await super()._until_settled()
        if self.state is not State.UP:
            raise Ended(self.reason)


def _target(wish: Wish) -> str:
    """The address asked for: as given, or a number at the trunk's domain."""
    to = wish.to.strip()
    if to.lower().startswith(("sip:", "sips:", "tel:")):
        return to
    if "@" in to:
        return f"sip:{to}"
    number = "".join(c for c in to if c not in " ()-./")
    return f"sip:{number}@{wish.trunk.domain or wish.trunk.address}"
