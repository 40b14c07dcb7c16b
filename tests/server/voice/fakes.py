"""A line, a recogniser and a voice of our own making: what a test says of them happens."""

import asyncio
import math
from array import array
from collections.abc import AsyncIterator
from typing import Any

from engine.conversation.voice import TurnTimes, Utterance
from engine.protocol import Plain
from engine.providers.speech import (
    Final,
    HeardEvent,
    Hints,
    Partial,
    ProviderError,
    Sound,
    SpeechBegins,
    SttAbilities,
    Transcript,
    Trouble,
    TtsAbilities,
    Voice,
    VoiceFacts,
    Word,
)

WAIT = 30.0


class TalkingLink:
    """A caller on a line at ``rate``: silence, unless the test lets her say something."""

    def __init__(self, rate: int = 16_000) -> None:
        self.rate = rate
        self.played = bytearray()
        self.cleared = 0
        self.pressed = ""
        self.says: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.over: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

    async def frames(self) -> AsyncIterator[bytes]:
        while (pcm := await self.says.get()) is not None:
            yield pcm

    def play(self, pcm: bytes) -> None:
        self.played += pcm

    def clear(self) -> None:
        self.cleared += 1

    def press(self, keys: str) -> None:
        self.pressed += keys

    def hang_up(self, cause: str) -> None:
        if not self.over.done():
            self.over.set_result(("agent", cause))

    async def closed(self) -> tuple[str, str]:
        return await asyncio.shield(self.over)

    async def speak(self, pcm: bytes) -> None:
        """Say this in real time, as a telephone would send it."""
        size = self.rate // 50 * 2
        loop = asyncio.get_running_loop()
        due = loop.time()
        for at in range(0, len(pcm), size):
            self.says.put_nowait(pcm[at : at + size])
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))

    @property
    def loudest(self) -> int:
        """The largest sample that was played."""
        samples = array("h", bytes(self.played))
        return max((abs(s) for s in samples), default=0)


class Diary:
    """A listener that remembers, in order; ``until`` waits for what a test expects."""

    def __init__(self) -> None:
        self.entries: list[tuple[Any, ...]] = []
        self._changed = asyncio.Event()

    def _note(self, *entry: Any) -> None:
        self.entries.append(entry)
        self._changed.set()

    def all(self, what: str) -> list[tuple[Any, ...]]:
        return [entry for entry in self.entries if entry[0] == what]

    def happened(self) -> list[tuple[Any, ...]]:
        """What happened on the line, without what it cost and what was only supposed."""
        return [entry for entry in self.entries if entry[0] not in ("measured", "supposed")]

    async def until(self, what: str, count: int = 1) -> tuple[Any, ...]:
        async with asyncio.timeout(WAIT):
            while len(found := self.all(what)) < count:
                self._changed.clear()
                await self._changed.wait()
        return found[count - 1]

    def speaking(self, on: bool) -> None:
        self._note("speaking", on)

    def partial(self, text: str) -> None:
        self._note("partial", text)

    def supposed(self, text: str) -> None:
        self._note("supposed", text)

    def words(self, utterance: Utterance) -> None:
        self._note("words", utterance)

    def key(self, digit: str) -> None:
        self._note("key", digit)

    def began(self, number: int) -> None:
        self._note("began", number)

    def finished(self, number: int) -> None:
        self._note("finished", number)

    def barged_in(self, epoch: int, played_ms: int, heard: str) -> None:
        self._note("barged_in", epoch, played_ms, heard)

    def result(self, effect: str, outcome: str, value: Plain, detail: str) -> None:
        self._note("result", effect, outcome, value, detail)

    def trouble(self, what: str, detail: str) -> None:
        self._note("trouble", what, detail)

    def measured(self, times: TurnTimes) -> None:
        self._note("measured", times)

    def gone(self, by: str, reason: str) -> None:
        self._note("gone", by, reason)


class ScriptedStream:
    def __init__(self, owner: "ScriptedEars", hints: Hints) -> None:
        self.owner = owner
        self.hints = [hints]
        self.heard = 0
        self.events: asyncio.Queue[HeardEvent | ProviderError | None] = asyncio.Queue()
        self.closed = False

    async def send(self, pcm: bytes) -> None:
        self.heard += len(pcm)

    async def configure(self, hints: Hints) -> None:
        self.hints.append(hints)

    async def flush(self) -> None:
        text = self.owner.script.pop(0) if self.owner.script else ""
        if text is not None:
            self.events.put_nowait(Final(Transcript(text, sure=900, billed_ms=1000)))

    async def finish(self) -> None:
        self.events.put_nowait(None)

    async def aclose(self) -> None:
        self.closed = True

    async def __aiter__(self) -> AsyncIterator[HeardEvent]:
        while (event := await self.events.get()) is not None:
            if isinstance(event, ProviderError):
                raise event
            yield event


