"""Voices one after the other: where one breaks off, the next one goes on."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

from engine.providers.resilience.link import Link, nobody
from engine.providers.sentences import sentences
from engine.providers.speech import (
    ProviderError,
    Sound,
    TextToSpeech,
    Trouble,
    TtsAbilities,
    Voice,
    VoiceFacts,
    Word,
)

FIRST_SOUND = 4.0
"""Seconds for the first sound of a sentence, while another voice could be asked."""
FASTEST = 20
"""Characters a second that nobody speaks faster: without times of words, that much counts as spoken."""
SLACK_MS = 200
"""Sound after the last word that is known, before others are assumed to have sounded."""


class FallbackTextToSpeech:
    """Several voices as one. It can do what its first one can."""

    def __init__(self, links: Sequence[Link[TextToSpeech]]) -> None:
        if not links:
            raise ValueError("A chain needs at least one provider.")
        self.links = tuple(links)

    @property
    def name(self) -> str:
        """Of the one that would be asked now."""
        return self._first.provider.name

    @property
    def model(self) -> str:
        """Of the one that would be asked now."""
        return self._first.provider.model

    @property
    def abilities(self) -> TtsAbilities:
        """Of the first."""
        return self.links[0].provider.abilities

    @property
    def _first(self) -> Link[TextToSpeech]:
        return next((link for link in self.links if link.ready), self.links[0])

    async def synthesize_stream(
        self, text: str | AsyncIterator[str], voice: Voice, rate: int
    ) -> AsyncIterator[Sound]:
        """No word is spoken twice: the next voice begins with the first word that did not sound. Raises
        `ProviderError` when nobody is left."""
        progress = Progress(rate)
        broken: list[Link[TextToSpeech]] = []
        last: ProviderError | None = None
        async for sentence in sentences(text):
            progress.begin(sentence)
            while progress.rest:
                link = self._next(broken, voice.locale)
                if link is None:
                    raise nobody("voice", last)
                try:
                    async with contextlib.aclosing(self._speak(link, progress, voice, broken)) as sounds:
                        async for sound in sounds:
                            yield sound
                except ProviderError as error:
                    last = error
                    # For the whole utterance: a voice that came and went would be worse than another one.
                    broken.append(link)
                    progress.broke_off()
                else:
                    progress.done()

    async def _speak(
        self, link: Link[TextToSpeech], progress: "Progress", voice: Voice, broken: list[Link[TextToSpeech]]
    ) -> AsyncGenerator[Sound, None]:
        own = self._own(link, voice)
        others = self._next([*broken, link], voice.locale) is not None
        async with link.asking():
            begun, first = link.watch.clock(), True
            link.used(characters=len(progress.rest))
            making = link.provider.synthesize_stream(progress.rest, own, progress.rate)
            async with contextlib.aclosing(making) as sounds:  # type: ignore[type-var]
                while True:
                    try:
                        async with asyncio.timeout(FIRST_SOUND if first and others else None):
                            sound = await anext(sounds)
                    except StopAsyncIteration:
                        return
                    except TimeoutError as error:
                        raise ProviderError(
                            link.provider.name, Trouble.TIMEOUT, "no sound in time"
                        ) from error
                    if first and sound.pcm:
                        first = False
                        link.answered(begun)
                    yield progress.sounded(sound)

    def _next(self, broken: list[Link[TextToSpeech]], locale: str) -> Link[TextToSpeech] | None:
        for link in self.links:
            if link not in broken and link.ready and link.speaks(locale):
                return link
        return None

    def _own(self, link: Link[TextToSpeech], voice: Voice) -> Voice:
        """Who speaks at this provider: one's names mean nothing to another."""
        own = voice.by.get(link.provider.name, voice.id if link is self.links[0] else "")
        return Voice(own, voice.locale, voice.speed, voice.volume)

    async def synthesize_batch(self, text: str, voice: Voice, rate: int) -> bytes:
        """All of it, of one voice: another one begins anew. Raises `ProviderError` when none is left."""
        last: ProviderError | None = None
        for link in self.links:
            if not link.ready or not link.speaks(voice.locale):
                continue
            own = self._own(link, voice)
            try:
                async with link.asking():
                    begun = link.watch.clock()
                    made = await link.provider.synthesize_batch(text, own, rate)
                    link.answered(begun)
                    link.used(characters=len(text))
                    return made
            except ProviderError as error:
                last = error
        raise nobody("voice", last)

    async def voices(self) -> tuple[VoiceFacts, ...]:
        """Of the first: an agent's voice is one of its voices."""
        return await self.links[0].provider.voices()

    async def check(self) -> None:
        """Whether any would answer now."""
        last: ProviderError | None = None
        for link in self.links:
            try:
                return await link.provider.check()
            except ProviderError as error:
                last = error
        raise nobody("voice", last)

    async def aclose(self) -> None:
        """Let all connections go."""
        await asyncio.gather(*(link.provider.aclose() for link in self.links))

    def describe(self) -> list[dict[str, Any]]:
        """Each in its order."""
        return [link.describe() for link in self.links]


class Progress:
    """How far an utterance has sounded. ``rest`` is what of the current sentence did not sound yet."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.rest = ""
        self._total = 0
        self._began = 0
        self._known: list[Word] = []

    def begin(self, sentence: str) -> None:
        """The next sentence."""
        self.rest = sentence
        self._turn()

    def sounded(self, sound: Sound) -> Sound:
        """More of it, with its words at their times in the whole utterance."""
        before = self._began // 2 * 1000 // self.rate
        self._total += len(sound.pcm)
        self._known += sound.words
        moved = tuple(Word(word.text, word.start + before, word.end + before) for word in sound.words)
        return Sound(sound.pcm, moved)

    def done(self) -> None:
        """All of it sounded."""
        self.rest = ""

    def broke_off(self) -> None:
        """The voice is gone: what sounded is taken off ``rest``."""
        heard_ms = (self._total - self._began) // 2 * 1000 // self.rate
        words = self.rest.split()
        whole = [word for word in self._known if word.end <= heard_ms]
        known_ms = self._known[-1].end + SLACK_MS if self._known else 0
        guessed = max(0, heard_ms - known_ms) * FASTEST // 1000 if len(whole) == len(self._known) else 0
        spoken = len(whole)
        while guessed > 0 and spoken < len(words):
            guessed -= len(words[spoken]) + 1
            spoken += 1
        self.rest = " ".join(words[spoken:])
        self._turn()

    def _turn(self) -> None:
        self._began = self._total
        self._known = []
