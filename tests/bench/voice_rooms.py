"""A house whose telephone callers meet the agent in LiveKit rooms: each process of its own, each can be killed."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from json import load
from pathlib import Path
from typing import Any

from tests.e2e.room_house import RoomHouse, room_house
from tests.e2e.serving import ROOT
from tests.ports import free_port

PATIENCE = 60.0


class Worker:
    """A process, and what its page of health says."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def health(self) -> dict[str, Any]:
        """Empty while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
                return dict(load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return dict(load(error))
        except OSError:
            return {}

    @property
    def ready(self) -> bool:
        """Whether it takes lines."""
        return bool(self.health().get("ready"))

    @property
    def lines(self) -> int:
        """How many it holds."""
        return int(self.health().get("lines", 0))

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()


class RoomsExchange:
    """Starts ``parley worker`` and ``parley phone`` beside a `RoomHouse`, and ends them with it."""

    def __init__(self, house: RoomHouse, folder: Path) -> None:
        self.house = house
        self._folder = folder
        self._environment = {
            **os.environ,
            **house.rooms,
            **house.server.environment,
            "PARLEY_SERVER_URL": house.server.origin,
            "PARLEY_WORKER_TOKEN": house._token(),
            "PARLEY_DRAIN": "0",
        }
        self._started: list[subprocess.Popen[bytes]] = []

    def worker(self, seats: int = 4) -> Worker:
        """One more worker; not waited for."""
        port = free_port()
        settings = {"PARLEY_WORKER_HEALTH_PORT": str(port), "PARLEY_SEATS": str(seats)}
        return Worker(self._start("worker", settings), port)

    def edge(self) -> None:
        """The telephone edge: ``phone`` from then on."""
        self.phone = self._start("phone", {})

    def _start(self, command: str, settings: dict[str, str]) -> "subprocess.Popen[bytes]":
        with (self._folder / f"worker-{command}-{len(self._started)}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "server", command],
                cwd=ROOT,
                env={**self._environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._started.append(process)
        return process

    def stop(self) -> None:
        """End everybody."""
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


@contextmanager
def rooms_exchange(folder: Path, **settings: str) -> Iterator[RoomsExchange]:
    """LiveKit, a server without a worker of its own, and the edge."""
    usual = {"PARLEY_VOICE": "0", "PARLEY_SIP_HOST": "127.0.0.1", "PARLEY_INVITE_BURST": "100"}
    usual["PARLEY_SIP_PORT"] = str(free_port())
    with room_house(folder, **(usual | settings)) as house:
        exchange = RoomsExchange(house, folder)
        try:
            exchange.edge()
            present(house, 1)
            yield exchange
        finally:
            exchange.stop()


def present(house: RoomHouse, count: int) -> None:
    """Wait until the server knows so many workers."""
    due = time.monotonic() + PATIENCE
    while house.present() < count:
        if time.monotonic() > due:
            raise TimeoutError(f"no {count} workers")
        time.sleep(0.1)