class ScriptedEars:
    """Understands what the script says next, whenever the caller falls silent (None: says nothing yet)."""

    name = "scripted"
    model = "by-heart"

    def __init__(self, *script: str | None, finds_turns: bool = False) -> None:
        self.script: list[str | None] = list(script)
        self.abilities = SttAbilities(True, True, finds_turns, True, True)
        self.streams: list[ScriptedStream] = []
        self.opened = asyncio.Event()
        self.broken = 0

    async def transcribe_stream(self, rate: int, hints: Hints) -> ScriptedStream:
        if self.broken:
            self.broken -= 1
            raise ProviderError(self.name, Trouble.UNREACHABLE, "nobody answers")
        stream = ScriptedStream(self, hints)
        self.streams.append(stream)
        self.opened.set()
        return stream

    async def transcribe_batch(self, pcm: bytes, rate: int, hints: Hints) -> Transcript:
        return Transcript("")

    async def check(self) -> None:
        return None

    async def aclose(self) -> None:
        return None

    def tell(self, event: HeardEvent) -> None:
        self.streams[-1].events.put_nowait(event)

    def partial(self, text: str) -> None:
        self.tell(SpeechBegins())
        self.tell(Partial(text))

    def final(self, text: str, ends: bool = False) -> None:
        self.tell(Final(Transcript(text, sure=900, billed_ms=1000), ends))


class HummingVoice:
    """Hums a tone of ``ms_a_word`` for each word; fails where it is told to."""

    name = "humming"
    model = "tone"
    abilities = TtsAbilities(True, True, (24_000,))

    def __init__(self, ms_a_word: int = 200, fails: int = 0, word_times: bool = True) -> None:
        self.ms_a_word = ms_a_word
        self.fails = fails
        self.word_times = word_times
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self.voices_used: list[Voice] = []

    async def synthesize_stream(
        self, text: str | AsyncIterator[str], voice: Voice, rate: int
    ) -> AsyncIterator[Sound]:
        assert isinstance(text, str)
        self.asked.append(text)
        self.voices_used.append(voice)
        if self.fails:
            self.fails -= 1
            raise ProviderError(self.name, Trouble.UNREACHABLE, "no voice today")
        done = False
        try:
            for i, word in enumerate(text.split()):
                start = i * self.ms_a_word
                times = (Word(word, start, start + self.ms_a_word),) if self.word_times else ()
                yield Sound(tone(self.ms_a_word, rate), times)
            done = True
        finally:
            if not done:
                self.cancelled.append(text)

    async def synthesize_batch(self, text: str, voice: Voice, rate: int) -> bytes:
        return b"".join([sound.pcm async for sound in self.synthesize_stream(text, voice, rate)])

    async def voices(self) -> tuple[VoiceFacts, ...]:
        return ()

    async def check(self) -> None:
        return None

    async def aclose(self) -> None:
        return None


class Shelf:
    """Prepared sound by its name or address."""

    def __init__(self, **sounds: bytes) -> None:
        self.sounds = sounds

    async def find(self, content_hash: str) -> bytes | None:
        return self.sounds.get(content_hash)

    async def fetch(self, address: str) -> bytes | None:
        return self.sounds.get(address)


class Tape:
    """A recording sink in memory, that insists on the right offset."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}

    async def append(self, name: str, offset: int, data: bytes, began: float) -> str:
        file = self.files.setdefault(name, bytearray())
        assert offset == len(file)
        assert began <= asyncio.get_running_loop().time()
        file += data
        return name


def tone(ms: int, rate: int, pitch: float = 440.0, loudness: int = 8_000) -> bytes:
    """A sine."""
    count = rate * ms // 1000
    return array(
        "h", (int(loudness * math.sin(2 * math.pi * pitch * i / rate)) for i in range(count))
    ).tobytes()


def silence(ms: int, rate: int) -> bytes:
    """Nothing."""
    return bytes(rate * ms // 1000 * 2)
