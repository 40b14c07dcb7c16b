"""What streams of transcripts have in common: a queue of events, and collecting an utterance for a batch."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from engine.providers import sound
from engine.providers.speech import Final, HeardEvent, Hints, ProviderError, Transcript, Trouble

LONGEST_UTTERANCE = 30
"""Seconds kept of what was sent since the last flush; older sound is forgotten."""
FAINT = 40
"""Peak amplitude below which there was no sound at all."""


class Events:
    """The events of one stream, told by whoever hears, read by iterating. Ends once."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[HeardEvent | ProviderError | None] = asyncio.Queue()
        self.over = False

    def tell(self, event: HeardEvent) -> None:
        """One more event, unless the stream is over."""
        if not self.over:
            self._queue.put_nowait(event)

    def fail(self, error: ProviderError) -> None:
        """The stream is over by a failure."""
        if not self.over:
            self.over = True
            self._queue.put_nowait(error)

    def end(self) -> None:
        """The stream is over."""
        if not self.over:
            self.over = True
            self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[HeardEvent]:
        while (event := await self._queue.get()) is not None:
            if isinstance(event, ProviderError):
                raise event
            yield event


class CollectedStream:
    """A stream made of batches: sound is collected until ``flush``, and recognised as one utterance.

    Silence around the utterance is cut off before, so it costs nothing; utterances are recognised one after
    the other, in their order.
    """

    def __init__(
        self, rate: int, hints: Hints, recognise: Callable[[bytes, int, Hints], Awaitable[Transcript]]
    ) -> None:
        self._rate = rate
        self._hints = hints
        self._recognise = recognise
        self._sound = bytearray()
        self._events = Events()
        self._jobs: asyncio.Queue[tuple[bytes, Hints] | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._work())

    async def send(self, pcm: bytes) -> None:
        """The next stretch of sound."""
        self._sound += pcm
        longest = LONGEST_UTTERANCE * self._rate * 2
        if len(self._sound) > longest + self._rate:
            del self._sound[: len(self._sound) - longest]

    async def configure(self, hints: Hints) -> None:
        """Holds for the next flush on."""
        self._hints = hints

    async def flush(self) -> None:
        """Recognise what was collected."""
        self._jobs.put_nowait((bytes(self._sound), self._hints))
        self._sound.clear()

    async def finish(self) -> None:
        """Recognise what is left, and end."""
        if self._sound:
            await self.flush()
        self._jobs.put_nowait(None)

    async def aclose(self) -> None:
        """Let go at once."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._events.end()

    def __aiter__(self) -> AsyncIterator[HeardEvent]:
        return self._events.__aiter__()

    async def _work(self) -> None:
        try:
            while (job := await self._jobs.get()) is not None:
                pcm, hints = job
                self._events.tell(Final(await self._utterance(pcm, hints)))
            self._events.end()
        except ProviderError as error:
            self._events.fail(error)
        except Exception as error:
            self._events.fail(ProviderError("speech", Trouble.BROKEN, f"recognition failed: {error!r}"))

    async def _utterance(self, pcm: bytes, hints: Hints) -> Transcript:
        spoken = sound.trim(pcm, self._rate, margin_ms=200)
        if not spoken or int(abs(sound.samples_of(spoken).astype("i4")).max()) < FAINT:
            return Transcript("")
        return await self._recognise(spoken, self._rate, hints)
