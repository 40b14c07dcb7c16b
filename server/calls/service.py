"""Calls: lines begun, watched over, given to another worker when one dies, and ended."""

import asyncio
from collections.abc import Callable, Container, Coroutine
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import structlog

from engine.conversation.line import VoiceLine
from engine.protocol import Recording
from server.calls.ends import ENDS
from server.calls.exchange import NO_LIVEKIT, Exchange, standing
from server.calls.hub import Hub, Worker
from server.calls.left import LeftRooms, Onlooking
from server.calls.lines import HeldLine, MakeWay, Onlooker, Place
from server.calls.ports import Sip, Telephones
from server.calls.present import CallTelephony, Guard
from server.calls.remote import RemoteVoice
from server.calls.returning import Returning
from server.calls.rooms import ARRIVES, RoomPlaces
from server.calls.telephone import RETURNS, PhoneCalls
from server.channels.phone.port import Trunk
from server.kit.errors import ApiError, ErrorCode
from server.sessions.host import SessionHost
from server.sessions.live import LiveSession
from server.speech.settings import SpeechSettings
from server.workers import wire

JOIN = 8.0
"""Seconds a worker has to take a line up."""
ATTEMPTS = 2
LINGER = 15.0
"""Seconds a line may stay up after its session has ended: what was said last is still being heard."""
ABSENT = "no_media"
"""The caller never came to where her line is."""
COMES = 15.0
"""Seconds a line waits for a worker when its own has died and there is no other: one may be starting."""
NUMBERS = 100
"""How many numbers the seats of one owner of a session have; the next owner begins above them."""
UTTERANCES = 64
"""More than are spoken in one record of the log."""

log = structlog.get_logger()


