"""Not asking again and again who does not answer."""

from collections.abc import Callable
from enum import StrEnum

from engine.providers.speech import ProviderError, Trouble

FAILURES = 3
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 120.0


class BreakerState(StrEnum):
    """``closed``: all well. ``open``: not asked until the pause is over. ``half_open``: one is let through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """One for a provider and the key it is used with, shared by all calls.

    After ``FAILURES`` failures in a row it opens for `FIRST_PAUSE` seconds; then one request may try, and each
    failed try doubles the pause. A refused key opens it at once: nothing will change that soon. ``clock``
    gives seconds.
    """

    def __init__(self, provider: str, clock: Callable[[], float]) -> None:
        self._provider = provider
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._until = 0.0
        self._open = False
        self._trying_since: float | None = None
        self.reason = ""

    @property
    def state(self) -> BreakerState:
        """How it stands now."""
        if not self._open:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._clock() < self._until else BreakerState.HALF_OPEN

    @property
    def ready(self) -> bool:
        """Whether `enter` would let one through."""
        return self.state is BreakerState.CLOSED or (
            self.state is BreakerState.HALF_OPEN and not self._tried()
        )

    def enter(self) -> None:
        """Before a request. Raises `ProviderError` when nobody may ask now."""
        if not self.ready:
            left = max(0.0, self._until - self._clock())
            raise ProviderError(
                self._provider, Trouble.UNREACHABLE, f"not asked for {left:.0f} s, after: {self.reason}", left
            )
        if self._open:
            self._trying_since = self._clock()

    def succeeded(self) -> None:
        """It answered."""
        self._open = False
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._trying_since = None
        self.reason = ""

    def left(self) -> None:
        """The request was given up by whoever asked: it says nothing about the provider."""
        self._trying_since = None

    def failed(self, error: ProviderError) -> None:
        """It failed. That something is unsupported, or one request too many, says nothing about its health."""
        was_trying, self._trying_since = self._trying_since is not None, None
        if error.trouble is Trouble.UNSUPPORTED:
            return
        self._failures += 1
        self.reason = error.trouble.value
        refused = error.trouble is Trouble.REJECTED
        if refused or was_trying or self._failures >= FAILURES:
            wait = max(self._pause, error.retry_after or 0.0)
            self._until = self._clock() + min(wait, LONGEST_PAUSE)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._open = True

    def _tried(self) -> bool:
        # Who tries and never comes back must not keep the door shut for ever.
        return self._trying_since is not None and self._clock() - self._trying_since < LONGEST_PAUSE
