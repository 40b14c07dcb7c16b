"""Cartesia: speech over one connection for all calls, with the times of words."""

import asyncio
import base64
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

from engine.providers.failures import closed, from_status, network_of, unreadable, without_secrets
from engine.providers.sentences import sentences
from engine.providers.sound import Resampler
from engine.providers.speech import ProviderError, Sound, Trouble, TtsAbilities, Voice, VoiceFacts, Word

CONNECT = 4.0
PATIENCE = 8.0
"""Seconds between any two messages of an utterance."""
RATES = (8000, 16000, 22050, 24000, 44100)
FIRST_VOICE = "f786b574-daa5-4673-aa0c-cbe3e8534c02"
"""Used where an agent names no voice."""


class Cartesia:
    """Cartesia as a `TextToSpeech`. ``url`` is another address (``https://...``).

    The SDK opens the connection and knows the messages; who gets which message is decided here, because its
    own contexts wait for ever when the connection is lost.
    """

    name = "cartesia"
    abilities = TtsAbilities(streaming=True, word_times=True, rates=RATES)

    def __init__(self, api_key: str, model: str = "", url: str = "", patience: float = PATIENCE) -> None:
        self.model = model or "sonic-3"
        self._key = api_key
        self._patience = patience
        self._url = url.rstrip("/")
        self._made: Any = None
        self._line: _Line | None = None
        self._opening = asyncio.Lock()
        self._numbers = itertools.count(1)

    async def synthesize_stream(
        self, text: str | AsyncIterator[str], voice: Voice, rate: int
    ) -> AsyncIterator[Sound]:
        """Sound and words as they come; closing the iteration cancels it at Cartesia. Raises
        `ProviderError`."""
        with self._troubles():
            line = await self._connected()
            made = rate if rate in RATES else 24000
            converter = Resampler(made, rate)
            async with line.context(f"parley-{next(self._numbers)}", self._wanted(voice, made)) as context:
                context.write(sentences(text))
                async for message in context.messages(self._patience):
                    sound = _sound(message, converter)
                    if sound is not None:
                        yield sound
            if rest := converter.flush():
                yield Sound(rest)

    async def synthesize_batch(self, text: str, voice: Voice, rate: int) -> bytes:
        """All of it."""
        return b"".join([sound.pcm async for sound in self.synthesize_stream(text, voice, rate)])

    async def voices(self) -> tuple[VoiceFacts, ...]:
        """The first hundred voices of the account."""
        with self._troubles():
            page = await self._client().voices.list(limit=100)
            return tuple(
                VoiceFacts(voice.id, voice.name, (str(getattr(voice, "language", "") or ""),))
                for voice in page.data
            )

    async def check(self) -> None:
        """Whether the connection opens."""
        with self._troubles():
            await self._connected()

    async def aclose(self) -> None:
        """Let connections go."""
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()
        made, self._made = self._made, None
        if made is not None:
            await made.close()

    def _wanted(self, voice: Voice, rate: int) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "model_id": self.model,
            "voice": {"mode": "id", "id": voice.id or FIRST_VOICE},
            "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": rate},
            "language": voice.locale.partition("-")[0].lower() or "en",
            "add_timestamps": True,
            "max_buffer_delay_ms": 0,
        }
        if voice.speed != 100 or voice.volume != 100:
            speed, volume = max(0.6, min(1.5, voice.speed / 100)), max(0.5, min(2.0, voice.volume / 100))
            wanted["generation_config"] = {"speed": speed, "volume": volume}
        return wanted

    async def _connected(self) -> "_Line":
        async with self._opening:
            if self._line is None or self._line.lost:
                if self._line is not None:
                    await self._line.aclose()
                async with asyncio.timeout(CONNECT):
                    self._line = _Line(await self._client().tts.websocket_connect().enter())
            return self._line

    def _client(self) -> Any:
        if self._made is None:
            from cartesia import AsyncCartesia

            kept: dict[str, Any] = {}
            if self._url:
                kept = {"base_url": self._url, "websocket_base_url": "ws" + self._url.removeprefix("http")}
            self._made = AsyncCartesia(api_key=self._key, max_retries=0, timeout=self._patience, **kept)
        return self._made

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        import cartesia
        from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

        try:
            with network_of(self.name):
                yield
        except ProviderError:
            raise
        except InvalidStatus as error:
            headers = dict(error.response.headers.raw_items())
            raise from_status(self.name, error.response.status_code, headers) from None
        except InvalidHandshake as error:
            raise closed(self.name, type(error).__name__) from None
        except ConnectionClosed as error:
            raise closed(self.name, f"code {error.rcvd.code}" if error.rcvd else "") from None
        except cartesia.APIStatusError as error:
            raise from_status(
                self.name,
                error.status_code,
                error.response.headers,
                without_secrets(error.message, self._key),
            ) from None
        except cartesia.APITimeoutError:
            raise ProviderError(self.name, Trouble.TIMEOUT, "no answer in time") from None
        except cartesia.APIError as error:
            raise closed(self.name, type(error).__name__) from None
        except (AttributeError, TypeError, ValueError) as error:
            raise unreadable(self.name, error) from None


