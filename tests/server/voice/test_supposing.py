"""What a caller has probably said is told before her turn is over."""

from engine.conversation.voice import Ear
from engine.providers.speech import EagerEnd, TurnResumed
from tests.server.voice.conftest import Lines
from tests.server.voice.fakes import ScriptedEars, tone


async def test_the_words_are_told_before_the_pause_that_makes_them_sure(line: Lines) -> None:
    it = await line("a table by the window")
    it.session.listen(Ear("n_wish", "text", pause=900))
    await it.link.speak(tone(500, 16_000))
    (_, utterance) = await it.diary.until("words")
    names = [entry[0] for entry in it.diary.entries]
    assert it.diary.all("supposed") == [("supposed", utterance.text)]
    assert names.index("supposed") < names.index("words")


async def test_words_that_sound_unfinished_are_waited_for(line: Lines) -> None:
    it = await line(None)
    await it.ears.opened.wait()
    it.ears.final("a table for the")
    it.ears.final("two of us")
    await it.diary.until("words")
    assert it.diary.all("supposed") == [("supposed", "a table for the two of us")]


async def test_a_recogniser_that_believes_in_the_end_of_a_turn_is_believed_until_it_does_not(
    line: Lines,
) -> None:
    ears = ScriptedEars(finds_turns=True)
    it = await line(ears=ears)
    await ears.opened.wait()
    ears.partial("a table")
    ears.tell(EagerEnd("a table"))
    ears.tell(TurnResumed())
    ears.tell(EagerEnd("a table for two"))
    ears.final("a table for two", ends=True)
    await it.diary.until("words")
    told = [text for _, text in it.diary.all("supposed")]
    assert told == ["a table", "", "a table for two"]
