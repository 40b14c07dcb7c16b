"""What the engine tells a line, and what a line tells the engine."""

import asyncio

import pytest

from engine.conversation.voice import Ear, Speech, VoiceListener, VoicePort
from engine.providers.prices import Price
from server.channels.voice import speaker
from server.channels.voice.link import AudioLink
from server.channels.voice.rooms import RoomLink
from server.channels.voice.sounds import content_hash
from server.channels.voice.speaker import BREATH
from tests.server.voice.conftest import Lines
from tests.server.voice.fakes import WAIT, HummingVoice, Shelf, tone

PRICES = {"scripted/*": Price(minute=60_000), "humming/tone": Price(thousand=1_000)}


async def test_a_session_is_what_the_engine_speaks_to(line: Lines) -> None:
    it = await line()
    port: VoicePort = it.session
    listener: VoiceListener = it.diary
    link: AudioLink = it.link
    room: type[AudioLink] = RoomLink
    assert all((port, listener, link, room))


async def test_an_utterance_is_heard_and_told(line: Lines) -> None:
    it = await line()
    it.session.speak(Speech(1, 1, "Good morning"))
    await it.diary.until("finished")
    assert it.diary.happened() == [("began", 1), ("finished", 1)]
    assert it.link.loudest > 5_000
    assert it.voice.asked == ["Good morning"]


async def test_utterances_sound_in_their_order_and_only_the_last_is_told_as_heard(line: Lines) -> None:
    it = await line()
    for number, text in enumerate(("One", "Two", "Three"), 1):
        it.session.speak(Speech(number, 1, text))
    await it.diary.until("finished")
    assert [e[1] for e in it.diary.all("began")] == [1, 2, 3]
    assert it.diary.all("finished") == [("finished", 3)]


async def test_prepared_sound_needs_no_synthesis(line: Lines) -> None:
    it = await line(shelf=Shelf(abc=tone(100, 24_000)))
    it.session.speak(Speech(1, 1, "Welcome", prompt="abc"))
    await it.diary.until("finished")
    assert it.voice.asked == []
    assert it.link.loudest > 5_000


async def test_prepared_parts_are_put_together(line: Lines) -> None:
    parts = ("Table for", "four")
    shelf = Shelf(**{content_hash(part): tone(100, 24_000) for part in parts})
    it = await line(shelf=shelf)
    it.session.speak(Speech(1, 1, "Table for four", parts=parts))
    it.session.speak(Speech(2, 1, "Table for five", parts=("Table for", "five")))
    await it.diary.until("finished")
    assert it.voice.asked == ["Table for five"]


async def test_prepared_sentences_do_not_run_together(line: Lines) -> None:
    # Their silence was cut off; a breath lies between them.
    it = await line(shelf=Shelf(abc=tone(100, 24_000)))
    before = asyncio.get_running_loop().time()
    it.session.speak(Speech(1, 1, "Good morning.", prompt="abc"))
    it.session.speak(Speech(2, 1, "Who is there?", prompt="abc"))
    await it.diary.until("began", 2)
    assert asyncio.get_running_loop().time() - before >= 0.1 + BREATH


async def test_who_cuts_in_is_answered_without_a_breath(line: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker, "BREATH", 3600.0)
    it = await line(shelf=Shelf(abc=tone(2_000, 24_000)))
    it.session.speak(Speech(1, 1, "Good morning.", prompt="abc"))
    await it.diary.until("began")
    it.session.stop(1)
    it.session.speak(Speech(2, 2, "Yes?", prompt="abc"))
    await it.diary.until("began", 2)
    assert it.diary.happened() == [("began", 1), ("began", 2)]


async def test_a_recording_plays_instead_of_the_words(line: Lines) -> None:
    it = await line(shelf=Shelf(**{"https://sounds.example/jingle.ogg": tone(60, 24_000)}))
    it.session.speak(Speech(1, 1, "", audio="https://sounds.example/jingle.ogg"))
    await it.diary.until("finished")
    assert it.link.loudest > 5_000


async def test_what_is_stopped_is_never_told_as_heard(line: Lines) -> None:
    it = await line(voice=HummingVoice(ms_a_word=2_000))
    it.session.speak(Speech(1, 1, "One two three"))
    it.session.speak(Speech(2, 1, "Four five six"))
    await it.diary.until("began")
    it.session.stop(1)
    it.session.speak(Speech(3, 2, ""))
    await it.diary.until("finished")
    assert it.diary.happened() == [("began", 1), ("finished", 3)]
    assert it.voice.cancelled == ["One two three"] or it.link.cleared