def _sound(message: Any, converter: Resampler) -> Sound | None:
    """Of a message, what sounds."""
    if message.type == "chunk":
        return Sound(converter.feed(base64.b64decode(message.data)))
    if message.type == "timestamps" and message.word_timestamps is not None:
        times = message.word_timestamps
        return Sound(
            b"",
            tuple(
                Word(text, round(start * 1000), round(end * 1000))
                for text, start, end in zip(times.words, times.start, times.end, strict=False)
            ),
        )
    return None


class _Line:
    """One connection, and who waits for which context."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._contexts: dict[str, asyncio.Queue[Any]] = {}
        self.lost = False
        self._reading = asyncio.create_task(self._read())

    @contextlib.asynccontextmanager
    async def context(self, name: str, wanted: dict[str, Any]) -> AsyncIterator["_Context"]:
        """An utterance. Left before it is done, it is cancelled there."""
        inbox: asyncio.Queue[Any] = asyncio.Queue()
        self._contexts[name] = inbox
        context = _Context(self, name, wanted, inbox)
        try:
            yield context
        finally:
            self._contexts.pop(name, None)
            await context.aclose()

    async def say(self, message: dict[str, Any]) -> None:
        """Send."""
        await self._connection.send(message)

    async def aclose(self) -> None:
        """Hang up; who still waits is told."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        transport = getattr(self._connection._connection, "transport", None)
        if transport is not None:
            transport.abort()
        self._lose(closed("cartesia"))

    async def _read(self) -> None:
        try:
            while True:
                try:
                    message = await self._connection.recv()
                    inbox = self._contexts.get(getattr(message, "context_id", None) or "")
                except (ValueError, TypeError, AttributeError) as error:
                    self._tell_all(unreadable("cartesia", error))
                    continue
                if inbox is not None:
                    inbox.put_nowait(message)
                elif getattr(message, "type", "") == "error" and not getattr(message, "context_id", None):
                    self._tell_all(_reported(message))
        except Exception as error:
            code = getattr(getattr(error, "rcvd", None), "code", None)
            self._lose(closed("cartesia", f"code {code}" if code else ""))

    def _lose(self, error: ProviderError) -> None:
        self.lost = True
        self._tell_all(error)

    def _tell_all(self, error: ProviderError) -> None:
        for inbox in self._contexts.values():
            inbox.put_nowait(error)


class _Context:
    """One utterance on the connection."""

    def __init__(self, line: _Line, name: str, wanted: dict[str, Any], inbox: "asyncio.Queue[Any]") -> None:
        self._line = line
        self._name = name
        self._wanted = {**wanted, "context_id": name}
        self._inbox = inbox
        self._writing: asyncio.Task[None] | None = None
        self._done = False

    def write(self, text: AsyncIterator[str]) -> None:
        """Send sentence by sentence, while sound already comes back."""
        self._writing = asyncio.create_task(self._write(text))

    async def messages(self, patience: float) -> AsyncIterator[Any]:
        """Until it is done; ``patience`` is in seconds for each. Raises `ProviderError`."""
        while not self._done:
            async with asyncio.timeout(patience):
                message = await self._inbox.get()
            if isinstance(message, Exception):
                raise message
            if message.type == "error":
                raise _reported(message)
            self._done = message.type == "done"
            yield message

    async def aclose(self) -> None:
        """Cancel it there, unless it is done."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        if not self._done and not self._line.lost:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CONNECT):
                    await self._line.say({"context_id": self._name, "cancel": True})

    async def _write(self, text: AsyncIterator[str]) -> None:
        try:
            async for sentence in text:
                await self._line.say({**self._wanted, "transcript": sentence + " ", "continue": True})
            await self._line.say({**self._wanted, "transcript": "", "continue": False})
        except ProviderError as error:
            self._inbox.put_nowait(error)
        except Exception as error:
            self._inbox.put_nowait(closed("cartesia", type(error).__name__))


def _reported(message: Any) -> ProviderError:
    status = getattr(message, "status_code", None)
    return from_status("cartesia", status if isinstance(status, int) else 500)
