"""Holds the sessions that are live in this process: claims them, brings them back from their logs, lets them
rest."""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
import structlog

from engine.conversation import Busy, Clock, Conversation, SessionRef, Tools
from engine.kinds.program import Program
from engine.protocol import Header, Plain
from engine.runtime import bind
from server.agents.flows import FlowWorkshop
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id
from server.releases.repository import ReleaseRepository
from server.sessions.live import LiveSession, Turns
from server.sessions.memory_log import MemoryLog
from server.sessions.minds import Minds, Thinking, Thoughtless
from server.sessions.models import SessionRow
from server.sessions.ports import NewSession, SessionStore
from server.sessions.repository import SessionRepository
from server.speech.settings import SpeechSettings, read_speech

PROGRAMS = 64
SWEEP = 2.0
FORGOTTEN = 20
OUTDATED = "outdated"
"""The outcome of a session whose log cannot be gone on with."""

T = TypeVar("T")

log = structlog.get_logger()


class Beginning(msgspec.Struct, frozen=True):
    """How a session begins."""

    organization_id: str
    agent_id: str
    release_id: str
    channel: str
    modality: str = "text"
    locale: str = "en-US"
    inputs: dict[str, Plain] = {}
    visitor_id: str = ""
    origin: str = ""
    secret: str = ""


class Released(msgspec.Struct, frozen=True):
    """What a release says: the program, and how it is heard and spoken."""

    program: Program
    speech: SpeechSettings
    minds: Minds = Minds()