class CallService:
    """All lines of this server. `server.calls.hub.HubListener`."""

    def __init__(
        self,
        host: SessionHost,
        hub: Hub,
        telephones: Telephones,
        speaking: Callable[[SpeechSettings], wire.Speaking],
        places: RoomPlaces | None = None,
        sip: Sip | None = None,
    ) -> None:
        self.host = host
        self.hub = hub
        self.telephones = telephones
        self.speaking = speaking
        self.places = places
        self.lines: dict[str, HeldLine] = {}
        self._numbers: WeakKeyDictionary[LiveSession, int] = WeakKeyDictionary()
        self.trunks: tuple[Trunk, ...] = ()
        self.phone = PhoneCalls(self, telephones)
        self.exchange: Exchange | None = None
        if places is not None and sip is not None:
            self.exchange = Exchange(self.phone, places, sip, telephones, self.spawn)
        self.returning = Returning(host, telephones, places)
        self.line_ended: Callable[[str, str], None] = lambda by, reason: None
        self._came = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.onlooking: Onlooking | None = None
        """Who looks on at a visitor's line that has come back."""
        hub.listener = self

    async def start(self) -> None:
        """Begin to take workers."""
        await self.refresh_trunks()
        if self.exchange is not None:
            self.exchange.start()
        if left := await self.telephones.unfinished():
            self.spawn(self.returning.end_forsaken(left, self.phone.calls))
        if self.places is not None:
            self.spawn(LeftRooms(self, self.places, self.onlooking).take_up())
        self.hub.start()

    async def stop(self) -> None:
        """Let the workers go; lines that are up stay up with them until we are back."""
        self._stopping = True
        self.hub.stop()
        for task in tuple(self._tasks):
            task.cancel()
        for held in tuple(self.lines.values()):
            held.rise()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.exchange is not None:
            await self.exchange.stop()
        if self.places is not None:
            await self.places.aclose()

    async def refresh_trunks(self) -> None:
        """The trunks have changed: tell every edge, and LiveKit."""
        trunks = await self.telephones.trunks()
        self.trunks = tuple(trunk for trunk in trunks if trunk.way == "edge")
        others = tuple(trunk for trunk in trunks if trunk.way != "edge")
        if self.exchange is not None:
            self.exchange.serve(others)
        elif others:
            self.telephones.registered(standing(others, {trunk.id: NO_LIVEKIT for trunk in others}))
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
        recorded = await self._recorded(live, recorded)
        self._drop(live.ref.session)
        speaking = msgspec.structs.replace(self.speaking(live.speech), recorded=recorded)
        number = self._numbers.get(live, live.conversation.epoch * NUMBERS)
        held = HeldLine(live, takes, way, speaking, ends=ends, call=call, place=place, number=number)
        held.watch.onlookers.extend(onlookers)
        self._keep(held, longest_ms)
        try:
            await self._seat(held, worker, taken)
        except ApiError:
            self._forget(held)
            raise
        return held

    async def _recorded(self, live: LiveSession, wanted: bool) -> bool:
        """Whether a line begins recorded. The flow has the last word: what needs consent, or must not be recorded, does
        not; a talk that has decided on it before there was a line is as it decided."""
        rule = live.conversation.run.program.recording
        if rule == "forbidden" or live.rehearsal:
            return False
        if live.conversation.state.seq:
            for record in reversed(await self.host.store.read(live.ref)):
                for effect in reversed(record.effects):
                    if isinstance(effect, Recording):
                        return effect.action == "on"
        return wanted and rule in ("", "always")

    def _keep(self, held: HeldLine, longest_ms: int = 3_600_000) -> None:
        self.lines[held.session] = held
        loop = asyncio.get_running_loop()
        held.watchdog = loop.call_later(longest_ms / 1000, self._too_long, held)

    async def _seat(
        self, held: HeldLine, only: Worker | None = None, taken: Callable[[], None] = lambda: None
    ) -> None:
        """Find a worker for a line; raises `ApiError`."""
        held.seating = True
        try:
            await self._offer(held, only, taken)
        finally:
            held.seating = False

    async def _offer(self, held: HeldLine, only: Worker | None, taken: Callable[[], None]) -> None:
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
        if held.place is not None and self.places is not None and only is None:
            return await self.places.fetch(held)
        worker = only or self.hub.pick(held.takes, last) or self.hub.pick(held.takes)
        return worker if worker is not None and worker.free > 0 else None

    async def _open(self, held: HeldLine, worker: Worker) -> None:
        conversation = held.live.conversation
        line = VoiceLine(
            conversation,
            RemoteVoice(worker, held.seat, held.recording),
            Guard(self, held),
            ends=held.ends,
            recording=conversation.run.program.recording != "forbidden",
            after=conversation.state.seq * UTTERANCES,
        )
        held.line = line
        held.live.voice = held
        if held.call:
            conversation.telephony = CallTelephony(self.phone, held)
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

    def ended(self, held: HeldLine, by: str, reason: str) -> None:
        """The line is over, whoever ended it; so is a call in a room, unless it was given to somebody else."""
        self._forget(held)
        self.line_ended(by, reason if reason in ENDS else "failed")
        if held.place is not None and held.call and reason != "transferred":
            self.phone.hang_up(held.call, reason)

    def _forget(self, held: HeldLine) -> None:
        held.over = True
        if held.live.turns is not None:
            held.live.turns.close()
        if held.watchdog is not None:
            held.watchdog.cancel()
        held.rise()
        if held.place is not None and self.places is not None:
            self.spawn(self.places.close(held.place))
        if self.lines.get(held.session) is held:
            del self.lines[held.session]
        if held.live.voice is held:
            held.live.voice = None

    def _too_long(self, held: HeldLine) -> None:
        self.spawn(self._end(held, "max_duration"))

    async def _end(self, held: HeldLine, reason: str) -> None:
        if held.worker is not None and not held.over:
            held.worker.send(wire.Tell(held.seat, "hang_up", (reason,)))
            if held.line is not None:
                held.line.gone("line", reason)

    @property
    def held(self) -> Container[str]:
        """The sessions that have a line."""
        return self.lines

    def found(self, held: HeldLine) -> None:
        """The line of a call has come back."""
        self.phone.found(held)

    # Workers (`server.calls.hub.HubListener`).

    async def worker_joined(self, worker: Worker) -> wire.Welcome:
        """A worker: new, or back with the lines it held when it or we were away."""
        known = {take.seat: take for take in worker.facts.held}
        lost, kept = [], []
        for seat in worker.facts.lines:
            held = await self._taken_back(worker, seat, known.get(seat))
            if held is not None:
                kept.append(held)
            else:
                lost.append(seat)
        self.phone.edge_joined(worker)
        for held in kept:
            self.spawn(self._open(held, worker))
        self._came.set()
        self._came = asyncio.Event()
        trunks = self.trunks if "leg" in worker.facts.takes else ()
        return wire.Welcome(1000, tuple(lost), trunks)

    async def _taken_back(self, worker: Worker, seat: str, take: wire.Take | None) -> HeldLine | None:
        """The line a worker still holds; None when it is somebody else's by now, or over."""
        session, _, number = seat.partition(":")
        held = self.lines.get(session)
        if held is None and take is not None and number.isdecimal():
            held = await self.returning.line(take, int(number))
            if held is not None:
                self._numbers[held.live] = held.number
                self._keep(held)
                if self.onlooking is not None and not held.call:
                    held.watch.onlookers.append(self.onlooking(held.live))
                if held.call:
                    self.phone.found(held)
        if held is None or held.seat != seat or held.worker is not None:
            return None
        held.back(worker)
        return held

    def worker_lost(self, worker: Worker) -> None:
        """Its lines go to others; a telephone call stays where it is, and is over when its edge is."""
        if self._stopping:
            return
        for held in [h for h in self.lines.values() if h.worker is worker]:
            held.rise()
            if not held.seating:
                self.spawn(self._reseat(held))
        self.phone.edge_lost(worker)

    async def _reseat(self, held: HeldLine) -> None:
        leg = held.takes == "leg"
        try:
            if leg or held.place is None:
                await self._until_held(held, RETURNS if leg else COMES, leg)
            if leg and held.worker is None:
                await self.lose(held, "edge_lost")
            elif held.worker is None and not held.over:
                await self._seat(held)
        except ApiError:
            await self.lose(held, "line_lost")

    async def _until_held(self, held: HeldLine, seconds: float, same: bool) -> None:
        """Until the line's worker is back, or (unless only the same will do) another one has room."""
        try:
            async with asyncio.timeout(seconds):
                while held.worker is None and not held.over and (same or not self.hub.pick(held.takes)):
                    await self._came.wait()
        except TimeoutError:
            return

    async def lose(self, held: HeldLine, reason: str, by: str = "line") -> None:
        """A line is over that nobody holds."""
        if held.over:
            return
        conversation = held.live.conversation
        if not conversation.closed and not conversation.ended:
            if held.ends:
                await conversation.hang_up(by, reason)
            else:
                await conversation.switch("text")
        held.watch.over(by, reason)
        self.ended(held, by, reason)

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
            elif held is None and message.call == "gone":
                self.spawn(self._gone_meanwhile(message))
        elif isinstance(message, wire.JobTaken):
            self._job_taken(worker, message)
        elif isinstance(message, wire.Arrived):
            if self.exchange is not None:
                self.spawn(self.exchange.arrived(worker, message))
        elif isinstance(message, wire.Joined | wire.NotJoined):
            held = self._held(worker, message.seat)
            if held is not None and not held.joined.done():
                if isinstance(message, wire.Joined):
                    held.identity = message.identity
                held.joined.set_result("joined" if isinstance(message, wire.Joined) else message.reason)
        elif isinstance(message, wire.Offered):
            self.spawn(self.phone.offered(worker, message))
        elif isinstance(message, wire.CallState):
            self.phone.state(message)
        elif isinstance(message, wire.Referred):
            self.phone.referred(message)
        elif isinstance(message, wire.TrunkStates):
            self.telephones.registered(message.registrations)

    async def _gone_meanwhile(self, message: wire.Heard) -> None:
        """A line ended while its worker could not tell us, or we were not there to hear it."""
        by, reason = (str(arg) for arg in message.args)
        held = self.lines.get(message.seat.partition(":")[0])
        if held is None:
            await self.returning.gone(message.seat, by, reason)
        elif held.seat == message.seat and held.worker is None:
            await self.lose(held, reason, by)

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

    # Inside.

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
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
