"""Telephone calls: who calls in and whom we call, what becomes of each, and which edge has it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import msgspec
import structlog

from engine.conversation import Busy
from server.calls.ends import end_of
from server.calls.exchange import Arrival, Exchange
from server.calls.hub import Hub, Worker
from server.calls.lines import HeldLine, MakeWay, Place
from server.calls.ports import CallFacts, RoomTrouble, Route, Telephones
from server.calls.rooms import RoomPlaces, attributes_of, caller_of
from server.kit.errors import ApiError, ErrorCode
from server.sessions.host import Beginning, SessionHost
from server.sessions.live import LiveSession
from server.workers import wire

SPARE = 10.0
"""Seconds a transfer may take beyond the time it may ring."""
CONSULT = 75.0
"""The same for one that is announced: she hears the briefing, and thinks."""
RETURNS = 5.0
"""Seconds an edge has to come back before its calls are over: a stall is no death."""
ORPHANED = 15.0
"""Seconds after an edge has come back in which somebody must know of each call it has."""
MACHINE = "answering_machine"
"""The signal a flow gets when it speaks to one."""

log = structlog.get_logger()


class Lines(Protocol):
    """What is asked of `server.calls.service.CallService` from here."""

    host: SessionHost
    hub: Hub
    places: RoomPlaces | None
    exchange: Exchange | None
    lines: dict[str, HeldLine]

    async def begin(
        self,
        live: LiveSession,
        takes: str,
        way: MakeWay,
        *,
        ends: bool,
        worker: Worker | None = None,
        call: str = "",
        recorded: bool = False,
        longest_ms: int = 3_600_000,
        place: Place | None = None,
        taken: Callable[[], None] = lambda: None,
    ) -> HeldLine:
        """A line for a session."""
        ...

    async def lose(self, held: HeldLine, reason: str, by: str = "line") -> None:
        """A line is over that nobody holds."""

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside."""


class Call(msgspec.Struct):
    """A telephone call. ``edge`` has its leg: a worker, or LiveKit SIP (None: the edge is away); ``held`` is its
    line; ``news`` is told how it goes; ``last`` is what was said of it in the end."""

    id: str
    edge: Worker | Exchange | None
    session: str
    held: HeldLine | None = None
    news: Callable[[wire.CallState], None] | None = None
    last: wire.CallState | None = None


