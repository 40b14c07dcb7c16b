"""Performing the effects that ask others to think: models, knowledge, tools."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from msgspec.structs import replace

from engine.conversation.ports import Ability, Knowledge, Models, Outcome, Toolbox
from engine.kinds.converse import EXIT
from engine.kinds.program import Program
from engine.kinds.thoughts import Generate
from engine.protocol import AskModel, CallTool, JudgeIntent, Record, SearchKnowledge, Wrote

Thought = AskModel | SearchKnowledge | JudgeIntent | CallTool
"""Effects others think about."""

Say = Callable[[str], Awaitable[None]]


class Guess:
    """A thought that was asked for before it was sure that the caller had finished. What a model writes waits in
    ``written``; once the guess was right, it goes to ``say``."""

    def __init__(self, thought: Thought) -> None:
        self.thought = thought
        self.written: list[str] = []
        self.say: Say | None = None
        self.task: asyncio.Future[Outcome] | None = None

    async def keep(self, text: str) -> None:
        """A sentence was written."""
        if self.say is not None:
            await self.say(text)
        else:
            self.written.append(text)

    def answers(self, thought: Thought) -> bool:
        """Whether just this was asked, and not in vain: who failed is asked again."""
        if self.task is None or replace(self.thought, id=thought.id) != thought:
            return False
        if self.task.cancelled():
            return False
        return not self.task.done() or self.task.result().outcome not in ("error", "timeout")


class Thinker:
    """Who is asked to think for one session. What is missing answers with an error that says so. ``eager``: before it
    is sure that the caller has finished."""

    def __init__(self, program: Program, session: str) -> None:
        self.models: Models | None = None
        self.knowledge: Knowledge | None = None
        self.toolbox: Toolbox | None = None
        self._program = program
        self._session = session
        self.eager = True
        self._guesses: list[Guess] = []

    async def perform(self, effect: Thought, say: Say) -> Outcome:
        """Have it thought about. Never raises but for being cancelled."""
        guess = next((g for g in self._guesses if g.answers(effect)), None)
        if guess is not None:
            self._guesses.remove(guess)
            return await self._adopt(guess, say)
        return await self._perform(effect, say, f"{self._session}:{effect.id}")

    async def _perform(self, effect: Thought, say: Say, key: str) -> Outcome:
        if isinstance(effect, AskModel):
            if self.models is None:
                return Outcome("error", detail=NO_MODEL)
            return await self.models.ask(effect, self._abilities(effect), say, key)
        if isinstance(effect, SearchKnowledge):
            if self.knowledge is None:
                return Outcome("error", detail="There is no knowledge here.")
            return await self.knowledge.search(effect, key)
        if isinstance(effect, JudgeIntent):
            if self.models is None:
                return Outcome("error", detail=NO_MODEL)
            return await self.models.judge(effect, key)
        if self.toolbox is None:
            return Outcome("error", detail="There are no tools here.")
        return await self.toolbox.call(effect, key)

    async def _adopt(self, guess: Guess, say: Say) -> Outcome:
        """The guess was right: what was written meanwhile is said, then the rest as it comes."""
        assert guess.task is not None
        try:
            while guess.written:
                await say(guess.written.pop(0))
            guess.say = say
            return await guess.task
        except asyncio.CancelledError:
            guess.task.cancel()
            raise

    def suppose(self, thought: AskModel | SearchKnowledge | JudgeIntent) -> "asyncio.Future[Outcome]":
        """This would be asked next: ask it already. Nothing of it is seen unless just this is asked."""
        guess = Guess(thought)
        work = self._perform(thought, guess.keep, f"{self._session}:guess")
        guess.task = asyncio.ensure_future(work)
        self._guesses.append(guess)
        return guess.task

    def drop(self) -> None:
        """What was supposed is not so."""
        for guess in self._guesses:
            if guess.task is not None:
                guess.task.cancel()
        self._guesses.clear()

    def _abilities(self, effect: AskModel) -> Sequence[Ability]:
        functions = self._program.functions
        found = [
            Ability(name, functions[name].description, functions[name].schema)
            for name in effect.functions
            if name in functions
        ]
        if len(found) < len(effect.functions):
            exits = {EXIT + e.id: e for i in self._generates(effect.node) for e in i.exits}
            found += [
                Ability(n, exits[n].description, exits[n].schema) for n in effect.functions if n in exits
            ]
        return found

    def _generates(self, node: str) -> Iterable[Generate]:
        return (i for i in self._program.instructions if isinstance(i, Generate) and i.node == node)


def begun(effect: AskModel, records: Iterable[Record]) -> AskModel:
    """The same request, knowing what was already said of its answer before the process died."""
    said = [r.event.text for r in records if isinstance(r.event, Wrote) and r.event.effect == effect.id]
    return replace(effect, begun=" ".join(said)) if said else effect


NO_MODEL = (
    "No language model is configured. Give the server a key, or the address of one that speaks OpenAI's API."
)
