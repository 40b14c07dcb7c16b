"""How late this machine woke somebody who asked for nothing but that, and when."""

import threading
import time

BEAT = 0.01
"""Seconds."""


class Heartbeat:
    """A thread that notes, for the time of a ``with``, each stall of 5 ms and more: (from, to), of `time.monotonic`."""

    def __init__(self) -> None:
        self.stalls: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        due = time.monotonic() + BEAT
        while not self._over.wait(max(0.0, due - time.monotonic())):
            woken = time.monotonic()
            if woken - due > BEAT / 2:
                self.stalls.append((due, woken))
            due = woken + BEAT

    def late(self, since: float, until: float) -> float:
        """Seconds of a stretch in which the machine did not run us though it should have."""
        inside = ((max(a, since), min(b, until)) for a, b in tuple(self.stalls))
        return sum(b - a for a, b in inside if b > a)
