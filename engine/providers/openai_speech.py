"""OpenAI: transcription of whole utterances, and speech."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Iterator
from typing import Any

from engine.providers.failures import closed, from_status, network_of, unreadable, without_secrets
from engine.providers.hearing import CollectedStream
from engine.providers.sentences import sentences
from engine.providers.sound import Resampler, duration_ms, write_wav
from engine.providers.speech import (
    Hints,
    ProviderError,
    Sound,
    SttAbilities,
    Transcript,
    TranscriptStream,
    Trouble,
    TtsAbilities,
    Voice,
    VoiceFacts,
)

PATIENCE = 20.0
"""Seconds between any two bytes of an answer."""
NATIVE_RATE = 24000
PIECE = 4800
"""Bytes read at once: 100 ms."""
_VOICES = ("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse")


class OpenAiClient:
    """The client, made at first use, and what its failures mean."""

    name = "openai"

    def __init__(self, api_key: str, url: str, patience: float) -> None:
        self._key = api_key
        self._patience = patience
        self._url = url
        self._made: Any = None

    async def check(self) -> None:
        """Whether the key is known."""
        with self._troubles():
            await self._client().models.list()

    async def aclose(self) -> None:
        """Let connections go."""
        made, self._made = self._made, None
        if made is not None:
            await made.close()

    def _client(self) -> Any:
        if self._made is None:
            from openai import AsyncOpenAI

            self._made = AsyncOpenAI(
                api_key=self._key, base_url=self._url or None, max_retries=0, timeout=self._patience
            )
        return self._made

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        import httpx2
        import openai

        try:
            with network_of(self.name):
                yield
        except ProviderError:
            raise
        except openai.APIStatusError as error:
            detail = error.body.get("message", "") if isinstance(error.body, dict) else ""
            raise from_status(
                self.name, error.status_code, error.response.headers, without_secrets(str(detail), self._key)
            ) from None
        except (openai.APITimeoutError, httpx2.TimeoutException):
            raise ProviderError(self.name, Trouble.TIMEOUT, "no answer in time") from None
        except (openai.APIResponseValidationError, ValueError, TypeError, AttributeError) as error:
            raise unreadable(self.name, error) from None
        except openai.APIConnectionError:
            raise ProviderError(
                self.name, Trouble.UNREACHABLE, "cannot be reached. Check address and network."
            ) from None
        except (openai.APIError, httpx2.HTTPError) as error:
            raise closed(self.name, type(error).__name__) from None


class OpenAiTranscription(OpenAiClient):
    """OpenAI as a `SpeechToText`; a stream is collected until ``flush``."""

    abilities = SttAbilities(streaming=False, partials=False, finds_turns=False, keyterms=True, grammar=False)

    def __init__(self, api_key: str, model: str = "", url: str = "", patience: float = PATIENCE) -> None:
        super().__init__(api_key, url, patience)
        self.model = model or "gpt-4o-mini-transcribe"

    async def transcribe_stream(self, rate: int, hints: Hints) -> TranscriptStream:
        """Collects until ``flush``."""
        return CollectedStream(rate, hints, self.transcribe_batch)

    async def transcribe_batch(self, pcm: bytes, rate: int, hints: Hints) -> Transcript:
        """A whole utterance. Raises `ProviderError`."""
        wanted: dict[str, Any] = {
            "model": self.model,
            "file": ("speech.wav", write_wav(pcm, rate), "audio/wav"),
        }
        wanted["response_format"] = "json"
        if hints.locale:
            wanted["language"] = hints.locale.partition("-")[0].lower()
        if hints.words:
            wanted["prompt"] = ", ".join(hints.words)[:800]
        if self.model.startswith("gpt-"):
            wanted["include"] = ["logprobs"]
        with self._troubles():
            answer = await self._client().audio.transcriptions.create(**wanted)
            beliefs = [each.logprob for each in getattr(answer, "logprobs", None) or ()]
            sure = round(1000 * math.exp(sum(beliefs) / len(beliefs))) if beliefs else 0
            return Transcript(
                answer.text.strip(), sure, language=hints.locale, billed_ms=duration_ms(pcm, rate)
            )


class OpenAiVoice(OpenAiClient):
    """OpenAI as a `TextToSpeech`: a request a sentence, its sound as it comes."""

    abilities = TtsAbilities(streaming=True, word_times=False, rates=(NATIVE_RATE,))

    def __init__(self, api_key: str, model: str = "", url: str = "", patience: float = PATIENCE) -> None:
        super().__init__(api_key, url, patience)
        self.model = model or "gpt-4o-mini-tts"

    async def synthesize_stream(
        self, text: str | AsyncIterator[str], voice: Voice, rate: int
    ) -> AsyncIterator[Sound]:
        """Closing the iteration closes the request. Raises `ProviderError`."""
        async for sentence in sentences(text):
            converter = Resampler(NATIVE_RATE, rate)
            with self._troubles():
                speaking = self._client().audio.speech.with_streaming_response.create(
                    model=self.model,
                    voice=voice.id or "alloy",
                    input=sentence,
                    response_format="pcm",
                    speed=max(0.25, min(4.0, voice.speed / 100)),
                )
                async with asyncio.timeout(self._patience):
                    response = await speaking.__aenter__()
                try:
                    async for piece in response.iter_bytes(PIECE):
                        yield Sound(converter.feed(piece))
                finally:
                    await speaking.__aexit__(None, None, None)
            if rest := converter.flush():
                yield Sound(rest)

    async def synthesize_batch(self, text: str, voice: Voice, rate: int) -> bytes:
        """All of it."""
        return b"".join([sound.pcm async for sound in self.synthesize_stream(text, voice, rate)])

    async def voices(self) -> tuple[VoiceFacts, ...]:
        """The voices OpenAI documents; each speaks every language."""
        return tuple(VoiceFacts(name, name.capitalize(), ()) for name in _VOICES)
