"""What ``make run`` starts: the server with its demo and, with ``--studio``, the studio connected to it.

Ctrl-C stops both. Closing the studio leaves the server running.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
PARLEY = ROOT / ".venv" / "bin" / "parley"
HINT = re.compile(r"^\s+studio\s+parley studio --server (\S+) --token-file (.+)$")
"""The server's own line about how to reach it with the studio: its address and the file with the owner's token."""
PATIENCE = 15
"""Seconds a program gets to end before it is killed."""


def main(with_studio: bool) -> int:
    """Serve until told to stop."""
    serve = [str(PARLEY), "serve", "--demo"]
    if not with_studio:
        os.chdir(ROOT)
        os.execv(serve[0], serve)  # noqa: S606
    stopping = threading.Event()
    studios: list[subprocess.Popen[bytes]] = []
    # Of its own group: Ctrl-C reaches this program only, which then ends both in order.
    with subprocess.Popen(
        serve, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:

        def stop(number: int, frame: FrameType | None) -> None:
            stopping.set()
            for studio in studios:
                studio.terminate()
            server.terminate()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        assert server.stdout is not None
        for line in server.stdout:
            print(line, end="", flush=True)
            found = HINT.match(line)
            if found and not studios:
                studios.append(open_studio(found[1], found[2].strip(), stopping))
        code = server.wait()
    for studio in studios:
        end(studio)
    return 0 if code in (0, -signal.SIGTERM, -signal.SIGINT) else code


def open_studio(address: str, token_file: str, stopping: threading.Event) -> "subprocess.Popen[bytes]":
    """Start the studio; says so when it is closed while nobody is ``stopping``."""
    command = [str(PARLEY), "studio", "--server", address, "--token-file", token_file]
    command.insert(2, str(ROOT / "flows" / "table-reservation"))
    studio = subprocess.Popen(command, cwd=ROOT, start_new_session=True)

    def watch() -> None:
        code = studio.wait()
        if stopping.is_set():
            return
        if code == 0:
            print("The studio is closed. The server goes on; Ctrl-C stops it.", flush=True)
        elif code > 0:
            print(f"The studio ended with {code}. The server goes on; open it again: make studio", flush=True)

    threading.Thread(target=watch, daemon=True).start()
    return studio


def end(process: "subprocess.Popen[bytes]") -> None:
    """Make sure that ``process`` has ended."""
    try:
        process.terminate()
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main("--studio" in sys.argv[1:]))
