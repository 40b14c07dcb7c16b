"""The worker that comes with the server: started, watched, started again, stopped."""

import asyncio
import importlib.util
import os
import signal
import sys
from collections.abc import Mapping

import structlog

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before it is started again after it died: doubled each time."""
GRACE = 10.0
"""Seconds it gets to end by itself."""

log = structlog.get_logger()


def missing() -> str:
    """What keeps this installation from holding voice, in a sentence; empty when nothing does."""
    absent = [name for name in ("livekit.agents", "aiosipua", "pocketsphinx") if not _there(name)]
    if absent:
        return "Voice is off: this installation lacks its packages. Install them: pip install 'parley[voice]'"
    return ""


def _there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


class EmbeddedWorker:
    """One child process, ``parley voice``. It finds us by ``environment``; it ends when we do, because its
    standard input closes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.starts = 0

    def start(self) -> None:
        """Begin to keep it alive."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(GRACE):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    @property
    def pid(self) -> int:
        """Its process id; 0 when it is not there."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else 0

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            self.starts += 1
            began = asyncio.get_running_loop().time()
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "server", "voice"),
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            code = await self._process.wait()
            log.error("voice worker ended", code=code, again_in=pause)
            if asyncio.get_running_loop().time() - began > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
