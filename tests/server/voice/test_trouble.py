"""Recognisers and voices fail; a line does not."""

from engine.conversation.voice import Ear, Speech
from engine.providers.speech import ProviderError, Trouble
from server.channels.voice.apology import Apology
from tests.server.voice.conftest import Lines
from tests.server.voice.fakes import HummingVoice, ScriptedEars, tone


async def test_without_a_recogniser_it_is_told_once_and_hearing_comes_back_by_itself(line: Lines) -> None:
    ears = ScriptedEars("hello")
    ears.broken = 2
    it = await line(ears=ears)
    await it.diary.until("trouble")
    await ears.opened.wait()
    await it.link.speak(tone(500, 16_000))
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == "hello"
    assert [e[1] for e in it.diary.all("trouble")] == ["hearing"]


async def test_a_recogniser_that_dies_in_midcall_is_opened_again(line: Lines) -> None:
    ears = ScriptedEars("hello")
    it = await line(ears=ears)
    await ears.opened.wait()
    ears.opened.clear()
    ears.streams[0].events.put_nowait(ProviderError("scripted", Trouble.BROKEN, "cut off"))
    await ears.opened.wait()
    await it.link.speak(tone(500, 16_000))
    await it.diary.until("words")
    assert ears.streams[0].closed


async def test_what_was_said_to_a_dying_recogniser_is_answered_with_nothing(line: Lines) -> None:
    ears = ScriptedEars(None)
    it = await line(ears=ears)
    await ears.opened.wait()
    await it.link.speak(tone(500, 16_000))
    await it.diary.until("speaking", 2)
    ears.streams[0].events.put_nowait(ProviderError("scripted", Trouble.BROKEN, "cut off"))
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == ""


async def test_a_chain_may_fall_back_to_one_that_finds_no_turns(line: Lines) -> None:
    ears = ScriptedEars("a table", finds_turns=True)
    it = await line(ears=ears)
    await ears.opened.wait()
    ears.abilities = ScriptedEars().abilities
    it.session.listen(Ear("n", pause=300))
    await it.link.speak(tone(500, 16_000))
    (_, utterance) = await it.diary.until("words")
    assert utterance.text == "a table"


async def test_without_a_voice_an_apology_is_played_and_it_is_told(line: Lines) -> None:
    it = await line(voice=HummingVoice(fails=1))
    it.session.speak(Speech(1, 1, "Good morning"))
    it.session.speak(Speech(2, 2, "Good night"))
    await it.diary.until("finished")
    trouble = it.diary.all("trouble")
    assert [e[1] for e in trouble] == ["voice"]
    assert "no voice today" in trouble[0][2]
    apology = len(Apology().sound("en-US")) * 16 // 24
    assert len(it.link.played) >= apology
    assert [e[1] for e in it.diary.all("began")] == [1, 2]


async def test_the_apology_is_there_in_the_callers_language_or_in_english() -> None:
    apology = Apology()
    english = apology.sound("en-GB")
    assert len(english) > 2 * 24_000 * 2
    assert apology.sound("de-DE") != english
    assert apology.sound("nn-NO") == apology.sound("nb-NO") != english
    assert apology.sound("tlh") == english


async def test_a_caller_hears_the_words_of_a_recording_that_cannot_be_had(line: Lines) -> None:
    it = await line()
    it.session.speak(Speech(1, 1, "Welcome home", audio="https://sounds.example/gone.ogg"))
    await it.diary.until("finished")
    assert it.voice.asked == ["Welcome home"]
    assert it.diary.all("trouble") == [
        ("trouble", "recording", "https://sounds.example/gone.ogg cannot be had.")
    ]
