"""A real LiveKit server for tests: its program found or built, on free ports, stopped by who started it."""

import asyncio
import functools
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from string import Template

from livekit import api, rtc

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
WAIT = 30.0
"""Seconds to wait for what must happen."""
KEY = "tests"
ATTEMPTS = 5


@functools.cache
def program() -> Path:
    """LiveKit's server; built when there is none, which takes minutes and happens once on a machine."""
    done = subprocess.run(
        [sys.executable, ROOT / "packaging" / "livekit", "where"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"no LiveKit server to test with:\n{done.stderr}")
    return Path(done.stdout.strip())


class LiveKit:
    """A server with its own ports and secret. It can be killed and started again at the same address."""

    def __init__(self, folder: Path, redis: str = "") -> None:
        self.secret = secrets.token_hex(32)
        self.key = KEY
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self.log = folder / "livekit.log"
        self._config = folder / "livekit.yaml"
        self._redis = redis
        self.process: subprocess.Popen[bytes] | None = None

    def _settle(self) -> None:
        """Ports that are free now. Somebody else may take one before the server does."""
        template = Template((ROOT / "packaging" / "livekit" / "test.yaml").read_text("utf-8"))
        places = {
            "HTTP_PORT": self.port,
            "TCP_PORT": free_port(),
            "UDP_PORT": free_port(),
            "REDIS": f"redis: {{address: {self._redis}}}" if self._redis else "",
        }
        self._config.write_text(template.substitute(places), "utf-8")

    async def start(self) -> None:
        """Start it, and wait until it answers; a port that was taken meanwhile is exchanged for another."""
        for _ in range(ATTEMPTS):
            self._settle()
            before = self.log.stat().st_size if self.log.exists() else 0
            await self._start()
            if self.process is not None and self.process.poll() is None:
                return
            said = self.log.read_bytes()[before:]
            if b"address already in use" not in said:
                break
        raise RuntimeError(f"LiveKit does not start:\n{self.log.read_text('utf-8')}")

    async def _start(self) -> None:
        with self.log.open("ab") as log:
            self.process = process = subprocess.Popen(
                [str(program()), "--config", str(self._config)],
                env={"LIVEKIT_KEYS": f"{self.key}: {self.secret}", "PATH": ""},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        await until(lambda: process.poll() is not None or self.answers(), "a LiveKit server")

    def answers(self) -> bool:
        """Whether it serves."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    async def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        await asyncio.to_thread(self.process.wait)

    async def stop(self) -> None:
        """End it, if it still runs."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 2)
        except subprocess.TimeoutExpired:
            await self.kill()

    def api(self) -> api.LiveKitAPI:
        """Its API; to be closed by who asked."""
        return api.LiveKitAPI(self.url, self.key, self.secret)

    def token(self, room: str, identity: str, **kind: str) -> str:
        """Lets ``identity`` into ``room``; ``kind="sip"`` for a telephone caller."""
        token = (
            api.AccessToken(self.key, self.secret)
            .with_identity(identity)
            .with_grants(api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True))
        )
        return (token.with_kind(kind["kind"]) if kind else token).to_jwt()  # type: ignore[arg-type]

    async def join(self, room: str, identity: str, **kind: str) -> rtc.Room:
        """A participant of ours."""
        joined = rtc.Room()
        await joined.connect(self.url, self.token(room, identity, **kind))
        return joined


async def until(true: Callable[[], object], what: str) -> None:
    """Wait for something to become true; raises ``TimeoutError`` that says what did not."""
    loop = asyncio.get_running_loop()
    due = loop.time() + WAIT
    while not true():
        if loop.time() > due:
            raise TimeoutError(f"no {what} within {WAIT:.0f} s")
        await asyncio.sleep(0.02)
