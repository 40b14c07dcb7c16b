"""Any server that speaks OpenAI's chat completions: on this machine, in the house, or Azure.

What they do otherwise is a row of `DIALECTS`.
"""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any, Literal

import msgspec

from engine.providers.llm.contract import Prompt, Words
from engine.providers.llm.draft import Ended, Piece
from engine.providers.llm.openai_chat import OpenAiChat
from engine.providers.llm.stopping import begun


class Dialect(msgspec.Struct, frozen=True):
    """``bound`` names the field for the most tokens. ``counts``: it may be asked to count while it streams.
    ``schemas``: how it is held to a schema, ``told`` when only by words. ``key``: the header of the key."""

    bound: str = "max_tokens"
    counts: bool = True
    schemas: Literal["json_schema", "json_object", "told"] = "json_schema"
    key: Literal["authorization", "api-key"] = "authorization"
    strict: bool = False
    url: str = ""


def dialects() -> dict[str, Dialect]:
    """By name. ``any`` asks for what nearly every server knows."""
    return {
        "any": Dialect(schemas="json_object"),
        "ollama": Dialect(url="http://127.0.0.1:11434/v1"),
        "vllm": Dialect(url="http://127.0.0.1:8000/v1"),
        "llamacpp": Dialect(url="http://127.0.0.1:8080/v1"),
        "azure": Dialect(bound="max_completion_tokens", key="api-key", strict=True),
        "plain": Dialect(counts=False, schemas="told"),
    }


class Compatible(OpenAiChat):
    """A server at ``url`` as a `LanguageModel`. Azure's is ``https://NAME.openai.azure.com/openai/v1/``, and its model
    is the deployment's name. Raises ``ValueError`` for a dialect there is not."""

    usual_window = 8_192
    """Small servers forget the beginning of what is longer, and do not say so."""

    def __init__(self, api_key: str, model: str, url: str = "", *, dialect: str = "any", **more: Any) -> None:
        known = dialects()
        if dialect not in known:
            raise ValueError(f"There is no dialect {dialect!r}. There are: {', '.join(known)}.")
        self.dialect = known[dialect]
        if not (url or self.dialect.url):
            raise ValueError("A compatible model needs its address, like http://127.0.0.1:11434/v1.")
        super().__init__(api_key, model, url or self.dialect.url, **more)
        self.name = "compatible" if dialect in ("any", "plain") else dialect

    def _headers(self) -> dict[str, str]:
        return {"api-key": self._key} if self.dialect.key == "api-key" else {}

    def _pieces(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        return thoughtless(super()._pieces(prompt))

    def _bounds(self, prompt: Prompt) -> dict[str, Any]:
        counting = {"stream_options": {"include_usage": True}} if self.dialect.counts else {}
        return {self.dialect.bound: prompt.most_tokens, **counting}

    def _wanted(self, prompt: Prompt) -> dict[str, Any]:
        wanted = super()._wanted(prompt)
        if not self.dialect.strict:
            for tool in wanted.get("tools", ()):
                del tool["function"]["strict"]
        if prompt.schema is not None and self.dialect.schemas != "json_schema":
            told = msgspec.json.encode(prompt.schema, order="sorted").decode()
            rule = f"Answer with one JSON object that fits this JSON schema, and nothing else:\n{told}"
            wanted["messages"] = [{"role": "system", "content": rule}, *wanted["messages"]]
            if self.dialect.schemas == "json_object":
                wanted["response_format"] = {"type": "json_object"}
            else:
                del wanted["response_format"]
        return wanted


OPEN, SHUT = "<think>", "</think>"


async def thoughtless(pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
    """The pieces without what a model thinks aloud at the beginning of its answer."""
    thoughts = Thoughts()
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Words):
                if text := thoughts.without(piece.text):
                    yield Words(text)
            else:
                if isinstance(piece, Ended) and (rest := thoughts.rest()):
                    yield Words(rest)
                yield piece


class Thoughts:
    """Finds the end of what stands between ``<think>`` and ``</think>``, which may be cut anywhere."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._over = False

    def without(self, text: str) -> str:
        """What of the text belongs to the answer, as far as that is known."""
        if self._over:
            return text
        self._held += text
        if not self._thinking:
            start = self._held.lstrip()
            if OPEN.startswith(start[: len(OPEN)]) and len(start) < len(OPEN):
                return ""
            if not start.startswith(OPEN):
                return self.rest()
            self._thinking = True
        _, shut, after = self._held.partition(SHUT)
        if not shut:
            self._held = self._held[len(self._held) - begun(self._held, (SHUT,)) :]
            return ""
        # Blanks after the thoughts belong to them.
        self._held, self._thinking = SHUT + after.lstrip(), True
        self._over = bool(after.strip())
        return after.lstrip()

    def rest(self) -> str:
        """What was held back; the answer goes on, or is over."""
        held, self._held, self._over = self._held, "", True
        return "" if self._thinking else held
