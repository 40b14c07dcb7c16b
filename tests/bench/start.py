"""How long people wait: until the server is ready, and until the studio has drawn a flow."""

import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from tests.bench.figures import ROUNDS, Figure
from tests.bench.processes import PATIENCE, ROOT, process
from tests.ports import free_port

FLOW = ROOT / "flows" / "table-reservation"


def server_ready() -> float:
    """Seconds from the start of ``parley serve --demo`` on an empty folder until it says that it is ready."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "server.cli",
            "serve",
            "--demo",
            "--port",
            str(port),
            "--data",
            folder,
        ]
        began = time.perf_counter()
        with process(command, ROOT, {"PARLEY_LOG_LEVEL": "error"}):
            while time.perf_counter() - began < PATIENCE:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                        if answer.status == 200:
                            return time.perf_counter() - began
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.01)
    raise RuntimeError(f"parley serve was not ready after {PATIENCE} s")


def studio_drawn() -> float:
    """Seconds from the start of the studio's process until its canvas has painted, under Xvfb."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24"]
        command += [sys.executable, "-m", "tests.bench.studio_start", str(FLOW), folder]
        with process(command, ROOT, {"QT_QPA_PLATFORM": "xcb"}) as running:
            assert running.stdout is not None
            line = running.stdout.readline()
            running.wait(PATIENCE)
    if not line:
        raise RuntimeError("the studio ended before it had drawn anything")
    return float(line)


def figures() -> Iterator[Figure]:
    """Both waits, the best of five."""
    yield Figure(
        "server_ready_s", min(server_ready() for _ in range(ROUNDS)), "s", "parley serve --demo, empty folder"
    )
    yield Figure(
        "studio_drawn_s", min(studio_drawn() for _ in range(ROUNDS)), "s", "table reservation, under Xvfb"
    )
