"""Thinking ahead: while a line waits for the end of a turn, who thinks has begun to; and nobody can tell."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from engine.conversation import Outcome
from engine.conversation.line import VoiceLine
from engine.conversation.ports import Ability
from engine.conversation.voice import Utterance
from engine.protocol import (
    AskModel,
    CallTool,
    Heard,
    JudgeIntent,
    Record,
    Result,
    SearchKnowledge,
    Speak,
    Wrote,
)
from engine.runtime import encode_state, replay
from tests.engine.conversation.test_line import Port, Watch
from tests.engine.conversation.world import World, until
from tests.engine.drawing import ask, end, program

Say = Callable[[str], Awaitable[None]]
WISH = ask("text", "wish", "What can I do?", {"understood": "think", "gives_up": "x"})
REPLY = {"kind": "reply", "instructions": "Be kind.", "out": {"then": "x", "failed": "sorry"}}
ANSWER = {
    "kind": "answer",
    "question": "wish",
    "out": {"answered": "x", "failed": "sorry", "not_known": "sorry"},
}
LOOK = {"kind": "http", "url": "https://shop.test/{{ wish }}", "out": {"ok": "x", "error": "sorry"}}
ENDS = {"x": end("done", "Bye."), "sorry": end("failed", "Sorry.")}


class Minds:
    """Models and knowledge that think until they are let (`engine.conversation.ports`)."""

    def __init__(self) -> None:
        self.asked: list[AskModel] = []
        self.searched: list[SearchKnowledge] = []
        self.stopped: list[str] = []
        self.may = asyncio.Event()
        self.outcomes: list[Outcome] = []

    async def ask(self, request: AskModel, abilities: Sequence[Ability], wrote: Say, key: str) -> Outcome:
        self.asked.append(request)
        heard = request.talk[-1].text
        try:
            await wrote(f"So you want {heard}.")
            await self.may.wait()
        except asyncio.CancelledError:
            self.stopped.append(heard)
            raise
        if self.outcomes:
            return self.outcomes.pop(0)
        await wrote("Here it is.")
        return Outcome("ok", {"text": f"So you want {heard}. Here it is."})

    async def judge(self, request: JudgeIntent, key: str) -> Outcome:
        return Outcome("ok", {"intent": "", "by": "model", "candidates": []})

    async def search(self, request: SearchKnowledge, key: str) -> Outcome:
        self.searched.append(request)
        await asyncio.sleep(0)
        return Outcome("ok", [{"id": "k", "text": "We have tea.", "title": "Menu", "score": 900}])

    async def call(self, request: CallTool, key: str) -> Outcome:
        raise AssertionError("no tool is called here")


class Table:
    """A caller who was asked what she wants, on a line."""

    def __init__(self, think: dict[str, Any] = REPLY) -> None:
        self.world = World(
            program({"wish": WISH, "think": think, **ENDS}, variables={"wish": "text"}), "voice"
        )
        self.talk = self.world.conversation()
        self.minds, self.port, self.watch = Minds(), Port(), Watch()
        thinker = self.talk.thinker
        thinker.models = thinker.knowledge = thinker.toolbox = self.minds
        self.line = VoiceLine(self.talk, self.port, self.watch)

    async def __aenter__(self) -> "Table":
        await self.line.open()
        self.line.finished(1)
        await until(lambda: len(self.world.log.records) == 2)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.talk.close()

    async def supposed(self, text: str) -> None:
        """The pause after these words has begun, and a model has written a sentence."""
        before = len(self.minds.asked)
        self.line.supposed(text)
        await until(lambda: len(self.minds.asked) > before)
        await settled()

    async def over(self) -> None:
        """Until the talk has ended."""
        self.minds.may.set()
        await until(lambda: self.talk.ended)

    @property
    def records(self) -> list[Record]:
        return self.world.log.records

    @property
    def said(self) -> list[str]:
        return [e.text for r in self.records for e in r.effects if isinstance(e, Speak)]


async def settled() -> None:
    """Whoever could do something has done it."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_model_thinks_during_the_pause_and_its_answer_is_the_turns() -> None:
    async with Table() as table:
        await table.supposed("tea")
        table.line.words(Utterance("tea"))
        await table.over()
        assert len(table.minds.asked) == 1
        assert table.said == ["What can I do?", "So you want tea.", "Here it is.", "Bye."]


