"""A whole house with rooms: LiveKit, a server and workers, each a process of its own that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from tests.e2e.serving import ROOT, Server
from tests.livekit.harness import LiveKit

T = TypeVar("T")
PATIENCE = 90.0
FLOW: dict[str, Any] = {
    "format": "parley-flow",
    "schema": 1,
    "name": "Barista",
    "start": "n_orderaaa",
    "locales": ["en-US"],
    "nodes": {
        "n_orderaaa": {
            "kind": "menu",
            "label": "Order",
            "prompt": {"en-US": "Would you like tea or coffee?"},
            "tries": 9,
            "options": [
                {"id": "tea", "label": {"en-US": "Tea"}, "key": "1"},
                {"id": "coffee", "label": {"en-US": "Coffee"}, "key": "2"},
            ],
            "out": {
                "tea": "n_teaaaaaa",
                "coffee": "n_coffeeaa",
                "gives_up": "n_closedaa",
            },
        },
        "n_teaaaaaa": {
            "kind": "say",
            "label": "Tea",
            "text": {"en-US": "Your tea is on its way."},
            "out": {"then": "n_orderaaa"},
        },
        "n_coffeeaa": {
            "kind": "say",
            "label": "Coffee",
            "text": {"en-US": "Your coffee is on its way."},
            "out": {"then": "n_orderaaa"},
        },
        "n_closedaa": {"kind": "end", "label": "Closed", "outcome": "closed"},
    },
}
"""Asks again and again, so that there is always something to hear."""
AGENT = "pk_demo_clinic"
"""A sample agent; what it says is ours."""
SENTENCES = [
    "would you like tea or coffee",
    "your tea is on its way",
    "your coffee is on its way",
    # A page that is busy takes a new sound up late, and misses how it begins.
    "[ sorry ] [ the line was ] gone for a moment",
    "i am back",
]
"""What can be heard, as a recogniser is told."""


class RoomHouse:
    """LiveKit, a server that knows it, and workers for rooms. Without workers of its own the one beside the server
    comes into rooms."""

    def __init__(self, folder: Path, *, livekit: LiveKit | None = None, **settings: str) -> None:
        self.folder = folder
        self.own = livekit is None
        self.livekit = livekit or LiveKit(folder)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.rooms = {
            "PARLEY_LIVEKIT_URL": self.livekit.url,
            "PARLEY_LIVEKIT_API_KEY": self.livekit.key,
            "PARLEY_LIVEKIT_API_SECRET": self.livekit.secret,
        }
        self.server = Server(folder / "data", PARLEY_TIME_ZONE="UTC", **self.rooms, **settings)

    def start(self) -> None:
        """LiveKit, then the server."""
        if self.own:
            aside(self.livekit.start())
        self.server.start()
        self.server.publish(AGENT, lambda _: FLOW)

    def worker(self) -> subprocess.Popen[bytes]:
        """One more worker for rooms, once the server knows it."""
        environment = {
            **os.environ,
            **self.rooms,
            "PARLEY_SERVER_URL": self.server.origin,
            "PARLEY_WORKER_TOKEN": self._token(),
            "PARLEY_SEATS": "4",
            "PARLEY_DRAIN": "0",
        }
        told = self.folder / f"worker-{len(self.workers)}.log"
        with told.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "server", "worker"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.workers.append(process)
        until(lambda: process.poll() is not None or b"worker connected" in told.read_bytes(), "a worker")
        assert process.poll() is None, self.logs()
        return process

    def _token(self) -> str:
        command = [sys.executable, "-m", "server", "token", "--worker", "--data", str(self.server.data)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    def present(self) -> int:
        """How many workers the server knows."""
        with self.server.api() as api:
            detail = api.get(f"{self.server.origin}/health").json()["components"]["voice"]["detail"]
        first = str(detail).split()[0]
        return int(first) if first.isdecimal() else 0

    @property
    def page(self) -> str:
        """A page with the widget of the barista."""
        return f"{self.server.origin}/demo?agent={AGENT}"

    def session(self, channel: str) -> str:
        """The newest session of a channel, once there is one."""

        def look() -> str:
            items = self.ask("/sessions", channel=channel, limit="1")["items"]
            return str(items[0]["id"]) if items else ""

        return until(look, f"a session of {channel}")

    def events(self, session: str) -> list[dict[str, Any]]:
        """The session's log."""
        found: list[dict[str, Any]] = self.ask(f"/sessions/{session}/events", limit="1000")["items"]
        return found

    def said(self, session: str, role: str = "agent") -> list[str]:
        """What one side has said."""
        messages = self.ask(f"/sessions/{session}/messages")["messages"]
        return [message["text"] for message in messages if message["role"] == role]

    def ask(self, path: str, **query: str) -> Any:
        """What is at a path of the API."""
        with self.server.api() as api:
            answer = api.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def logs(self) -> str:
        """What everybody wrote last."""
        files = [*sorted(self.folder.glob("worker-*.log")), self.server.log, self.livekit.log]
        tails = [
            f"--- {file.name}\n{file.read_text('utf-8', 'replace')[-4000:]}"
            for file in files
            if file.exists()
        ]
        return "\n".join(tails)

    def stop(self) -> None:
        """End everybody who is left."""
        for process in self.workers:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.server.stop()
        if self.own:
            aside(self.livekit.stop())


@contextmanager
def room_house(folder: Path, **settings: Any) -> Iterator[RoomHouse]:
    """A house that is there; what its processes wrote is shown when something fails."""
    house = RoomHouse(folder, **settings)
    try:
        house.start()
        yield house
    except BaseException:
        print(house.logs())
        with suppress(Exception):
            print(house.events(house.session("widget")))
        raise
    finally:
        house.stop()


def until(look: Callable[[], T], what: str) -> T:
    """Look again and again until there is something."""
    due = time.monotonic() + PATIENCE
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > due:
            raise AssertionError(f"no {what} within {PATIENCE:.0f} s")
        time.sleep(0.1)


def aside(work: Coroutine[Any, Any, T]) -> T:
    """Do something on a loop of its own: the browser's driver has one in this very thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
