"""A language model of a chain, with what watches over it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from engine.providers.llm.contract import BrokenAnswer, LanguageModel, Times, Usage
from engine.providers.prices import tokens_micros
from engine.providers.resilience.link import Watch
from engine.providers.speech import ProviderError, Trouble

FAIR = 2.0
"""Seconds: who was given less and did not answer in them is not blamed."""


class ModelLink:
    """A model and its watch."""

    def __init__(self, provider: LanguageModel, watch: Watch) -> None:
        self.provider = provider
        self.watch = watch

    @property
    def ready(self) -> bool:
        """Whether it may be asked now."""
        return self.watch.breaker.ready

    @asynccontextmanager
    async def asking(self, fair: float) -> AsyncIterator[None]:
        """A request that is given ``fair`` seconds: waits in line, counts, and tells the breaker how it went."""
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
            self._failed(error, fair)
            raise
        finally:
            if not settled:
                watch.breaker.left()

    def _failed(self, error: ProviderError, fair: float) -> None:
        self.watch.metrics.failed(error.trouble, str(error))
        if error.trouble is Trouble.RATE_LIMITED:
            self.watch.gate.limited(error.retry_after)
            self.watch.breaker.left()
        elif isinstance(error, BrokenAnswer) or (error.trouble is Trouble.TIMEOUT and fair < FAIR):
            # The vendor is well; what it was asked was too hard, or too late.
            self.watch.breaker.left()
        else:
            self.watch.breaker.failed(error)

    def answered(self, since: float) -> None:
        """The first piece of the answer to what was asked at ``since``."""
        self.watch.metrics.answered(round(1000 * (self.watch.clock() - since)))

    def paced(self, times: Times) -> None:
        """How an answer came."""
        self.watch.metrics.paced(times.between_p50_ms, times.between_max_ms)

    def spent(self, usage: Usage) -> int:
        """What will be billed; its cost in millionths of a US dollar."""
        found, model = self.provider.name, self.provider.model
        read, cached, written = usage.input, usage.cached, usage.output
        cost = tokens_micros(self.watch.prices, found, model, read=read, cached=cached, written=written)
        self.watch.metrics.used(cost_micros=cost)
        self.watch.metrics.counted(read, cached, written)
        return cost

    def describe(self) -> dict[str, Any]:
        """For an API: who it is and how it stands."""
        status = self.watch.breaker
        return {
            "name": self.provider.name,
            "model": self.provider.model,
            "window": self.provider.window,
            "status": status.state.value,
            "reason": status.reason,
            "metrics": self.watch.metrics.export(),
        }
