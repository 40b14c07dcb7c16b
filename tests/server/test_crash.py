"""The server dies in the middle of a talk; the talk goes on."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.server import flows
from tests.server.running import WAIT, Owner, Running

ADDRESS = re.compile(r"Parley serves at\s+(\S+)")


class Child:
    """`parley serve` as a process of its own."""

    def __init__(self, folder: Path, checkout: Path, port: int = 0, *more: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
        self.folder = folder
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "server",
                "serve",
                "--data",
                str(folder / "data"),
                "--port",
                str(port),
                *more,
            ],
            cwd=checkout,
            env={**environment, "PARLEY_REST_LIMIT": "0", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = self.said = ""

    async def ready(self) -> "Child":
        """Wait until it says where it is."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WAIT):
            while "  studio" not in self.said:
                line = await asyncio.to_thread(self.process.stdout.readline)
                assert line, self.end()
                self.said += line
        found = ADDRESS.search(self.said)
        assert found, self.said
        self.url = found[1]
        return self

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Stop it; answers with its exit code and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=WAIT)
        return self.process.returncode, out, err

    def end_by_itself(self) -> tuple[int, str, str]:
        """Wait for its end; answers with its exit code and what it said."""
        out, err = self.process.communicate(timeout=WAIT)
        return self.process.returncode, out, err

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


class Elsewhere(Running):
    """A server in another process, seen from a test."""

    def __init__(self, child: Child, client: httpx2.AsyncClient) -> None:
        token = (child.folder / "data" / "owner-token").read_text().strip()
        self.owner = Owner(client, token)
        self.url = child.url


@pytest.mark.parametrize("crash", [signal.SIGKILL, signal.SIGTERM])
async def test_a_talk_survives_the_death_of_the_server(tmp_path: Path, checkout: Path, crash: int) -> None:
    child = await Child(tmp_path, checkout).ready()
    try:
        async with httpx2.AsyncClient(base_url=child.url, timeout=WAIT) as client:
            before = Elsewhere(child, client)
            agent = await before.owner.agent(flows.asking())
            async with before.visitor(agent["public_id"]) as visitor:
                await visitor.text("m1", "before")
                seen = (await visitor.says("You said before."))[-1]["seq"]
                await visitor.text("m2", "lost?")
                child.end(crash)
        child = await Child(tmp_path, checkout, child.port).ready()
        async with httpx2.AsyncClient(base_url=child.url, timeout=WAIT) as client:
            after = Elsewhere(child, client)
            async with after.connect(visitor.session, last_seq=seen) as again:
                assert again.welcome["status"] == "active"
                await again.text("m2", "lost?")
                await again.text("m3", "after")
                await again.says("You said after.")
            history = (
                await after.owner.ask("GET", f"/sessions/{visitor.session['session_id']}/messages")
            ).json()
            events = (
                await after.owner.ask("GET", f"/sessions/{visitor.session['session_id']}/events")
            ).json()
    finally:
        child.end(signal.SIGKILL)
    said = [m["text"] for m in history["messages"] if m["role"] == "visitor"]
    assert said == ["before", "lost?", "after"]
    assert [e["seq"] for e in events["items"]] == list(range(1, len(events["items"]) + 1))
    assert "resumed" in {e["event"]["type"] for e in events["items"]}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly(tmp_path: Path, checkout: Path, number: int) -> None:
    child = await Child(tmp_path, checkout, 0, "--demo").ready()
    code, _, err = child.end(number)
    assert code == 0, err
    assert "Traceback" not in err
    for said in ("demo page", "/docs", "owner token", "parley studio --server", "pk_demo_table-reservation"):
        assert said in child.said


async def test_a_second_server_and_a_taken_port_are_refused_in_words(tmp_path: Path, checkout: Path) -> None:
    child = await Child(tmp_path, checkout).ready()
    try:
        code, _, err = Child(tmp_path, checkout).end_by_itself()
        assert code == 1 and "Another Parley server" in err and "Traceback" not in err
        code, _, err = Child(tmp_path / "other", checkout, child.port).end_by_itself()
        assert code == 1 and f"Port {child.port}" in err and "--port" in err and "Traceback" not in err
    finally:
        child.end()
