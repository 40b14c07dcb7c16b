"""What is said, in the order it was told: one utterance after the other, and between them keys and messages."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from livekit.agents import AgentSession
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.io import PlaybackFinishedEvent, PlaybackStartedEvent

from engine.conversation.voice import TurnTimes, VoiceListener
from engine.providers.prices import Price, cost_micros
from engine.providers.speech import SpeechToText
from server.channels.voice.heard import words_heard
from server.channels.voice.mouth import Mouth, Sounding
from server.channels.voice.player import Player
from server.channels.voice.times import TurnClock

POLITE = 3.0
"""Seconds a caller who does not stop making sounds is waited for, before she is spoken to all the same."""
BREATH = 0.25
"""Seconds between two utterances of prepared sound, which ends with its last word: else sentences run together."""
_log = structlog.get_logger(__name__)


class Speaker:
    """Speaks for one line, through `AgentSession.say`, one utterance at a time.

    ``on_item`` does what is no utterance, in its turn.
    """

    def __init__(
        self,
        mouth: Mouth,
        listener: VoiceListener,
        times: TurnClock,
        *,
        stt: SpeechToText,
        on_item: Callable[[object], Awaitable[None]],
        prices: dict[str, Price],
    ) -> None:
        self._mouth = mouth
        self._listener = listener
        self._times = times
        self._stt = stt
        self._on_item = on_item
        self._prices = prices
        self._waiting: deque[object] = deque()
        self._wake = asyncio.Event()
        self._spoken: list[tuple[int, str]] = []
        self._current: Sounding | None = None
        self._handle: SpeechHandle | None = None
        self._session: AgentSession[Any] | None = None
        self._player: Player | None = None
        self._muted = False

    @property
    def guarded(self) -> bool:
        """Whether what is being said must not be cut."""
        return self._current is not None and not self._current.speech.interruptible

    def attach(self, session: AgentSession[Any], player: Player) -> None:
        """Speak through these."""
        self._session, self._player = session, player
        player.on("playback_started", self._on_started)
        player.on("playback_finished", self._on_finished)

    def add(self, item: object) -> None:
        """Next, after everything before."""
        if self._muted:
            return
        self._waiting.append(item)
        if isinstance(item, Sounding) and self._ahead() <= 1:
            item.begin()
        self._wake.set()

    def stop(self, epoch: int) -> None:
        """Silence now; what is stopped is never told as heard."""
        self._drop(epoch)
        self._spoken.clear()
        current = self._current
        if current is not None and current.speech.epoch <= epoch and not current.told:
            current.stopped = current.told = True
            if self._session is not None and self._handle is not None:
                # Ends the whole queue of the session; ours is the only utterance in it.
                self._session.interrupt(force=True)

    def settle(self) -> None:
        """If the caller has cut in, say so now."""
        if self._handle is not None and self._handle.interrupted:
            self._cut()

    def mute(self) -> None:
        """The line is over: nothing is spoken or told any more."""
        self._muted = True
        for item in self._waiting:
            if isinstance(item, Sounding):
                item.cancel()
        self._waiting.clear()
        if self._current is not None:
            self._current.cancel()

    async def aclose(self) -> None:
        """Let go of all sound being made."""
        self.mute()
        if self._current is not None:
            await self._current.aclose()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            item = self._waiting.popleft()
            if isinstance(item, Sounding):
                await self._utter(item)
                if item.prepared and not item.stopped and self._ahead():
                    await asyncio.sleep(BREATH)
            else:
                await self._on_item(item)

    async def _utter(self, item: Sounding) -> None:
        self._current = item
        item.begin()
        if not item.speech.text and not item.speech.audio:
            self._current = None
            self._tell_heard(item)
            return
        handle = self._say(item, item.speech.interruptible)
        if item.speech.interruptible:
            handle = await self._insist(item, handle)
        await handle
        if not item.stopped and handle.interrupted:
            self._cut()
        elif not item.stopped:
            if (error := handle.exception()) is not None:
                _log.error("utterance_failed", error=repr(error))
                item.failure = item.failure or repr(error)
            self._tell_heard(item)
        await item.aclose()
        self._current = self._handle = None
        self._prefetch()

    def _say(self, item: Sounding, interruptible: bool) -> SpeechHandle:
        assert self._session is not None
        self._handle = self._session.say(
            item.speech.text or "♪",
            audio=item.frames(),
            allow_interruptions=interruptible,
            add_to_chat_ctx=False,
        )
        return self._handle

    async def _insist(self, item: Sounding, handle: SpeechHandle) -> SpeechHandle:
        """`say` waits while the caller makes sounds. That is polite; but noise must not silence us."""
        assert self._session is not None
        done = asyncio.ensure_future(handle.wait_for_playout())
        await asyncio.wait([done], timeout=POLITE)
        if done.done() or item.sounded or item.told or self._session.user_state != "speaking":
            return handle
        item.told = True
        await self._session.interrupt(force=True)
        if item.stopped:
            return handle
        item.told = False
        return self._say(item, False)

    def _cut(self) -> None:
        """The caller cut in: told once, with all that had sounded since somebody was last told."""
        item = self._current
        if item is None or item.told:
            return
        item.told = True
        self._drop(item.speech.epoch)
        played = item.played_ms
        if not played and self._player is not None and item.sounded and self._player.sounding:
            played = self._player.position_ms
        heard = words_heard(item.speech.text, item.words, played, item.total_ms)
        told = [text for _, text in self._spoken if text] + ([heard] if heard else [])
        total = sum(ms for ms, _ in self._spoken) + played
        self._spoken.clear()
        if not self._muted:
            self._listener.barged_in(item.speech.epoch, total, " ".join(told))

    def _tell_heard(self, item: Sounding) -> None:
        if item.told or self._muted:
            return
        item.told = True
        if item.failure:
            self._listener.trouble("voice", item.failure)
        self._spoken.append((item.played_ms, item.speech.text if not item.failure else ""))
        if not any(isinstance(w, Sounding) for w in self._waiting):
            self._spoken.clear()
            self._listener.finished(item.speech.number)

    def _on_started(self, event: PlaybackStartedEvent) -> None:
        item = self._current
        if item is None or item.sounded or self._muted:
            return
        item.sounded = True
        mouth, stt = self._mouth, self._stt
        times = self._times.sounds(item.speech.number, stt.name, mouth.tts.name, item.prepared, item.spent)
        self._listener.began(item.speech.number)
        if times is None and item.spent:
            times = TurnTimes(item.speech.number, tts=mouth.tts.name, spoken_characters=item.spent)
        if times is not None:
            cost = cost_micros(self._prices, stt.name, stt.model, sound_ms=times.heard_ms) + cost_micros(
                self._prices, mouth.tts.name, mouth.tts.model, characters=item.spent
            )
            self._listener.measured(msgspec.structs.replace(times, cost_micros=cost))
        self._prefetch()

    def _on_finished(self, event: PlaybackFinishedEvent) -> None:
        if self._current is not None:
            self._current.played_ms = int(event.playback_position * 1000)

    def _drop(self, epoch: int) -> None:
        """Forget what waits of ``epoch`` and before; keys, messages and the end stay."""
        kept: deque[object] = deque()
        for item in self._waiting:
            if isinstance(item, Sounding) and item.speech.epoch <= epoch:
                item.cancel()
            else:
                kept.append(item)
        self._waiting = kept

    def _ahead(self) -> int:
        return sum(isinstance(item, Sounding) for item in self._waiting)

    def _prefetch(self) -> None:
        """The next utterance is made while this one sounds."""
        if not self._muted:
            for item in self._waiting:
                if isinstance(item, Sounding):
                    item.begin()
                    return
