"""How fast an answer came, as it was waited for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.providers.llm.contract import Times


class Pace:
    """Times one answer. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = clock()
        self._first: float | None = None
        self._wait = 0.0
        self._between: list[float] = []

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around the wait for a piece: what is done with the pieces meanwhile does not count."""
        since = self._clock()
        try:
            yield
        finally:
            self._wait = self._clock() - since

    def arrived(self) -> bool:
        """A piece is there; whether it is the first."""
        if self._first is None:
            self._first = self._clock() - self._begun
            return True
        self._between.append(self._wait)
        return False

    def times(self) -> Times:
        """So far."""
        between = sorted(self._between)
        middle = between[(len(between) - 1) // 2] if between else 0.0
        longest = between[-1] if between else 0.0
        whole = self._clock() - self._begun
        return Times(*(round(1000 * each) for each in (self._first or whole, whole, middle, longest)))
