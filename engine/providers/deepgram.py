"""Deepgram: Nova for streams and whole utterances, Flux where the recogniser shall find the end of a turn."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from engine.providers.failures import closed, from_status, network_of, unreadable, without_secrets
from engine.providers.hearing import Events
from engine.providers.sound import duration_ms
from engine.providers.speech import (
    EagerEnd,
    Final,
    HeardEvent,
    Hints,
    Partial,
    ProviderError,
    SpeechBegins,
    SttAbilities,
    Transcript,
    TranscriptStream,
    Trouble,
    TurnResumed,
    Word,
)

CONNECT = 4.0
"""Seconds to open a connection."""
KEEP_ALIVE = 4.0
"""Seconds without sound after which Nova is told that we are still there; it hangs up after ten."""
ANSWER = 1.5
"""Seconds after a flush. With little sound left, Deepgram documents no answer: what it said before counts."""
UNANSWERED = 1000
"""Milliseconds of sound without one message, after which a flush without an answer is a dead connection."""
MUTE = 5000
"""Milliseconds of sound without one message, after which a stream is given up: both models tell something
several times a second, also of silence."""
BATCH = 30.0
MOST_KEYTERMS = 100
PIECE_MS = 80
"""What Flux wants at once."""
_WITH_REGION = frozenset(
    ("en-US", "en-GB", "en-AU", "en-NZ", "en-IN", "pt-BR", "pt-PT", "fr-CA", "de-CH", "nl-BE")
)
FLUX_ENGLISH, FLUX_MANY, NOVA = "flux-general-en", "flux-general-multi", "nova-3"


class Deepgram:
    """Deepgram as a `SpeechToText`. ``url`` is another address (``https://...``), ``eager`` the belief in the
    end of a turn (0.3 to 0.9) at which Flux tells `EagerEnd`."""

    name = "deepgram"

    def __init__(self, api_key: str, model: str = NOVA, url: str = "", eager: float | None = 0.5) -> None:
        self.model = model or NOVA
        self._key = api_key
        self._url = url.rstrip("/")
        self._eager = eager
        self._made: Any = None
        self._flux = self.model.startswith("flux")
        self.abilities = SttAbilities(
            streaming=True,
            partials=True,
            finds_turns=self._flux,
            keyterms=True,
            grammar=False,
            languages=("en",) if self.model == FLUX_ENGLISH else (),
        )

    async def transcribe_stream(self, rate: int, hints: Hints) -> TranscriptStream:
        """Opens a connection. Raises `ProviderError`."""
        self._refuse(hints)
        keyterms = list(hints.words[:MOST_KEYTERMS]) or None
        wanted: dict[str, Any] = {"model": self.model, "encoding": "linear16", "sample_rate": rate}
        if self._flux:
            many = [language_of(hints.locale)] if hints.locale and self.model == FLUX_MANY else None
            opened = self._client().listen.v2.connect(
                **wanted, keyterm=keyterms, eager_eot_threshold=self._eager, language_hint=many
            )
        else:
            opened = self._client().listen.v1.connect(
                **wanted,
                channels=1,
                keyterm=keyterms,
                language=language_of(hints.locale),
                interim_results=True,
                smart_format=True,
                vad_events=True,
                endpointing=300,
            )
        stream = (FluxStream if self._flux else NovaStream)(opened, rate, self._failure)
        await stream.open()
        return stream

    async def transcribe_batch(self, pcm: bytes, rate: int, hints: Hints) -> Transcript:
        """A whole utterance, always by Nova: Flux hears streams only. Raises `ProviderError`."""
        self._refuse(hints)
        from engine.providers.sound import write_wav

        with self._troubles():
            answer = await self._client().listen.v1.media.transcribe_file(
                request=write_wav(pcm, rate),
                model=NOVA if self._flux else self.model,
                language=language_of(hints.locale),
                keyterm=list(hints.words[:MOST_KEYTERMS]) or None,
                smart_format=True,
                request_options={"timeout_in_seconds": int(BATCH), "max_retries": 0},
            )
            try:
                found = answer.results.channels[0].alternatives[0]
                return _transcript([found], duration_ms(pcm, rate), hints.locale)
            except (AttributeError, IndexError, TypeError, ValueError) as error:
                raise unreadable(self.name, error) from error

    async def check(self) -> None:
        """Whether the key is known."""
        with self._troubles():
            await self._client().manage.v1.projects.list(
                request_options={"timeout_in_seconds": int(CONNECT), "max_retries": 0}
            )

    async def aclose(self) -> None:
        """Let connections go."""
        made, self._made = self._made, None
        if made is not None:
            await made._client_wrapper.httpx_client.httpx_client.aclose()

    def _refuse(self, hints: Hints) -> None:
        if self.model == FLUX_ENGLISH and hints.locale and language_of(hints.locale)[:2] != "en":
            raise ProviderError(
                self.name,
                Trouble.UNSUPPORTED,
                f"{self.model} hears English only, not {hints.locale}. Choose {FLUX_MANY} or {NOVA}.",
            )

    def _client(self) -> Any:
        if self._made is None:
            import warnings

            with warnings.catch_warnings():
                # The SDK still imports the old interface of websockets.
                warnings.simplefilter("ignore", DeprecationWarning)
                import deepgram.listen.v1.client
                import deepgram.listen.v2.client  # noqa: F401
                from deepgram import AsyncDeepgramClient
                from deepgram.environment import DeepgramClientEnvironment as Environment
            kept = {}
            if self._url:
                socket = "ws" + self._url.removeprefix("http")
                kept["environment"] = Environment(
                    base=self._url, production=socket, agent=socket, agent_rest=self._url
                )
            self._made = AsyncDeepgramClient(api_key=self._key, **kept)
        return self._made

    def _failure(self, error: Exception) -> ProviderError:
        """What the SDK raised, in our words. The SDK's own text may hold headers, so it is left out."""
        from deepgram.core.api_error import ApiError

        if isinstance(error, ProviderError):
            return error
        if isinstance(error, ApiError):
            refused = error.__context__
            headers = dict(getattr(refused, "headers", None) or error.headers or {})
            detail = error.body.get("err_msg", "") if isinstance(error.body, dict) else ""
            return from_status(
                self.name, error.status_code or 0, headers, without_secrets(str(detail), self._key)
            )
        return unreadable(self.name, error)

    @contextlib.contextmanager
    def _troubles(self) -> Any:
        from httpx import HTTPError, TimeoutException

        try:
            with network_of(self.name):
                yield
        except ProviderError:
            raise
        except TimeoutException as error:
            raise ProviderError(self.name, Trouble.TIMEOUT, "no answer in time") from error
        except HTTPError as error:
            raise ProviderError(
                self.name, Trouble.UNREACHABLE, f"cannot be reached ({type(error).__name__})"
            ) from error
        except Exception as error:
            raise self._failure(error) from None


def language_of(locale: str) -> str:
    """Deepgram's name of a language; ``multi`` where it shall find out."""
    if not locale:
        return "multi"
    return locale if locale in _WITH_REGION else locale.partition("-")[0].lower()


def _transcript(parts: list[Any], billed_ms: int, locale: str) -> Transcript:
    """One transcript of several pieces; the least sure of them counts."""
    said = [part for part in parts if part.transcript]
    words = [
        Word(getattr(w, "punctuated_word", None) or w.word, round(w.start * 1000), round(w.end * 1000))
        for part in said
        for w in part.words or ()
    ]
    return Transcript(
        " ".join(part.transcript.strip() for part in said),
        sure=min((round(1000 * (part.confidence or 0)) for part in said), default=0),
        language=locale,
        words=tuple(words),
        billed_ms=billed_ms,
    )


class _Stream:
    """What both have in common: a connection, read by a task of its own."""

    def __init__(self, opened: Any, rate: int, failure: Any) -> None:
        self._opened = opened
        self._rate = rate
        self._failure = failure
        self._events = Events()
        self._connection: Any = None
        self._tasks: list[asyncio.Task[None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._finishing = False
        self._unanswered = 0
        self._billed = 0

    async def open(self) -> None:
        """Connect. Raises `ProviderError`."""
        try:
            with network_of("deepgram"):
                async with asyncio.timeout(CONNECT):
                    self._connection = await self._opened.__aenter__()
        except ProviderError:
            raise
        except Exception as error:
            raise self._failure(error) from None
        self._tasks.append(asyncio.create_task(self._read()))

    async def send(self, pcm: bytes) -> None:
        """The next stretch of sound; nothing happens once the connection failed."""
        milliseconds = duration_ms(pcm, self._rate)
        self._unanswered += milliseconds
        self._billed += milliseconds
        if pcm:
            await self._say(self._connection.send_media, pcm)
        if self._unanswered > MUTE:
            self._dead()

    async def finish(self) -> None:
        """No more sound."""
        self._finishing = True
        await self._say(self._connection.send_close_stream)
        self._wait(self._events.end)

    async def aclose(self) -> None:
        """Let go at once."""
        self._finishing = True
        self._events.end()
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        transport = getattr(self._connection._websocket, "transport", None)
        if transport is not None:
            # A closing handshake would wait for a server that may be the reason why we go.
            transport.abort()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CONNECT):
                await self._opened.__aexit__(None, None, None)

    def __aiter__(self) -> AsyncIterator[HeardEvent]:
        return self._events.__aiter__()

    async def _say(self, what: Any, *arguments: Any) -> None:
        if self._events.over:
            return
        from websockets.exceptions import ConnectionClosed

        try:
            await what(*arguments)
        except (ConnectionClosed, OSError):
            # The reader tells it, with what came before.
            return

    async def _read(self) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            async for message in self._connection:
                self._unanswered = 0
                self._take(message)
            self._over(closed("deepgram"))
        except ConnectionClosed as error:
            self._over(closed("deepgram", f"code {error.rcvd.code}" if error.rcvd else ""))
        except OSError as error:
            self._over(closed("deepgram", type(error).__name__))
        except Exception as error:
            self._events.fail(self._failure(error))

    def _over(self, error: ProviderError) -> None:
        if self._finishing:
            self._last()
            self._events.end()
        else:
            self._events.fail(error)

    def _wait(self, then: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(ANSWER, then)

    def _answered(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _dead(self) -> bool:
        """A flush went unanswered, and so did the sound before it."""
        if self._unanswered < UNANSWERED:
            return False
        self._events.fail(ProviderError("deepgram", Trouble.TIMEOUT, "it hears, but does not answer"))
        return True

    def _spent(self) -> int:
        billed, self._billed = self._billed, 0
        return billed

    def _take(self, message: Any) -> None:
        raise NotImplementedError

    def _last(self) -> None:
        raise NotImplementedError


class NovaStream(_Stream):
    """Pieces that will not change are kept until ``flush``, and told as one `Final`."""

    def __init__(self, opened: Any, rate: int, failure: Any) -> None:
        super().__init__(opened, rate, failure)
        self._pieces: list[Any] = []
        self._silent = asyncio.Event()
        self._owed = 0

    async def open(self) -> None:
        """Connect, and stay connected while nobody speaks."""
        await super().open()
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def send(self, pcm: bytes) -> None:
        """The next stretch of sound."""
        self._silent.set()
        await super().send(pcm)

    async def configure(self, hints: Hints) -> None:
        """Nova takes its terms at the beginning only; they hold from the next stream on."""

    async def flush(self) -> None:
        """Ask for what is still open."""
        self._owed += 1
        await self._say(self._connection.send_finalize)
        self._wait(self._unheard)

    def _take(self, message: Any) -> None:
        kind = getattr(message, "type", None)
        if kind == "SpeechStarted":
            self._events.tell(SpeechBegins())
        elif kind == "Results":
            found = message.channel.alternatives[0]
            if message.is_final:
                self._pieces.append(found)
                if message.from_finalize and self._owed:
                    self._final()
            elif found.transcript:
                said = [piece.transcript for piece in self._pieces if piece.transcript]
                self._events.tell(Partial(" ".join([*said, found.transcript])))
        elif kind == "Error":
            raise ProviderError("deepgram", Trouble.BROKEN, "it reported an error of its own")

    def _final(self) -> None:
        self._owed = max(0, self._owed - 1)
        self._answered()
        pieces, self._pieces = self._pieces, []
        self._events.tell(Final(_transcript(pieces, self._spent(), "")))

    def _unheard(self) -> None:
        if not self._dead():
            while self._owed:
                self._final()

    def _last(self) -> None:
        if self._pieces or self._owed:
            self._final()

    async def _keep_alive(self) -> None:
        while True:
            self._silent.clear()
            try:
                async with asyncio.timeout(KEEP_ALIVE):
                    await self._silent.wait()
                await asyncio.sleep(KEEP_ALIVE / 2)
            except TimeoutError:
                await self._say(self._connection.send_keep_alive)


class FluxStream(_Stream):
    """Flux tells the turns; ``flush`` ends one by force."""

    def __init__(self, opened: Any, rate: int, failure: Any) -> None:
        super().__init__(opened, rate, failure)
        self._held = bytearray()
        self._text = ""
        self._newest = -1
        self._owed = False

    async def send(self, pcm: bytes) -> None:
        """Collected to what Flux wants at once."""
        self._held += pcm
        size = self._rate * PIECE_MS // 1000 * 2
        while len(self._held) >= size:
            piece = bytes(self._held[:size])
            del self._held[:size]
            await super().send(piece)

    async def configure(self, hints: Hints) -> None:
        """Other terms, at once."""
        await self._say(
            self._connection.send_configure,
            {"type": "Configure", "keyterms": list(hints.words[:MOST_KEYTERMS])},
        )

    async def flush(self) -> None:
        """The turn is over, whatever Flux thinks."""
        await self._rest()
        self._owed = True
        await self._say(self._connection.send_force_end_turn)
        self._wait(self._unheard)

    async def finish(self) -> None:
        """No more sound."""
        await self._rest()
        await super().finish()

    async def _rest(self) -> None:
        held = bytes(self._held)
        self._held.clear()
        await super().send(held)

    def _take(self, message: Any) -> None:
        kind = getattr(message, "type", None)
        if kind == "Error":
            raise ProviderError("deepgram", Trouble.BROKEN, f"it reported {str(message.code)[:80]}")
        if kind != "TurnInfo" or message.sequence_id <= self._newest:
            return
        self._newest = message.sequence_id
        self._text = message.transcript
        event = message.event
        if event == "StartOfTurn":
            self._events.tell(SpeechBegins())
        elif event == "TurnResumed":
            self._events.tell(TurnResumed())
        if event == "EndOfTurn":
            self._final(round(1000 * message.end_of_turn_confidence), message)
        elif event == "EagerEndOfTurn":
            self._events.tell(EagerEnd(message.transcript))
        elif message.transcript:
            self._events.tell(Partial(message.transcript))

    def _final(self, ended: int, message: Any = None) -> None:
        self._answered()
        self._owed = False
        text, self._text = self._text, ""
        words = (getattr(message, "words", None) or ()) if message is not None else ()
        beliefs = [round(1000 * word.confidence) for word in words]
        spoken = Transcript(
            text, sure=sum(beliefs) // len(beliefs) if beliefs else 0, billed_ms=self._spent()
        )
        self._events.tell(Final(spoken, ends_turn=True))

    def _unheard(self) -> None:
        if self._owed and not self._dead():
            self._final(0)

    def _last(self) -> None:
        if self._text or self._owed:
            self._final(0)
