"""One provider of a chain, with what watches over it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import msgspec

from engine.providers.prices import Price, cost_micros
from engine.providers.resilience.breaker import Breaker
from engine.providers.resilience.metrics import ProviderMetrics
from engine.providers.resilience.rate_gate import RateGate
from engine.providers.speech import ProviderError, SpeechToText, TextToSpeech, Trouble

P = TypeVar("P", bound=SpeechToText | TextToSpeech)
Clock = Callable[[], float]
AT_ONCE = 100
"""Requests a provider is asked at once; vendors allow some tens to some hundreds."""
WAITING = 50
PATIENCE = 2.0
"""Seconds a caller waits in line before the next provider is asked."""


class Watch:
    """What outlives a call: breaker, gate and counters of one provider under one key."""

    def __init__(
        self,
        name: str,
        model: str,
        clock: Clock,
        prices: dict[str, Price],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.clock = clock
        self.prices = prices
        self.breaker = Breaker(name, clock)
        self.metrics = ProviderMetrics(name, model)
        self.gate = RateGate(
            name, at_once=AT_ONCE, waiting=WAITING, patience=PATIENCE, clock=clock, pause=pause
        )


class Link(Generic[P]):
    """A provider and its watch."""

    def __init__(self, provider: P, watch: Watch) -> None:
        self.provider = provider
        self.watch = watch

    @property
    def ready(self) -> bool:
        """Whether it may be asked now."""
        return self.watch.breaker.ready

    def speaks(self, locale: str) -> bool:
        """Whether it knows the language."""
        languages = self.provider.abilities.languages
        return (
            not locale or not languages or locale.lower().startswith(tuple(one.lower() for one in languages))
        )

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """A request: waits in line, counts, and tells the breaker how it went."""
        watch = self.watch
        watch.breaker.enter()
        settled = False
        try:
            async with watch.gate:
                watch.metrics.requests += 1
                yield
            settled = True
            watch.breaker.succeeded()
        except ProviderError as error:
            settled = True
            self.failed(error)
            raise
        finally:
            if not settled:
                watch.breaker.left()

    def failed(self, error: ProviderError) -> None:
        """A failure, counted."""
        self.watch.metrics.failed(error.trouble, str(error))
        if error.trouble is Trouble.RATE_LIMITED:
            self.watch.gate.limited(error.retry_after)
            self.watch.breaker.left()
        else:
            self.watch.breaker.failed(error)

    def answered(self, since: float) -> None:
        """The first answer to what was asked at ``since``."""
        self.watch.metrics.answered(round(1000 * (self.watch.clock() - since)))

    def used(self, sound_ms: int = 0, characters: int = 0) -> None:
        """What will be billed."""
        found, model = self.provider.name, self.provider.model
        cost = cost_micros(self.watch.prices, found, model, sound_ms=sound_ms, characters=characters)
        self.watch.metrics.used(sound_ms, characters, cost)

    def describe(self) -> dict[str, Any]:
        """For an API: who it is, what it can do and how it stands."""
        status = self.watch.breaker
        return {
            "name": self.provider.name,
            "model": self.provider.model,
            "abilities": msgspec.to_builtins(self.provider.abilities),
            "status": status.state.value,
            "reason": status.reason,
            "metrics": self.watch.metrics.export(),
        }


def nobody(what: str, last: ProviderError | None, locale: str = "") -> ProviderError:
    """The end of a chain."""
    if last is not None:
        return last
    if locale:
        return ProviderError(what, Trouble.UNSUPPORTED, f"no provider is set up for {locale}")
    return ProviderError(what, Trouble.UNREACHABLE, "no provider answers now")
