"""A worker process, from its start to its end."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable

import structlog

from server.channels.phone.port import Edge
from server.settings import Settings
from server.workers.calls import Telephone
from server.workers.client import NotAdmitted
from server.workers.health import Health
from server.workers.lines import LineWorker

log = structlog.get_logger()


class NoLiveKit(Exception):
    """A worker for rooms does not know where they are; the message says what to set."""


async def hold(settings: Settings, *, with_parent: bool, ways: tuple[str, ...]) -> int:
    """Hold lines until told to stop; answers with the exit code. ``ways``: ``media``, ``leg``, ``room`` (those
    that must be) and ``room?`` (when LiveKit is set). ``with_parent``: end when the standard input closes,
    because who started us is gone. Raises `NoLiveKit`."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    telephone = await _telephone(settings) if "leg" in ways and settings.phone else None
    worker = LineWorker(settings, f"{socket.gethostname()}-{os.getpid()}", telephone, media="media" in ways)
    working = _livekit(settings, worker, must="room" in ways) if {"room", "room?"} & set(ways) else []
    health = Health(worker)
    await health.start(settings.worker_health_port)
    work = [*working, _serve(worker, first_rooms="room" in ways)]
    code = await _until_stopped(work, stopping, with_parent=with_parent, worker=worker)
    await health.stop()
    await worker.aclose()
    return code


async def _until_stopped(
    work: list[Awaitable[None]], stopping: asyncio.Event, *, with_parent: bool, worker: LineWorker
) -> int:
    """Do the work until told to stop or one part of it fails; then let the lines that are up end."""
    parent = [asyncio.create_task(_parent_gone(stopping))] if with_parent else []
    waiting = asyncio.create_task(stopping.wait())
    tasks = [asyncio.ensure_future(part) for part in work]
    done, _ = await asyncio.wait({*tasks, waiting}, return_when=asyncio.FIRST_COMPLETED)
    failure = next((task.exception() for task in done if task is not waiting), None)
    if failure is None and not with_parent:
        await worker.drain(worker.settings.drain)
    elif worker.telephone is not None:
        await worker.telephone.drain(0)
    for task in (*tasks, waiting, *parent):
        task.cancel()
    await asyncio.gather(*tasks, waiting, *parent, return_exceptions=True)
    if failure is not None:
        if not isinstance(failure, NotAdmitted):
            raise failure
        print(f"parley: {failure}", file=sys.stderr)
    return 0 if failure is None else 1


async def _serve(worker: LineWorker, *, first_rooms: bool) -> None:
    """Be at the server's service; a worker for rooms only once LiveKit knows it."""
    if first_rooms and worker.rooms is not None:
        await worker.rooms.registered.wait()
    await worker.client.run()


def _livekit(settings: Settings, worker: LineWorker, *, must: bool) -> list[Awaitable[None]]:
    """The work of meeting callers in rooms."""
    secret = settings.livekit_api_secret
    if settings.livekit_url and settings.livekit_api_key and secret is not None:
        rooms = worker.meet_in(settings.livekit_url, settings.livekit_api_key, secret.get_secret_value())
        return [rooms.run()]
    if must:
        raise NoLiveKit(
            "Set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET; `make livekit` prints them."
        )
    return []


async def _parent_gone(stopping: asyncio.Event) -> None:
    """Our standard input ends when who started us does, however it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stopping.set()


async def _telephone(settings: Settings) -> Telephone | None:
    from server.channels.phone.edge import SipEdge

    edge: Edge = SipEdge(
        host=settings.sip_host,
        port=settings.sip_port,
        public_host=settings.sip_public_host,
        rtp_ports=settings.rtp_ports,
        calls=settings.calls,
        media_timeout=settings.media_timeout,
        invite_rate=settings.invite_rate,
        invite_burst=settings.invite_burst,
    )
    try:
        await edge.start()
    except OSError as error:
        where = f"{settings.sip_host}:{settings.sip_port}"
        log.error("no telephone", where=where, why=f"{error}; set PARLEY_SIP_PORT, or PARLEY_PHONE=0")
        return None
    return Telephone(edge)
