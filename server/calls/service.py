"""Calls: lines begun, watched over, given to another worker when one dies, and ended."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import structlog

from engine.conversation import Busy
from engine.conversation.line import VoiceLine
from server.calls.hub import Hub, Worker
from server.calls.lines import HeldLine, MakeWay, Onlooker, Place
from server.calls.ports import CallFacts, RoomTrouble, Route, Telephones
from server.calls.present import CallTelephony, Guard
from server.calls.remote import RemoteVoice
from server.calls.rooms import ARRIVES, RoomPlaces, attributes_of
from server.channels.phone.port import Trunk
from server.kit.errors import ApiError, ErrorCode
from server.sessions.host import Beginning, SessionHost
from server.sessions.live import LiveSession
from server.workers import wire

JOIN = 8.0
"""Seconds a worker has to take a line up."""
ATTEMPTS = 2
LINGER = 15.0
"""Seconds a line may stay up after its session has ended: what was said last is still being heard."""
ABSENT = "no_media"
"""The caller never came to where her line is."""
SPARE = 10.0
"""Seconds a transfer may take beyond the time it may ring."""
CONSULT = 75.0
"""The same for one that is announced: she hears the briefing, and thinks."""

log = structlog.get_logger()


class CallService:
    """All lines of this server. `server.calls.hub.HubListener`."""

    def __init__(
        self,
        host: SessionHost,
        hub: Hub,
        telephones: Telephones,
        speaking: wire.Speaking,
        places: RoomPlaces | None = None,
    ) -> None:
        self.host = host
        self.hub = hub
        self.telephones = telephones
        self.speaking = speaking
        self.places = places
        self.lines: dict[str, HeldLine] = {}
        self._numbers: WeakKeyDictionary[LiveSession, int] = WeakKeyDictionary()
        self.trunks: tuple[Trunk, ...] = ()
        self._calls: dict[str, tuple[Worker, HeldLine | None]] = {}
        self._referred: dict[tuple[str, str], asyncio.Future[tuple[str, str]]] = {}
        self._dialed: dict[str, Callable[[Worker, wire.CallState], None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        hub.listener = self

    async def start(self) -> None:
        """Begin to take workers."""
        await self.refresh_trunks()
        self.hub.start()

    async def stop(self) -> None:
        """Let the workers go; lines that are up stay up with them until we are back."""
        self.hub.stop()
        for task in tuple(self._tasks):
            task.cancel()
        for held in tuple(self.lines.values()):
            held.rise()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.places is not None:
            await self.places.aclose()

    async def refresh_trunks(self) -> None:
        """The trunks have changed: tell every edge."""
        self.trunks = await self.telephones.trunks()
        for worker in self.hub.workers.values():
            if "leg" in worker.facts.takes:
                worker.send(wire.Trunks(self.trunks))

    # Lines.

    async def begin(
        self,
        live: LiveSession,
        takes: str,
        way: MakeWay,
        *,
        ends: bool,
        onlookers: tuple[Onlooker, ...] = (),
        worker: Worker | None = None,
        call: str = "",
        recorded: bool = False,
        longest_ms: int = 3_600_000,
        place: Place | None = None,
        taken: Callable[[], None] = lambda: None,
    ) -> HeldLine:
        """A line for a session: a worker takes it up, and the session is spoken. With ``worker`` only that one
        will do; ``taken`` is called as soon as one is found (the caller may still be on her way to ``place``).
        Raises `ApiError` when nobody can take it."""
        self._drop(live.ref.session)
        # The flow has the last word: what needs consent, or must not be recorded, does not begin recorded.
        willing = live.conversation.run.program.recording in ("", "always")
        speaking = msgspec.structs.replace(self.speaking, recorded=recorded and willing)
        number = self._numbers.get(live, 0)
        held = HeldLine(live, takes, way, speaking, ends=ends, call=call, place=place, number=number)
        held.watch.onlookers.extend(onlookers)
        self.lines[held.session] = held
        try:
            await self._seat(held, worker, taken)
        except ApiError:
            self._forget(held)
            raise
        loop = asyncio.get_running_loop()
        held.watchdog = loop.call_later(longest_ms / 1000, self._too_long, held)
        return held

    async def _seat(
        self, held: HeldLine, only: Worker | None = None, taken: Callable[[], None] = lambda: None
    ) -> None:
        """Find a worker for a line; raises `ApiError`."""
        last: Worker | None = None
        for _ in range(ATTEMPTS):
            worker = await self._find(held, only, last)
            if worker is None:
                if held.place is not None and not held.over:
                    continue
                break
            held.sit(worker)
            self._numbers[held.live] = held.number
            taken()
            locale = held.live.conversation.run.session["locale"]
            worker.send(wire.Take(held.seat, held.way(held), held.speaking, locale, held.opened))
            try:
                async with asyncio.timeout(JOIN if held.place is None else ARRIVES):
                    outcome = await asyncio.shield(held.joined)
            except TimeoutError:
                outcome = "did not come"
            if outcome == "joined" and not held.over:
                held.opened = True
                await self._open(held, worker)
                return
            log.warning("line not taken", seat=held.seat, worker=worker.name, why=outcome)
            worker.send(wire.Drop(held.seat))
            held.rise()
            last = worker
            if only is not None or held.over or outcome == ABSENT:
                break
        raise ApiError(
            ErrorCode.SERVER_BUSY, "All lines are taken. Try again in a moment.", headers={"Retry-After": "5"}
        )

    async def _find(self, held: HeldLine, only: Worker | None, last: Worker | None) -> Worker | None:
        if held.place is not None and self.places is not None:
            return await self.places.fetch(held)
        worker = only or self.hub.pick(held.takes, last) or self.hub.pick(held.takes)
        return worker if worker is not None and worker.free > 0 else None

    async def _open(self, held: HeldLine, worker: Worker) -> None:
        conversation = held.live.conversation
        line = VoiceLine(
            conversation,
            RemoteVoice(worker, held.seat),
            Guard(self, held),
            ends=held.ends,
            recording=conversation.run.program.recording != "forbidden",
        )
        held.line = line
        held.live.voice = held
        if held.call:
            held.live.conversation.telephony = CallTelephony(self, held)
        await line.open()

    def _drop(self, session: str) -> None:
        """Take a session's line away, if it has one."""
        held = self.lines.get(session)
        if held is not None:
            if held.worker is not None:
                held.worker.send(wire.Drop(held.seat))
            self._forget(held)

    async def leave(self, session: str, reason: str = "caller_hung_up") -> None:
        """The caller has left her line; the talk ends or goes on as text."""
        held = self.lines.get(session)
        if held is None or held.over:
            return
        if held.worker is not None:
            held.worker.send(wire.Drop(held.seat))
        line = held.line
        if line is not None:
            line.gone("caller", reason)
        else:
            self._forget(held)

    def ended(self, held: HeldLine) -> None:
        """The line is over, whoever ended it."""
        self._forget(held)
        if held.place is not None and held.call:
            self.hang_up(held.call, "agent_hung_up")

    def _forget(self, held: HeldLine) -> None:
        held.over = True
        if held.watchdog is not None:
            held.watchdog.cancel()
        held.rise()
        if held.place is not None and self.places is not None:
            self._spawn(self.places.close(held.place))
        if self.lines.get(held.session) is held:
            del self.lines[held.session]
        if held.live.voice is held:
            held.live.voice = None

    def _too_long(self, held: HeldLine) -> None:
        self._spawn(self._end(held, "max_duration"))

    async def _end(self, held: HeldLine, reason: str) -> None:
        if held.worker is not None and not held.over:
            held.worker.send(wire.Tell(held.seat, "hang_up", (reason,)))
            if held.line is not None:
                held.line.gone("line", reason)

    # Workers (`server.calls.hub.HubListener`).

    async def worker_joined(self, worker: Worker) -> wire.Welcome:
        """A worker: new, or back with the lines it held when we were away."""
        lost = []
        for seat in worker.facts.lines:
            if not await self._adopt(worker, seat):
                lost.append(seat)
        trunks = self.trunks if "leg" in worker.facts.takes else ()
        return wire.Welcome(1000, tuple(lost), trunks)

    async def _adopt(self, worker: Worker, seat: str) -> bool:
        """Go on with a line whose session we do not hold in memory any more."""
        session, _, number = seat.partition(":")
        held = self.lines.get(session)
        if held is not None and held.seat == seat and held.worker is None and number.isdecimal():
            held.worker = worker
            worker.seats.add(seat)
            self._spawn(self._open(held, worker))
            return True
        return False

    def worker_lost(self, worker: Worker) -> None:
        """Its lines go to others; telephone calls that were on it are over."""
        for held in [h for h in self.lines.values() if h.worker is worker]:
            held.rise()
            if held.takes == "leg":
                self._spawn(self._lost(held, "edge_lost"))
            else:
                self._spawn(self._reseat(held))
        for call in [c for c, (w, _) in self._calls.items() if w is worker]:
            lost = self._calls.pop(call)[1]
            if lost is not None and lost.place is not None:
                self._spawn(self._lost(lost, "edge_lost"))
            self._spawn(self.telephones.call_ended(call, "edge_lost", 0))

    async def _reseat(self, held: HeldLine) -> None:
        try:
            await self._seat(held)
        except ApiError:
            await self._lost(held, "line_lost")

    async def _lost(self, held: HeldLine, reason: str) -> None:
        conversation = held.live.conversation
        if not conversation.closed and not conversation.ended:
            if held.ends:
                await conversation.hang_up("line", reason)
            else:
                await conversation.switch("text")
        held.watch.over("line", reason)
        self.ended(held)

    def worker_said(self, worker: Worker, message: wire.FromWorker) -> None:
        """A message of a worker's; what concerns a seat it does not hold is stale."""
        if isinstance(message, wire.Heard):
            held = self._held(worker, message.seat)
            if held is not None and held.line is not None:
                try:
                    wire.tell(held.line, message, wire.LISTENER_ARGUMENTS)
                except (ValueError, TypeError) as error:
                    log.warning("worker said nonsense", worker=worker.name, why=str(error))
            elif held is not None and message.call == "gone" and not held.joined.done():
                held.joined.set_result(str(message.args[-1:][0]) if message.args else "left")
        elif isinstance(message, wire.JobTaken):
            self._job_taken(worker, message)
        elif isinstance(message, wire.Joined | wire.NotJoined):
            held = self._held(worker, message.seat)
            if held is not None and not held.joined.done():
                if isinstance(message, wire.Joined):
                    held.identity = message.identity
                held.joined.set_result("joined" if isinstance(message, wire.Joined) else message.reason)
        elif isinstance(message, wire.Offered):
            self._spawn(self._offered(worker, message))
        elif isinstance(message, wire.CallState):
            self._call_state(worker, message)
        elif isinstance(message, wire.Referred):
            waiting = self._referred.pop((message.call, message.effect), None)
            if waiting is not None and not waiting.done():
                waiting.set_result((message.outcome, message.detail))
        elif isinstance(message, wire.TrunkStates):
            self.telephones.registered(message.registrations)

    def _held(self, worker: Worker, seat: str) -> HeldLine | None:
        held = self.lines.get(seat.partition(":")[0])
        return held if held is not None and held.worker is worker and held.seat == seat else None

    def _job_taken(self, worker: Worker, job: wire.JobTaken) -> None:
        """LiveKit has sent this worker; a seat that has another holder by now is none of its business."""
        held = self.lines.get(job.seat.partition(":")[0])
        if held is not None and held.seat == job.seat and held.taken is not None and not held.taken.done():
            held.taken.set_result(worker)
        elif held is None or held.seat != job.seat or held.worker is not worker:
            worker.send(wire.Drop(job.seat))

    # The telephone.

    async def _offered(self, worker: Worker, call: wire.Offered) -> None:
        try:
            route = await self.telephones.route(call.trunk, call.caller, call.callee, call.headers)
            if route is None:
                worker.send(wire.Refuse(call.call, 404, "no_such_number"))
                return
            if worker.free <= 0:
                worker.send(wire.Refuse(call.call, 503, "full", 10))
                return
            live = await self.host.begin(
                Beginning(
                    organization_id=route.organization_id,
                    agent_id=route.agent_id,
                    release_id=route.release_id,
                    channel="phone",
                    modality="voice",
                    locale=route.locale or "en-US",
                    visitor_id=call.caller,
                ),
                speak=False,
            )
            facts = CallFacts(
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
            self._calls[call.call] = (worker, None)
            await self.telephones.call_began(facts)
            held = await self._answer(live, worker, call, route)
            self._calls[call.call] = (worker, held)
        except (ApiError, Busy, RoomTrouble) as error:
            log.warning("call refused", call=call.call, why=str(error))
            worker.send(wire.Refuse(call.call, 503, "full", 10))
        except Exception:
            log.exception("call failed", call=call.call)
            worker.send(wire.Refuse(call.call, 500, "failed"))

    async def _answer(self, live: LiveSession, edge: Worker, call: wire.Offered, route: Route) -> HeldLine:
        """A line for a caller: in a room where there are rooms and agents for them, else at the edge."""
        how: dict[str, Any] = {
            "ends": True,
            "call": call.call,
            "recorded": route.recorded,
            "longest_ms": route.longest_ms,
        }
        places = self.places
        if places is not None and places.able:
            sent = asyncio.Event()
            try:
                place = await places.open(live.ref.session, f"sip_{call.call}")
                token = places.caller_token(place, attributes_of(call))

                def bridge() -> None:
                    if not sent.is_set():
                        edge.send(wire.Bridge(call.call, places.url, token))
                    sent.set()

                return await self.begin(live, "room", places.way(place), place=place, taken=bridge, **how)
            except (RoomTrouble, ApiError) as error:
                log.warning("no room for a caller", call=call.call, why=str(error))
                if sent.is_set():
                    raise
        return await self.begin(live, "leg", lambda _: wire.LegWay(call.call), worker=edge, **how)

    def edge(self) -> Worker | None:
        """A worker that can place telephone calls."""
        return self.hub.pick("leg")

    async def dial(self, live: LiveSession, wanted: wire.Dial, *, recorded: bool = False) -> None:
        """Call somebody for a session that has begun and not spoken; it speaks once they answer. Raises
        `ApiError` when no edge is there."""
        worker = self.edge()
        if worker is None:
            raise ApiError(
                ErrorCode.SERVER_BUSY,
                "No telephone line is free. Try again in a moment.",
                headers={"Retry-After": "10"},
            )
        self._calls[wanted.call] = (worker, None)

        def news(worker: Worker, state: wire.CallState) -> None:
            if state.state == "up":
                self._spawn(self._answered(live, worker, wanted, recorded))
            elif state.state == "ended":
                self._dialed.pop(wanted.call, None)
                conversation = live.conversation
                if wanted.call not in self._calls and not conversation.closed and not conversation.ended:
                    self._spawn(conversation.hang_up("line", state.reason))

        self._dialed[wanted.call] = news
        worker.send(wanted)

    async def _answered(self, live: LiveSession, worker: Worker, wanted: wire.Dial, recorded: bool) -> None:
        try:
            held = await self.begin(
                live,
                "leg",
                lambda _: wire.LegWay(wanted.call),
                ends=True,
                worker=worker,
                call=wanted.call,
                recorded=recorded,
                longest_ms=wanted.longest_ms,
            )
            self._calls[wanted.call] = (worker, held)
        except ApiError:
            worker.send(wire.HangUp(wanted.call, "failed"))

    def hang_up(self, call: str, reason: str = "we_hung_up") -> bool:
        """End a telephone call; says whether there was one."""
        known = self._calls.get(call)
        if known is not None:
            known[0].send(wire.HangUp(call, reason))
        return known is not None

    async def refer(self, held: HeldLine, message: wire.Refer | wire.Consult) -> tuple[str, str]:
        """Ask the edge that has the call; outcome and detail."""
        known = self._calls.get(held.call)
        if known is None:
            return "error", "There is no call to transfer."
        waiting: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self._referred[message.call, message.effect] = waiting
        known[0].send(message)
        try:
            spare = SPARE if isinstance(message, wire.Refer) else CONSULT
            async with asyncio.timeout(message.timeout_ms / 1000 + spare):
                return await waiting
        except TimeoutError:
            return "unknown", "Nobody can say what came of the transfer."
        finally:
            self._referred.pop((message.call, message.effect), None)

    def _call_state(self, worker: Worker, news: wire.CallState) -> None:
        if news.state == "ended":
            self._calls.pop(news.call, None)
            self._spawn(self.telephones.call_ended(news.call, news.reason, news.code))
        else:
            self._spawn(self.telephones.call_changed(news.call, news.state, news.answered_by))
        waiting = self._dialed.get(news.call)
        if waiting is not None:
            waiting(worker, news)

    # Inside.

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        async def quietly() -> None:
            try:
                await work
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("a call's work failed")

        task = asyncio.get_running_loop().create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
