"""A line: what is spoken and heard, whose turn it is, and how long anybody is patient."""

from typing import Any

from engine.conversation import Conversation, Outcome
from engine.conversation.line import VoiceLine
from engine.conversation.voice import Ear, Speech, TurnTimes, Utterance
from engine.protocol import BargeIn, Digit, Heard, SpeechFinished, Switched, TakeMessage, TimerFired
from tests.engine.conversation.world import World, until
from tests.engine.drawing import EN, ask, end, program, say

NODES: dict[str, dict[str, Any]] = {
    "hello": say("Welcome.", "q"),
    "q": ask("number", "n", "A number?", {"understood": "bye", "gives_up": "x"}, reprompts=[{EN: "Again?"}]),
    "bye": end("done", "Bye."),
    "x": end("sorry", "Sorry."),
}
PATIENCE = 6_000


class Port:
    """Remembers what it was told (`engine.conversation.voice.VoicePort`)."""

    def __init__(self) -> None:
        self.spoken: list[Speech] = []
        self.told: list[tuple[str, Any]] = []

    def speak(self, speech: Speech) -> None:
        self.spoken.append(speech)

    def stop(self, epoch: int) -> None:
        self.told.append(("stop", epoch))

    def listen(self, ear: Ear) -> None:
        self.told.append(("listen", ear))

    def press(self, keys: str) -> None:
        self.told.append(("press", keys))

    def take_message(self, message: TakeMessage) -> None:
        self.told.append(("take_message", message))

    def record(self, action: str) -> None:
        self.told.append(("record", action))

    def hold(self, on: bool) -> None:
        self.told.append(("hold", on))

    def hang_up(self, cause: str) -> None:
        self.told.append(("hang_up", cause))

    def named(self, name: str) -> list[Any]:
        return [value for told, value in self.told if told == name]


class Watch:
    """Remembers what a screen would show (`engine.conversation.line.LineWatch`)."""

    def __init__(self) -> None:
        self.captions: list[tuple[str, str, bool]] = []
        self.states: list[str] = []
        self.ends: list[tuple[str, str]] = []

    def caption(self, who: str, text: str, final: bool) -> None:
        self.captions.append((who, text, final))

    def state(self, name: str) -> None:
        self.states.append(name)

    def turn(self, times: TurnTimes) -> None:
        self.states.append(f"turn {times.number}")

    def over(self, by: str, reason: str) -> None:
        self.ends.append((by, reason))


class Call:
    """A session on a line, by hand."""

    def __init__(self, modality: str = "voice", ends: bool = True, **nodes: Any) -> None:
        variables = {"n": "int", "t": "text", "word": "text"}
        drawn = program({**NODES, **nodes}, variables=variables, patience={"voice": PATIENCE})
        self.world = World(drawn, modality)
        self.talk: Conversation = self.world.conversation()
        self.port, self.watch = Port(), Watch()
        self.line = VoiceLine(self.talk, self.port, self.watch, ends=ends)

    async def open(self) -> "Call":
        await self.line.open()
        return self

    def events(self, kind: type) -> list[Any]:
        return [r.event for r in self.world.log.records if isinstance(r.event, kind)]

    async def happened(self, kind: type, times: int = 1) -> Any:
        await until(lambda: len(self.events(kind)) >= times)
        return self.events(kind)[-1]


async def test_what_is_said_is_spoken_in_order_and_then_listened_for() -> None:
    call = await Call().open()
    assert [s.text for s in call.port.spoken] == ["Welcome.", "A number?"]
    assert [s.number for s in call.port.spoken] == [1, 2]
    ear = call.port.named("listen")[-1]
    assert (ear.node, ear.expects, ear.locale) == ("q", "number", EN)
    assert "#JSGF" in ear.grammar


async def test_patience_begins_when_the_prompt_was_heard_and_rests_while_the_caller_speaks() -> None:
    call = await Call().open()
    call.world.clock.advance(PATIENCE * 3)
    assert call.world.clock.running == 0, "nobody is impatient with one who is still being spoken to"
    call.line.finished(2)
    await call.happened(SpeechFinished)
    assert call.world.clock.running == 1
    call.line.speaking(True)
    call.world.clock.advance(PATIENCE * 3)
    assert call.events(TimerFired) == []
    call.line.speaking(False)
    call.world.clock.advance(PATIENCE)
    await call.happened(TimerFired)
    await until(lambda: [s.text for s in call.port.spoken] == ["Welcome.", "A number?", "A number?"])


async def test_an_answer_ends_patience_and_the_end_hangs_up() -> None:
    call = await Call().open()
    call.line.finished(2)
    await call.happened(SpeechFinished)
    call.line.words(Utterance("four", sure=910))
    heard = await call.happened(Heard)
    assert (heard.text, heard.spoken, heard.sure, heard.reading.value) == ("four", True, 910, 4)
    await until(lambda: call.port.named("hang_up") == ["agent_hung_up"])
    assert call.port.spoken[-1].text == "Bye."
    assert call.world.clock.running == 0


