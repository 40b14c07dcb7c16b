"""Several worker processes, kept alive by one: a call needs a share of a core, and one process has one loop."""

import asyncio
import os
import signal
import sys

import structlog

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before one that died is started again: doubled each time, until it lived that long."""

log = structlog.get_logger()


async def keep(number: int, arguments: tuple[str, ...], health_port: int, drain: float) -> int:
    """Keep ``number`` processes of ``parley <arguments>`` alive until told to stop; then each drains. Their
    health is at the ports from ``health_port`` on; 0 for none."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopping.set)
    ports = [health_port + i if health_port else 0 for i in range(number)]
    await asyncio.gather(*(_keep_one(arguments, port, stopping, drain) for port in ports))
    return 0


async def _keep_one(arguments: tuple[str, ...], port: int, stopping: asyncio.Event, drain: float) -> None:
    pause = FIRST_PAUSE
    loop = asyncio.get_running_loop()
    while not stopping.is_set():
        began = loop.time()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", *arguments),
            env={**os.environ, "PARLEY_WORKER_HEALTH_PORT": str(port)},
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        ended = asyncio.create_task(process.wait())
        told = asyncio.create_task(stopping.wait())
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not ended.done():
            await _end(process, drain)
            await ended
            return
        pause = FIRST_PAUSE if loop.time() - began > LONGEST_PAUSE else pause
        log.error("worker ended", code=process.returncode, again_in=pause)
        try:
            async with asyncio.timeout(pause):
                await stopping.wait()
        except TimeoutError:
            pause = min(LONGEST_PAUSE, pause * 2)


async def _end(process: asyncio.subprocess.Process, drain: float) -> None:
    """Let it drain; kill it when it does not come to its end."""
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(drain + 15):
            await process.wait()
    except TimeoutError:
        process.kill()