class PhoneCalls:
    """All telephone calls of this server."""

    def __init__(self, lines: Lines, telephones: Telephones) -> None:
        self._lines = lines
        self._telephones = telephones
        self.calls: dict[str, Call] = {}
        self._referred: dict[tuple[str, str], asyncio.Future[tuple[str, str]]] = {}

    # Calls in.

    def offered(
        self, worker: Worker | Exchange, call: wire.Offered, at: Arrival | None = None
    ) -> Coroutine[Any, Any, None]:
        """Somebody calls: answer, or say why not. ``at`` is where she is, when LiveKit SIP let her in. The call is
        known from now on, not only when the answer begins: the next that is said of it may be that it is over."""
        known = self.calls[call.call] = Call(call.call, worker, "")
        return self._offered(known, worker, call, at)

    async def _offered(
        self, known: Call, worker: Worker | Exchange, call: wire.Offered, at: Arrival | None
    ) -> None:
        try:
            route = await self._telephones.route(call.trunk, call.caller, call.callee, call.headers)
            if route is None:
                worker.send(wire.Refuse(call.call, 404, "no_such_number"))
            elif worker.free <= 0:
                worker.send(wire.Refuse(call.call, 503, "full", 10))
            else:
                await self._take(known, worker, call, route, at)
        except (ApiError, Busy, RoomTrouble) as error:
            log.warning("call refused", call=call.call, why=str(error))
            worker.send(wire.Refuse(call.call, 503, "full", 10))
        except Exception:
            log.exception("call failed", call=call.call)
            worker.send(wire.Refuse(call.call, 500, "failed"))

    async def _take(
        self, known: Call, worker: Worker | Exchange, call: wire.Offered, route: Route, at: Arrival | None
    ) -> None:
        live = await self._lines.host.begin(_beginning(route, call), speak=False)
        known.session = live.ref.session
        await self._telephones.call_began(
            CallFacts(
                call.call,
                "in",
                call.trunk,
                call.caller,
                call.callee,
                live.ref.session,
                route.organization_id,
                route.agent_id,
                call.headers,
            )
        )
        try:
            if known.last is None:
                known.held = await self._answer(live, worker, call, route, at)
        except (ApiError, RoomTrouble):
            if known.last is None:
                await self._unanswered(live, "no_agent")
                raise
        if known.held is None and known.last is not None:
            # She was gone before anybody was there, and maybe before the book knew of her.
            await self._telephones.call_ended(call.call, known.last.reason, known.last.code)
            await self._unanswered(live, known.last.reason, end_of(known.last.reason).by)

    async def _answer(
        self,
        live: LiveSession,
        edge: Worker | Exchange,
        call: wire.Offered,
        route: Route,
        at: Arrival | None,
    ) -> HeldLine:
        """A line for a caller: in a room where there are rooms and agents for them, else at the edge."""
        how: dict[str, Any] = {
            "ends": True,
            "call": call.call,
            "recorded": route.recorded,
            "longest_ms": route.longest_ms,
        }
        places = self._lines.places
        if places is not None and at is not None:
            way = places.way(at.place)
            return await self._lines.begin(live, "room", way, place=at.place, worker=at.worker, **how)
        if isinstance(edge, Exchange):
            raise ApiError(ErrorCode.SERVER_BUSY)
        if places is not None and places.able:
            sent = asyncio.Event()
            try:
                place = await places.open(live.ref.session, caller_of(call.call), call.call)
                token = places.caller_token(place, attributes_of(call))

                def bridge() -> None:
                    if not sent.is_set():
                        edge.send(wire.Bridge(call.call, places.url, token))
                    sent.set()

                return await self._lines.begin(
                    live, "room", places.way(place), place=place, taken=bridge, **how
                )
            except (RoomTrouble, ApiError) as error:
                log.warning("no room for a caller", call=call.call, why=str(error))
                if sent.is_set():
                    raise
        return await self._lines.begin(live, "leg", lambda _: wire.LegWay(call.call), worker=edge, **how)

    # Calls out.

    def edge(self, trunk: str) -> Worker | Exchange | None:
        """Who can place telephone calls on a trunk."""
        exchange = self._lines.exchange
        return exchange if exchange is not None and exchange.has(trunk) else self._lines.hub.pick("leg")

    async def dial(self, live: LiveSession, wanted: wire.Dial, *, recorded: bool = False) -> None:
        """Call somebody for a session that has begun and not spoken; it speaks once they answer. Raises
        `ApiError` when no edge is there."""
        worker = self.edge(wanted.trunk)
        if worker is None:
            raise ApiError(
                ErrorCode.SERVER_BUSY,
                "No telephone line is free. Try again in a moment.",
                headers={"Retry-After": "10"},
            )
        call = self.calls[wanted.call] = Call(wanted.call, worker, live.ref.session)
        taken = asyncio.Event()

        def news(state: wire.CallState) -> None:
            if state.state == "up" and not taken.is_set():
                # It is told again once we know who answered.
                taken.set()
                self._lines.spawn(self._answered(live, worker, wanted, call, recorded=recorded))
            elif state.state == "ended" and call.held is None:
                self._lines.spawn(self._unanswered(live, state.reason))
            if state.answered_by == "machine":
                self._lines.spawn(self._tell_flow(live))

        call.news = news
        worker.send(wanted)

    async def _answered(
        self, live: LiveSession, edge: Worker | Exchange, wanted: wire.Dial, call: Call, *, recorded: bool
    ) -> None:
        how: dict[str, Any] = {
            "ends": True,
            "call": wanted.call,
            "recorded": recorded,
            "longest_ms": wanted.longest_ms,
        }
        places = self._lines.places
        try:
            if isinstance(edge, Exchange):
                place = edge.place(wanted.call)
                if place is None or places is None:
                    return
                call.held = await self._lines.begin(live, "room", places.way(place), place=place, **how)
            else:
                way = wire.LegWay(wanted.call)
                call.held = await self._lines.begin(live, "leg", lambda _: way, worker=edge, **how)
        except ApiError:
            edge.send(wire.HangUp(wanted.call, "failed"))

    async def _tell_flow(self, live: LiveSession) -> None:
        """A handler of the flow may leave a message, or hang up."""
        if not live.conversation.closed and not live.conversation.ended:
            await live.conversation.signal(MACHINE)

    async def _unanswered(self, live: LiveSession, reason: str, by: str = "line") -> None:
        if not live.conversation.closed and not live.conversation.ended:
            await live.conversation.hang_up(by, reason)

    # Calls that are up.

    def hang_up(self, call: str, reason: str = "we_hung_up") -> bool:
        """End a telephone call; says whether there was one."""
        known = self.calls.get(call)
        if known is None or known.edge is None:
            return False
        known.edge.send(wire.HangUp(call, reason))
        return True

    async def refer(self, held: HeldLine, message: wire.Refer | wire.Consult) -> tuple[str, str]:
        """Ask the edge that has the call; outcome and detail."""
        known = self.calls.get(held.call)
        if known is None or known.edge is None:
            return "error", "There is no call to transfer."
        waiting: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self._referred[message.call, message.effect] = waiting
        known.edge.send(message)
        try:
            spare = SPARE if isinstance(message, wire.Refer) else CONSULT
            async with asyncio.timeout(message.timeout_ms / 1000 + spare):
                return await waiting
        except TimeoutError:
            return "unknown", "Nobody can say what came of the transfer."
        finally:
            self._referred.pop((message.call, message.effect), None)

    def referred(self, message: wire.Referred) -> None:
        """What came of it."""
        waiting = self._referred.get((message.call, message.effect))
        if waiting is not None and not waiting.done():
            waiting.set_result((message.outcome, message.detail))

    def session_of(self, call: str) -> str:
        """Whose call it is; empty when it is over."""
        known = self.calls.get(call)
        return known.session if known is not None else ""

    def state(self, news: wire.CallState) -> None:
        """A call stands elsewhere."""
        known = self.calls.get(news.call)
        if news.state == "ended":
            self.calls.pop(news.call, None)
            if known is not None:
                known.last = news
            self._lines.spawn(self._telephones.call_ended(news.call, news.reason, news.code))
            held = self._lines.lines.get(known.session) if known is not None else None
            if held is not None and held.place is not None and not held.opened:
                # She left before the agent was there to hear it.
                self._lines.spawn(self._lines.lose(held, news.reason, end_of(news.reason).by))
        else:
            self._lines.spawn(self._telephones.call_changed(news.call, news.state, news.answered_by))
        if known is not None and known.news is not None:
            known.news(news)

    # Edges that come and go.

    def edge_joined(self, worker: Worker) -> None:
        """An edge is here, or back with the calls it has; those nobody knows of are ended after a while."""
        unknown = []
        for id in worker.facts.calls:
            known = self.calls.get(id)
            if known is not None:
                known.edge = worker
            else:
                unknown.append(id)
        if unknown:
            self._lines.spawn(self._end_orphans(worker, unknown))

    async def _end_orphans(self, worker: Worker, calls: list[str]) -> None:
        await asyncio.sleep(ORPHANED)
        for id in calls:
            if id not in self.calls:
                log.warning("call without a session", call=id, worker=worker.name)
                worker.send(wire.HangUp(id, "line_lost"))

    def found(self, held: HeldLine) -> None:
        """A line of a call has come back after our own absence."""
        exchange, place = self._lines.exchange, held.place
        if exchange is not None and place is not None and place.caller != caller_of(held.call):
            exchange.found(held.call, place)
            self.calls[held.call] = Call(held.call, exchange, held.session, held)
            return
        edges = [w for w in self._lines.hub.workers.values() if held.call in w.facts.calls]
        self.calls[held.call] = Call(held.call, edges[0] if edges else None, held.session, held)

    def edge_lost(self, worker: Worker) -> None:
        """An edge is gone; its calls are over, unless it is back in a moment."""
        for call in [c for c in self.calls.values() if c.edge is worker]:
            call.edge = None
            self._lines.spawn(self._wait_for_edge(call))

    async def _wait_for_edge(self, call: Call) -> None:
        await asyncio.sleep(RETURNS)
        if call.edge is not None or self.calls.get(call.id) is not call:
            return
        del self.calls[call.id]
        call.last = wire.CallState(call.id, "ended", "edge_lost")
        if call.news is not None:
            call.news(call.last)
        await self._telephones.call_ended(call.id, "edge_lost", 0)
        if call.held is not None and not call.held.over:
            await self._lines.lose(call.held, "edge_lost")


def _beginning(route: Route, call: wire.Offered) -> Beginning:
    return Beginning(
        organization_id=route.organization_id,
        agent_id=route.agent_id,
        release_id=route.release_id,
        channel="phone",
        modality="voice",
        locale=route.locale or "en-US",
        visitor_id=call.caller,
    )