async def test_nothing_is_seen_before_the_words_are_sure() -> None:
    async with Table() as table:
        before = list(table.records)
        await table.supposed("tea")
        assert table.records == before
        assert len(table.port.spoken) == 1
        assert table.port.named("hold") == []


async def test_other_words_are_asked_about_anew_and_the_first_model_stops() -> None:
    async with Table() as table:
        await table.supposed("tea")
        table.line.words(Utterance("tea with milk"))
        await until(lambda: table.minds.stopped == ["tea"])
        await table.over()
        assert [r.talk[-1].text for r in table.minds.asked] == ["tea", "tea with milk"]
        assert not any("tea." in text for text in table.said)


async def test_a_caller_who_goes_on_is_waited_for() -> None:
    async with Table() as table:
        await table.supposed("tea")
        table.line.supposed("")
        await until(lambda: table.minds.stopped == ["tea"])
        await table.supposed("tea and cake")
        table.line.words(Utterance("tea and cake"))
        await table.over()
        assert len(table.minds.asked) == 2


async def test_the_same_words_again_are_not_asked_again() -> None:
    async with Table() as table:
        await table.supposed("tea")
        table.line.supposed("tea")
        await settled()
        assert len(table.minds.asked) == 1


async def test_the_log_is_that_of_a_talk_in_which_nobody_thought_ahead() -> None:
    async def held(ahead: bool) -> Table:
        async with Table() as table:
            if ahead:
                await table.supposed("tea")
            table.line.words(Utterance("tea"))
            await table.over()
            return table

    eager, patient = await held(True), await held(False)
    assert eager.records == patient.records
    folded = replay(eager.talk.run, eager.records, check=True)
    assert encode_state(folded) == encode_state(eager.talk.state)


async def test_knowledge_is_searched_ahead_and_the_model_asked_about_what_was_found() -> None:
    async with Table(ANSWER) as table:
        await table.supposed("tea")
        assert "We have tea." in table.minds.asked[0].instructions
        table.line.words(Utterance("tea"))
        await table.over()
        assert (len(table.minds.searched), len(table.minds.asked)) == (1, 1)
        assert "So you want tea." in table.said


async def test_words_that_come_while_the_knowledge_is_searched_ask_everything_once() -> None:
    async with Table(ANSWER) as table:
        table.line.supposed("tea")
        await until(lambda: bool(table.minds.searched))
        table.line.words(Utterance("tea"))
        await table.over()
        assert (len(table.minds.searched), len(table.minds.asked)) == (1, 1)


async def test_a_model_that_failed_meanwhile_is_asked_again() -> None:
    async with Table() as table:
        table.minds.outcomes.append(Outcome("error", detail="It hiccuped."))
        table.minds.may.set()
        await table.supposed("tea")
        table.line.words(Utterance("tea"))
        await table.over()
        assert table.talk.state.outcome == "done"
        assert [e.event.outcome for e in table.records if isinstance(e.event, Result)] == ["ok"]


async def test_a_service_is_never_asked_about_words_that_are_not_sure() -> None:
    async with Table(LOOK) as table:
        table.line.supposed("tea")
        await settled()
        assert table.world.tools.asked == []
        table.line.words(Utterance("tea"))
        await until(lambda: len(table.world.tools.asked) == 1)


async def test_who_is_told_to_wait_thinks_of_nothing_ahead() -> None:
    async with Table() as table:
        table.talk.thinker.eager = False
        table.line.supposed("tea")
        await settled()
        assert table.minds.asked == []


async def test_a_caller_who_hangs_up_leaves_no_model_thinking() -> None:
    async with Table() as table:
        await table.supposed("tea")
        table.line.gone("caller", "caller_hung_up")
        await until(lambda: table.talk.ended and table.minds.stopped == ["tea"])
        assert not any(isinstance(r.event, Wrote | Heard) for r in table.records)


async def test_a_session_that_is_let_go_stops_what_it_supposed() -> None:
    async with Table() as table:
        await table.supposed("tea")
        table.talk.close()
        await until(lambda: table.minds.stopped == ["tea"])
