"""The agent LiveKit dispatches into rooms: registers, takes jobs while there is room, and is in the room until the
line is over."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec
import structlog
from livekit import api, rtc
from livekit.agents import JobContext, JobRequest
from livekit.agents.job import RunningJobInfo

from server.channels.livekit.arrival import caller_in
from server.channels.livekit.inloop import LoopAgentServer, LoopJob

TAKEN = 10.0
"""Seconds the server has to say whose line a job is."""
CONNECTED = 15.0
LEFT = 5.0
LOAD = 0.6
"""What LiveKit is told when every seat is taken. It silently gives no job to who says 0.7 or more (``target_load``, its
version 1.13.5), and hears of a seat that has come free up to 2.5 s later; so it always asks, and we refuse."""

log = structlog.get_logger()


class Dispatch(msgspec.Struct):
    """The metadata of a dispatch: the ``seat`` it is for, or the ``trunk`` of ours whose rule at LiveKit SIP made
    it."""

    seat: str = ""
    trunk: str = ""


def read(metadata: str) -> Dispatch:
    """What a dispatch is for; nothing when its metadata is not ours."""
    try:
        return msgspec.json.decode(metadata or "{}", type=Dispatch)
    except msgspec.DecodeError:
        return Dispatch()


class RoomJob:
    """One job: in a room, as ``identity``, until its line is over."""

    def __init__(self, info: RunningJobInfo) -> None:
        self.id = info.job.id
        self.name = info.job.room.name
        wanted = read(info.job.metadata)
        self.seat, self.trunk = wanted.seat, wanted.trunk
        self.identity = info.accept_arguments.identity
        self.room = rtc.Room()
        self.claimed = asyncio.Event()
        self.over = asyncio.Event()
        self.ended: Callable[[str], None] = lambda reason: None
        """Told when LiveKit ends the job: the name of the end."""
        self._connecting = asyncio.get_running_loop().create_task(
            self.room.connect(info.url, info.token, rtc.RoomOptions(auto_subscribe=True))
        )

    async def connected(self) -> rtc.Room:
        """The room, once we are in it; raises ``rtc.ConnectError`` or ``TimeoutError``."""
        async with asyncio.timeout(CONNECTED):
            await asyncio.shield(self._connecting)
        return self.room

    async def leave(self) -> None:
        """Be in the room no more.

        Connecting is never cancelled: rtc 1.1.21 panics ten seconds after a connect nobody waited for, and ends
        the process ("timed out waiting for ReadyForRoomEventRequest").
        """
        await asyncio.wait([self._connecting])
        if self._connecting.exception() is not None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEFT):
                await self.room.disconnect()


class RoomWorker:
    """Takes jobs. ``offer`` tells the server of one (seat, room, job id), ``met`` of a caller of LiveKit SIP (room,
    job id, her identity, trunk, attributes); the server's answer comes back by `claim`. ``busy`` is how many lines
    this process holds that are not in rooms, of ``seats``; ``ready`` whether the server can be asked at all."""

    def __init__(
        self,
        url: str,
        key: str,
        secret: str,
        agent_name: str,
        seats: int,
        *,
        offer: Callable[[str, str, str], None],
        met: Callable[[str, str, str, str, dict[str, str]], None],
        busy: Callable[[], int],
        ready: Callable[[], bool],
    ) -> None:
        self.agent_name = agent_name
        self.draining = False
        self.registered = asyncio.Event()
        self._url, self._key, self._secret = url, key, secret
        self._seats = seats
        self._offer, self._met, self._busy, self._ready = offer, met, busy, ready
        self._pledged: set[str] = set()
        self._jobs: dict[str, RoomJob] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._api: api.LiveKitAPI | None = None
        # Would be heard instead of the name we are given.
        os.environ.pop("LIVEKIT_AGENT_NAME_OVERRIDE", None)
        self._server = LoopAgentServer(self._run, self._load, ws_url=url, api_key=key, api_secret=secret)
        self._server.rtc_session(_never, agent_name=agent_name, on_request=self._request)
        self._server.on("worker_registered", lambda *_: self.registered.set())
        self._server.pool.on_over = self._over

    async def run(self) -> None:
        """Until closed."""
        await self._server.run()

    @property
    def connected(self) -> bool:
        """Whether LiveKit gives us jobs now."""
        return self._server.connected

    @property
    def taken(self) -> int:
        """Jobs accepted and not over."""
        return len(self._pledged)

    async def claim(self, room: str, stale: str) -> RoomJob:
        """The job in a room, for the line the server makes of it; an agent that died in there is put out. Raises
        ``KeyError`` when no job of ours is there, and what connecting raises."""
        job = self._jobs[room]
        job.claimed.set()
        if stale and stale != job.identity:
            self._spawn(self._put_out(room, stale))
        try:
            await job.connected()
        except BaseException:
            job.over.set()
            raise
        return job

    def close_room(self, name: str) -> None:
        """The talk is over: everybody is sent home."""
        self._spawn(self._delete(name))

    async def drain(self, seconds: float) -> None:
        """Take no new jobs; wait for those that run, so long."""
        self.draining = True
        with contextlib.suppress(TimeoutError):
            await self._server.drain(max(1, int(seconds)))

    async def aclose(self) -> None:
        """Leave every room."""
        self.draining = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LEFT)
        await self._server.aclose()
        if self._api is not None:
            await self._api.aclose()  # type: ignore[no-untyped-call, unused-ignore]

    # What LiveKit asks.

    def _load(self) -> float:
        return LOAD * min(1.0, (self._busy() + len(self._pledged)) / self._seats)

    async def _request(self, request: JobRequest) -> None:
        """Take a job when a seat is free; else another worker is asked."""
        if self.draining or not self._ready() or self._busy() + len(self._pledged) >= self._seats:
            log.info("job not taken", room=request.room.name, draining=self.draining, ready=self._ready())
            await request.reject(terminate=False)
            return
        self._pledged.add(request.id)
        try:
            seat = read(request.job.metadata).seat
            await request.accept(identity=f"agent_{seat or request.id}", name="Agent")
        except Exception:
            # The server has not assigned it in time, or went away: the seat is free again.
            self._pledged.discard(request.id)
            raise

    async def _run(self, info: RunningJobInfo) -> None:
        """A job, from its assignment to the end of its line."""
        job = RoomJob(info)
        self._jobs[job.name] = job
        try:
            await self._announce(job)
            async with asyncio.timeout(TAKEN):
                await job.claimed.wait()
            await job.over.wait()
        except TimeoutError:
            log.warning("job without a line", room=job.name, seat=job.seat)
        except asyncio.CancelledError:
            job.ended("room_closed")
            raise
        finally:
            if self._jobs.get(job.name) is job:
                del self._jobs[job.name]
            await job.leave()

    async def _announce(self, job: RoomJob) -> None:
        """Tell the server; of a job without a seat once the caller is there. Raises ``TimeoutError``."""
        if job.seat:
            self._offer(job.seat, job.name, job.id)
            return
        caller = await caller_in(await job.connected())
        self._met(job.name, job.id, caller.identity, job.trunk, dict(caller.attributes))

    def _over(self, job: LoopJob) -> None:
        self._pledged.discard(job.id)
        error = job.failure()
        if error is not None:
            log.error("job failed", job=job.id, why=repr(error))

    # Rooms.

    def _lives(self) -> api.LiveKitAPI:
        if self._api is None:
            self._api = api.LiveKitAPI(self._url, self._key, self._secret)
        return self._api

    async def _put_out(self, room: str, identity: str) -> None:
        wanted = api.RoomParticipantIdentity(room=room, identity=identity)
        await self._ask(self._lives().room.remove_participant(wanted), "participant not removed", room)

    async def _delete(self, room: str) -> None:
        await self._ask(
            self._lives().room.delete_room(api.DeleteRoomRequest(room=room)), "room not closed", room
        )

    async def _ask(self, work: Awaitable[object], failure: str, room: str) -> None:
        try:
            await work
        except api.TwirpError as error:
            if error.code != api.TwirpErrorCode.NOT_FOUND:
                log.warning(failure, room=room, why=error.message)
        except Exception as error:
            log.warning(failure, room=room, why=repr(error))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _never(context: JobContext) -> None:
    """Jobs are run by the pool of the loop; livekit-agents wants a function all the same."""
