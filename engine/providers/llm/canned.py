"""Models that ask nobody: written answers for rehearsals and tests, and answers that were recorded."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterable, Mapping

import msgspec

from engine.providers.llm.contract import Answer, Called, Event, Prompt, Shaped, Words
from engine.providers.llm.tokens import guessed
from engine.providers.llm.unicode import whole_prompt
from engine.providers.llm.vendor import WINDOW
from engine.providers.speech import ProviderError, Trouble

PIECE = 12
"""Characters of a canned answer that come at once."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A written answer. It is given when ``when`` is in what the user said last (in any case); empty: always.
    ``fails`` names a `Trouble` instead of an answer."""

    answer: Answer = Answer()
    when: str = ""
    fails: str = ""


class Canned:
    """A script as a `LanguageModel`: the first line that fits and was not given yet; the last one that fits goes on
    to be given. Each talk has its own."""

    name = "canned"
    model = "script"
    window = WINDOW

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = tuple(lines)
        self._given: set[int] = set()

    async def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncGenerator[Event, None]:
        """The next written answer. Raises `ProviderError` when none fits, or when the line says so."""
        line = self._next(prompt)
        if line.fails:
            raise ProviderError(self.name, Trouble(line.fails), "the script says that it fails here")
        for event in told(line.answer, prompt):
            # Others must have their turn, as with a model that answers from afar.
            await asyncio.sleep(0)
            yield event

    def _next(self, prompt: Prompt) -> Line:
        heard = next((said.text for said in reversed(prompt.messages) if said.role == "user"), "").casefold()
        fitting = [at for at, line in enumerate(self._lines) if line.when.casefold() in heard]
        fresh = [at for at in fitting if at not in self._given]
        if not fitting:
            raise ProviderError(
                self.name,
                Trouble.UNSUPPORTED,
                "no written answer fits what was said. Add one, or one that always fits.",
            )
        at = fresh[0] if fresh else fitting[-1]
        self._given.add(at)
        return self._lines[at]

    async def check(self) -> None:
        """It would always answer."""

    async def aclose(self) -> None:
        """Nothing to let go."""


class Replayed:
    """Recorded answers, by the prompt's `digest`. A prompt that was never asked is an error, never a new answer."""

    name = "replayed"
    model = "recording"
    window = WINDOW

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = dict(answers)

    async def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncGenerator[Event, None]:
        """What was answered then, with its counts and times. Raises `ProviderError`."""
        answer = self._answers.get(digest(prompt))
        if answer is None:
            raise ProviderError(
                self.name, Trouble.UNSUPPORTED, "nobody asked this when it was recorded. Record it anew."
            )
        for event in told(answer, prompt):
            await asyncio.sleep(0)
            yield event

    async def check(self) -> None:
        """It is always there."""

    async def aclose(self) -> None:
        """Nothing to let go."""


def told(answer: Answer, prompt: Prompt) -> list[Event]:
    """An answer as the events of a stream."""
    text = "" if prompt.schema is not None else answer.text
    events: list[Event] = [Words(text[at : at + PIECE]) for at in range(0, len(text), PIECE)]
    events += [Called(call) for call in answer.calls]
    if answer.shaped is not None:
        events.append(Shaped(answer.shaped))
    done = answer.done
    if done.source == "model" and done.usage.input == done.usage.output == 0:
        done = msgspec.structs.replace(done, usage=guessed(prompt, answer.text, answer.calls))
    if answer.calls and done.reason == "stop":
        done = msgspec.structs.replace(done, reason="calls")
    return [*events, done]


def digest(prompt: Prompt) -> str:
    """Names a prompt: the same for the same prompt, on any machine."""
    return hashlib.sha256(msgspec.json.encode(whole_prompt(prompt), order="deterministic")).hexdigest()
