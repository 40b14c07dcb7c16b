"""What becomes of lines in rooms when something ends: a worker that is told to, LiveKit itself, a process of many."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from livekit import api

from engine.conversation.voice import Speech
from server.workers import wire
from server.workers.lines import LineWorker
from tests.livekit.harness import ROOT, LiveKit, until
from tests.livekit.hub import Hub
from tests.livekit.visitor import Visitor
from tests.ports import free_port

Start = Callable[..., "subprocess.Popen[bytes]"]
HELLO = (Speech(1, 1, "Good morning dear visitor, how are you today?"),)


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    """The server's end."""
    async with Hub() as made:
        yield made


@pytest.fixture
def start(hub: Hub, tmp_path: Path) -> Any:
    """Starts ``parley worker`` as a process; kills what is left of it."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(livekit: LiveKit, *arguments: str, **settings: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "server", "worker", *arguments],
                cwd=ROOT,
                env={**os.environ, **hub.environment(livekit, **settings)},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def line(livekit: LiveKit, hub: Hub, room: str, seat: str) -> tuple[Visitor, Any]:
    """A visitor, and a line with her that is up."""
    visitor = await Visitor.comes(livekit, room)
    await dispatched(livekit, room, seat)
    known, _ = await hub.heard(wire.JobTaken, seat=seat)
    await known.tell(wire.Take(seat, wire.RoomWay(livekit.url, room, "visitor"), wire.Speaking()))
    await hub.heard(wire.Joined, seat=seat)
    return visitor, known


async def dispatched(livekit: LiveKit, room: str, seat: str) -> None:
    """Ask LiveKit for an agent."""
    async with livekit.api() as lives:
        await lives.agent_dispatch.create_dispatch(
            api.CreateAgentDispatchRequest(agent_name="parley", room=room, metadata=f'{{"seat":"{seat}"}}')
        )


def health(port: int) -> tuple[int, dict[str, Any]]:
    """The worker's page; 0 while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


async def ended(process: "subprocess.Popen[bytes]") -> int:
    """Wait for its end; the exit code."""
    return await asyncio.to_thread(process.wait, 30)


async def test_told_to_stop_it_takes_no_more_and_lets_its_line_end(
    livekit: LiveKit, hub: Hub, start: Start
) -> None:
    port = free_port()
    process = start(livekit, PARLEY_WORKER_HEALTH_PORT=str(port), PARLEY_DRAIN="60")
    await hub.heard(wire.Register)
    await until(lambda: health(port)[0] == 200, "a ready worker")
    visitor, known = await line(livekit, hub, "drained", "ses_a:1")
    process.send_signal(signal.SIGTERM)
    await until(lambda: health(port)[1].get("draining"), "draining")
    assert health(port) == (
        503,
        {"ready": False, "registered": True, "connected": True, "draining": True, "seats": 15, "lines": 1},
    )
    await until(lambda: hub.beats[known.facts.name].draining, "a beat that says so")
    await known.tell(wire.Tell("ses_a:1", "speak", HELLO))
    await visitor.hears()
    await dispatched(livekit, "too-late", "ses_b:1")
    await visitor.leaves()
    assert (await hub.heard(wire.Heard, call="gone"))[1].args == ("caller", "caller_hung_up")
    assert await ended(process) == 0
    assert not [said for _, said in hub.said if isinstance(said, wire.JobTaken) and said.seat == "ses_b:1"]


async def test_what_does_not_end_in_time_is_left_to_the_next_worker(
    livekit: LiveKit, hub: Hub, start: Start
) -> None:
    process = start(livekit, PARLEY_DRAIN="1")
    await hub.heard(wire.Register)
    visitor, _ = await line(livekit, hub, "handed-over", "ses_a:1")
    process.send_signal(signal.SIGTERM)
    assert await ended(process) == 0
    # Nobody said that the line is over, and the caller is still in her room.
    assert not [said for _, said in hub.said if isinstance(said, wire.Heard) and said.call == "gone"]
    assert not visitor.gone.is_set()
    await until(lambda: visitor.agents() == [], "a room without an agent")
    await visitor.leaves()


async def test_processes_side_by_side_and_one_that_dies(livekit: LiveKit, hub: Hub, start: Start) -> None:
    port = free_port(2)
    parent = start(livekit, "--processes", "2", PARLEY_WORKER_HEALTH_PORT=str(port), PARLEY_DRAIN="5")
    await hub.heard(wire.Register, 2)
    first = hub.workers[0].facts.name
    os.kill(int(first.rpartition("-")[2]), signal.SIGKILL)
    await hub.heard(wire.Register, 3)
    await until(lambda: len(hub.workers) == 2, "two workers")
    assert first not in [worker.facts.name for worker in hub.workers]
    parent.send_signal(signal.SIGTERM)
    assert await ended(parent) == 0
    await until(lambda: not hub.workers, "no worker")


async def test_it_does_not_start_without_livekit(
    livekit: LiveKit, hub: Hub, start: Start, tmp_path: Path
) -> None:
    process = start(livekit, PARLEY_LIVEKIT_URL="")
    assert await ended(process) == 2
    assert "Set LIVEKIT_URL" in (tmp_path / "worker-0.log").read_text("utf-8")


async def test_a_wrong_token_is_said_once(livekit: LiveKit, hub: Hub, start: Start, tmp_path: Path) -> None:
    process = start(livekit, PARLEY_WORKER_TOKEN="no-such-token")
    assert await ended(process) == 1
    assert "check PARLEY_WORKER_TOKEN" in (tmp_path / "worker-0.log").read_text("utf-8")


async def test_livekit_dies_and_comes_back(own_livekit: LiveKit, hub: Hub) -> None:
    livekit = own_livekit
    worker = LineWorker(hub.settings(livekit), "one")
    rooms = worker.meet_in(livekit.url, livekit.key, livekit.secret)
    tasks = [asyncio.create_task(work) for work in (rooms.run(), worker.client.run())]
    await until(rooms.registered.is_set, "registration")
    visitor, known = await line(livekit, hub, "survives", "ses_a:1")
    await livekit.kill()
    await until(lambda: not rooms.connected, "a lost registration")
    await livekit.start()
    await until(lambda: rooms.connected, "registration anew")
    # The same line: both sides come back by themselves, and she hears what is said now.
    await until(lambda: visitor.agents() == ["agent_ses_a:1"], "the agent")
    await known.tell(wire.Tell("ses_a:1", "speak", HELLO))
    await visitor.hears()
    assert worker.seats() == ("ses_a:1",)
    await visitor.leaves()
    await worker.aclose()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
