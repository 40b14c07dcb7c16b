"""A Redis server for tests: what LiveKit keeps trunks and dispatch rules in."""

import asyncio
import shutil
import subprocess
from pathlib import Path

from tests.livekit.harness import ATTEMPTS, until
from tests.ports import free_port


class Redis:
    """On a free port of loopback, in memory."""

    def __init__(self, folder: Path) -> None:
        self.port = 0
        self.log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it answers; a port that was taken meanwhile is exchanged for another."""
        program = shutil.which("redis-server")
        assert program is not None, "These tests need Redis: apt-get install redis-server."
        for _ in range(ATTEMPTS):
            self.port = free_port()
            arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
            with self.log.open("ab") as log:
                self._process = process = subprocess.Popen([program, *arguments], stdout=log, stderr=log)
            answers = asyncio.create_task(self._answers())
            await until(lambda p=process, a=answers: p.poll() is not None or a.done(), "Redis")  # type: ignore[misc]
            answers.cancel()
            if process.poll() is None:
                return
        raise RuntimeError(f"Redis does not start:\n{self.log.read_text('utf-8')}")

    async def _answers(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.write(b"PING\r\n")
            line = await reader.readline()
            writer.close()
            if line.startswith(b"+PONG"):
                return

    async def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
