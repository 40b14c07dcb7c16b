"""The contract of speech providers: words from sound, sound from words.

Sound crosses it as 16-bit little-endian mono PCM at a stated rate; what a vendor wants otherwise, its file
converts. A provider is shared by all calls of a process and holds no state of one.
"""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec


class Trouble(StrEnum):
    """Why a provider failed. The first four may pass; ``REJECTED`` and ``UNSUPPORTED`` will not."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    BROKEN = "broken"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"

    @property
    def passing(self) -> bool:
        """Whether to try again makes sense."""
        return self not in (Trouble.REJECTED, Trouble.UNSUPPORTED)


class ProviderError(Exception):
    """A provider failed. ``retry_after`` is in seconds, None when it did not say. The message never holds a
    key."""

    def __init__(
        self, provider: str, trouble: Trouble, message: str, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{provider}: {message}")
        self.provider = provider
        self.trouble = trouble
        self.retry_after = retry_after


class Hints(msgspec.Struct, frozen=True, omit_defaults=True):
    """What will probably be said. ``grammar`` is JSGF; empty where anything may be said. ``locale`` empty:
    find the language out."""

    locale: str = "en-US"
    words: tuple[str, ...] = ()
    grammar: str = ""
    expects: str = ""


class Word(msgspec.Struct, frozen=True):
    """A word and when it sounds, in milliseconds from the beginning."""

    text: str
    start: int
    end: int


class Transcript(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said. ``sure`` is per mille, 0 when the provider does not say; ``billed_ms`` is the sound it
    counts."""

    text: str
    sure: int = 0
    alternatives: tuple[str, ...] = ()
    language: str = ""
    words: tuple[Word, ...] = ()
    billed_ms: int = 0


class SpeechBegins(msgspec.Struct, frozen=True, tag="begins"):
    """Somebody begins to speak."""


class Partial(msgspec.Struct, frozen=True, tag="partial"):
    """What it believes so far; the next one replaces it."""

    text: str


class EagerEnd(msgspec.Struct, frozen=True, tag="eager"):
    """The turn is probably over with these words; `TurnResumed` takes it back."""

    text: str


class TurnResumed(msgspec.Struct, frozen=True, tag="resumed"):
    """The turn was not over."""


class Final(msgspec.Struct, frozen=True, tag="final"):
    """Words that will not change. ``ends_turn``: the provider itself found the end of the turn."""

    transcript: Transcript
    ends_turn: bool = False


HeardEvent = SpeechBegins | Partial | EagerEnd | TurnResumed | Final


class SttAbilities(msgspec.Struct, frozen=True):
    """What a recogniser can do. ``languages`` are locale prefixes, empty for all. ``finds_turns``: it finds
    the end of a turn; else its user calls ``flush`` when voice activity ends."""

    streaming: bool
    partials: bool
    finds_turns: bool
    keyterms: bool
    grammar: bool
    languages: tuple[str, ...] = ()


class TranscriptStream(Protocol):
    """One caller's sound, being recognised. Iterate it for `HeardEvent`; it ends after ``finish``. A failure
    raises `ProviderError` from the iteration."""

    async def send(self, pcm: bytes) -> None:
        """The next stretch of sound."""

    async def configure(self, hints: Hints) -> None:
        """Other words are expected from now on; what the vendor cannot change in mid-stream is left."""

    async def flush(self) -> None:
        """The speaker fell silent: a `Final` for what was sent must follow (with no text when there was
        none)."""

    async def finish(self) -> None:
        """No more sound; the iteration ends after what is left."""

    async def aclose(self) -> None:
        """Let go at once."""

    def __aiter__(self) -> AsyncIterator[HeardEvent]: ...


@runtime_checkable
class SpeechToText(Protocol):
    """A recogniser. ``name`` is the provider (``deepgram``), ``model`` its model."""

    @property
    def name(self) -> str:
        """The provider."""
        ...

    @property
    def model(self) -> str:
        """Its model."""
        ...

    @property
    def abilities(self) -> SttAbilities:
        """What it can do."""
        ...

    async def transcribe_stream(self, rate: int, hints: Hints) -> TranscriptStream:
        """Begin; raises `ProviderError`."""
        ...

    async def transcribe_batch(self, pcm: bytes, rate: int, hints: Hints) -> Transcript:
        """A whole utterance at once; raises `ProviderError`."""
        ...

    async def check(self) -> None:
        """Whether it would answer now; raises `ProviderError`."""

    async def aclose(self) -> None:
        """Let connections go."""


class Voice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who speaks. ``id`` is the vendor's, empty for its default; ``speed`` and ``volume`` are per cent. In a chain
    of providers ``by`` says who speaks for each, by its name; ``id`` is for the first."""

    id: str = ""
    locale: str = "en-US"
    speed: int = 100
    volume: int = 100
    by: dict[str, str] = {}


class VoiceFacts(msgspec.Struct, frozen=True):
    """A voice one may choose."""

    id: str
    name: str
    locales: tuple[str, ...]


class Sound(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of synthesised sound, with the words that begin in it (times from the utterance's start)."""

    pcm: bytes
    words: tuple[Word, ...] = ()


class TtsAbilities(msgspec.Struct, frozen=True):
    """What a voice provider can do. ``rates`` are those it makes without conversion."""

    streaming: bool
    word_times: bool
    rates: tuple[int, ...]
    languages: tuple[str, ...] = ()


@runtime_checkable
class TextToSpeech(Protocol):
    """A synthesiser. Closing the iteration of a stream cancels it at the vendor."""

    @property
    def name(self) -> str:
        """The provider."""
        ...

    @property
    def model(self) -> str:
        """Its model."""
        ...

    @property
    def abilities(self) -> TtsAbilities:
        """What it can do."""
        ...

    def synthesize_stream(
        self, text: str | AsyncIterator[str], voice: Voice, rate: int
    ) -> AsyncIterator[Sound]:
        """Sound as it is made; raises `ProviderError` from the iteration."""
        ...

    async def synthesize_batch(self, text: str, voice: Voice, rate: int) -> bytes:
        """All of it, as PCM; raises `ProviderError`."""
        ...

    async def voices(self) -> tuple[VoiceFacts, ...]:
        """Who can speak; raises `ProviderError`."""
        ...

    async def check(self) -> None:
        """Whether it would answer now; raises `ProviderError`."""

    async def aclose(self) -> None:
        """Let connections go."""
