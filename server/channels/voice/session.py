"""A voice session: a caller on a line, as somebody the engine can speak and listen to.

It is told what `engine.conversation.voice.VoicePort` is told and tells a `VoiceListener`. Sound goes through
`AgentSession` of livekit-agents, which decides nothing here (`agent.py`).
"""

import asyncio
from typing import Any

import msgspec
import structlog
from livekit import rtc
from livekit.agents import AgentSession, vad

from engine.conversation.voice import Ear, Speech, VoiceListener
from engine.protocol import TakeMessage
from engine.providers.prices import Price, list_prices
from engine.providers.speech import Hints, SpeechToText, TextToSpeech
from server.channels.voice.agent import FlowAgent, open_session
from server.channels.voice.apology import Apology
from server.channels.voice.clock import Clock
from server.channels.voice.ears import Ears
from server.channels.voice.hearing import Hearing
from server.channels.voice.hold import AFTER, beep_frames, hold_frames
from server.channels.voice.link import AudioLink
from server.channels.voice.message import Message
from server.channels.voice.mic import Mic
from server.channels.voice.mouth import Mouth, Sounding
from server.channels.voice.player import Player
from server.channels.voice.recording import CallRecorder, RecordingSink
from server.channels.voice.rooms import RoomLink
from server.channels.voice.sounds import Sounds
from server.channels.voice.speaker import Speaker
from server.channels.voice.times import TurnClock
from server.workers.wire import Speaking, voice_of

HANG_UP_WITHIN = 5.0
"""Seconds a link has to say that it is over, once it was told to hang up."""
_log = structlog.get_logger(__name__)


class Keys(msgspec.Struct, frozen=True):
    """Telephone keys to send, in their turn."""

    keys: str


class Goodbye(msgspec.Struct, frozen=True):
    """The end, in its turn."""

    cause: str


