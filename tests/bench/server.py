"""The server beside the bare durable echo: turns through the widget's socket, waiting, memory of an idle visitor."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.figures import ROUNDS, Figure
from tests.bench.processes import BARE, ROOT, bare_server, parley_server, publish, resident

CONNECTIONS = 100
SECONDS = 4
VISITORS = 500
IDLE = 500
EN = "en-US"


def asking_loop() -> dict[str, Any]:
    """Two nodes that ask each other: every turn is one answer kept and one question said."""

    def ask(save: str, then: str) -> dict[str, Any]:
        return {
            "kind": "ask",
            "type": "text",
            "save": save,
            "prompt": {EN: "You said that. What else?"},
            "out": {"understood": then, "gives_up": "n_end"},
        }

    return {
        "format": "parley-flow",
        "schema": 1,
        "name": "asking loop",
        "locales": [EN],
        "start": "n_one",
        "variables": {"words": {"type": "text", "initial": "", "export": True}},
        "nodes": {
            "n_one": ask("words", "n_two"),
            "n_two": ask("words", "n_one"),
            "n_end": {"kind": "end", "outcome": "gave_up"},
        },
    }


def visitors(address: str, agent: str, connections: int, seconds: float, rate: float) -> dict[str, float]:
    """Let visitors talk, in a process of their own."""
    command = [sys.executable, "-m", "tests.bench.visitors"]
    command += [address, agent, str(connections), str(seconds), str(rate)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(f"the visitors failed: {done.stderr[-800:]}")
    return dict(json.loads(done.stdout))


def bare_turns(url: str, pid: int) -> float:
    """Turns a second of the bare echo, as its own client counts them."""
    command = [sys.executable, str(BARE / "ws_client.py"), url, str(CONNECTIONS), str(SECONDS), str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found = re.search(r"turns/s=\s*(\d+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def figures() -> Iterator[Figure]:
    """Every figure of the server. Both servers keep their databases in the same folder, on the same disk."""
    ours = bare = 0.0
    (ROOT / "build").mkdir(exist_ok=True)
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
            with bare_server(Path(folder)) as (url, pid):
                bare = max(bare, bare_turns(url, pid))
            data = Path(folder) / "data"
            data.mkdir()
            with parley_server(data) as (address, _, token):
                agent = publish(address, token, asking_loop())
                ours = max(ours, visitors(address, agent, CONNECTIONS, SECONDS, 0)["turns_per_s"])
    yield Figure("widget_turns_vs_probe", ours / bare, "x", f"bare durable echo {bare:.0f} turns/s")
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, parley_server(Path(folder)) as server:
        address, pid, token = server
        agent = publish(address, token, asking_loop())
        waited = min(visitors(address, agent, VISITORS, 5, 1)["p99_ms"] for _ in range(2))
        yield Figure("widget_p99_ms", waited, "ms", f"{VISITORS} visitors, a turn a second each")
    # A server that held nobody yet: memory that others left behind would hide what a visitor takes.
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, parley_server(Path(folder)) as server:
        address, pid, token = server
        agent = publish(address, token, asking_loop())
        visitors(address, agent, 10, 0.2, 0)
        yield Figure("widget_idle_connection_kib", idle(address, agent, pid), "KiB", f"of {IDLE} visitors")


def idle(address: str, agent: str, pid: int) -> float:
    """KiB that a connected visitor holds who says nothing."""
    before = resident(pid)
    command = [sys.executable, "-m", "tests.bench.visitors", address, agent, str(IDLE), "0", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None and running.stdin is not None
        connected = json.loads(running.stdout.readline())["connected"]
        held = resident(pid) - before
        running.stdin.close()
    return held / connected / 1024