async def test_who_cuts_in_is_heard_and_what_was_left_is_dropped() -> None:
    call = await Call().open()
    call.line.began(1)
    call.line.barged_in(call.port.spoken[0].epoch, 400, "Wel")
    cut = await call.happened(BargeIn)
    assert cut.heard == "Wel"
    await until(lambda: call.port.named("stop") == [0])
    call.line.finished(2)  # late news of speech that was dropped
    call.line.words(Utterance("four"))
    await call.happened(Heard)
    assert call.events(SpeechFinished) == []


async def test_a_cough_while_we_speak_is_no_answer_and_one_in_silence_is_asked_again() -> None:
    call = await Call().open()
    call.line.words(Utterance(""))
    call.line.finished(2)
    await call.happened(SpeechFinished)
    call.line.words(Utterance(""))
    await call.happened(Heard)
    assert len(call.events(Heard)) == 1
    await until(lambda: call.port.spoken[-1].text == "Again?")


async def test_what_must_be_heard_to_its_end_keeps_words_and_keys_for_after_it() -> None:
    legal = ask("number", "n", "Mind this.", {"understood": "bye", "gives_up": "x"}, interruptible=False)
    call = await Call(hello=legal).open()
    assert not call.port.spoken[0].interruptible
    call.line.words(Utterance("seven"))
    assert call.events(Heard) == []
    call.line.finished(1)
    heard = await call.happened(Heard)
    assert heard.reading.value == 7
    assert call.port.named("stop") == []


async def test_keys_run_ahead_of_the_question_they_answer() -> None:
    look = {"kind": "http", "url": "https://example.com", "out": {"ok": "q", "error": "x"}}
    call = await Call(hello=look).open()
    call.line.key("4")
    await until(lambda: bool(call.world.tools.asked))
    assert call.events(Digit) == []
    assert call.port.named("hold") == [True]
    call.world.tools.answer.set_result(Outcome("ok", {"status": 200, "body": {}}))
    assert (await call.happened(Digit)).digit == "4"
    await until(lambda: call.port.named("hold") == [True, False])


async def test_captions_follow_what_sounds() -> None:
    call = await Call().open()
    call.line.began(1)
    call.line.partial("fo")
    call.line.words(Utterance("four"))
    await call.happened(Heard)
    assert call.watch.captions == [
        ("agent", "Welcome.", True),
        ("caller", "fo", False),
        ("caller", "four", True),
    ]


async def test_a_chat_goes_on_aloud_and_back() -> None:
    call = Call("text", ends=False)
    await call.talk.start()
    assert call.port.spoken == []
    await call.open()
    assert [s.text for s in call.port.spoken] == ["A number?"], "what is asked is asked aloud"
    assert call.talk.state.voice
    call.line.gone("caller", "caller_hung_up")
    await until(lambda: not call.talk.state.voice)
    assert [s.modality for s in call.events(Switched)] == ["voice", "text"]
    assert call.watch.ends == [("caller", "caller_hung_up")]
    await call.talk.say("four")
    assert call.talk.state.outcome == "done"


async def test_another_line_says_so_asks_again_and_the_old_one_is_deaf() -> None:
    call = await Call().open()
    call.line.finished(2)
    old, call.port = call.line, Port()
    old.close()
    call.line = VoiceLine(call.talk, call.port, call.watch)
    await call.open()
    assert "line was gone" in call.port.spoken[0].text
    assert call.port.spoken[1].text == "A number?"
    old.words(Utterance("nine"))
    old.key("9")
    old.gone("line", "edge_lost")
    call.line.words(Utterance("four"))
    heard = await call.happened(Heard)
    assert heard.text == "four"
    assert call.talk.state.outcome == "done"


async def test_another_line_after_the_end_repeats_what_was_not_heard_and_hangs_up() -> None:
    call = await Call().open()
    call.line.finished(2)
    call.line.words(Utterance("four"))
    await until(lambda: call.port.named("hang_up") == ["agent_hung_up"])
    call.line.close()
    records, call.port = len(call.world.log.records), Port()
    call.line = VoiceLine(call.talk, call.port, call.watch)
    await call.open()
    assert [s.text for s in call.port.spoken] == ["Bye."]
    assert call.port.named("hang_up") == ["agent_hung_up"]
    assert len(call.world.log.records) == records, "nothing happens to a session that is over"
    call.line.finished(1)
    await call.happened(SpeechFinished, 2)
    call.line.close()
    call.port = Port()
    await VoiceLine(call.talk, call.port, call.watch).open()
    assert (call.port.spoken, call.port.named("hang_up")) == ([], ["agent_hung_up"])


async def test_a_caller_who_hangs_up_ends_the_session_with_the_reason() -> None:
    call = await Call().open()
    call.line.gone("caller", "caller_hung_up")
    await until(lambda: call.talk.ended)
    assert call.world.log.records[-1].event.reason == "caller_hung_up"  # type: ignore[union-attr]
    assert call.world.clock.running == 0


async def test_a_line_that_hears_nothing_asks_for_the_keys() -> None:
    call = await Call().open()
    call.line.finished(2)
    await call.happened(SpeechFinished)
    call.line.trouble("hearing", "deepgram: unreachable")
    await until(lambda: "keys" in call.port.spoken[-1].text)
    call.line.key("4")
    call.line.key("#")
    await until(lambda: call.talk.ended)
    assert call.talk.state.outcome == "done"
