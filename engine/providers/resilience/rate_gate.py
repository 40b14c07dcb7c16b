"""Waiting in line where a vendor limits how much it is asked."""

import asyncio
from collections.abc import Awaitable, Callable

from engine.providers.speech import ProviderError, Trouble

FIRST_PAUSE = 1.0


class RateGate:
    """A line before a provider: at most ``at_once`` requests run, at most ``waiting`` wait, in their order.

    After `limited` nobody passes until the vendor's pause is over. Who would wait longer than ``patience``
    seconds, or finds the line full, is turned away at once with ``RATE_LIMITED``, so that another provider can
    be asked.
    """

    def __init__(
        self,
        provider: str,
        *,
        at_once: int,
        waiting: int,
        patience: float,
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._provider = provider
        self._seats = asyncio.Semaphore(at_once)
        self._most = waiting
        self._waiting = 0
        self._patience = patience
        self._clock = clock
        self._pause = pause
        self._until = 0.0

    def limited(self, retry_after: float | None) -> None:
        """The vendor says: not now."""
        self._until = max(self._until, self._clock() + (FIRST_PAUSE if retry_after is None else retry_after))

    async def enter(self) -> None:
        """Wait for one's turn; `leave` must follow. Raises `ProviderError`."""
        if self._waiting >= self._most and (self._seats.locked() or self._left() > 0):
            raise self._away("too many requests wait already")
        self._refuse_if_long()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._seats.acquire()
            try:
                while (left := self._left()) > 0:
                    self._refuse_if_long()
                    await self._pause(left)
            except BaseException:
                self._seats.release()
                raise
        except TimeoutError as error:
            raise self._away("nobody's turn came in time") from error
        finally:
            self._waiting -= 1

    def leave(self) -> None:
        """One's request is over."""
        self._seats.release()

    async def __aenter__(self) -> "RateGate":
        await self.enter()
        return self

    async def __aexit__(self, *error: object) -> None:
        self.leave()

    def _left(self) -> float:
        return self._until - self._clock()

    def _refuse_if_long(self) -> None:
        if self._left() > self._patience:
            raise self._away("the vendor asked for a longer pause than a caller can wait")

    def _away(self, why: str) -> ProviderError:
        return ProviderError(self._provider, Trouble.RATE_LIMITED, why, max(0.0, self._left()) or None)