class SessionHost:
    """One per process. ``lease`` and ``rest`` and ``life`` are seconds: see the settings."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        workshop: FlowWorkshop,
        tools: Tools,
        clock: Clock,
        *,
        zone: str,
        lease: float,
        rest: float,
        life: float,
    ) -> None:
        self.database = database
        self.store = store
        self.workshop = workshop
        self.tools = tools
        self.clock = clock
        self.zone = zone
        self.lease, self.rest, self.life = lease, rest, life
        self.owner = new_id("own")
        self.loaded: Callable[[Program, SpeechSettings], object] = lambda program, speech: None
        self.measure: Callable[[SessionRef], Turns | None] = lambda ref: None
        self.thinking: Thinking = Thoughtless()
        self.live: dict[str, LiveSession] = {}
        self._opening: dict[str, asyncio.Future[LiveSession]] = {}
        self._released: OrderedDict[tuple[str, str], Released] = OrderedDict()
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to hold sessions: this process has just locked the store, so no other holds any."""
        await self.store.abandon_all()
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Let every session go; each can be taken up again where it stands."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for live in list(self.live.values()):
            await self._rest(live)

    async def begin(
        self,
        beginning: Beginning,
        watch: Callable[[LiveSession], None] | None = None,
        *,
        speak: bool = True,
    ) -> LiveSession:
        """A new session; the agent has spoken first when it returns, unless ``speak`` is off: then who brings
        it to a line lets it begin. Raises `ApiError`."""
        released = await self.released(beginning.organization_id, beginning.release_id)
        program = released.program
        now = self.clock.now_ms()
        ref = SessionRef(beginning.organization_id, new_id("ses"))
        header = self._header(ref, program, beginning, now)
        new = NewSession(
            ref,
            beginning.agent_id,
            beginning.release_id,
            beginning.channel,
            beginning.modality,
            msgspec.json.encode(header).decode(),
            now,
            beginning.visitor_id,
            beginning.origin,
            beginning.secret,
        )
        epoch = await busy_means_503(self.store.create(new, self.owner, self._until()))
        live = self._make(ref, beginning.release_id, released, header, epoch, now)
        live.keys = await self.store.keys(ref)
        self.live[ref.session] = live
        if watch is not None:
            watch(live)
        if speak:
            await busy_means_503(live.conversation.start())
        return live

    async def rehearse(
        self,
        organization_id: str,
        flow: bytes,
        locale: str,
        speech: SpeechSettings | None = None,
        agent_id: str = "",
    ) -> LiveSession:
        """A spoken session on a flow that is no release: kept in memory only, and not begun. Raises
        `ApiError` for what is no flow."""
        program = await self.workshop.compile(flow)
        now = self.clock.now_ms()
        ref = SessionRef(organization_id, new_id("ses"))
        beginning = Beginning(organization_id, "", "", "simulator", "voice", locale)
        header = self._header(ref, program, beginning, now)
        live = LiveSession(ref, "", now)
        live.rehearsal = True
        live.speech = speech or live.speech
        live.touched = time.monotonic()
        live.conversation = Conversation(
            bind(program, header), ref, 1, MemoryLog(), live, self.tools, self.clock, now
        )
        minds = await self.thinking.of_draft(organization_id, agent_id, program, live.speech)
        minds.join(live.conversation)
        self.live[ref.session] = live
        return live

    async def open(self, ref: SessionRef) -> LiveSession:
        """A session that has begun and not ended, here or in the log. Raises `ApiError`."""
        live = self.live.get(ref.session)
        if live is not None and live.ref == ref and not live.conversation.closed:
            live.touched = time.monotonic()
            return live
        opening = self._opening.get(ref.session)
        if opening is None:
            opening = asyncio.ensure_future(self._open(ref))
            self._opening[ref.session] = opening
            opening.add_done_callback(lambda _: self._opening.pop(ref.session, None))
        live = await asyncio.shield(opening)
        if live.ref != ref:
            raise ApiError(ErrorCode.SESSION_NOT_FOUND)
        return live

    async def row(self, ref: SessionRef) -> SessionRow:
        """What is stored of a session; raises `ApiError`."""
        async with self.database.read(ref.organization) as session:
            return await SessionRepository(session).get(ref.session)

    async def find(self, session_id: str) -> SessionRow | None:
        """What is stored of a session, whoever's it is; None when nothing is."""
        async with self.database.system_session("a worker names a session it holds a line of") as session:
            try:
                return await SessionRepository(session).get(session_id)
            except ApiError:
                return None

    async def program(self, organization_id: str, release_id: str) -> Program:
        """A release's program."""
        return (await self.released(organization_id, release_id)).program

    async def released(self, organization_id: str, release_id: str) -> "Released":
        """A release, ready to run; the latest ones stay in memory."""
        key = (organization_id, release_id)
        released = self._released.get(key)
        if released is None:
            async with self.database.read(organization_id) as session:
                row = await ReleaseRepository(session).get(release_id)
            program = await self.workshop.compile(row.flow.encode())
            speech = read_speech(row.speech)
            minds = await self.thinking.of_release(organization_id, release_id, program, speech)
            released = self._released[key] = Released(program, speech, minds)
            self.loaded(program, released.speech)
            while len(self._released) > PROGRAMS:
                self._released.popitem(last=False)
        self._released.move_to_end(key)
        return released

    async def _open(self, ref: SessionRef) -> LiveSession:
        row = await self.row(ref)
        if row.status != "active":
            raise ApiError(ErrorCode.SESSION_ENDED, details={"outcome": row.outcome})
        released = await self.released(ref.organization, row.release_id)
        now = self.clock.now_ms()
        epoch = await busy_means_503(self.store.claim(ref, self.owner, now, self._until()))
        if epoch is None:
            raise ApiError(
                ErrorCode.SERVER_BUSY, "Another process holds this session. Try again in a moment."
            )
        header = msgspec.json.decode(row.header, type=Header)
        records, keys = await self.store.read(ref), await self.store.keys(ref)
        try:
            live = self._make(ref, row.release_id, released, header, epoch, row.started_at)
            live.adopt(records, keys)
            self.live[ref.session] = live
            await busy_means_503(live.conversation.resume(records))
        except ValueError as error:
            # A log this engine cannot go on with: another version of the semantics, or records that are missing.
            log.error("session cannot go on", session=ref.session, why=str(error))
            self.live.pop(ref.session, None)
            await self.store.finish(ref, epoch, OUTDATED, now)
            raise ApiError(ErrorCode.SESSION_ENDED, details={"outcome": OUTDATED}) from error
        return live

    def _header(self, ref: SessionRef, program: Program, beginning: Beginning, now: int) -> Header:
        civil = datetime.fromtimestamp(now / 1000, ZoneInfo(self.zone) if self.zone else None)
        return Header(
            session=ref.session,
            program=program.hash,
            semantics=program.semantics,
            seed=secrets.randbits(63),
            started=civil.replace(tzinfo=None).isoformat(timespec="milliseconds"),
            locale=beginning.locale,
            zone=self.zone or civil.astimezone().tzname() or "UTC",
            channel=beginning.channel,
            modality=beginning.modality,
            inputs=beginning.inputs,
        )

    def _make(
        self,
        ref: SessionRef,
        release_id: str,
        released: "Released",
        header: Header,
        epoch: int,
        started_ms: int,
    ) -> LiveSession:
        live = LiveSession(ref, release_id, started_ms)
        live.speech = released.speech
        live.turns = self.measure(ref)
        live.touched = time.monotonic()
        live.conversation = Conversation(
            bind(released.program, header), ref, epoch, self.store, live, self.tools, self.clock, started_ms
        )
        released.minds.join(live.conversation)
        return live

    def _until(self) -> int:
        return self.clock.now_ms() + int(self.lease * 1000)

    async def _rest(self, live: LiveSession) -> None:
        self.live.pop(live.ref.session, None)
        live.let_go()
        if live.rehearsal:
            return
        try:
            await self.store.release(live.ref, live.conversation.epoch)
        except Busy:
            log.warning("lease not given back", session=live.ref.session)

    async def _sweep(self) -> None:
        renewed, looked = time.monotonic(), 0.0
        while True:
            await asyncio.sleep(min(SWEEP, self.lease / 3))
            now = time.monotonic()
            try:
                if now - renewed > self.lease / 3:
                    renewed = now
                    await self.store.renew(self.owner, self._until())
                for live in [s for s in self.live.values() if s.resting or s.conversation.closed]:
                    over = live.conversation.ended or live.conversation.closed
                    if over or now - live.touched > self.rest:
                        await self._rest(live)
                if now - looked > min(60.0, self.life / 2):
                    looked = now
                    await self._end_forgotten()
            except Exception:
                log.exception("sweeping sessions failed; it is tried again")

    async def _end_forgotten(self) -> None:
        """Sessions nobody has said a word in for a lifetime are over."""
        before = self.clock.now_ms() - int(self.life * 1000)
        async with self.database.system_session("sessions nobody came back to") as session:
            rows = await SessionRepository(session).forgotten(before, FORGOTTEN)
        for row in rows:
            ref = SessionRef(row.organization_id, row.id)
            records = await self.store.read(ref)
            last = row.started_at + records[-1].event.at if records else row.started_at
            if last < before:
                live = await self.open(ref)
                await live.conversation.hang_up("line")
                if not live.conversation.ended:
                    await self.store.finish(ref, live.conversation.epoch, "abandoned", self.clock.now_ms())
                    live.let_go()


async def busy_means_503(work: Awaitable[T]) -> T:
    """Wait for work on the log; raises `ApiError` when it takes no more."""
    try:
        return await work
    except Busy as error:
        raise ApiError(ErrorCode.SERVER_BUSY, str(error), headers={"Retry-After": "1"}) from None
