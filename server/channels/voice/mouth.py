"""From an utterance to sound: prepared where it can be, synthesised where it must, an apology where nothing
speaks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from livekit import rtc

from engine.conversation.voice import Speech
from engine.providers.speech import ProviderError, Sound, TextToSpeech, Trouble, Voice, Word
from server.channels.voice.apology import Apology
from server.channels.voice.sounds import RATE, Sounds, content_hash

PIECE = RATE // 10 * 2
"""100 ms of sound in bytes: what is handed on at once, so that nobody analyses a long prompt in one go."""
FIRST_PIECE = RATE // 50 * 2
"""20 ms: the first piece, so that it sounds at once."""
WAITING = 100
"""Pieces that wait for being played, at most; synthesis waits too then."""
MUTE = 10.0
"""Seconds a voice may take for its next stretch of sound, retries and fallbacks included."""


class Sounding:
    """One utterance becoming sound, from the moment it is the next to be spoken.

    ``words`` and ``total_ms`` grow while it is made (``total_ms`` is None until all is there); ``failure``
    says why it could not be spoken, ``spent`` how many characters were synthesised.
    """

    def __init__(self, speech: Speech, mouth: "Mouth") -> None:
        self.speech = speech
        self.words: list[Word] = []
        self.total_ms: int | None = None
        self.prepared = False
        self.failure = ""
        self.spent = 0
        self.played_ms = 0
        self.sounded = False
        self.stopped = False
        self.told = False
        self._mouth = mouth
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)
        self._making: asyncio.Task[None] | None = None
        self._made = 0

    def begin(self) -> None:
        """Make the sound from now on; once."""
        if self._making is None:
            self._making = asyncio.create_task(self._make(), name=f"utterance {self.speech.number}")

    async def frames(self) -> AsyncIterator[rtc.AudioFrame]:
        """The sound in pieces, as it is made; a second call goes on where the first was left."""
        self.begin()
        while (piece := await self._pieces.get()) is not None:
            yield rtc.AudioFrame(piece, RATE, 1, len(piece) // 2)

    def cancel(self) -> None:
        """Make no more of it; a synthesis under way is cancelled at its vendor."""
        if self._making is not None:
            self._making.cancel()

    async def aclose(self) -> None:
        """Make no more of it, and wait until that is done."""
        self.cancel()
        if self._making is not None:
            await asyncio.gather(self._making, return_exceptions=True)

    async def _make(self) -> None:
        mouth, speech = self._mouth, self.speech
        try:
            ready = await mouth.prepared(speech)
            if ready is not None:
                self.prepared = True
                await self._put(ready)
            elif speech.text:
                await self._synthesise()
        except Exception as error:
            # Whatever it was: a caller who hears nothing waits for ever.
            self.failure = str(error) or repr(error)
            await self._put(mouth.apology.sound(speech.locale))
        self.total_ms = self._made * 1000 // (RATE * 2)
        await self._pieces.put(None)

    async def _synthesise(self) -> None:
        mouth, text = self._mouth, self.speech.text
        voice = mouth.voice(self.speech.locale)
        self.spent = len(text)
        making = mouth.tts.synthesize_stream(text, voice, RATE)
        async with contextlib.aclosing(making) as sounds:  # type: ignore[type-var]
            while (sound := await self._next(sounds)) is not None:
                self.words.extend(sound.words)
                await self._put(sound.pcm)

    async def _next(self, sounds: AsyncIterator[Sound]) -> Sound | None:
        try:
            async with asyncio.timeout(MUTE):
                return await anext(sounds, None)
        except TimeoutError:
            raise ProviderError(
                self._mouth.tts.name, Trouble.TIMEOUT, f"no sound within {MUTE:.0f} seconds"
            ) from None

    async def _put(self, pcm: bytes) -> None:
        at = 0
        while at < len(pcm):
            size = PIECE if self._made else FIRST_PIECE
            piece = pcm[at : at + size]
            piece = piece[: len(piece) // 2 * 2]
            if not piece:
                return
            at += len(piece)
            self._made += len(piece)
            await self._pieces.put(piece)


class Mouth:
    """Who speaks on a line. ``voice`` gives the voice for a locale; ``lacking`` is told of each recording that could
    not be had."""

    def __init__(
        self,
        tts: TextToSpeech,
        sounds: Sounds,
        voice: Callable[[str], Voice],
        apology: Apology,
        lacking: Callable[[str], None] = lambda address: None,
    ) -> None:
        self.tts = tts
        self.sounds = sounds
        self.voice = voice
        self.apology = apology
        self.lacking = lacking

    async def prepared(self, speech: Speech) -> bytes | None:
        """The whole sound, when it is there already."""
        if speech.audio:
            recording = await self.sounds.fetch(speech.audio)
            if recording is None:
                self.lacking(speech.audio)
            if recording is not None or not speech.text:
                return recording or b""
        if speech.prompt:
            whole = await self.sounds.find(speech.prompt)
            if whole is not None:
                return whole
        if not speech.parts:
            return None
        found: list[bytes] = []
        for part in speech.parts:
            name = content_hash(part)
            sound = await self.sounds.find(name) if name else b""
            if sound is None:
                return None
            found.append(sound)
        return b"".join(found)
