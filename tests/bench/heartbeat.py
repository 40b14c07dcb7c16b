"""How late this machine woke somebody who asked for nothing but that, and when."""

import subprocess
import sys
import threading
import time
from pathlib import Path

BEAT = 0.01
"""Seconds."""
ROOT = Path(__file__).resolve().parents[2]


class Heartbeat:
    """A process that notes, for the time of a ``with``, each stall of 5 ms and more: (from, to), of
    `time.monotonic`. It is one of its own, so that only the machine can hold it up, and nothing of ours."""

    def __init__(self) -> None:
        self.stalls: list[tuple[float, float]] = []

    def __enter__(self) -> "Heartbeat":
        command = [sys.executable, "-m", "tests.bench.heartbeat"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            due, woken = map(float, line.split())
            self.stalls.append((due, woken))

    def late(self, since: float, until: float) -> float:
        """Seconds of a stretch in which the machine did not run us though it should have."""
        inside = ((max(a, since), min(b, until)) for a, b in tuple(self.stalls))
        return sum(b - a for a, b in inside if b > a)


def beat() -> None:
    """Tell each stall on standard output, for as long as somebody reads it."""
    due = time.monotonic() + BEAT
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        woken = time.monotonic()
        if woken - due > BEAT / 2:
            print(due, woken, flush=True)
        due = woken + BEAT


if __name__ == "__main__":
    beat()
