"""The lines a worker holds: taken, told, dropped."""

import asyncio
from typing import Any

import httpx2
import structlog
from websockets.asyncio.client import connect

from server.channels.media.link import MediaLink
from server.channels.phone.link import LegLink
from server.channels.phone.port import Ended
from server.channels.voice.session import VoiceSession
from server.settings import Settings
from server.workers import wire
from server.workers.calls import Telephone
from server.workers.client import WorkerClient
from server.workers.shelf import Shelf
from server.workers.speech import SpeechHouse
from server.workers.tape import Tape

log = structlog.get_logger()


class Report:
    """Tells the server what happens on a line (`engine.conversation.voice.VoiceListener`)."""

    def __init__(self, worker: "LineWorker", seat: str) -> None:
        self._worker = worker
        self._seat = seat

    def __getattr__(self, name: str) -> Any:
        if name not in wire.LISTENER_ARGUMENTS:
            raise AttributeError(name)

        def tell(*args: Any) -> None:
            self._worker.client.send(wire.Heard(self._seat, name, args))
            if name == "gone":
                self._worker.over(self._seat)

        return tell


class Line:
    """One line: its session, and the link its sound comes by."""

    def __init__(self, session: VoiceSession, link: MediaLink | LegLink) -> None:
        self.session = session
        self.link = link

    async def aclose(self) -> None:
        """Let it go."""
        await self.session.aclose()
        await self.link.aclose()


class LineWorker:
    """`server.workers.client.Duty` of a worker that takes media and telephone lines."""

    def __init__(self, settings: Settings, name: str, telephone: Telephone | None) -> None:
        self.settings = settings
        self.name = name
        self.house = SpeechHouse(settings)
        self.telephone = telephone
        self.client: WorkerClient
        token = settings.worker_token.get_secret_value() if settings.worker_token else ""
        self._http = httpx2.AsyncClient(
            base_url=settings.server_url, headers={"Authorization": f"Bearer {token}"}, timeout=10.0
        )
        self._shelf = Shelf(self._http)
        self._lines: dict[str, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.client = WorkerClient(settings.server_url, token, self)
        if telephone is not None:
            telephone.send = self.client.send

    # What the socket asks (`server.workers.client.Duty`).

    def register(self) -> wire.Register:
        """Who we are, and what we hold."""
        telephone = self.telephone
        return wire.Register(
            self.name,
            "1",
            ("media", "leg") if telephone is not None else ("media",),
            self.settings.seats,
            lines=self.seats(),
            calls=telephone.calls() if telephone is not None else (),
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
            self._spawn(self._take(message))
        elif isinstance(message, wire.Drop):
            self.over(message.seat)
        elif isinstance(message, wire.Welcome):
            for seat in message.lost:
                self.over(seat)
            if self.telephone is not None:
                self.telephone.serve(message.trunks)
        elif self.telephone is not None:
            self.telephone.told(message)

    def forsaken(self) -> None:
        """The server has been away for too long."""
        for seat, line in tuple(self._lines.items()):
            line.session.hang_up("line_lost")
            log.warning("line given up", seat=seat)

    async def _take(self, take: wire.Take) -> None:
        try:
            line = await self._make(take)
        except (OSError, KeyError, ValueError, Ended) as error:
            self.client.send(wire.NotJoined(take.seat, str(error)))
            return
        except Exception as error:
            log.exception("line not made", seat=take.seat)
            self.client.send(wire.NotJoined(take.seat, f"{type(error).__name__}: {error}"))
            return
        self._lines[take.seat] = line
        self.client.send(wire.Joined(take.seat))

    async def _make(self, take: wire.Take) -> Line:
        way = take.way
        link: MediaLink | LegLink
        if isinstance(way, wire.MediaWay):
            address = "ws" + self.settings.server_url.removeprefix("http") + way.path
            headers = {"Authorization": self._http.headers["Authorization"]}
            socket = await connect(address, additional_headers=headers, compression=None, proxy=None)
            link = MediaLink(socket, way.rate)
        elif isinstance(way, wire.LegWay) and self.telephone is not None:
            link = self.telephone.link(way.call)
        else:
            raise ValueError("This worker does not take such lines.")
        speaking = take.speaking
        session = VoiceSession(
            speaking,
            take.locale,
            self.house.ears(speaking),
            self.house.mouth(speaking),
            self._shelf.of(speaking.voice_key),
            Report(self, take.seat),
            self.house.vad,
            recorder=Tape(self._http, take.seat),
            phone=isinstance(way, wire.LegWay),
            clock=self.house.clock,
            apology=self.house.apology,
            prices=self.house.prices,
        )
        link.on_key = session.key
        await session.start_link(link)
        if isinstance(link, LegLink) and self.telephone is not None:
            await self.telephone.answer(link.leg)
        return Line(session, link)

    def over(self, seat: str) -> None:
        """A line is not ours any more, or is over."""
        line = self._lines.pop(seat, None)
        if line is not None:
            self._spawn(line.aclose())

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a line's work failed", error=repr(task.exception()))

    async def drain(self, seconds: float) -> None:
        """Take nothing new; wait for the lines that are up."""
        self.client.draining = True
        if self.telephone is not None:
            await self.telephone.drain(seconds)
        try:
            async with asyncio.timeout(seconds):
                while self._lines:
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pass

    async def aclose(self) -> None:
        """Let everything go."""
        for seat in tuple(self._lines):
            self.over(seat)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.house.aclose()
        await self._http.aclose()
