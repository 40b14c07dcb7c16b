"""The lines a worker holds: taken, told, dropped."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx2
import msgspec
import structlog
from websockets.asyncio.client import connect

from engine.conversation.voice import Speech
from server.channels.livekit.arrival import arrived
from server.channels.livekit.rooms import RoomJob, RoomWorker
from server.channels.media.link import MediaLink
from server.channels.phone.link import LegLink
from server.channels.phone.port import Ended
from server.channels.voice.session import VoiceSession
from server.settings import Settings
from server.workers import wire
from server.workers.calls import Telephone
from server.workers.client import WorkerClient
from server.workers.reporting import reports
from server.workers.shelf import APOLOGY, Shelf
from server.workers.speech import SpeechHouse
from server.workers.tape import Tape

LAST = 1 << 30
"""The number of an utterance after which none comes."""

log = structlog.get_logger()


class Report:
    """Tells the server what happens on a line (`engine.conversation.voice.VoiceListener`)."""

    def __init__(self, worker: "LineWorker", seat: str) -> None:
        self._worker = worker
        self._seat = seat
        self.over = False

    def __getattr__(self, name: str) -> Any:
        if name not in wire.LISTENER_ARGUMENTS:
            raise AttributeError(name)

        def tell(*args: Any) -> None:
            if not self.over:
                self._worker.client.send(wire.Heard(self._seat, name, args))

        return tell

    def gone(self, by: str, reason: str) -> None:
        """The line is over; once, last."""
        if not self.over:
            self.over = True
            self._worker.client.send(wire.Heard(self._seat, "gone", (by, reason)))
            self._worker.ended(self._seat)


class Line:
    """One line: its session, and where its sound comes by: a link, or a job in a room."""

    def __init__(self, session: VoiceSession, sound: MediaLink | LegLink | RoomJob, take: wire.Take) -> None:
        self.session = session
        self.sound = sound
        self.take = take
        if isinstance(take.way, wire.RoomWay):
            way = msgspec.structs.replace(take.way, agent=self.identity)
            self.take = msgspec.structs.replace(take, way=way)

    @property
    def identity(self) -> str:
        """The agent's in a room."""
        return self.sound.identity if isinstance(self.sound, RoomJob) else ""

    def apologise(self) -> None:
        """Nobody decides any more: say so, and end."""
        self.session.speak(Speech(LAST, LAST, "", self.take.locale, False, audio=APOLOGY))
        self.session.hang_up("line_lost")

    async def aclose(self) -> None:
        """Let it go."""
        await self.session.aclose()
        if isinstance(self.sound, RoomJob):
            self.sound.over.set()
        else:
            await self.sound.aclose()


