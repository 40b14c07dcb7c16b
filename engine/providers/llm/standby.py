"""What is said when no model answers: what was answered to the same prompt before, or a written sentence."""

import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator

from engine.providers.llm.canned import digest, told
from engine.providers.llm.contract import Answer, Done, Event, LanguageModel, Prompt, Shaped, Words
from engine.providers.speech import ProviderError

MOST = 500
LARGEST = 8_000
"""Characters of an answer that is remembered."""


class Memory:
    """The last answers to whole prompts, the oldest forgotten first. One for an organisation: never shared.

    An answer with calls is not kept: what a tool did once says nothing about now.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def keep(self, prompt: Prompt, answer: Answer) -> None:
        """Remember it, when it may be given again."""
        if prompt.functions or answer.done.reason != "stop" or len(answer.text) > LARGEST:
            return
        key = digest(prompt)
        self._answers[key] = answer
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def find(self, prompt: Prompt) -> Answer | None:
        """What was answered to exactly this."""
        return self._answers.get(digest(prompt))

    def forget(self) -> None:
        """All of it."""
        self._answers.clear()


class Standby:
    """A model, and what stands by for it. ``canned`` empty: a failure stays one.

    `Done.source` says who answered. Nothing is said for a model that failed after its first word.
    """

    def __init__(self, model: LanguageModel, memory: Memory | None = None, canned: str = "") -> None:
        self._model = model
        self._memory = memory
        self._canned = canned

    @property
    def name(self) -> str:
        """The provider."""
        return self._model.name

    @property
    def model(self) -> str:
        """Its model."""
        return self._model.model

    @property
    def window(self) -> int:
        """The model's."""
        return self._model.window

    async def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncGenerator[Event, None]:
        """See `LanguageModel`."""
        text: list[str] = []
        shaped: Shaped | None = None
        begun = False
        try:
            events = self._model.stream(prompt, budget_ms=budget_ms)
            async with contextlib.aclosing(events):  # type: ignore[type-var]
                async for event in events:
                    begun = True
                    if isinstance(event, Words):
                        text.append(event.text)
                    elif isinstance(event, Shaped):
                        shaped = event
                    elif isinstance(event, Done) and self._memory is not None:
                        value = shaped.value if shaped else None
                        self._memory.keep(prompt, Answer("".join(text), (), value, event))
                    yield event
        except ProviderError:
            spare = None if begun else self._spare(prompt)
            if spare is None:
                raise
            for event in told(spare, prompt):
                yield event

    def _spare(self, prompt: Prompt) -> Answer | None:
        if self._memory is not None and (known := self._memory.find(prompt)) is not None:
            done = Done("stop", provider=known.done.provider, model=known.done.model, source="memory")
            return Answer(known.text, (), known.shaped, done)
        if self._canned and prompt.schema is None:
            return Answer(self._canned, done=Done("stop", source="canned"))
        return None

    async def check(self) -> None:
        """Whether the model would answer now."""
        await self._model.check()

    async def aclose(self) -> None:
        """Let connections go."""
        await self._model.aclose()
