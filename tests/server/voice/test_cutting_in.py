"""A caller speaks while she is spoken to."""

import asyncio

from engine.conversation.voice import Ear, Speech
from server.workers.wire import Speaking
from tests.server.voice.conftest import Lines
from tests.server.voice.fakes import WAIT, HummingVoice, TalkingLink, tone

STORY = "one two three four five six seven eight nine ten eleven twelve"


async def sounds_for(link: TalkingLink, ms: int) -> None:
    """Wait until so much was played."""
    async with asyncio.timeout(WAIT):
        while len(link.played) < link.rate * ms // 500:
            await asyncio.sleep(0.01)


async def test_what_was_heard_is_told_before_what_was_said(line: Lines) -> None:
    it = await line("stop please", voice=HummingVoice(ms_a_word=250))
    it.session.listen(Ear("n", pause=300))
    it.session.speak(Speech(1, 7, STORY))
    it.session.speak(Speech(2, 7, "And this is never heard"))
    await sounds_for(it.link, 800)
    await it.link.speak(tone(600, 16_000))
    (_, utterance) = await it.diary.until("words")
    (_, epoch, played, heard) = await it.diary.until("barged_in")
    assert utterance.text == "stop please"
    assert epoch == 7
    assert heard
    assert STORY.startswith(heard)
    assert heard != STORY
    # What was heard and how long it sounded belong together: 250 ms a word, half of it makes it heard.
    assert abs(len(heard.split()) * 250 - played) <= 130
    names = [entry[0] for entry in it.diary.entries]
    assert names.index("barged_in") < names.index("words")
    assert "finished" not in names
    assert it.diary.all("began") == [("began", 1)]
    assert it.link.cleared


async def test_without_word_times_the_words_are_counted_by_how_much_sounded(line: Lines) -> None:
    it = await line("stop", voice=HummingVoice(ms_a_word=250, word_times=False))
    it.session.speak(Speech(1, 1, STORY))
    await sounds_for(it.link, 700)
    await it.link.speak(tone(600, 16_000))
    (_, _, _, heard) = await it.diary.until("barged_in")
    assert STORY.startswith(heard)
    assert heard not in ("", STORY)


async def test_noise_only_pauses_and_the_rest_is_heard(line: Lines) -> None:
    it = await line(None, voice=HummingVoice(ms_a_word=250))
    it.session.speak(Speech(1, 1, STORY))
    await sounds_for(it.link, 500)
    await it.link.speak(tone(400, 16_000))
    await it.diary.until("finished")
    assert it.diary.all("barged_in") == []
    assert it.diary.all("words") == []
    assert it.diary.all("began") == [("began", 1)]
    assert it.link.cleared
    # All twelve words sounded.
    assert len(it.link.played) >= 12 * 250 * 16 * 2


async def test_a_flow_may_want_the_hard_stop(line: Lines) -> None:
    it = await line(None, voice=HummingVoice(ms_a_word=250), speaking=Speaking(resumes=False))
    it.session.speak(Speech(1, 1, STORY))
    await sounds_for(it.link, 500)
    await it.link.speak(tone(500, 16_000))
    (_, _, played, heard) = await it.diary.until("barged_in")
    assert heard
    assert played >= 400


async def test_what_must_be_heard_is_and_what_was_said_meanwhile_is_not_lost(line: Lines) -> None:
    it = await line("my number is forty two", voice=HummingVoice(ms_a_word=200))
    it.session.speak(Speech(1, 1, STORY, interruptible=False))
    await sounds_for(it.link, 300)
    await it.link.speak(tone(600, 16_000))
    (_, utterance) = await it.diary.until("words")
    await it.diary.until("finished")
    assert utterance.text == "my number is forty two"
    assert it.diary.all("barged_in") == []
    assert len(it.diary.all("words")) == 1
    assert len(it.link.played) >= 12 * 200 * 16 * 2


async def test_a_recogniser_that_finds_turns_ends_them_at_once(line: Lines) -> None:
    from tests.server.voice.fakes import ScriptedEars

    ears = ScriptedEars(finds_turns=True)
    it = await line(ears=ears, voice=HummingVoice(ms_a_word=250))
    await ears.opened.wait()
    it.session.speak(Speech(1, 1, STORY))
    await sounds_for(it.link, 500)
    talking = asyncio.create_task(it.link.speak(tone(600, 16_000)))
    ears.partial("stop")
    await it.diary.until("partial")
    await talking
    ears.final("stop it please", ends=True)
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == "stop it please"
    assert len(it.diary.all("barged_in")) == 1


async def test_somebody_who_never_falls_silent_is_spoken_to_all_the_same(line: Lines) -> None:
    it = await line(None)
    endless = asyncio.create_task(it.link.speak(tone(20_000, 16_000)))
    await it.diary.until("speaking")
    it.session.speak(Speech(1, 1, "Hello"))
    await it.diary.until("finished")
    assert it.diary.all("barged_in") == []
    endless.cancel()


async def test_a_key_stops_nothing_by_itself(line: Lines) -> None:
    it = await line()
    it.session.speak(Speech(1, 1, "Press one"))
    await it.diary.until("began")
    it.session.key("1")
    await it.diary.until("finished")
    assert ("key", "1") in it.diary.entries