class VoiceSession:
    """One line, from ``start_link`` or ``start_room`` to ``aclose``.

    ``vad`` is shared by all lines of a process, and so is ``clock``; ``phone``: the caller is on a telephone
    (nobody's echo canceller needs to learn).
    """

    def __init__(
        self,
        speaking: Speaking,
        locale: str,
        stt: SpeechToText,
        tts: TextToSpeech,
        sounds: Sounds,
        listener: VoiceListener,
        vad: vad.VAD,
        *,
        recorder: RecordingSink | None = None,
        phone: bool = False,
        clock: Clock | None = None,
        apology: Apology | None = None,
        prices: dict[str, Price] | None = None,
    ) -> None:
        self._speaking = speaking
        self._listener = listener
        self._vad = vad
        self._sink = recorder
        self._phone = phone
        self._clock = clock or Clock()
        self._times = TurnClock()
        self._mouth = Mouth(
            tts, sounds, lambda tongue: voice_of(speaking, tongue), apology or Apology(), self._lacks
        )
        self._ears = Ears(stt, Hints(locale))
        self._hearing = Hearing(self._ears, listener, self._times, before_words=self._settle)
        self._speaker = Speaker(
            self._mouth,
            listener,
            self._times,
            stt=stt,
            on_item=self._do,
            prices=list_prices() if prices is None else prices,
        )
        self._link: AudioLink | None = None
        self._room_link: RoomLink | None = None
        self._player: Player | None = None
        self._mic: Mic | None = None
        self._session: AgentSession[Any] | None = None
        self._recorder: CallRecorder | None = None
        self._message: Message | None = None
        self._messages = 0
        self._hold: asyncio.TimerHandle | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._gone = False
        self._closed = False
        self._leaving = False

    # From the first moment to the last.

    async def start_link(self, link: AudioLink) -> None:
        """Hear and speak on ``link`` from now on; raises what livekit-agents raises."""
        self._link = link
        self._player = player = Player(link, self._clock)
        self._mic = mic = Mic(link, self._clock)
        if self._sink is not None:
            self._recorder = CallRecorder(self._sink, link.rate)
        player.on_played = self._on_played
        mic.on_heard = self._on_heard
        session = open_session(self._ears, self._vad, phone=self._phone, resumes=self._speaking.resumes)
        self._session = session
        session.output.audio = player
        session.input.audio = mic
        session.on("user_state_changed", self._on_user_state)
        session.on("user_input_transcribed", self._hearing.on_transcribed)
        session.on("close", self._on_session_closed)
        self._hearing.attach(session, uninterruptible=lambda: self._speaker.guarded)
        await session.start(FlowAgent(self._hearing.turn_over), record=False)
        self._speaker.attach(session, player)
        if self._speaking.recorded and self._recorder is not None:
            self._recorder.command("on")
        self._tasks = [
            asyncio.create_task(self._speaker.run(), name="speaker"),
            asyncio.create_task(self._until_closed(link), name="line"),
        ]

    async def start_room(self, room: rtc.Room, identity: str) -> None:
        """Hear and speak to the participant ``identity`` of a connected room."""
        self._room_link = link = RoomLink(room, identity)
        link.on_key = self.key
        await link.open()
        await self.start_link(link)

    async def aclose(self) -> None:
        """Let the line go, and end what is recorded of it. Says nothing to the listener any more."""
        if self._closed:
            return
        self._closed = self._gone = True
        self._quiet()
        if self._message is not None:
            self._message.end()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.gather(
            *(t for t in self._tasks if t is not asyncio.current_task()), return_exceptions=True
        )
        await self._speaker.aclose()
        self._hearing.close()
        if self._session is not None:
            await self._session.aclose()
        if self._mic is not None:
            await self._mic.aclose()
        if self._player is not None:
            self._player.close()
        if self._recorder is not None:
            await self._recorder.aclose()
        if self._room_link is not None:
            await self._room_link.aclose()

    def _lacks(self, address: str) -> None:
        if not self._gone:
            self._listener.trouble("recording", f"{address} cannot be had.")

    # What the engine decides (`engine.conversation.voice.VoicePort`).

    def speak(self, speech: Speech) -> None:
        """Speak next, after everything told before."""
        self._times.decided()
        self._quiet()
        self._speaker.add(Sounding(speech, self._mouth))

    def stop(self, epoch: int) -> None:
        """Be silent now, and forget what waits of ``epoch`` and before."""
        self._speaker.stop(epoch)

    def listen(self, ear: Ear) -> None:
        """Listen for this from now on."""
        self._hearing.listen(ear)

    def press(self, keys: str) -> None:
        """Send telephone keys, in their turn between utterances."""
        self._speaker.add(Keys(keys))

    def take_message(self, message: TakeMessage) -> None:
        """Record what the caller says, after what waits was spoken."""
        self._speaker.add(message)

    def record(self, action: str) -> None:
        """Record the call: ``on``, ``pause``, ``off``."""
        if self._recorder is not None:
            self._recorder.command(action)

    def hold(self, on: bool) -> None:
        """After two seconds of this the caller hears soft tones."""
        self._quiet()
        if on and self._speaking.hold_sound and self._player is not None and not self._gone:
            loop = asyncio.get_running_loop()
            self._hold = loop.call_later(AFTER, self._play_hold)

    def hang_up(self, cause: str) -> None:
        """End the call, once what waits was heard."""
        self._speaker.add(Goodbye(cause))

    # What happens on the line.

    def key(self, digit: str) -> None:
        """The caller pressed a telephone key (called by whoever owns the line)."""
        if self._gone:
            return
        if self._message is not None and self._message.key(digit):
            return
        self._times.key_pressed()
        self._listener.key(digit)

    def _on_user_state(self, event: Any) -> None:
        if self._gone or event.new_state not in ("speaking", "listening"):
            return
        on = event.new_state == "speaking"
        if self._message is not None:
            self._message.speaking(on)
        self._hearing.speaking(on, event.created_at)

    def _on_heard(self, pcm: bytes) -> None:
        if self._recorder is not None:
            self._recorder.heard(pcm)
        if self._message is not None:
            self._message.heard(pcm)

    def _on_played(self, pcm: bytes) -> None:
        if self._recorder is not None:
            self._recorder.played(pcm)

    def _on_session_closed(self, event: Any) -> None:
        if not self._closed and not self._leaving:
            _log.error("voice_session_closed", reason=str(event.reason), error=str(event.error or ""))
            self._say_gone("line", "edge_error")

    def _settle(self) -> None:
        """Words are about to be told: what they cut is told first."""
        self._speaker.settle()

    # Things in their turn.

    async def _do(self, item: object) -> None:
        if isinstance(item, Keys):
            if self._link is not None:
                self._link.press(item.keys)
        elif isinstance(item, TakeMessage):
            await self._take(item)
        elif isinstance(item, Goodbye) and self._link is not None:
            self._leaving = True
            self._link.hang_up(item.cause)
            loop = asyncio.get_running_loop()
            loop.call_later(HANG_UP_WITHIN, self._say_gone, "agent", item.cause)

    async def _take(self, task: TakeMessage) -> None:
        if self._sink is None or self._player is None:
            self._tell_result(task.id, "error", None, "Recordings are not kept here.")
            return
        if task.beep:
            frames = iter(beep_frames(self._player.sample_rate or 24_000))
            self._player.under = lambda: next(frames, None)
        self._messages += 1
        name = "message.ogg" if self._messages == 1 else f"message-{self._messages}.ogg"
        self._message = message = Message(task, name)
        self._hearing.deafen(True)
        try:
            outcome, ms = await message.take(self._sink)
        except Exception as error:
            _log.warning("message_lost", error=str(error))
            self._tell_result(task.id, "error", None, f"The message could not be kept: {error}")
        else:
            value = {"recording": message.name, "ms": ms} if outcome == "ok" else None
            self._tell_result(task.id, outcome, value, "")
        finally:
            self._message = None
            self._hearing.deafen(False)

    def _tell_result(self, effect: str, outcome: str, value: Any, detail: str) -> None:
        if not self._gone:
            self._listener.result(effect, outcome, value, detail)

    def _play_hold(self) -> None:
        if self._player is None:
            return
        frames = hold_frames(self._player.sample_rate or 24_000)
        at = iter(range(1 << 62))
        self._player.under = lambda: frames[next(at) % len(frames)]

    def _quiet(self) -> None:
        if self._hold is not None:
            self._hold.cancel()
            self._hold = None
        if self._player is not None:
            self._player.under = _nothing

    # The end.

    async def _until_closed(self, link: AudioLink) -> None:
        by, end = await link.closed()
        if self._message is not None:
            # Who hangs up has said all: the message is kept and told before the end is.
            self._message.end()
            await asyncio.wait([self._tasks[0]], timeout=0.5)
        self._say_gone(by, end)

    def _say_gone(self, by: str, end: str) -> None:
        if not self._gone:
            self._gone = True
            self._quiet()
            self._speaker.mute()
            self._hearing.close()
            self._listener.gone(by, end)


def _nothing() -> bytes | None:
    return None
