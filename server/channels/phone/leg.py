"""One call, either direction: its state, its sound, its one end, and what happens within its dialog."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from typing import Literal

import structlog
from aiosipua import SipRequest, SipResponse

from server.channels.phone import offers
from server.channels.phone.clock import Clock
from server.channels.phone.dialogs import Dialog
from server.channels.phone.machine import AnswerEar
from server.channels.phone.media import Media
from server.channels.phone.messages import ALLOW, answer
from server.channels.phone.port import Ended, State, TransferOutcome, Trunk
from server.channels.phone.ports import Ports
from server.channels.phone.reasons import cause_in, reason_header
from server.channels.phone.refer import Transfer
from server.channels.phone.server_transactions import ServerTransaction
from server.channels.phone.transactions import Transactions

log = structlog.get_logger()


class Surroundings:
    """What every call of an edge stands on. ``patience`` is how many seconds a call without sound is kept,
    ``longest_offer`` how long an offered one may stay without an answer."""

    def __init__(
        self,
        layer: Transactions,
        clock: Clock,
        ports: Ports,
        patience: float,
        longest_offer: float,
        over: Callable[["SipLeg"], None],
    ) -> None:
        self.layer = layer
        self.clock = clock
        self.ports = ports
        self.patience = patience
        self.longest_offer = longest_offer
        self.over = over


class SipLeg:
    """What both directions have in common (`server.channels.phone.port.Leg`)."""

    direction: Literal["in", "out"]

    def __init__(
        self, around: Surroundings, dialog: Dialog, trunk: Trunk, headers: Mapping[str, str], state: State
    ) -> None:
        self.id = "call_" + secrets.token_hex(8)
        self.caller = ""
        self.callee = ""
        self.trunk = trunk.id
        self.headers = headers
        self.state = state
        self.rate = 8000
        self.answered_by = ""
        self.reason = ""
        self.on_audio: Callable[[bytes], None] = lambda pcm: None
        self.on_digit: Callable[[str], None] = lambda digit: None
        self.on_hold: Callable[[bool], None] = lambda held: None
        self.on_state: Callable[[State], None] = lambda state: None
        self.on_answered_by: Callable[[str], None] = lambda who: None
        self.on_ended: Callable[[str, int], None] = lambda reason, code: None
        self.dialog = dialog
        self._around = around
        self._home = trunk.domain or trunk.address
        self._session = offers.Session(secrets.randbits(31))
        self._media: Media | None = None
        self._ear: AnswerEar | None = None
        self._transfer: Transfer | None = None
        self._reinvite: ServerTransaction | None = None
        self._settled: asyncio.Event = asyncio.Event()
        self._far_end = "caller_hung_up"

    # ---------------------------------------------------------------- what each direction does its own way

    def ring(self) -> None:
        """180."""
        raise NotImplementedError

    async def answer(self) -> None:
        """Up, or `Ended`."""
        raise NotImplementedError

    def reject(self, code: int, reason: str = "", headers: Mapping[str, str] | None = None) -> None:
        """No."""
        raise NotImplementedError

    def hang_up(self, reason: str = "agent_hung_up", headers: Mapping[str, str] | None = None) -> None:
        """End it now, whatever that takes."""
        raise NotImplementedError

    # ---------------------------------------------------------------- sound

    def push(self, pcm: bytes) -> None:
        """The next sound to send."""
        if self._media is not None:
            self._media.push(pcm)

    def clear(self) -> None:
        """Forget what has not left."""
        if self._media is not None:
            self._media.clear()

    @property
    def unsent(self) -> float:
        """Seconds until all that was pushed has left."""
        return self._media.unsent if self._media is not None else 0.0

    async def send_keys(self, keys: str) -> None:
        """Keys in real time. Raises ``ValueError`` for what is no key."""
        if self._media is not None:
            await self._media.send_keys(keys)

    def _open_media(self) -> Media:
        """Bind a port for the sound. Raises `NoPort`."""
        media = Media(self._around.clock, self._around.ports, self._around.patience)
        media.on_audio = self._hear
        media.on_key = self._press
        media.on_silent = lambda: self.hang_up("no_media")
        self._media = media
        return media

    def _local_host(self) -> str:
        return self._around.layer.datagrams.local(self.dialog.source[0])

    def _agreed(self, sound: offers.Sound) -> None:
        if self._media is not None:
            self.rate = sound.rate
            self._media.agreed(sound, self.dialog.source[0])

    def _hear(self, pcm: bytes) -> None:
        if self._ear is not None and self.state is State.UP:
            who = self._ear.hear(pcm)
            if who:
                self._ear = None
                self.answered_by = who
                self.on_answered_by(who)
        self.on_audio(pcm)

    def _press(self, key: str) -> None:
        self.on_digit(key)

    # ---------------------------------------------------------------- ends

    def _bye(self, reason: str, headers: Mapping[str, str] | None = None) -> None:
        self.dialog.ask("BYE", {"Reason": reason_header(reason)} | dict(headers or {}), lambda reply: None)

    def _move(self, state: State) -> None:
        if self.state is not State.ENDED and state is not self.state:
            self.state = state
            self._tell(lambda: self.on_state(state))

    def _end(self, reason: str, code: int = 0, cause: int = 0) -> None:
        """The call is over; only the first end counts, and nothing is told after it."""
        if self.state is State.ENDED:
            return
        self.state, self.reason = State.ENDED, reason
        facts: dict[str, str | int] = {}
        if self._media is not None:
            facts = self._media.facts()
            self._media.close()
        if self._transfer is not None:
            self._transfer.hung_up()
        self._settled.set()
        log.info("call ended", call=self.id, reason=reason, code=code, cause=cause, **facts)
        self._around.over(self)
        self._tell(lambda: self.on_state(State.ENDED))
        self._tell(lambda: self.on_ended(reason, code))
        self.on_audio, self.on_digit = (lambda pcm: None), (lambda digit: None)
        self.on_hold, self.on_state = (lambda held: None), (lambda state: None)
        self.on_ended, self.on_answered_by = (lambda reason, code: None), (lambda who: None)

    def _tell(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:
            log.exception("the owner of a call failed", call=self.id, error=type(error).__name__)

    async def _until_settled(self) -> None:
        """Wait until the call is up. Raises `Ended`."""
        await self._settled.wait()
        if self.state is State.ENDED:
            raise Ended(self.reason)

    # ---------------------------------------------------------------- transfers

    async def transfer(self, to: str, timeout: float) -> TransferOutcome:
        """REFER the far side to ``to``; after success the call is ended here."""
        if self.state is not State.UP:
            return TransferOutcome("error", detail="The call is not up.")
        if self._transfer is not None:
            return TransferOutcome("error", detail="Another transfer is under way.")
        self._transfer = transfer = Transfer()
        headers = {"Refer-To": f"<{self._uri_of(to)}>", "Referred-By": f"<{self.dialog.contact}>"}
        self.dialog.ask("REFER", headers, transfer.answered)
        try:
            outcome = await transfer.outcome(timeout)
        finally:
            self._transfer = None
        if outcome.outcome == "ok":
            self.hang_up("transferred")
        return outcome

    def _uri_of(self, to: str) -> str:
        if to.lower().startswith(("sip:", "sips:", "tel:")):
            return to
        there = self.dialog.remote.rpartition("@")[2].split(">")[0].split(";")[0]
        return f"sip:{to}@{self._home or there}"

    # ---------------------------------------------------------------- within the dialog

    def handle(self, served: ServerTransaction) -> None:
        """A request within the dialog."""
        request = served.request
        served.tag = self.dialog.local_tag
        if not self.dialog.in_order(request):
            served.reply(500)
        elif request.method == "BYE":
            served.reply(200)
            self._far_bye(request)
        elif self.state is State.ENDED:
            served.reply(481)
        elif request.method == "NOTIFY":
            self._notify(served)
        elif request.method in ("INVITE", "UPDATE"):
            self._renew(served)
        elif request.method == "OPTIONS":
            served.reply(200, {"Allow": ALLOW})
        else:
            served.reply(405, {"Allow": ALLOW})

    def _far_bye(self, request: SipRequest) -> None:
        transferred = self._transfer is not None and self._transfer.hung_up()
        cause = cause_in(request.headers.get("reason"))
        self._end("transferred" if transferred else self._far_end, cause=cause)

    def _notify(self, served: ServerTransaction) -> None:
        event = (served.request.get_header("event") or "").split(";")[0].strip().lower()
        if event != "refer":
            served.reply(489, {"Allow-Events": "refer"})
            return
        served.reply(200)
        if self._transfer is not None:
            self._transfer.notified(served.request)

    def _renew(self, served: ServerTransaction) -> None:
        """A re-INVITE or UPDATE: hold, resume, another address, or only a sign of life."""
        request = served.request
        if self._reinvite is not None or self._media is None or self._media.sound is None:
            served.reply(491)
            return
        try:
            sdp = offers.sdp_of(request)
            sound = offers.agree(sdp, served.source[0], self._media.sound.codec) if sdp else None
        except ValueError:
            served.reply(400)
            return
        except offers.NoCommonCodec:
            served.reply(488)
            return
        if sound is not None and sound.rate != self.rate:
            served.reply(488)
            return
        self.dialog.refresh(request)
        reply = self._ok(request)
        if sdp is not None and sound is not None:
            self._put_sdp(reply, offers.write_answer(self._session, *self._here(), sdp, sound))
        elif request.method == "INVITE":
            codec = self._media.sound.codec
            direction = offers.MIRRORED[self._media.sound.direction]
            body = offers.write_offer(self._session, *self._here(), (codec,), direction)
            self._put_sdp(reply, body)
            served.on_acknowledged = self._late_answer
        if request.method == "INVITE":
            self._await_ack(served)
        served.respond(reply)
        if sound is not None:
            self._take_sound(sound)

    def _await_ack(self, served: ServerTransaction) -> None:
        self._reinvite = served
        late = served.on_acknowledged

        def acknowledged(ack: SipRequest) -> None:
            self._reinvite = None
            late(ack)

        def unacknowledged() -> None:
            self._reinvite = None

        served.on_acknowledged, served.on_unacknowledged = acknowledged, unacknowledged

    def _late_answer(self, ack: SipRequest) -> None:
        """The answer to an offer that we made in a 200 comes with the ACK."""
        try:
            sdp = offers.sdp_of(ack)
            if sdp is not None and self._media is not None and self._media.sound is not None:
                sound = offers.agree(sdp, self.dialog.source[0], self._media.sound.codec)
                if sound.rate == self.rate:
                    self._take_sound(sound)
        except (ValueError, offers.NoCommonCodec):
            log.warning("the answer to a renewed call cannot be read", call=self.id)

    def _take_sound(self, sound: offers.Sound) -> None:
        held = self._media is not None and self._media.held
        self._agreed(sound)
        if sound.held != held:
            self._tell(lambda: self.on_hold(sound.held))

    def acknowledged(self, ack: SipRequest) -> None:
        """An ACK within the dialog: of our first 200, or of a re-INVITE's."""
        if self._reinvite is not None:
            self._reinvite.acknowledge(ack)

    def _here(self) -> tuple[str, int]:
        return self._local_host(), self._media.port if self._media is not None else 0

    def _ok(self, request: SipRequest) -> SipResponse:
        reply = answer(request, 200, tag=self.dialog.local_tag)
        reply.headers.set_single("Contact", f"<{self.dialog.contact}>")
        reply.headers.set_single("Allow", ALLOW)
        return reply

    @staticmethod
    def _put_sdp(message: SipRequest | SipResponse, body: bytes) -> None:
        message.headers.set_single("Content-Type", "application/sdp")
        message.body = body
