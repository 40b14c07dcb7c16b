"""Servers of the bench, each a process of its own that is ended with its block."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
BARE = Path(__file__).parent / "baselines" / "server"
PATIENCE = 60
QUIET = {
    "PARLEY_LOG_LEVEL": "error",
    "PARLEY_REST_LIMIT": "0",
    "PARLEY_TOKEN_LIMIT": "0",
    "PARLEY_SOCKET_RATE": "0",
    "PARLEY_SOCKETS_PER_ADDRESS": "10000",
    "PARLEY_SOCKETS": "10000",
    "PARLEY_SOCKET_HANDSHAKE": "60",
    "PARLEY_EVENT_QUEUE": "100000",
}
"""The limits are set aside: the bench is one visitor from one address, thousands of times."""


@contextmanager
def process(command: list[str], cwd: Path, env: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Run a program while the block runs."""
    running = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        assert running.stdout is not None
        running.stdout.close()


@contextmanager
def bare_server(folder: Path) -> Iterator[tuple[str, int]]:
    """The probe's bare durable echo; gives its WebSocket address and process id."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "ws_dur:app", "--port", str(port), "--loop", "uvloop"]
    command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--log-level", "error"]
    with process(command, folder, {"PYTHONPATH": str(BARE), "SYNC": "FULL"}) as running:
        wait_for(port)
        yield f"ws://127.0.0.1:{port}/durable", running.pid


@contextmanager
def parley_server(folder: Path) -> Iterator[tuple[str, int, str]]:
    """``parley serve`` on an empty data folder; gives its address, process id and owner token."""
    command = [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--data", str(folder)]
    env = {**QUIET, "PYTHONPATH": str(ROOT)}
    with process(command, folder, env) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "--token-file" in line:
                address = line.split("--server ")[1].split()[0]
                token = Path(line.split("--token-file ")[1].strip()).read_text("utf-8").strip()
                break
        else:
            raise RuntimeError("parley serve ended before it was ready")
        yield address, running.pid, token


def publish(address: str, token: str, flow: Mapping[str, Any]) -> str:
    """Make an agent of ``flow`` and publish it; gives its public id."""
    agent = call(address, token, "POST", "/agents", {"name": str(flow["name"])})
    call(address, token, "PUT", f"/agents/{agent['id']}/flow", {"flow": flow})
    call(address, token, "POST", f"/agents/{agent['id']}/publish", {})
    return str(agent["public_id"])


def call(address: str, token: str, method: str, path: str, body: Any) -> Any:
    """One call of the API."""
    request = urllib.request.Request(
        f"{address}/api/v1{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "If-Match": "*"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path}: {error.code} {error.read()[:600]!r}") from error


def wait_for(port: int) -> None:
    """Wait until somebody listens at ``port``."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
