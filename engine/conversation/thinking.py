"""Performing the effects that ask others to think: models, knowledge, tools."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec
from msgspec.structs import replace

from engine.conversation.ports import Ability, Knowledge, Models, Outcome, Toolbox
from engine.kinds.converse import EXIT
from engine.kinds.program import Program
from engine.kinds.thoughts import Generate
from engine.protocol import AskModel, CallTool, JudgeIntent, Record, SearchKnowledge, Wrote

Thought = AskModel | SearchKnowledge | JudgeIntent | CallTool
"""Effects others think about."""

Say = Callable[[str], Awaitable[None]]


class Guess(msgspec.Struct):
    """A model that was asked before it was sure that the caller had finished. What it writes waits in ``written``;
    once the guess was right, it goes to ``say``."""

    request: AskModel
    written: list[str]
    task: asyncio.Task[Outcome] | None = None
    say: Say | None = None


class Thinker:
    """Who is asked to think for one session. What is missing answers with an error that says so."""

    def __init__(self, program: Program, session: str) -> None:
        self.models: Models | None = None
        self.knowledge: Knowledge | None = None
        self.toolbox: Toolbox | None = None
        self._program = program
        self._session = session
        self._guess: Guess | None = None

    async def perform(self, effect: Thought, say: Say) -> Outcome:
        """Have it thought about. Never raises but for being cancelled."""
        key = f"{self._session}:{effect.id}"
        if isinstance(effect, AskModel):
            return await self._ask(effect, say, key)
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

    async def _ask(self, effect: AskModel, say: Say, key: str) -> Outcome:
        if self.models is None:
            return Outcome("error", detail=NO_MODEL)
        guess, self._guess = self._guess, None
        if guess is not None and guess.task is not None:
            if replace(guess.request, id=effect.id) == effect:
                return await self._adopt(guess, say)
            guess.task.cancel()
        return await self.models.ask(effect, self._abilities(effect), say, key)

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

    def suppose(self, request: AskModel) -> None:
        """The caller has probably finished, and this is what would be asked: ask it already. Nothing of it is seen
        unless just this is asked next."""
        if self.models is None or (self._guess is not None and self._guess.request == request):
            return
        self.drop()
        guess = Guess(request, [])

        async def keep(text: str) -> None:
            if guess.say is not None:
                await guess.say(text)
            else:
                guess.written.append(text)

        work = self.models.ask(request, self._abilities(request), keep, f"{self._session}:guess")
        guess.task = asyncio.ensure_future(work)
        self._guess = guess

    def drop(self) -> None:
        """What was supposed is not so."""
        if self._guess is not None and self._guess.task is not None:
            self._guess.task.cancel()
        self._guess = None

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
