"""Twenty milliseconds, again and again: one clock for all lines of a process.

Ticks are due at whole multiples from the start, so they do not drift. After a stall a few are made up for at
once; what is older is dropped, because sound that comes late is not wanted any more.
"""

import asyncio
from collections.abc import Callable

import structlog

TICK_MS = 20
MAX_MADE_UP = 5
"""Ticks made up for after a stall."""
_log = structlog.get_logger(__name__)


class Clock:
    """Calls everybody who joined at each tick; sleeps while nobody has."""

    def __init__(self) -> None:
        self._lines: dict[int, Callable[[], None]] = {}
        self._next_key = 0
        self._due = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def join(self, tick: Callable[[], None]) -> Callable[[], None]:
        """Call ``tick`` every 20 ms from now on; answers with what ends that."""
        key = self._next_key
        self._next_key += 1
        self._lines[key] = tick
        if self._handle is None:
            loop = asyncio.get_running_loop()
            self._due = loop.time() + TICK_MS / 1000
            self._handle = loop.call_at(self._due, self._run)

        def leave() -> None:
            self._lines.pop(key, None)
            if not self._lines and self._handle is not None:
                self._handle.cancel()
                self._handle = None

        return leave

    def _run(self) -> None:
        loop = asyncio.get_running_loop()
        period = TICK_MS / 1000
        late = int((loop.time() - self._due) / period)
        if late > MAX_MADE_UP:
            self._due += (late - MAX_MADE_UP) * period
            late = MAX_MADE_UP
        self._handle = loop.call_at(self._due + (late + 1) * period, self._run)
        self._due += (late + 1) * period
        for _ in range(late + 1):
            for tick in tuple(self._lines.values()):
                try:
                    tick()
                except Exception:
                    # One line's fault is not the others'.
                    _log.exception("tick_failed")
