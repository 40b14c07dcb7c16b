"""An answer while it comes in: what all vendors' streams are turned into, and what is checked when it ends."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from engine.providers.llm.contract import (
    BrokenAnswer,
    Call,
    Called,
    Done,
    Event,
    Prompt,
    Reason,
    Shaped,
    Usage,
    Words,
)
from engine.providers.llm.shape import problems
from engine.providers.llm.tokens import guessed, tokens
from engine.providers.llm.unicode import Joiner

LONGEST_TOKEN = 16
"""Characters that no model writes more of, in an answer of some length, for one token."""
SLACK = 400
MOST_CALLS = 32


class Fragment(msgspec.Struct, frozen=True):
    """A piece of a call: all with the same ``key`` belong together; ``arguments`` are cut anywhere."""

    key: str
    id: str = ""
    name: str = ""
    arguments: str = ""
    seal: str = ""


class Counted(msgspec.Struct, frozen=True):
    """What the vendor counted so far; the last one holds."""

    usage: Usage


class Ended(msgspec.Struct, frozen=True):
    """The vendor says why it stopped."""

    reason: Reason


class By(msgspec.Struct, frozen=True):
    """The model that answers, as the vendor calls it."""

    model: str


Piece = Words | Fragment | Counted | Ended | By


@dataclass
class _Growing:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)
    seal: str = ""


class Draft:
    """Collects one answer. `take` gives what may be handed on at once, `finish` the rest."""

    def __init__(self, provider: str, model: str, prompt: Prompt) -> None:
        self._provider = provider
        self._model = model
        self._prompt = prompt
        self._text: list[str] = []
        self._joiner = Joiner()
        self._calls: dict[str, _Growing] = {}
        self._left = prompt.most_tokens * LONGEST_TOKEN + SLACK
        self._usage: Usage | None = None
        self._reason: Reason | None = None

    @property
    def overflows(self) -> bool:
        """The vendor goes on and on."""
        return self._left < 0

    def take(self, piece: Piece) -> Words | None:
        """The next piece; text that nobody has to wait for is given back."""
        match piece:
            case Words(text):
                self._left -= len(text) + 1
                text = self._joiner.join(text)
                self._text.append(text)
                return Words(text) if text and self._prompt.schema is None else None
            case Fragment():
                self._grow(piece)
            case Counted(usage):
                self._usage = usage
            case Ended(reason):
                self._reason = reason
            case By(model):
                self._model = model or self._model
        return None

    def _grow(self, piece: Fragment) -> None:
        self._left -= len(piece.arguments) + 1
        if piece.key not in self._calls and len(self._calls) >= MOST_CALLS:
            raise BrokenAnswer(self._provider, f"it wants more than {MOST_CALLS} functions at once")
        call = self._calls.setdefault(piece.key, _Growing())
        call.id = call.id or piece.id
        call.name = call.name or piece.name
        call.seal = call.seal or piece.seal
        call.arguments.append(piece.arguments)

    def finish(self) -> Iterator[Event]:
        """Calls, the object, and `Done`. Raises `BrokenAnswer`; a cut answer holds neither calls nor object, but
        says ``length``."""
        reason: Reason = "length" if self.overflows else self._reason or "stop"
        if reason == "length":
            if self._prompt.schema is not None or self._calls:
                raise BrokenAnswer(
                    self._provider, f"it did not come to an end within {self._prompt.most_tokens} tokens"
                )
        elif reason != "refused":
            calls = [self._call(number, one) for number, one in enumerate(self._calls.values())]
            yield from map(Called, calls)
            reason = "calls" if calls else "stop"
            if self._prompt.schema is not None and not calls:
                yield Shaped(self._object())
        if reason in ("stop", "length") and not any(text.strip() for text in self._text):
            raise BrokenAnswer(self._provider, "it said nothing")
        yield Done(reason, self._counted(), self._provider, self._model)

    def _call(self, number: int, grown: _Growing) -> Call:
        function = next((one for one in self._prompt.functions if one.name == grown.name), None)
        if function is None:
            raise BrokenAnswer(self._provider, "it wants a function that there is not")
        arguments = read_object(self._provider, "".join(grown.arguments) or "{}")
        if wrong := problems(arguments, function.parameters, f"what it gave {grown.name}"):
            raise BrokenAnswer(self._provider, wrong[0])
        return Call(grown.id or f"call_{number + 1}", grown.name, arguments, grown.seal)

    def _object(self) -> dict[str, Any]:
        value = read_object(self._provider, unfenced("".join(self._text)))
        if wrong := problems(value, self._prompt.schema or {}):
            raise BrokenAnswer(self._provider, wrong[0])
        return value

    def _counted(self) -> Usage:
        if self._usage is not None:
            return self._usage
        silent = "".join("".join(one.arguments) for one in self._calls.values())
        counted = guessed(self._prompt, "".join(self._text))
        return msgspec.structs.replace(counted, output=counted.output + tokens(silent))


def read_object(provider: str, text: str) -> dict[str, Any]:
    """A JSON object. Raises `BrokenAnswer`, with nothing of the text: it may hold what a caller said."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BrokenAnswer(provider, "it gave something else than JSON") from None
    if not isinstance(value, dict):
        raise BrokenAnswer(provider, "it gave JSON that is no object")
    return value


def _no_number(name: str) -> Any:
    raise ValueError(name)


def unfenced(text: str) -> str:
    """Without the Markdown fence that some models put around JSON."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text[text.index("\n") : -3].strip()
    return text