async def test_what_the_caller_says_is_told_when_she_falls_silent(line: Lines) -> None:
    it = await line("a table for four")
    it.session.listen(Ear("n_ask", "number", pause=300))
    await it.link.speak(tone(500, 16_000))
    (_, utterance) = await it.diary.until("words")
    assert (utterance.text, utterance.sure) == ("a table for four", 900)
    assert it.diary.all("speaking") == [("speaking", True), ("speaking", False)]


async def test_sound_that_nobody_understands_is_told_as_such(line: Lines) -> None:
    it = await line("")
    await it.link.speak(tone(600, 16_000))
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == ""


async def test_hints_reach_the_recogniser_in_midstream(line: Lines) -> None:
    it = await line("yes")
    await it.ears.opened.wait()
    it.session.listen(Ear("n_q", "yes_no", words=("yes", "no"), grammar="#JSGF V1.0;"))
    await it.link.speak(tone(300, 16_000))
    await it.diary.until("words")
    assert it.ears.streams[0].hints[-1].words == ("yes", "no")


async def test_a_turn_in_two_pieces_is_one_turn(line: Lines) -> None:
    it = await line(None)
    await it.ears.opened.wait()
    await it.link.speak(tone(300, 16_000))
    it.ears.final("I would like")
    it.ears.final("a table")
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == "I would like a table"
    assert len(it.diary.all("words")) == 1


async def test_keys_and_the_end_wait_for_their_turn(line: Lines) -> None:
    it = await line()
    it.session.speak(Speech(1, 1, "Goodbye"))
    it.session.press("12#")
    it.session.hang_up("agent_hung_up")
    assert it.link.pressed == ""
    await it.diary.until("gone")
    assert it.link.pressed == "12#"
    assert it.diary.entries[-2:] == [("finished", 1), ("gone", "agent", "agent_hung_up")]


async def test_the_end_of_the_line_comes_once_and_last(line: Lines) -> None:
    it = await line(voice=HummingVoice(ms_a_word=2_000))
    it.session.speak(Speech(1, 1, "A long story"))
    await it.diary.until("began")
    it.link.over.set_result(("caller", "caller_hung_up"))
    await it.diary.until("gone")
    it.session.key("5")
    it.session.speak(Speech(2, 1, "Hello?"))
    await it.session.aclose()
    assert it.diary.entries[-1] == ("gone", "caller", "caller_hung_up")
    assert len(it.diary.all("gone")) == 1


async def test_the_times_of_a_turn_are_told_once_its_answer_sounds(line: Lines) -> None:
    it = await line("hello there", prices=PRICES)
    await it.link.speak(tone(400, 16_000))
    await it.diary.until("words")
    it.session.speak(Speech(1, 1, "Hello"))
    (_, times) = await it.diary.until("measured")
    assert (times.number, times.stt, times.tts, times.prepared) == (1, "scripted", "humming", False)
    assert times.transcript is not None
    assert times.decision is not None
    assert 0 <= times.decision <= times.audio
    assert times.spoken_characters == 5
    # A second of sound at 60,000 a minute, five characters at 1,000 a thousand.
    assert times.cost_micros == 1_000 + 5


async def test_tones_are_heard_while_it_takes_long_and_end_with_the_answer(line: Lines) -> None:
    it = await line()
    it.session.hold(True)
    async with asyncio.timeout(WAIT):
        while it.link.loudest < 500:
            await asyncio.sleep(0.05)
    assert it.link.loudest < 3_000
    it.session.speak(Speech(1, 1, "Thank you for waiting"))
    await it.diary.until("finished")
    it.link.played.clear()
    it.session.hold(True)
    it.session.hold(False)
    it.session.speak(Speech(2, 1, ""))
    await it.diary.until("finished", 2)
    assert not it.link.played


async def test_what_is_spoken_beside_a_turn_is_counted_as_well(line: Lines) -> None:
    it = await line(prices=PRICES)
    it.session.speak(Speech(1, 1, "Hello"))
    (_, times) = await it.diary.until("measured")
    assert (times.transcript, times.decision, times.audio) == (None, None, None)
    assert (times.tts, times.spoken_characters, times.cost_micros) == ("humming", 5, 5)