class LineWorker:
    """`server.workers.client.Duty`: takes lines of the audio socket (``media``), of its telephone, and of rooms."""

    def __init__(
        self, settings: Settings, name: str, telephone: Telephone | None = None, *, media: bool = True
    ) -> None:
        self.settings = settings
        self.name = name
        self.media = media
        self.house = SpeechHouse(settings)
        self.telephone = telephone
        self.rooms: RoomWorker | None = None
        token = settings.worker_token.get_secret_value() if settings.worker_token else ""
        self._http = httpx2.AsyncClient(
            base_url=settings.server_url, headers={"Authorization": f"Bearer {token}"}, timeout=10.0
        )
        self._shelf = Shelf(self._http, self.house.apology)
        self._lines: dict[str, Line] = {}
        self._taking: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.client = WorkerClient(settings.server_url, token, self)
        if telephone is not None:
            telephone.send = self.client.send
            telephone.house = self.house

    def meet_in(self, url: str, key: str, secret: str) -> RoomWorker:
        """Take lines in the rooms of this LiveKit server as well; who asked runs what it gets."""
        self.rooms = RoomWorker(
            url,
            key,
            secret,
            self.settings.agent_name,
            self.settings.seats,
            offer=lambda seat, room, job: self.client.send(wire.JobTaken(seat, room, job)),
            met=lambda room, job, caller, trunk, facts: self.client.send(
                wire.Arrived(room, job, caller, trunk, facts)
            ),
            busy=lambda: sum(1 for line in tuple(self._lines.values()) if not line.identity),
            ready=self.client.connected.is_set,
        )
        return self.rooms

    # What the socket asks (`server.workers.client.Duty`).

    def providers(self) -> tuple[wire.ProviderReport, ...]:
        """How the providers do."""
        return reports(self.house.health)

    def register(self) -> wire.Register:
        """Who we are, and what we hold."""
        telephone, rooms = self.telephone, self.rooms
        ways = {"media": self.media, "leg": telephone is not None, "room": rooms is not None}
        return wire.Register(
            self.name,
            "1",
            tuple(way for way, able in ways.items() if able),
            self.settings.seats,
            lines=self.seats(),
            calls=telephone.calls() if telephone is not None else (),
            agent_name=rooms.agent_name if rooms is not None else "",
            held=tuple(line.take for line in self._lines.values()),
        )

    def seats(self) -> tuple[str, ...]:
        """The seats held now."""
        return tuple(self._lines)

    async def told(self, message: wire.FromServer) -> None:
        """A message of the server's."""
        if isinstance(message, wire.Tell):
            line = self._lines.get(message.seat)
            if line is not None:
                try:
                    wire.tell(line.session, message, wire.PORT_ARGUMENTS)
                except (ValueError, TypeError) as error:
                    log.warning("the server told nonsense", why=str(error))
        elif isinstance(message, wire.Take):
            task = self._spawn(self._take(message))
            self._taking[message.seat] = task
            task.add_done_callback(lambda _: self._taking.pop(message.seat, None))
        elif isinstance(message, wire.Drop):
            self.over(message.seat)
        elif isinstance(message, wire.Welcome):
            for seat in message.lost:
                self.over(seat)
            for line in self._lines.values():
                line.session.hold(False)
            if self.telephone is not None:
                self.telephone.serve(message.trunks)
        elif self.telephone is not None:
            self.telephone.told(message)

    def away(self) -> None:
        """Nobody decides for a while: the caller hears that we are at work."""
        for line in self._lines.values():
            line.session.hold(True)

    def forsaken(self) -> None:
        """The server has been away for too long."""
        for seat, line in self._lines.items():
            line.apologise()
            log.warning("line given up", seat=seat)

    # Lines.

    async def _take(self, take: wire.Take) -> None:
        report = Report(self, take.seat)
        try:
            line = await self._make(take, report)
        except (OSError, KeyError, ValueError, Ended) as error:
            self.client.send(wire.NotJoined(take.seat, str(error)))
        except Exception as error:
            log.exception("line not made", seat=take.seat)
            self.client.send(wire.NotJoined(take.seat, f"{type(error).__name__}: {error}"))
        else:
            self._lines[take.seat] = line
            self.client.send(wire.Joined(take.seat, line.identity))
            if report.over:
                self.ended(take.seat)

    async def _make(self, take: wire.Take, report: Report) -> Line:
        """A line that is up; what was begun is undone when that fails or is no longer wanted."""
        sound = await self._sound(take)
        session = self._session(take, report)
        line = Line(session, sound, take)
        try:
            if isinstance(sound, RoomJob) and isinstance(take.way, wire.RoomWay):
                sound.ended = lambda reason: report.gone("line", reason)
                await session.start_room(sound.room, take.way.caller)
                await arrived(sound.room, take.way.caller)
            elif not isinstance(sound, RoomJob):
                sound.on_key = session.key
                await session.start_link(sound)
            if isinstance(sound, LegLink) and self.telephone is not None:
                await self.telephone.answer(sound.leg)
        except BaseException:
            await line.aclose()
            raise
        return line

    async def _sound(self, take: wire.Take) -> MediaLink | LegLink | RoomJob:
        """Where the caller is."""
        way = take.way
        if isinstance(way, wire.MediaWay) and self.media:
            address = "ws" + self.settings.server_url.removeprefix("http") + way.path
            headers = {"Authorization": self._http.headers["Authorization"]}
            socket = await connect(address, additional_headers=headers, compression=None, proxy=None)
            return MediaLink(socket, way.rate)
        if isinstance(way, wire.LegWay) and self.telephone is not None:
            return self.telephone.link(way.call)
        if isinstance(way, wire.RoomWay) and self.rooms is not None:
            return await self.rooms.claim(way.room, way.stale)
        raise ValueError("This worker does not take such lines.")

    def _session(self, take: wire.Take, report: Report) -> VoiceSession:
        speaking, house = take.speaking, self.house
        return VoiceSession(
            speaking,
            take.locale,
            house.ears(speaking),
            house.mouth(speaking),
            self._shelf.of(speaking.voice_key, take.locale),
            report,
            house.vad,
            recorder=Tape(self._http, take.seat),
            phone=_by_telephone(take.way),
            clock=house.clock,
            apology=house.apology,
            prices=house.prices,
        )

    def over(self, seat: str) -> None:
        """A line is not ours any more."""
        taking = self._taking.get(seat)
        if taking is not None and seat not in self._lines:
            taking.cancel()
        line = self._lines.pop(seat, None)
        if line is not None:
            self._spawn(line.aclose())

    def ended(self, seat: str) -> None:
        """A line is over: who is still in its room is sent home."""
        line = self._lines.get(seat)
        if line is not None and isinstance(line.sound, RoomJob) and self.rooms is not None:
            self.rooms.close_room(line.sound.name)
        self.over(seat)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a line's work failed", error=repr(task.exception()))

    # The end.

    async def drain(self, seconds: float) -> None:
        """Take nothing new; wait for the lines that are up."""
        self.client.draining = True
        work: list[Coroutine[Any, Any, None]] = [self._empty(seconds)]
        if self.telephone is not None:
            work.append(self.telephone.drain(seconds))
        if self.rooms is not None:
            work.append(self.rooms.drain(seconds))
        await asyncio.gather(*work)

    async def _empty(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while self._lines or self._taking:
                    await asyncio.sleep(0.1)
        except TimeoutError:
            log.warning("lines left to others", seats=self.seats())

    async def aclose(self) -> None:
        """Let everything go."""
        for seat in (*self._lines, *self._taking):
            self.over(seat)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.rooms is not None:
            await self.rooms.aclose()
        await self.house.aclose()
        await self._http.aclose()


def _by_telephone(way: wire.Way) -> bool:
    """Whether the caller has no browser with an echo canceller."""
    return isinstance(way, wire.LegWay) or (isinstance(way, wire.RoomWay) and bool(way.call))
