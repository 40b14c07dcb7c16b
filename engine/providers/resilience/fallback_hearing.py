"""Recognisers one after the other: what one does not answer, the next one hears."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from engine.providers.failures import closed
from engine.providers.hearing import LONGEST_UTTERANCE, Events
from engine.providers.resilience.endpointer import Endpointer
from engine.providers.resilience.link import Link, nobody
from engine.providers.resilience.retrying import retrying
from engine.providers.speech import (
    EagerEnd,
    Final,
    HeardEvent,
    Hints,
    ProviderError,
    SpeechToText,
    SttAbilities,
    Transcript,
    TranscriptStream,
    TurnResumed,
)

BATCH_BUDGET = 20.0
"""Seconds in which the last provider of a chain is asked again."""


class FallbackSpeechToText:
    """Several recognisers as one. It can do what its first one can."""

    def __init__(self, links: Sequence[Link[SpeechToText]], chance: Callable[[], float]) -> None:
        if not links:
            raise ValueError("A chain needs at least one provider.")
        self.links = tuple(links)
        self._chance = chance

    @property
    def name(self) -> str:
        """Of the one that would be asked now."""
        return self._first.provider.name

    @property
    def model(self) -> str:
        """Of the one that would be asked now."""
        return self._first.provider.model

    @property
    def abilities(self) -> SttAbilities:
        """Of the first; the languages of all."""
        own = self.links[0].provider.abilities
        spoken = [link.provider.abilities.languages for link in self.links]
        languages = tuple(dict.fromkeys(one for some in spoken for one in some)) if all(spoken) else ()
        return SttAbilities(
            own.streaming, own.partials, own.finds_turns, own.keyterms, own.grammar, languages
        )

    @property
    def _first(self) -> Link[SpeechToText]:
        return next((link for link in self.links if link.ready), self.links[0])

    async def transcribe_stream(self, rate: int, hints: Hints) -> TranscriptStream:
        """Of the first that answers. Raises `ProviderError` when none does."""
        stream = FallbackStream(self.links, rate, hints, self.abilities.finds_turns)
        await stream.open()
        return stream

    async def transcribe_batch(self, pcm: bytes, rate: int, hints: Hints) -> Transcript:
        """By the first that answers; the last is asked twice. Raises `ProviderError` when none does."""
        able = [link for link in self.links if link.speaks(hints.locale)]
        last: ProviderError | None = None
        for link in able:
            if not link.ready:
                continue

            async def ask(link: Link[SpeechToText] = link) -> Transcript:
                async with link.asking():
                    begun = link.watch.clock()
                    found = await link.provider.transcribe_batch(pcm, rate, hints)
                    link.answered(begun)
                    link.used(sound_ms=found.billed_ms)
                    return found

            try:
                return await retrying(
                    ask,
                    budget=BATCH_BUDGET,
                    attempts=2 if link is able[-1] else 1,
                    clock=link.watch.clock,
                    chance=self._chance,
                )
            except ProviderError as error:
                last = error
        raise nobody("hearing", last, "" if able else hints.locale)

    async def check(self) -> None:
        """Whether any would answer now."""
        last: ProviderError | None = None
        for link in self.links:
            try:
                return await link.provider.check()
            except ProviderError as error:
                last = error
        raise nobody("hearing", last)

    async def aclose(self) -> None:
        """Let all connections go."""
        await asyncio.gather(*(link.provider.aclose() for link in self.links))

    def describe(self) -> list[dict[str, Any]]:
        """Each in its order."""
        return [link.describe() for link in self.links]


class FallbackStream:
    """One caller's sound, at one recogniser at a time.

    What was sent since the last `Final` (30 s at most) is kept, and sent again to the next one. A provider is
    asked once for what is open, twice when there is no other; each `Final` begins the count anew.
    """

    def __init__(
        self, links: Sequence[Link[SpeechToText]], rate: int, hints: Hints, finds_turns: bool
    ) -> None:
        self._links = links
        self._rate = rate
        self._hints = hints
        self._finds_turns = finds_turns
        self._events = Events()
        self._lock = asyncio.Lock()
        self._kept = bytearray()
        self._marks: list[int] = []
        self._asked: list[float] = []
        self._tries: dict[int, int] = {}
        self._active: tuple[Link[SpeechToText], TranscriptStream] | None = None
        self._endpointer: Endpointer | None = None
        self._finishing = False
        self._eager = False
        self._pumping: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Raises `ProviderError` when nobody answers."""
        await self._attach(None)
        self._pumping = asyncio.create_task(self._pump())

    async def send(self, pcm: bytes) -> None:
        """The next stretch of sound; kept until it is understood."""
        async with self._lock:
            self._kept += pcm
            self._forget(len(self._kept) - LONGEST_UTTERANCE * self._rate * 2)
            if self._active is not None:
                await self._active[1].send(pcm)
                if self._endpointer is not None and self._endpointer.ended(pcm):
                    await self._flush()

    async def configure(self, hints: Hints) -> None:
        """For this one and the next."""
        async with self._lock:
            self._hints = hints
            if self._active is not None:
                await self._active[1].configure(hints)

    async def flush(self) -> None:
        """A `Final` must follow, from whomever."""
        async with self._lock:
            await self._flush()

    async def finish(self) -> None:
        """No more sound."""
        async with self._lock:
            self._finishing = True
            if self._active is not None:
                await self._active[1].finish()

    async def aclose(self) -> None:
        """Let go at once."""
        self._events.end()
        if self._pumping is not None:
            self._pumping.cancel()
            await asyncio.gather(self._pumping, return_exceptions=True)
        await self._detach()

    def __aiter__(self) -> AsyncIterator[HeardEvent]:
        return self._events.__aiter__()

    async def _flush(self) -> None:
        self._marks.append(len(self._kept))
        self._asked.append(self._links[0].watch.clock())
        if self._active is not None:
            await self._active[1].flush()

    def _forget(self, size: int) -> None:
        if size > 0:
            size += size % 2
            del self._kept[:size]
            self._marks = [max(0, mark - size) for mark in self._marks]

    async def _pump(self) -> None:
        try:
            while self._active is not None:
                link, stream = self._active
                try:
                    async for event in stream:
                        self._tell(link, event)
                    if self._finishing:
                        break
                    raise closed(link.provider.name)
                except ProviderError as error:
                    link.failed(error)
                    await self._detach()
                    await self._attach(error)
            self._events.end()
        except ProviderError as error:
            self._events.fail(error)

    async def _attach(self, last: ProviderError | None) -> None:
        """The next that answers, told everything that is still open. Raises the last failure."""
        while (link := self._next(last)) is not None:
            self._tries[id(link)] = self._tries.get(id(link), 0) + 1
            try:
                async with link.asking():
                    stream = await link.provider.transcribe_stream(self._rate, self._hints)
            except ProviderError as error:
                last = error
                continue
            async with self._lock:
                await self._catch_up(link, stream)
            return
        able = any(link.speaks(self._hints.locale) for link in self._links)
        raise nobody("hearing", last, "" if able else self._hints.locale)

    def _next(self, last: ProviderError | None) -> Link[SpeechToText] | None:
        able = [link for link in self._links if link.ready and link.speaks(self._hints.locale)]
        for most in (1, 2):
            for link in able:
                if self._tries.get(id(link), 0) < most:
                    return link
            if last is None or not last.trouble.passing:
                return None
        return None

    async def _catch_up(self, link: Link[SpeechToText], stream: TranscriptStream) -> None:
        self._active = (link, stream)
        needs_ends = self._finds_turns and not link.provider.abilities.finds_turns
        self._endpointer = Endpointer(self._rate) if needs_ends else None
        kept, marks = bytes(self._kept), self._marks
        at = 0
        for mark in marks:
            await stream.send(kept[at:mark])
            await stream.flush()
            at = mark
        if kept[at:]:
            await stream.send(kept[at:])
            if self._endpointer is not None and self._endpointer.ended(kept[at:]):
                await self._flush()
        if self._finishing:
            await stream.finish()

    async def _detach(self) -> None:
        active, self._active = self._active, None
        if self._eager:
            self._eager = False
            self._events.tell(TurnResumed())
        if active is not None:
            await active[1].aclose()

    def _tell(self, link: Link[SpeechToText], event: HeardEvent) -> None:
        self._eager = isinstance(event, EagerEnd) or (
            self._eager and not isinstance(event, TurnResumed | Final)
        )
        if isinstance(event, Final):
            # Should this one fail next, another is asked before it.
            self._tries = {id(link): 1}
            link.watch.breaker.succeeded()
            link.used(sound_ms=event.transcript.billed_ms)
            if self._asked:
                link.answered(self._asked.pop(0))
            self._forget(self._marks.pop(0) if self._marks else len(self._kept))
            if self._endpointer is not None and not event.ends_turn:
                event = Final(event.transcript, ends_turn=True)
        self._events.tell(event)
