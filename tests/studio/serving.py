"""A Parley server of its own for stories about the client: the real program, in a process, on a free port."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.client.api import Api, read_token

STARTS = "Parley serves at"


@contextmanager
def served(folder: Path, checkout: Path, **settings: str) -> Iterator[Api]:
    """The API of a server whose data is in ``folder``, with these settings (``PARLEY_...``) beside the usual ones; it
    ends with the story."""
    command = [
        sys.executable,
        "-m",
        "server",
        "serve",
        "--demo",
        "--port",
        "0",
        "--data",
        str(folder / "data"),
    ]
    process = subprocess.Popen(
        command,
        cwd=checkout,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    try:
        yield Api(_address(process), read_token(folder / "data" / "owner-token"))
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        if process.stdout is not None:
            process.stdout.close()


def _address(process: "subprocess.Popen[str]") -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith(STARTS):
            address = line.removeprefix(STARTS).strip()
        if line.strip().startswith("studio"):
            return address
    raise AssertionError("The server did not start:\n" + "".join(said))
