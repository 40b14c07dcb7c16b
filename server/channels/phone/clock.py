"""One clock for the sound of all calls: a wake-up every 20 ms, however many calls there are."""

import asyncio
from collections.abc import Callable

import structlog

log = structlog.get_logger()
PERIOD = 0.02
"""Seconds."""
CATCH_UP = 6
"""Ticks that are made up for after the machine stood still; what is older is skipped. As many as the voice makes up
for (`server.channels.voice.clock`), else sound would wait longer with each stall."""
Ticker = Callable[[int], None]
"""Called with how many ticks have passed: 1, or up to `CATCH_UP`."""


class Clock:
    """Runs while anybody listens."""

    def __init__(self) -> None:
        self._tickers: dict[Ticker, None] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0
        self.skipped = 0

    def add(self, ticker: Ticker) -> None:
        """Tick for this one too."""
        self._tickers[ticker] = None
        if self._handle is None:
            loop = asyncio.get_running_loop()
            self._due = loop.time() + PERIOD
            self._handle = loop.call_at(self._due, self._tick)

    def remove(self, ticker: Ticker) -> None:
        """No more; nothing happens when it was not there."""
        self._tickers.pop(ticker, None)
        if not self._tickers and self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        passed = 1 + int((loop.time() - self._due) / PERIOD)
        self._due += passed * PERIOD
        self._handle = loop.call_at(self._due, self._tick)
        if passed > CATCH_UP:
            self.skipped += passed - CATCH_UP
            passed = CATCH_UP
        for ticker in list(self._tickers):
            try:
                ticker(passed)
            except Exception as error:
                log.exception("the sound of a call failed", error=type(error).__name__)
                self.remove(ticker)
