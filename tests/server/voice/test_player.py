"""Sound goes out in real time, and everybody knows how much of it did."""

import asyncio
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from livekit import rtc

from engine.providers.speech import Word
from server.channels.voice.clock import Clock
from server.channels.voice.heard import words_heard
from server.channels.voice.hold import beep_frames, hold_frames
from server.channels.voice.mic import Mic
from server.channels.voice.player import Player
from server.channels.voice.turns import Basket, sounds_unfinished
from tests.server.voice.fakes import WAIT, TalkingLink, tone


class HandClock(Clock):
    """A clock that ticks when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.ticks: list[Callable[[], None]] = []

    def join(self, tick: Callable[[], None]) -> Callable[[], None]:
        self.ticks.append(tick)
        return lambda: self.ticks.remove(tick)

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            for tick in tuple(self.ticks):
                tick()


def frame(ms: int, rate: int = 8_000) -> rtc.AudioFrame:
    return rtc.AudioFrame(tone(ms, rate), rate, 1, rate * ms // 1000)


async def test_the_first_frame_does_not_wait_for_the_clock() -> None:
    link, clock = TalkingLink(8_000), HandClock()
    player = Player(link, clock)
    began: list[object] = []
    player.on("playback_started", began.append)
    await player.capture_frame(frame(100))
    assert len(link.played) == 320
    assert len(began) == 1
    clock.tick()
    assert len(link.played) == 320
    clock.tick()
    assert len(link.played) == 640


async def test_a_segment_ends_when_its_last_frame_has_sounded() -> None:
    link, clock = TalkingLink(8_000), HandClock()
    player = Player(link, clock)
    ended: list[object] = []
    player.on("playback_finished", ended.append)
    await player.capture_frame(frame(50))
    player.flush()
    clock.tick(3)
    assert not ended
    clock.tick()
    assert ended[0].playback_position == 0.05  # type: ignore[attr-defined]
    assert not ended[0].interrupted  # type: ignore[attr-defined]


async def test_paused_it_keeps_its_place_and_cleared_it_tells_it() -> None:
    link, clock = TalkingLink(8_000), HandClock()
    player = Player(link, clock)
    ended: list[object] = []
    player.on("playback_finished", ended.append)
    await player.capture_frame(frame(200))
    clock.tick(3)
    player.pause()
    assert link.cleared == 1
    clock.tick(10)
    assert player.position_ms == 60
    player.resume()
    clock.tick()
    assert player.position_ms == 80
    player.clear_buffer()
    assert ended[0].playback_position == 0.08  # type: ignore[attr-defined]
    assert ended[0].interrupted  # type: ignore[attr-defined]


async def test_who_makes_sound_faster_than_it_is_heard_waits() -> None:
    link, clock = TalkingLink(8_000), HandClock()
    player = Player(link, clock)
    pushing = asyncio.create_task(player.capture_frame(frame(5_000)))
    await asyncio.sleep(0)
    assert not pushing.done()
    async with asyncio.timeout(WAIT):
        while not pushing.done():
            clock.tick()
            await asyncio.sleep(0)
    assert player.position_ms >= 4_000


async def test_something_soft_plays_only_while_nobody_speaks() -> None:
    link, clock = TalkingLink(8_000), HandClock()
    player = Player(link, clock)
    player.under = lambda: b"\1\0" * 160
    clock.tick()
    assert bytes(link.played) == b"\1\0" * 160
    await player.capture_frame(frame(100))
    clock.tick(3)
    assert bytes(link.played).count(b"\1\0" * 160) == 1


async def test_a_line_that_sends_nothing_is_heard_as_silence() -> None:
    link, clock = TalkingLink(16_000), HandClock()
    mic = Mic(link, clock)
    clock.tick(12)
    heard = await mic.__anext__()
    assert not any(heard.data)
    await mic.aclose()


async def test_phone_sound_is_heard_at_sixteen_kilohertz() -> None:
    link = TalkingLink(8_000)
    mic = Mic(link, HandClock())
    got = bytearray()
    mic.on_heard = got.extend
    for _ in range(50):
        link.says.put_nowait(tone(20, 8_000))
    link.says.put_nowait(None)
    await mic._pump
    assert abs(len(got) - 32_000) < 3_200
    await mic.aclose()


def test_the_soft_sound_is_soft_and_goes_round() -> None:
    frames = hold_frames(8_000)
    assert len(frames) == 100
    assert {len(f) for f in frames} == {320}
    loudest = max(abs(int.from_bytes(f[i : i + 2], "little", signed=True)) for f in frames for i in (0, 80))
    assert loudest < 2_000
    assert [len(f) for f in beep_frames(8_000)] == [320] * 13


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    words=st.lists(st.sampled_from(["one", "two", "a", "seventeen", "and"]), min_size=1, max_size=12),
    played=st.integers(0, 9_000),
    more=st.integers(0, 3_000),
    timed=st.booleans(),
)
def test_more_sound_is_never_fewer_words(words: list[str], played: int, more: int, timed: bool) -> None:
    text = " ".join(words)
    times = [Word(word, i * 300, i * 300 + 300) for i, word in enumerate(words)] if timed else []
    less = words_heard(text, times, played, len(words) * 300)
    later = words_heard(text, times, played + more, len(words) * 300)
    assert later.startswith(less)
    assert text.startswith(later)
    assert words_heard(text, times, len(words) * 300, len(words) * 300) == text


def test_half_the_sound_is_half_the_words() -> None:
    text = "One two three four five six seven eight nine ten eleven twelve."
    assert words_heard(text, (), 2_020, 4_000) == "One two three four five six seven"
    assert words_heard(text, (), 0, 4_000) == ""


def test_a_sentence_that_breaks_off_is_unfinished() -> None:
    assert sounds_unfinished("I would like a table for", "en-GB")
    assert sounds_unfinished("my name is Anna,", "en")
    assert not sounds_unfinished("a table for four", "en")
    assert not sounds_unfinished("ein Tisch für vier", "de")
    assert sounds_unfinished("ein Tisch für", "de-AT")
    assert not sounds_unfinished("", "en")


def test_a_turn_is_as_sure_as_its_least_sure_piece() -> None:
    from engine.providers.speech import Transcript

    basket = Basket()
    basket.add(Transcript("a table", 900, ("a cable",)))
    basket.add(Transcript("for four", 600))
    taken = basket.take(120)
    assert (taken.text, taken.sure, taken.alternatives, taken.ended) == ("a table for four", 600, (), 120)
    assert not basket
