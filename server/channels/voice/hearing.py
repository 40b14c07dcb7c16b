"""What is heard on a line: when the caller speaks, what she says, and when it is all."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from livekit.agents import AgentSession

from engine.conversation.voice import Ear, Utterance, VoiceListener
from engine.providers.speech import Transcript
from server.channels.voice.ears import Ears
from server.channels.voice.times import TurnClock
from server.channels.voice.turns import Basket, sounds_unfinished

A_WORD_MS = 250
"""Sound shorter than this, in which nothing was recognised, is no attempt to say something."""
OVERDUE = 1.0
"""Seconds after the longest pause in which a turn ends although nobody said so."""


class Hearing:
    """Joins transcripts to turns. ``before_words`` is called before words are told."""

    def __init__(
        self, ears: Ears, listener: VoiceListener, times: TurnClock, before_words: Callable[[], None]
    ) -> None:
        self._deaf = False
        self._deaf_to_this = False
        self._ears = ears
        self._listener = listener
        self._times = times
        self._before_words = before_words
        self._basket = Basket()
        self._ear = Ear()
        self._session: AgentSession[Any] | None = None
        self._uninterruptible: Callable[[], bool] = lambda: False
        self._speaks = False
        self._spoke_from = 0.0
        self._spoke_ms = 0
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        ears.on_final = self._on_final
        ears.on_eager = self._on_eager
        ears.on_deaf = self._on_deaf

    def attach(self, session: AgentSession[Any], uninterruptible: Callable[[], bool]) -> None:
        """The session that ends turns, and whether it speaks what must not be cut."""
        self._session = session
        self._uninterruptible = uninterruptible
        self.listen(self._ear)

    def close(self) -> None:
        """Nothing is told any more."""
        self._closed = True
        self._disarm()

    def deafen(self, on: bool) -> None:
        """What is said from now on is for somebody else (a message being taken), and so is, once that is
        over, what was begun meanwhile."""
        self._deaf = on
        self._deaf_to_this = not on

    @property
    def _is_deaf(self) -> bool:
        return self._deaf or self._deaf_to_this

    def listen(self, ear: Ear) -> None:
        """Listen for this."""
        self._ear = ear
        self._ears.listen(ear)
        self._set_pause(ear.pause)

    def speaking(self, on: bool, at: float) -> None:
        """Voice activity begins or has ended, at ``at`` (seconds of `time.time`)."""
        if self._closed:
            return
        self._speaks = on
        if on:
            self._deaf_to_this = False
            self._disarm()
            self._spoke_from = at
        else:
            self._times.silent_at = at
            self._spoke_ms = int((at - self._spoke_from) * 1000)
            self._ears.fell_silent()
            self._arm()
        self._listener.speaking(on)

    def on_transcribed(self, event: Any) -> None:
        """What the recogniser believes so far."""
        if not event.is_final and event.transcript and not self._is_deaf and not self._closed:
            before = self._basket.text
            self._listener.partial(f"{before} {event.transcript}" if before else event.transcript)

    def turn_over(self) -> None:
        """The session found the end of the turn."""
        if self._basket and not self._closed:
            self._disarm()
            self._times.turn_over()
            ended = int((time.time() - self._times.silent_at) * 1000)
            utterance = self._basket.take(ended)
            self._ended = False
            self._before_words()
            self._listener.words(utterance)

    def _on_final(self, transcript: Transcript, ends: bool) -> None:
        if self._closed or self._is_deaf:
            return
        self._times.transcribed(transcript.billed_ms)
        if not transcript.text:
            self._nothing_understood()
            self._suppose()
            return
        self._basket.add(transcript)
        self._ended = ends
        unfinished = sounds_unfinished(self._basket.text, self._ear.locale)
        self._set_pause(self._ear.longest_pause if unfinished else self._ear.pause)
        if not self._speaks:
            self._arm()
        if not ends:
            self._suppose()

    def _on_eager(self, text: str) -> None:
        """The recogniser finds the end of turns, and believes in this one; without text it does no longer."""
        if not self._closed and not self._is_deaf:
            before = self._basket.text
            self._listener.supposed(f"{before} {text}" if before and text else text)

    def _suppose(self) -> None:
        """She is silent: unless she goes on during the pause, these were her words."""
        text = self._basket.text
        if text and not self._speaks and not sounds_unfinished(text, self._ear.locale):
            self._listener.supposed(text)

    def _nothing_understood(self) -> None:
        if self._basket or self._speaks or self._spoke_ms < A_WORD_MS:
            return
        self._spoke_ms = 0
        self._times.nothing_understood()
        ended = int((time.time() - self._times.silent_at) * 1000)
        self._listener.words(Utterance("", ended=max(0, ended)))

    def _on_deaf(self, detail: str) -> None:
        if not self._closed:
            self._listener.trouble("hearing", detail)

    def _set_pause(self, pause: int) -> None:
        if self._session is None:
            return
        if self._ears.finds_turns:
            self._session.update_options(endpointing_opts={"min_delay": 0.0, "max_delay": 0.0})
            return
        delay = pause / 1000
        self._session.update_options(
            endpointing_opts={"min_delay": delay, "max_delay": max(delay, self._ear.longest_pause / 1000)}
        )

    def _arm(self) -> None:
        """The session drops a turn that falls into speech which must not be cut, and may lose one: then the
        turn is over after the pause, or a while after the longest."""
        self._disarm()
        if not self._basket:
            return
        if self._uninterruptible():
            delay = 0.0 if self._ended else self._ear.pause / 1000
        else:
            delay = self._ear.longest_pause / 1000 + OVERDUE
        self._timer = asyncio.get_running_loop().call_later(delay, self.turn_over)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
