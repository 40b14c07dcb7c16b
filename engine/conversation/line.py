"""A line: a session being spoken. Between the conversation, which decides, and the voice port, which sounds.

Patience runs here: a caller's silence counts from the end of what she was told, and not while she speaks.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

from engine.compiler.grammars import grammar_of, hints_of
from engine.conversation.conversation import Closed, Conversation
from engine.conversation.ports import Busy, Fenced, Handle
from engine.conversation.voice import Ear, Speech, TurnTimes, Utterance, VoicePort
from engine.protocol import (
    CancelTimer,
    End,
    Listen,
    Plain,
    PressKeys,
    Record,
    Recording,
    SetTimer,
    Speak,
    SpeechFinished,
    StopSpeech,
    TakeMessage,
)
from engine.runtime import Phase, expectation
from engine.understanding import Expected

MAX_EARLY = 8
"""Words and keys that wait for the end of what must not be cut in on."""
THINKING = 900
"""How long somebody who dictates (a number, a name, free words) may pause, in milliseconds."""
DICTATED = frozenset(("digits", "phone", "email", "name", "text", "datetime"))


class LineWatch(Protocol):
    """Who looks on: captions, the state on a screen, the times of each turn. Nothing here blocks."""

    def caption(self, who: str, text: str, final: bool) -> None:
        """``caller`` or ``agent``; one that is not final is replaced by the next."""

    def state(self, name: str) -> None:
        """``listening``, ``thinking`` or ``speaking``."""

    def turn(self, times: TurnTimes) -> None:
        """The times of a turn."""

    def over(self, by: str, reason: str) -> None:
        """The line is over."""


class Nobody:
    """Nobody looks on."""

    def caption(self, who: str, text: str, final: bool) -> None:
        """Unseen."""

    def state(self, name: str) -> None:
        """Unseen."""

    def turn(self, times: TurnTimes) -> None:
        """Unseen."""

    def over(self, by: str, reason: str) -> None:
        """Unseen."""


class VoiceLine:
    """Drives a port by what the conversation decides, and the conversation by what the port hears.

    With ``ends`` the session ends when the line does; without, it goes on as text. ``recording`` off keeps
    every wish to record from the port. Utterances are numbered from ``after`` on: what a port says of lower
    ones is about another line's.
    """

    def __init__(
        self,
        conversation: Conversation,
        port: VoicePort,
        watch: LineWatch | None = None,
        *,
        ends: bool = True,
        recording: bool = True,
        after: int = 0,
    ) -> None:
        self.conversation = conversation
        self.port = port
        self.watch: LineWatch = watch or Nobody()
        self.ends = ends
        self.recording = recording
        self.closed = False
        self._number = after
        self._heard = after
        self._guarded = 0
        self._epoch = 0
        self._texts: dict[int, str] = {}
        self._early: deque[tuple[str, Any]] = deque()
        self._caller_speaks = False
        self._holding = False
        self._timer: tuple[int, int] | None = None
        self._handle: Handle | None = None

    async def open(self) -> None:
        """The line is up: begin the session, or go on with it from where it stands. One that is over by then ends
        here as well, after its last words."""
        conversation = self.conversation
        conversation.line = self
        try:
            if conversation.ended:
                self._part(await conversation.read())
            elif conversation.state.phase == Phase.IDLE:
                await conversation.start()
            else:
                await conversation.switch("voice")
        except (Closed, Fenced):
            self.close()

    def _part(self, records: Sequence[Record]) -> None:
        """Say what was said at the end, unless it was heard, and hang up."""
        ends = [record for record in records if any(type(e) is End for e in record.effects)]
        if not ends:
            self.port.hang_up("agent_hung_up")
            return
        heard = any(r.seq > ends[-1].seq and type(r.event) is SpeechFinished for r in records)
        for effect in ends[-1].effects:
            if type(effect) is Speak and not heard:
                self._speak(effect)
            elif type(effect) is End:
                self._end(effect)

    def close(self) -> None:
        """Let go: what is still heard on it means nothing any more."""
        self.closed = True
        self._disarm()
        if self.conversation.line is self:
            self.conversation.line = None

    async def leave(self) -> None:
        """The talk goes on as text."""
        self.close()
        if not self.conversation.closed and not self.conversation.ended:
            await self.conversation.switch("text")

    # What the session decided.

    def perform(self, record: Record) -> None:
        """Speak, listen, wait (`engine.conversation.ports.Line`)."""
        for effect in record.effects:
            kind = type(effect)
            if kind is Speak:
                self._speak(effect)  # type: ignore[arg-type]
            elif kind is StopSpeech:
                self.port.stop(effect.epoch)  # type: ignore[union-attr]
                self._heard = self._number
                self._guarded = 0
            elif kind is Listen:
                self.port.listen(self._ear(effect.node))  # type: ignore[union-attr]
            elif kind is SetTimer and effect.after_speech:  # type: ignore[union-attr]
                self._disarm()
                self._timer = (effect.timer, effect.delay)  # type: ignore[union-attr]
            elif kind is CancelTimer and self._timer and self._timer[0] == effect.timer:  # type: ignore[union-attr]
                self._disarm()
                self._timer = None
            elif kind is PressKeys:
                self.port.press(effect.keys)  # type: ignore[union-attr]
            elif kind is TakeMessage:
                self.port.take_message(effect)  # type: ignore[arg-type]
            elif kind is Recording and self.recording:
                self.port.record(effect.action)  # type: ignore[union-attr]
            elif kind is End:
                self._end(effect)  # type: ignore[arg-type]
        self._settle()

    def _speak(self, effect: Speak) -> None:
        if not effect.text and not effect.audio:
            return
        run = self.conversation.run
        self._number += 1
        self._epoch = effect.epoch
        self._texts[self._number] = effect.text
        if not effect.interruptible:
            self._guarded = self._number
        locale = run.program.locales[run.locale]
        self.port.speak(
            Speech(
                self._number,
                effect.epoch,
                effect.text,
                locale,
                effect.interruptible,
                effect.prompt,
                effect.parts,
                effect.audio,
            )
        )

    def _ear(self, node: str) -> Ear:
        conversation = self.conversation
        run = conversation.run
        locale = run.program.locales[run.locale]
        wanted = expectation(run, conversation.state)
        asked: Sequence[Expected] = [e for e in (wanted.here, wanted.amend, wanted.correct) if e is not None]
        phrases = tuple(phrase for _, several in wanted.handlers for phrase in several)
        expects = wanted.here.type if wanted.here is not None else ""
        pause = THINKING if expects in DICTATED else Ear().pause
        return Ear(
            node,
            expects,
            locale,
            hints_of(asked, phrases, locale),
            grammar_of(asked, phrases, locale),
            pause,
            max(pause, Ear().longest_pause),
        )

    def _end(self, effect: End) -> None:
        self._disarm()
        self._timer = None
        self.port.hang_up("transferred" if effect.outcome == "transferred" else "agent_hung_up")

    def _settle(self) -> None:
        """After each record: what is there to wait for now?"""
        state = self.conversation.state
        self._hold()
        if not self._sounding:
            if state.phase == Phase.SPEAKING:
                self._bring(self.conversation.speech_finished(state.epoch))
            self._arm()

    def _hold(self) -> None:
        """Nothing sounds and something is waited for: after a while the caller hears that."""
        thinking = bool(self.conversation.state.pending) and not self._sounding
        if thinking != self._holding:
            self._holding = thinking
            self.port.hold(thinking)
            if thinking:
                self.watch.state("thinking")

    # What happens on the line (`engine.conversation.voice.VoiceListener`).

    def speaking(self, on: bool) -> None:
        """The caller begins to make sounds, or falls silent."""
        self._caller_speaks = on
        if on:
            self._disarm()
        else:
            self._arm()

    def partial(self, text: str) -> None:
        """What the recogniser believes so far."""
        if not self.closed:
            self.watch.caption("caller", text, False)

    def supposed(self, text: str) -> None:
        """The caller has probably finished."""
        if not self.closed and self._guarded <= self._heard:
            self.conversation.suppose(text)

    def words(self, utterance: Utterance) -> None:
        """The caller's turn is over."""
        if self.closed or (not utterance.text and self._sounding):
            # A cough while we speak is no answer.
            return
        if utterance.text:
            self.watch.caption("caller", utterance.text, True)
        self._take("words", utterance)

    def key(self, digit: str) -> None:
        """A telephone key."""
        if not self.closed:
            self._take("key", digit)

    def began(self, number: int) -> None:
        """An utterance begins to sound."""
        text = self._texts.pop(number, "")
        if not self.closed:
            self.watch.state("speaking")
            if text:
                self.watch.caption("agent", text, True)

    def finished(self, number: int) -> None:
        """Utterance ``number`` and all before it were heard."""
        if self.closed or number <= self._heard:
            return
        self._heard = number
        for old in [n for n in self._texts if n <= number]:
            del self._texts[old]
        if self._sounding:
            return
        if not self.conversation.state.pending:
            self.watch.state("listening")
        self._hold()
        self._bring(self.conversation.speech_finished(self._epoch))
        while self._early:
            self._take(*self._early.popleft())
        self._arm()

    def barged_in(self, epoch: int, played_ms: int, heard: str) -> None:
        """The caller cut in."""
        if not self.closed:
            self._bring(self.conversation.barge_in(epoch, played_ms, heard))

    def result(self, effect: str, outcome: str, value: Plain, detail: str) -> None:
        """What came of a message."""
        if not self.closed:
            self._bring(self.conversation.answer(effect, outcome, value, detail))

    def trouble(self, what: str, detail: str) -> None:
        """A sense is gone."""
        if not self.closed:
            self._bring(self.conversation.trouble(what, detail))

    def measured(self, times: TurnTimes) -> None:
        """The times of a turn."""
        if not self.closed:
            self.watch.turn(times)

    def gone(self, by: str, reason: str) -> None:
        """The line is over."""
        if self.closed:
            return
        conversation = self.conversation
        self.close()
        if not conversation.ended:
            self._bring(conversation.hang_up(by, reason) if self.ends else conversation.switch("text"))
        self.watch.over(by, reason)

    # Inside.

    @property
    def _sounding(self) -> bool:
        return self._heard < self._number

    def _take(self, what: str, value: Any) -> None:
        if self._guarded > self._heard:
            if len(self._early) < MAX_EARLY:
                self._early.append((what, value))
            return
        conversation = self.conversation
        if what == "key":
            self._bring(conversation.digit(value))
        else:
            self._bring(conversation.say(value.text, spoken=True, sure=value.sure))

    def _arm(self) -> None:
        """Begin to be patient, when it is the caller's turn and she is silent."""
        if self._timer is None or self._handle is not None or self._sounding or self._caller_speaks:
            return
        timer, delay = self._timer
        self._handle = self.conversation.call_later(delay, lambda: self._fire(timer))

    def _disarm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self, timer: int) -> None:
        self._handle = None
        if self._timer and self._timer[0] == timer and not self.closed:
            self._timer = None
            self.conversation.fire(timer)

    def _bring(self, work: Any) -> None:
        """Bring an event, in the order things happened on the line."""

        async def quietly() -> None:
            try:
                await work
            except (Closed, Fenced):
                self.close()
            except Busy:
                self.watch.state("thinking")

        self.conversation.spawn(f"line {id(work)}", quietly())
