"""What we rely on in livekit-agents, one behaviour a test: an upgrade that breaks one says which.

The pin in pyproject is exact; move it only with these green.
"""

import asyncio
import inspect
import os
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import Any

import pytest
import pytest_asyncio
from livekit import rtc
from livekit.agents import AgentSession
from livekit.agents.voice import SpeechHandle

from engine.providers.speech import Hints, Transcript
from server.channels.voice.agent import FlowAgent, open_session
from server.channels.voice.clock import Clock
from server.channels.voice.ears import Ears
from server.channels.voice.mic import Mic
from server.channels.voice.offline import stay_offline
from server.channels.voice.player import Player
from tests.server.voice.fakes import WAIT, ScriptedEars, TalkingLink, tone
from tests.server.voice.loudness import LoudnessVad

PINNED = "1.8.9"


class Bare:
    """An `AgentSession` with our settings and our sound, and nobody who drives it."""

    def __init__(self, *, resumes: bool = True, phone: bool = True, finds_turns: bool = False) -> None:
        self.link = TalkingLink()
        self.recogniser = ScriptedEars(finds_turns=finds_turns)
        self.ears = Ears(self.recogniser, Hints())
        self.clock = Clock()
        self.player = Player(self.link, self.clock)
        self.mic = Mic(self.link, self.clock)
        self.session: AgentSession[Any] = open_session(self.ears, LoudnessVad(), phone=phone, resumes=resumes)
        self.turns = 0
        self.events: list[tuple[str, Any]] = []
        self.changed = asyncio.Event()
        self.generators_closed = 0

    async def start(self) -> None:
        self.session.output.audio = self.player
        self.session.input.audio = self.mic
        for name in ("user_state_changed", "user_input_transcribed", "agent_false_interruption"):
            self.session.on(name, lambda event, name=name: self.note(name, event))
        self.player.on("playback_finished", lambda event: self.note("finished", event))
        await self.session.start(FlowAgent(self.turn), record=False)
        await self.recogniser.opened.wait()

    def turn(self) -> None:
        self.turns += 1
        self.note("turn", None)

    def note(self, name: str, event: Any) -> None:
        if name == "user_state_changed" and event.new_state == "listening":
            self.ears.fell_silent()
        self.events.append((name, event))
        self.changed.set()

    async def until(self, name: str, count: int = 1) -> Any:
        async with asyncio.timeout(WAIT):
            while sum(n == name for n, _ in self.events) < count:
                self.changed.clear()
                await self.changed.wait()
        return [event for n, event in self.events if n == name][count - 1]

    def say(self, ms: int, interruptible: bool = True, rate: int = 24_000) -> SpeechHandle:
        async def frames() -> AsyncIterator[rtc.AudioFrame]:
            try:
                for _ in range(ms // 20):
                    yield rtc.AudioFrame(tone(20, rate), rate, 1, rate // 50)
            finally:
                self.generators_closed += 1

        return self.session.say(
            "words", audio=frames(), allow_interruptions=interruptible, add_to_chat_ctx=False
        )

    async def sounds(self, ms: int) -> None:
        async with asyncio.timeout(WAIT):
            while len(self.link.played) < ms * 32:
                await asyncio.sleep(0.01)

    async def aclose(self) -> None:
        await self.session.aclose()
        await self.mic.aclose()
        self.player.close()


@pytest_asyncio.fixture
async def bare() -> AsyncIterator[Any]:
    stay_offline(os.environ)
    made: list[Bare] = []

    async def make(**wishes: bool) -> Bare:
        it = Bare(**wishes)
        made.append(it)
        await it.start()
        return it

    yield make
    for it in made:
        await it.aclose()


def test_the_version_is_the_one_these_tests_were_written_for() -> None:
    assert version("livekit-agents") == PINNED
    assert version("livekit-plugins-silero") == PINNED


def test_the_options_that_keep_it_quiet_exist() -> None:
    asked = inspect.signature(AgentSession.__init__).parameters
    for name in ("aec_warmup_duration", "user_away_timeout", "session_close_transcript_timeout"):
        assert name in asked
    assert "record" in inspect.signature(AgentSession.start).parameters


async def test_sound_is_said_without_any_voice_provider(bare: Any) -> None:
    it = await bare()
    handle = it.say(200)
    await handle
    assert not handle.interrupted
    assert handle.exception() is None
    assert (await it.until("finished")).playback_position == pytest.approx(0.2, abs=0.03)


async def test_sound_is_resampled_to_what_the_output_wants(bare: Any) -> None:
    it = await bare()
    await it.say(400, rate=8_000)
    assert len(it.link.played) == pytest.approx(400 * 32, abs=40 * 32)


async def test_nothing_is_answered_by_itself(bare: Any) -> None:
    it = await bare()
    it.recogniser.script.append("hello")
    await it.link.speak(tone(400, 16_000))
    await it.until("turn")
    assert it.session.current_speech is None
    assert not it.link.played


async def test_say_waits_for_silence_unless_it_must_be_heard(bare: Any) -> None:
    it = await bare()
    it.recogniser.script.append(None)
    talking = asyncio.create_task(it.link.speak(tone(6_000, 16_000)))
    await it.until("user_state_changed")
    waiting = it.say(100)
    await asyncio.wait([asyncio.ensure_future(waiting.wait_for_playout())], timeout=0.5)
    assert not it.link.played
    await it.session.interrupt(force=True)
    await it.say(100, interruptible=False)
    assert it.link.played
    talking.cancel()


async def test_interrupt_by_force_ends_the_whole_queue_at_once(bare: Any) -> None:
    it = await bare()
    handles = [it.say(5_000, interruptible=False), it.say(5_000)]
    await it.sounds(200)
    await it.session.interrupt(force=True)
    assert [handle.interrupted for handle in handles] == [True, True]
    assert [handle.done() for handle in handles] == [True, True]
    assert (await it.until("finished")).interrupted


async def test_sound_that_is_cut_is_not_made_to_its_end(bare: Any) -> None:
    it = await bare()
    it.say(5_000)
    await it.sounds(200)
    await it.session.interrupt(force=True)
    async with asyncio.timeout(WAIT):
        while not it.generators_closed:
            await asyncio.sleep(0.01)


async def test_speech_pauses_first_and_a_final_transcript_cuts_it(bare: Any) -> None:
    it = await bare()
    it.recogniser.script.append("stop")
    handle = it.say(8_000)
    await it.sounds(400)
    await it.link.speak(tone(500, 16_000))
    await handle
    assert handle.interrupted
    assert 0.3 < (await it.until("finished")).playback_position < 8.0
    await it.until("turn")


async def test_noise_pauses_and_is_forgiven(bare: Any) -> None:
    it = await bare()
    it.recogniser.script.append(None)
    handle = it.say(3_000)
    await it.sounds(400)
    await it.link.speak(tone(500, 16_000))
    assert (await it.until("agent_false_interruption")).resumed
    await handle
    assert not handle.interrupted
    assert it.link.cleared


async def test_what_must_be_heard_drops_the_turn_but_not_the_words(bare: Any) -> None:
    it = await bare()
    it.recogniser.script.append("forty two")
    told: list[Transcript] = []
    it.ears.on_final = lambda transcript, ends: told.append(transcript)
    handle = it.say(2_500, interruptible=False)
    await it.sounds(200)
    before = it.recogniser.streams[0].heard
    await it.link.speak(tone(500, 16_000))
    await handle
    assert (await it.until("user_input_transcribed")).transcript == "forty two"
    assert [t.text for t in told] == ["forty two"]
    assert it.turns == 0
    assert it.recogniser.streams[0].heard > before


async def test_echo_is_learned_in_browsers_and_nobody_cuts_in_meanwhile(bare: Any) -> None:
    it = await bare(phone=False)
    it.recogniser.script.append(None)
    handle = it.say(1_200)
    await it.sounds(60)
    await it.link.speak(tone(450, 16_000))
    await handle
    assert not handle.interrupted
    assert it.session.options.aec_warmup_duration == 1.0


async def test_a_turn_ends_when_the_recogniser_says_so(bare: Any) -> None:
    it = await bare(finds_turns=True)
    it.session.update_options(endpointing_opts={"min_delay": 0.0, "max_delay": 0.0})
    it.recogniser.partial("a table")
    it.recogniser.final("a table for two", ends=True)
    await it.until("turn")


async def test_how_long_a_pause_ends_a_turn_can_be_changed_at_any_time(bare: Any) -> None:
    it = await bare()
    it.session.update_options(endpointing_opts={"min_delay": 600.0, "max_delay": 600.0})
    it.recogniser.script += ["I would like", "a table"]
    await it.link.speak(tone(400, 16_000))
    await it.until("user_input_transcribed")
    assert it.turns == 0
    it.session.update_options(endpointing_opts={"min_delay": 0.1, "max_delay": 0.1})
    await it.link.speak(tone(400, 16_000))
    await it.until("turn")


async def test_silence_is_dated_back_to_when_it_began(bare: Any) -> None:
    it = await bare()
    it.recogniser.script.append(None)
    await it.link.speak(tone(1_000, 16_000))
    spoke = await it.until("user_state_changed")
    fell = await it.until("user_state_changed", 2)
    assert (spoke.new_state, fell.new_state) == ("speaking", "listening")
    # Without dating back, a quarter of a second of silence would count as speech.
    assert fell.created_at >= spoke.created_at


async def test_a_session_that_is_closed_forgets_its_speech(bare: Any) -> None:
    it = await bare()
    handle = it.say(5_000)
    await it.sounds(100)
    await it.session.aclose()
    assert handle.done()
