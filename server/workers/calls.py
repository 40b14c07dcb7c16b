"""The telephone of a worker: its edge's calls, as the server knows them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import structlog

from engine.providers.speech import TextToSpeech
from server.channels.phone.bridge import Bridge
from server.channels.phone.consult import THINKS, Consultation
from server.channels.phone.joint import Joint
from server.channels.phone.link import LegLink
from server.channels.phone.port import Edge, Ended, Leg, Registration, State, Trunk
from server.channels.voice.clock import Clock
from server.workers import wire

ANSWER = 8.0
"""Seconds the server has to say what becomes of a caller."""

log = structlog.get_logger()


class Speakers(Protocol):
    """Who speaks when we call somebody ourselves (`server.workers.speech.SpeechHouse`)."""

    @property
    def clock(self) -> Clock:
        """Of all lines of this process."""
        ...

    def mouth(self, speaking: wire.Speaking) -> TextToSpeech:
        """The voices of a line."""
        ...


class Telephone:
    """Offers calls to the server, and does with them what it says. ``thinks`` is how many seconds a colleague
    has to take a call after each time she is asked."""

    def __init__(self, edge: Edge, thinks: float = THINKS) -> None:
        self.edge = edge
        self._thinks = thinks
        self.send: Callable[[wire.FromWorker], None] = lambda message: None
        self.house: Speakers | None = None
        self._legs: dict[str, Leg] = {}
        self._links: dict[str, LegLink | Bridge] = {}
        self._limits: dict[str, asyncio.TimerHandle] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._consulting: dict[str, asyncio.Task[None]] = {}
        self._joints: dict[str, Joint] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        edge.on_offered = self._offered
        edge.on_registration = self._registered

    def calls(self) -> tuple[str, ...]:
        """Those that are alive."""
        return tuple(self._legs)

    def serve(self, trunks: tuple[Trunk, ...]) -> None:
        """Serve these trunks from now on."""
        self.edge.trunks(trunks)

    def link(self, call: str) -> LegLink:
        """The sound of a call; raises ``KeyError`` when it is over."""
        self._heed(call)
        link = LegLink(self._legs[call])
        self._links[call] = link
        return link

    async def answer(self, leg: Leg) -> None:
        """Take an inbound call up; raises `Ended`."""
        if leg.direction == "in" and leg.state in (State.OFFERED, State.RINGING):
            await leg.answer()

    def told(self, message: wire.FromServer) -> None:
        """What the server wants done with calls."""
        if isinstance(message, wire.Trunks):
            self.serve(message.trunks)
        elif isinstance(message, wire.Refuse):
            self._heed(message.call)
            leg = self._legs.get(message.call)
            if leg is not None:
                headers = {"Retry-After": str(message.retry_after)} if message.retry_after else None
                leg.reject(message.code, message.reason, headers)
        elif isinstance(message, wire.HangUp):
            leg = self._legs.get(message.call)
            if leg is not None:
                leg.hang_up(message.reason)
        elif isinstance(message, wire.Bridge):
            self._bridge(message)
        elif isinstance(message, wire.Dial):
            self._spawn(self._dial(message))
        elif isinstance(message, wire.Refer):
            self._spawn(self._refer(message))
        elif isinstance(message, wire.Consult):
            task = self._spawn(self._consult(message))
            self._consulting[message.call] = task

    async def drain(self, seconds: float) -> None:
        """Take no new calls, and wait for the live ones."""
        await self.edge.drain(seconds)

    # Inside.

    def _offered(self, leg: Leg) -> None:
        self._keep(leg.id, leg)
        leg.ring()
        self.send(wire.Offered(leg.id, leg.trunk, leg.caller, leg.callee, dict(leg.headers)))
        loop = asyncio.get_running_loop()
        self._waiting[leg.id] = loop.call_later(ANSWER, leg.reject, 503, "no_agent", {"Retry-After": "10"})

    def _heed(self, call: str) -> None:
        waiting = self._waiting.pop(call, None)
        if waiting is not None:
            waiting.cancel()

    def _keep(self, call: str, leg: Leg) -> None:
        self._legs[call] = leg
        leg.on_state = lambda state: self._state(call, leg, state)
        leg.on_answered_by = lambda who: self._state(call, leg, leg.state)
        leg.on_ended = lambda reason, code: self._ended(call, leg, reason, code)

    def _state(self, call: str, leg: Leg, state: State) -> None:
        if state is not State.ENDED:
            self.send(wire.CallState(call, state.value, answered_by=leg.answered_by))

    def _ended(self, call: str, leg: Leg, reason: str, code: int) -> None:
        self._heed(call)
        self._legs.pop(call, None)
        limit = self._limits.pop(call, None)
        if limit is not None:
            limit.cancel()
        link = self._links.pop(call, None)
        if link is not None:
            link.ended(reason)
        consulting = self._consulting.pop(call, None)
        if consulting is not None:
            consulting.cancel()
        joint = self._joints.pop(call, None)
        if joint is not None:
            joint.ended(leg)
        self.send(wire.CallState(call, State.ENDED.value, reason, code))

    def _bridge(self, wanted: wire.Bridge) -> None:
        self._heed(wanted.call)
        leg = self._legs.get(wanted.call)
        if leg is not None:
            bridge = self._links[wanted.call] = Bridge(leg)
            self._spawn(bridge.run(wanted.url, wanted.token))

    async def _dial(self, wanted: wire.Dial) -> None:
        try:
            leg = await self.edge.dial(
                wanted.trunk,
                wanted.to,
                caller_id=wanted.caller_id,
                ring=wanted.ring_ms / 1000,
                headers=wanted.headers,
                detect_machine=wanted.detect_machine,
            )
        except (Ended, KeyError, ValueError, OSError) as error:
            reason = error.reason if isinstance(error, Ended) else "failed"
            log.warning("call not placed", call=wanted.call, why=str(error))
            self.send(wire.CallState(wanted.call, State.ENDED.value, reason, getattr(error, "code", 0)))
            return
        self._keep(wanted.call, leg)
        loop = asyncio.get_running_loop()
        self._limits[wanted.call] = loop.call_later(wanted.longest_ms / 1000, leg.hang_up, "max_duration")
        self.send(wire.CallState(wanted.call, leg.state.value))

    async def _refer(self, wanted: wire.Refer) -> None:
        leg = self._legs.get(wanted.call)
        if leg is None:
            self.send(wire.Referred(wanted.call, wanted.effect, "error", "The call is over."))
            return
        outcome = await leg.transfer(wanted.to, wanted.timeout_ms / 1000)
        self.send(wire.Referred(wanted.call, wanted.effect, outcome.outcome, outcome.detail))

    async def _consult(self, wanted: wire.Consult) -> None:
        leg, house = self._legs.get(wanted.call), self.house
        if leg is None or house is None:
            self.send(wire.Referred(wanted.call, wanted.effect, "error", "The call is over."))
            return
        mouth = house.mouth(wanted.speaking)
        voice = wire.voice_of(wanted.speaking, wanted.locale)

        async def speak(text: str, rate: int) -> bytes:
            return await mouth.synthesize_batch(text, voice, rate)

        consultation = Consultation(self.edge, house.clock, speak, self._thinks)
        ring = wanted.timeout_ms / 1000
        outcome = await consultation.ask(leg.trunk, wanted.to, wanted.briefing, wanted.locale, ring)
        self._consulting.pop(wanted.call, None)
        self.send(wire.Referred(wanted.call, wanted.effect, outcome.outcome, outcome.detail))
        if outcome.outcome == "ok" and consultation.leg is not None:
            self._join(wanted.call, leg, consultation.leg)

    def _join(self, call: str, leg: Leg, other: Leg) -> None:
        """Let the two talk, whoever held the caller's sound before."""
        link = self._links.get(call)
        if link is not None:
            link.give()
        joint = self._joints[call] = Joint(leg, other)
        other.on_ended = lambda reason, code: joint.ended(other)
        if other.state is State.ENDED:
            joint.ended(other)

    def _registered(self, registration: Registration) -> None:
        self.send(wire.TrunkStates((registration,)))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
