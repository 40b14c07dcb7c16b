"""The contract of language models: a prompt goes in, words, function calls and counts come out as they are made.

A model is shared by all talks of a process and holds no state of one. What people, documents and tools said is data:
it stands in `Said.text`, never in a `Function` or in the instructions.
"""

from collections.abc import AsyncIterator
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from engine.providers.speech import ProviderError, Trouble

Role = Literal["system", "user", "assistant", "tool"]
Reason = Literal["stop", "length", "refused", "calls"]


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """The model wants this function. ``arguments`` fit its parameters. ``seal`` is the vendor's own, to be handed
    back unread with the call."""

    id: str
    name: str
    arguments: dict[str, Any]
    seal: str = ""


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message. ``calls`` stand in what the assistant said; ``call`` names the call a tool's text answers."""

    role: Role
    text: str = ""
    calls: tuple[Call, ...] = ()
    call: str = ""


class Function(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the model may call. ``parameters`` is the JSON schema of an object, see `shape`."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = msgspec.field(default_factory=lambda: {"type": "object", "properties": {}})


class Prompt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a model is asked.

    ``schema``: the answer is one JSON object that fits it, given as `Shaped`; no `Words` are given then.
    ``most_tokens`` bounds the answer, whatever the vendor does. ``temperature_permille`` is 0 to 2000, None for the
    model's own: some models refuse any other.
    """

    messages: tuple[Said, ...]
    functions: tuple[Function, ...] = ()
    schema: dict[str, Any] | None = None
    most_tokens: int = 400
    temperature_permille: int | None = None
    stop: tuple[str, ...] = ()


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens. ``input`` counts the ``cached`` ones too; ``output`` counts what the model thought in silence.
    ``estimated``: the vendor did not count."""

    input: int = 0
    cached: int = 0
    output: int = 0
    estimated: bool = False


class Times(msgspec.Struct, frozen=True, omit_defaults=True):
    """Milliseconds from the question to the first piece of the answer and to its end, and between pieces."""

    first_ms: int = 0
    whole_ms: int = 0
    between_p50_ms: int = 0
    between_max_ms: int = 0


class Words(msgspec.Struct, frozen=True, tag="words"):
    """The next piece of the text, cut anywhere."""

    text: str


class Called(msgspec.Struct, frozen=True, tag="called"):
    """A function is wanted. All calls of an answer belong together."""

    call: Call


class Shaped(msgspec.Struct, frozen=True, tag="shaped"):
    """The object that was asked for by ``schema``."""

    value: dict[str, Any]


class Done(msgspec.Struct, frozen=True, omit_defaults=True, tag="done"):
    """The end of an answer, always its last event.

    ``length``: it was cut at ``most_tokens``. ``refused``: the model or its vendor will not answer this.
    ``source`` is ``model``, or ``memory`` or ``canned`` when no model answered. ``cost_micros`` is in millionths of a
    US dollar.
    """

    reason: Reason
    usage: Usage = Usage()
    provider: str = ""
    model: str = ""
    source: Literal["model", "memory", "canned"] = "model"
    times: Times = Times()
    cost_micros: int = 0


Event = Words | Called | Shaped | Done


class ContextTooLong(ProviderError):
    """The prompt does not fit into the model's window: a shorter one may."""

    def __init__(self, provider: str, message: str = "") -> None:
        super().__init__(
            provider,
            Trouble.UNSUPPORTED,
            message
            or "the prompt is longer than the model's window. Keep fewer turns, or take a larger model.",
        )


class BrokenAnswer(ProviderError):
    """The answer is not what was asked for: no JSON, not of the schema, a function there is not. Asking once again
    may help."""

    def __init__(self, provider: str, message: str) -> None:
        super().__init__(provider, Trouble.BROKEN, message)


@runtime_checkable
class LanguageModel(Protocol):
    """A model. Closing the iteration of a stream cancels it at the vendor."""

    @property
    def name(self) -> str:
        """The provider."""
        ...

    @property
    def model(self) -> str:
        """Its model."""
        ...

    @property
    def window(self) -> int:
        """Tokens of prompt and answer together."""
        ...

    def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncIterator[Event]:
        """The answer as it is made, `Done` at its end; all of it within ``budget_ms``.

        Raises `engine.providers.speech.ProviderError`, `ContextTooLong` and `BrokenAnswer` from the iteration.
        """
        ...

    async def check(self) -> None:
        """Whether it would answer now; raises `engine.providers.speech.ProviderError`."""

    async def aclose(self) -> None:
        """Let connections go."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole answer: what a log keeps, and what is replayed."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    shaped: dict[str, Any] | None = None
    done: Done = Done("stop")


async def collect(events: AsyncIterator[Event]) -> Answer:
    """All of a stream. Raises what the stream raises."""
    text: list[str] = []
    calls: list[Call] = []
    shaped: dict[str, Any] | None = None
    done = Done("stop")
    async for event in events:
        match event:
            case Words(piece):
                text.append(piece)
            case Called(call):
                calls.append(call)
            case Shaped(value):
                shaped = value
            case Done():
                done = event
    return Answer("".join(text), tuple(calls), shaped, done)
