"""A recogniser of ours, as `AgentSession` takes one."""

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.agents import stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr
from livekit.agents.utils import AudioBuffer

from engine.conversation.voice import Ear
from engine.providers.speech import (
    EagerEnd,
    Final,
    Hints,
    Partial,
    ProviderError,
    SpeechBegins,
    SpeechToText,
    Transcript,
    TranscriptStream,
    TurnResumed,
)
from server.channels.voice.mic import RATE

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
"""Seconds between attempts while no recogniser answers: doubled from the first to the longest."""
_Type = stt.SpeechEventType


class Ears(stt.STT[Any]):
    """Hears for one line. ``on_final`` is told every final transcript (with no text when there was none) and
    whether it ends the turn; ``on_eager`` the words with which a turn is probably over, or none when it goes on;
    ``on_deaf`` once, when no recogniser answers; hearing again is not told.

    ``ends_turns`` is what the session was told of the recogniser at the start; a chain that has fallen back
    to one which finds no turns is helped out."""

    def __init__(self, recogniser: SpeechToText, hints: Hints) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.on_final: Callable[[Transcript, bool], None] = lambda transcript, ends: None
        self.on_eager: Callable[[str], None] = lambda text: None
        self.on_deaf: Callable[[str], None] = lambda detail: None
        self.recogniser = recogniser
        self.hints = hints
        self.ends_turns = self.finds_turns
        self._stream: EarStream | None = None

    @property
    def model(self) -> str:
        """For metrics."""
        return self.recogniser.model

    @property
    def provider(self) -> str:
        """For metrics."""
        return self.recogniser.name

    @property
    def finds_turns(self) -> bool:
        """Whether the recogniser ends turns itself."""
        return self.recogniser.abilities.finds_turns

    def listen(self, ear: Ear) -> None:
        """Expect this from now on."""
        hints = Hints(ear.locale, ear.words, ear.grammar, ear.expects)
        if hints != self.hints:
            self.hints = hints
            if self._stream is not None:
                self._stream.order(hints)

    def fell_silent(self) -> None:
        """Voice activity ended: who does not find turns itself says now what was said."""
        if self._stream is not None and not self.finds_turns:
            self._stream.order(None)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> "EarStream":
        """Begin to hear; asked for once a session, by the session."""
        self._stream = EarStream(self, conn_options)
        return self._stream

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        raise NotImplementedError("a line is heard as a stream")


class EarStream(stt.RecognizeStream):
    """One line's sound on its way to the recogniser, through as many of its streams as it takes.

    Failures never reach the session, which would close after some: they are told once, and tried again.
    """

    def __init__(self, ears: Ears, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=ears, conn_options=conn_options, sample_rate=RATE)
        self._ears = ears
        self._deaf = False
        self._begun = False
        self._owed = False

    def order(self, hints: Hints | None) -> None:
        """In step with the sound: other hints from here on, or (None) the end of an utterance."""
        if not self._input_ch.closed:
            self._input_ch.send_nowait(_Order(hints))  # type: ignore[arg-type] # our own word in their channel

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._input_ch.closed:
            try:
                await self._hear()
            except ProviderError as error:
                if self._owed:
                    self._tell(Final(Transcript("")))
                if not self._deaf:
                    self._deaf = True
                    self._ears.on_deaf(str(error))
                await self._wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            else:
                pause = FIRST_PAUSE

    async def _wait(self, seconds: float) -> None:
        """Sound that comes meanwhile is lost; the end of an utterance is answered with nothing."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    item: Any = await self._input_ch.recv()
            except TimeoutError:
                return
            except Exception:
                return
            if isinstance(item, _Order) and item.hints is None:
                self._tell(Final(Transcript("")))

    async def _hear(self) -> None:
        stream = await self._ears.recogniser.transcribe_stream(RATE, self._ears.hints)
        self._begun = False
        sending = asyncio.create_task(self._send(stream))
        try:
            async for event in stream:
                self._deaf = False
                self._tell(event)
            if not self._input_ch.closed and not sending.done():
                await asyncio.sleep(FIRST_PAUSE)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await stream.aclose()

    async def _send(self, stream: TranscriptStream) -> None:
        async for item in self._input_ch:
            given: Any = item
            if isinstance(given, _Order):
                if given.hints is None:
                    self._owed = True
                    await stream.flush()
                else:
                    await stream.configure(given.hints)
            elif not isinstance(given, self._FlushSentinel):
                await stream.send(given.data.tobytes())
        await stream.finish()

    def _tell(self, event: object) -> None:
        if isinstance(event, SpeechBegins):
            self._begin()
        elif isinstance(event, Partial | EagerEnd):
            if event.text:
                self._begin()
                self._emit(_Type.INTERIM_TRANSCRIPT, event.text)
                if isinstance(event, EagerEnd):
                    self._ears.on_eager(event.text)
        elif isinstance(event, TurnResumed):
            self._ears.on_eager("")
        elif isinstance(event, Final):
            self._finish(event)

    def _begin(self) -> None:
        if not self._begun and self._ears.finds_turns:
            self._begun = True
            self._emit(_Type.START_OF_SPEECH)

    def _finish(self, event: Final) -> None:
        found = event.transcript
        self._owed = False
        # The line's own basket first: the session may end the turn while it is told.
        self._ears.on_final(found, event.ends_turn)
        if found.text:
            self._emit(_Type.FINAL_TRANSCRIPT, found.text, found.sure / 1000, found.language)
        helped = self._ears.ends_turns and not self._ears.finds_turns and found.text
        if event.ends_turn or helped:
            self._begun = False
            self._emit(_Type.END_OF_SPEECH)

    def _emit(self, kind: stt.SpeechEventType, text: str = "", sure: float = 0.0, language: str = "") -> None:
        if self._event_ch.closed:
            return
        said = [stt.SpeechData(language=language or self._ears.hints.locale, text=text, confidence=sure)]  # type: ignore[arg-type]
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=said if text else []))


class _Order:
    """Something to do between two frames."""

    def __init__(self, hints: Hints | None) -> None:
        self.hints = hints
