"""A worker process, from its start to its end."""

import asyncio
import os
import signal
import socket
import sys

import structlog

from server.channels.phone.port import Edge
from server.settings import Settings
from server.workers.calls import Telephone
from server.workers.client import NotAdmitted
from server.workers.lines import LineWorker

log = structlog.get_logger()


async def hold(settings: Settings, *, with_parent: bool) -> int:
    """Hold lines until told to stop; answers with the exit code. ``with_parent``: end when the standard input
    closes, because who started us is gone."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    parent = asyncio.create_task(_parent_gone(stopping)) if with_parent else None
    telephone = await _telephone(settings)
    worker = LineWorker(settings, f"{socket.gethostname()}-{os.getpid()}", telephone)
    serving = asyncio.create_task(worker.client.run())
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    code = 0
    if serving.done() and (error := serving.exception()) is not None:
        code = 1
        if not isinstance(error, NotAdmitted):
            raise error
        print(f"parley: {error}", file=sys.stderr)
    elif not with_parent:
        await worker.drain(settings.drain)
    if telephone is not None:
        await telephone.drain(0)
    tasks = [task for task in (serving, waiting, parent) if task is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await worker.aclose()
    return code


async def _parent_gone(stopping: asyncio.Event) -> None:
    """Our standard input ends when who started us does, however it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stopping.set()


async def _telephone(settings: Settings) -> Telephone | None:
    if not settings.phone:
        return None
    from server.channels.phone.edge import SipEdge

    edge: Edge = SipEdge(
        host=settings.sip_host,
        port=settings.sip_port,
        rtp_ports=settings.rtp_ports,
        public_host=settings.sip_public_host,
        calls=settings.calls,
    )
    try:
        await edge.start()
    except OSError as error:
        where = f"{settings.sip_host}:{settings.sip_port}"
        log.error("no telephone", where=where, why=f"{error}; set PARLEY_SIP_PORT, or PARLEY_PHONE=0")
        return None
    return Telephone(edge)
