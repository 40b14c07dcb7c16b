"""The telephone edge: one SIP endpoint, its trunks, its calls."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

import structlog
from aiosipua import SipRequest, parse_uri

from server.channels.phone import offers
from server.channels.phone.admission import Admission, Pace, Refusal
from server.channels.phone.client_side import OutboundLeg, Wish
from server.channels.phone.clock import Clock
from server.channels.phone.datagrams import Address, bracketed
from server.channels.phone.digest import Guard
from server.channels.phone.leg import SipLeg, Surroundings
from server.channels.phone.messages import ALLOW, answer, tag_of
from server.channels.phone.names import Names
from server.channels.phone.port import Ended, Leg, Registration, State, Trunk
from server.channels.phone.ports import NoPort, Ports, read_range
from server.channels.phone.registration import Pauses, Registrations
from server.channels.phone.server_side import InboundLeg
from server.channels.phone.server_transactions import ServerTransaction, Timers
from server.channels.phone.transactions import Transactions

log = structlog.get_logger()
LOOK_UP_AGAIN = 300.0
"""Seconds after which names of trunks are looked up anew."""


class SipEdge:
    """`server.channels.phone.port.Edge` over UDP. ``rtp_ports`` is a range (``0-0``: whatever is free),
    ``calls`` the most at once, ``media_timeout`` how many seconds a call without sound is kept,
    ``invite_rate`` and ``invite_burst`` how many INVITEs one address may send, a second and at once,
    ``goodbyes`` how many seconds the last BYEs have to be answered when the edge closes."""

    def __init__(
        self,
        *,
        host: str = "0.0.0.0",  # noqa: S104
        port: int = 5060,
        public_host: str = "",
        rtp_ports: str = "20000-20999",
        calls: int = 50,
        media_timeout: float = 16.0,
        longest_offer: float = 180.0,
        invite_rate: float = 10.0,
        invite_burst: int = 50,
        timers: Timers | None = None,
        pauses: Pauses | None = None,
        goodbyes: float = 2.0,
    ) -> None:
        self.on_offered: Callable[[Leg], None] = lambda leg: leg.reject(480, "unavailable")
        self.on_registration: Callable[[Registration], None] = lambda registration: None
        self.calls = calls
        self.clock = Clock()
        self._asked_port = port
        self._goodbyes = goodbyes
        self._host = host
        self._guard = Guard()
        self._admission = Admission(self._guard, Pace(invite_rate, invite_burst, time.monotonic))
        self._layer = Transactions(
            host,
            public_host,
            timers or Timers(),
            welcome=self._welcome,
            on_request=self._request,
            on_ack=self._ack,
        )
        self._around = Surroundings(
            self._layer,
            self.clock,
            Ports(host, *read_range(rtp_ports)),
            media_timeout,
            longest_offer,
            self._over,
        )
        self._names = Names()
        self._names.ipv6 = ":" in host
        self._trunks: dict[str, Trunk] = {}
        self._registrations = Registrations(
            self._layer, self._names.of_trunk, self._registered, pauses or Pauses()
        )
        self._legs: dict[str, SipLeg] = {}
        self._dialogs: dict[str, SipLeg] = {}
        self._empty = asyncio.Event()
        self._empty.set()
        self._draining = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._resolving: asyncio.Task[None] | None = None

    # ---------------------------------------------------------------- life

    async def start(self) -> None:
        """Bind. Raises ``OSError`` when the address is taken."""
        # It warns of each message that we refuse and count ourselves.
        logging.getLogger("aiosipua").setLevel(logging.ERROR)
        await self._layer.datagrams.open(self._asked_port)
        self._resolving = asyncio.get_running_loop().create_task(self._resolve_for_ever())
        log.info("telephone edge listens", host=self._host, port=self.port)

    @property
    def port(self) -> int:
        """The UDP port SIP is spoken at."""
        return self._layer.datagrams.port

    @property
    def live(self) -> tuple[Leg, ...]:
        """Calls that have not ended."""
        return tuple(self._legs.values())

    @property
    def counts(self) -> Mapping[str, int]:
        """What was dropped and why, and what is remembered, for metrics."""
        return dict(self._layer.counts) | {
            "calls": len(self._legs),
            "dialogs": len(self._dialogs),
            "transactions": self._layer.open,
            "skipped_ticks": self.clock.skipped,
        }

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """How the trunks stand with their registrars."""
        return self._registrations.states

    async def drain(self, seconds: float) -> None:
        """Take no new calls, wait for the live ones, end what is left, unregister, close."""
        self._draining = True
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            for leg in list(self._legs.values()):
                leg.hang_up("we_hung_up")
        await self._registrations.stop()
        deadline = asyncio.get_running_loop().time() + self._goodbyes
        while self._layer.waiting and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        if self._resolving is not None:
            self._resolving.cancel()
        for task in self._tasks:
            task.cancel()
        self._layer.close()

    # ---------------------------------------------------------------- trunks

    def trunks(self, trunks: tuple[Trunk, ...]) -> None:
        """Serve these from now on; calls that are up stay."""
        self._trunks = {trunk.id: trunk for trunk in trunks}
        self._admission.serve(trunks, self._names.known(trunks))
        self._spawn(self._resolve())
        self._registrations.serve(trunks)

    def _registered(self, registration: Registration) -> None:
        log.info(
            "registration", trunk=registration.trunk, state=registration.state, detail=registration.detail
        )
        self.on_registration(registration)

    async def _resolve(self) -> None:
        trunks = tuple(self._trunks.values())
        resolved = await self._names.of_all(trunks)
        if trunks == tuple(self._trunks.values()):
            self._admission.serve(trunks, resolved)

    async def _resolve_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_UP_AGAIN)
            await self._resolve()

    def _spawn(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---------------------------------------------------------------- calls out

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
        """Call out. Raises ``KeyError`` for an unknown trunk, `Ended` when nobody can be called now."""
        known = self._trunks[trunk]
        if not self._has_room():
            raise Ended("full", 503)
        address = await self._names.of(known.address or _host_port(to))
        if address is None:
            raise Ended("trunk_unreachable")
        wish = Wish(known, to, address, caller_id, ring, dict(headers or {}), detect_machine)
        leg = OutboundLeg(self._around, wish)
        self._keep(leg)
        try:
            leg.begin()
        except NoPort as error:
            leg.hang_up("full")
            raise Ended("full", 503) from error
        return leg

    # ---------------------------------------------------------------- calls in

    def _welcome(self, request: SipRequest | None, source: Address) -> bool:
        """Whether a source has an answer coming: those of our trunks, and whoever we talk to already."""
        if request is not None and (request.call_id or "") in self._dialogs:
            return True
        return self._admission.knows(source)

    def _ack(self, request: SipRequest, source: Address) -> None:
        leg = self._dialogs.get(request.call_id or "")
        if leg is not None and leg.dialog.fits(request):
            leg.acknowledged(request)

    def _request(self, served: ServerTransaction) -> None:
        request = served.request
        leg = self._dialogs.get(request.call_id or "")
        if tag_of(request.to_addr):
            if leg is not None and leg.dialog.fits(request):
                leg.handle(served)
            else:
                served.reply(481)
        elif request.method == "INVITE":
            self._invited(served, leg)
        elif request.method == "OPTIONS":
            served.reply(200, {"Allow": ALLOW, "Accept": "application/sdp"})
        elif request.method in ("BYE", "UPDATE", "NOTIFY", "INFO", "PRACK"):
            served.reply(481)
        else:
            served.reply(405, {"Allow": ALLOW})

    def _invited(self, served: ServerTransaction, known: SipLeg | None) -> None:
        request = served.request
        if known is not None and known.state is not State.ENDED:
            served.reply(482)
            return
        if request.get_header("max-forwards") == "0":
            served.reply(483)
            return
        if request.headers.get("require"):
            served.reply(420, {"Unsupported": ", ".join(request.headers.get("require"))})
            return
        admitted = self._admission.admit(request, served.source, self._has_room())
        if isinstance(admitted, Refusal):
            reply = answer(request, admitted.code, tag=served.tag)
            for name, value in admitted.headers:
                reply.headers.append(name, value)
            served.respond(reply)
            log.info("call refused", code=admitted.code, reason=admitted.reason, source=served.source[0])
            return
        served.reply(100)
        try:
            sdp = offers.sdp_of(request)
        except ValueError:
            served.reply(400)
            return
        try:
            if sdp is None:
                raise offers.NoCommonCodec("no offer")
            sound = offers.agree(sdp, served.source[0])
        except offers.NoCommonCodec as error:
            served.reply(488)
            log.info("call refused", code=488, reason="no_common_codec", offered=str(error))
            return
        leg = InboundLeg(self._around, served, admitted.trunk, admitted.callee, sdp, sound)
        self._keep(leg)
        self.on_offered(leg)

    def _has_room(self) -> bool:
        return not self._draining and len(self._legs) < self.calls

    def _keep(self, leg: SipLeg) -> None:
        self._legs[leg.id] = leg
        self._dialogs[leg.dialog.call_id] = leg
        self._empty.clear()

    def _over(self, leg: SipLeg) -> None:
        """A call has ended; its dialog is known for a while, so that what comes late gets its answer."""
        self._legs.pop(leg.id, None)
        if not self._legs:
            self._empty.set()
        call_id = leg.dialog.call_id

        def forget() -> None:
            if self._dialogs.get(call_id) is leg:
                del self._dialogs[call_id]

        asyncio.get_running_loop().call_later(self._layer.timers.life, forget)


def _host_port(to: str) -> str:
    """The host and port of an address to call."""
    uri = parse_uri(to)
    return f"{bracketed(uri.host.strip('[]'))}:{uri.port or 5060}"
