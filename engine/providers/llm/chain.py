"""Language models one after the other: where one fails before its first word, the next one is asked."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec

from engine.providers.llm.contract import BrokenAnswer, Done, Event, Prompt, Words
from engine.providers.llm.link import ModelLink
from engine.providers.llm.pace import Pace
from engine.providers.llm.tokens import guessed
from engine.providers.resilience.link import nobody
from engine.providers.resilience.retrying import FIRST_PAUSE
from engine.providers.speech import ProviderError, Trouble

FIRST_WORD = 4.0
"""Seconds for the first piece of an answer, while another model could be asked."""
SHARE = 0.6
"""Of what is left of the turn, at most so much for one model's first piece while another could be asked."""
Waited = TypeVar("Waited")
ROUNDS = 3
"""So often each model is asked, while the turn lasts."""


class FallbackLanguageModel:
    """Several models as one. Raises ``ValueError`` without any.

    ``chance`` gives 0 to 1, for pauses that do not come back together.
    """

    def __init__(
        self,
        links: Sequence[ModelLink],
        chance: Callable[[], float] = random.random,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not links:
            raise ValueError("A chain needs at least one model.")
        self.links = tuple(links)
        self._chance = chance
        self._pause = pause

    @property
    def name(self) -> str:
        """Of the one that would be asked now."""
        return self._first.provider.name

    @property
    def model(self) -> str:
        """Of the one that would be asked now."""
        return self._first.provider.model

    @property
    def window(self) -> int:
        """The smallest: what fits, fits whoever answers."""
        return min(link.provider.window for link in self.links)

    @property
    def _first(self) -> ModelLink:
        return next((link for link in self.links if link.ready), self.links[0])

    async def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncGenerator[Event, None]:
        """See `LanguageModel`. Nobody is asked again once a piece was handed on: the failure is raised then. Whose
        answer is broken is asked once more. `Done` holds the times since the question, and the cost."""
        turn = Turn(prompt, budget_ms)
        for round_ in range(ROUNDS):
            asked = False
            for link in self.links:
                if not turn.open_to(link):
                    continue
                asked = True
                async with contextlib.aclosing(self._ask(link, turn)) as events:
                    async for event in events:
                        yield event
                if turn.over:
                    return
            wait = max(turn.wait, FIRST_PAUSE * 2**round_ * self._chance())
            if not asked or wait >= turn.left:
                break
            turn.wait = 0.0
            await self._pause(wait)
        raise turn.last or nobody("model", None)

    async def _ask(self, link: ModelLink, turn: "Turn") -> AsyncGenerator[Event, None]:
        """One model's answer; a failure before its first piece is noted and not raised."""
        others = any(turn.open_to(other) for other in self.links if other is not link)
        try:
            async with contextlib.aclosing(answered(link, turn, others)) as events:
                async for event in events:
                    turn.over = True
                    yield event
        except ProviderError as error:
            if turn.over:
                raise
            turn.failed(link, error)

    async def check(self) -> None:
        """Whether any would answer now."""
        last: ProviderError | None = None
        for link in self.links:
            try:
                return await link.provider.check()
            except ProviderError as error:
                last = error
        raise nobody("model", last)

    async def aclose(self) -> None:
        """Let all connections go."""
        await asyncio.gather(*(link.provider.aclose() for link in self.links))

    def describe(self) -> list[dict[str, Any]]:
        """Each in its order."""
        return [link.describe() for link in self.links]


class Turn:
    """What is asked, how long that may last, and who failed already. ``wait`` is the shortest pause in seconds that a
    vendor asked for; ``over``: a piece was handed on."""

    def __init__(self, prompt: Prompt, budget_ms: int) -> None:
        self._clock = asyncio.get_running_loop().time
        self._ends = self._clock() + budget_ms / 1000
        self._out: set[int] = set()
        self._broken: set[int] = set()
        self.prompt = prompt
        self.pace = Pace(self._clock)
        self.wait = 0.0
        self.over = False
        self.last: ProviderError | None = None

    @property
    def left(self) -> float:
        """Seconds."""
        return self._ends - self._clock()

    def open_to(self, link: ModelLink) -> bool:
        """Whether it may be asked (again)."""
        return id(link) not in self._out and link.ready and self.left > 0

    def failed(self, link: ModelLink, error: ProviderError) -> None:
        """It gave nothing."""
        self.last = error
        broken = isinstance(error, BrokenAnswer)
        if not error.trouble.passing or (broken and id(link) in self._broken):
            self._out.add(id(link))
        if broken:
            self._broken.add(id(link))
        if error.retry_after is not None:
            self.wait = min(self.wait or error.retry_after, error.retry_after)


async def answered(link: ModelLink, turn: Turn, others: bool) -> AsyncGenerator[Event, None]:
    """One model's answer, watched: counted, timed and paid for, also when it breaks off."""
    prompt, text = turn.prompt, [""]
    async with contextlib.AsyncExitStack() as stack:
        await in_time(stack.enter_async_context(link.asking(fair=turn.left)), link, turn.left)
        begun, given, settled = link.watch.clock(), turn.left, False
        answer = link.provider.stream(prompt, budget_ms=max(1, round(given * 1000)))
        await stack.enter_async_context(contextlib.aclosing(answer))  # type: ignore[type-var]
        first = min(FIRST_WORD, given * SHARE) if others else None
        try:
            while True:
                with turn.pace.waiting():
                    event = await in_time(anext(answer, None), link, None if turn.over else first)
                if event is None:
                    return
                if turn.pace.arrived():
                    link.answered(begun)
                if isinstance(event, Words):
                    text.append(event.text)
                if isinstance(event, Done):
                    settled = True
                    cost = link.spent(event.usage)
                    event = msgspec.structs.replace(event, times=turn.pace.times(), cost_micros=cost)
                    link.paced(event.times)
                yield event
        finally:
            # Who breaks off, or is cut in on, is billed for what it made until then.
            if not settled and turn.over:
                link.spent(guessed(prompt, "".join(text)))


async def in_time(wait: Awaitable[Waited], link: ModelLink, seconds: float | None) -> Waited:
    """What is waited for. Raises `ProviderError` when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await wait
    except TimeoutError as error:
        raise ProviderError(link.provider.name, Trouble.TIMEOUT, "no first word in time") from error
