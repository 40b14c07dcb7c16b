"""OpenAI's chat completions, which most other servers speak too."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from engine.providers.llm.contract import Prompt, Reason, Said, Words
from engine.providers.llm.draft import By, Counted, Ended, Fragment, Piece
from engine.providers.llm.openai_family import OpenAiFamily, censored, strict, usage
from engine.providers.llm.vendor import ended

REASONS: dict[str, Reason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "refused",
    "tool_calls": "calls",
    "function_call": "calls",
}


class OpenAiChat(OpenAiFamily):
    """Chat completions as a `LanguageModel`."""

    async def _pieces(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        import openai

        try:
            answer = await self._begin(self._client().chat.completions.create, self._wanted(prompt))
        except openai.BadRequestError as error:
            if censored(error):
                yield Ended("refused")
                return
            raise
        seen = False
        fragments = Fragments()
        async with answer as chunks:
            async for chunk in chunks:
                if chunk.usage is not None:
                    yield Counted(usage(chunk.usage, "prompt_tokens", "completion_tokens"))
                for choice in chunk.choices[:1]:
                    for piece in self._read(choice.delta, fragments):
                        yield piece
                    if choice.finish_reason:
                        seen = True
                        yield By(chunk.model)
                        yield Ended(fragments.reason or REASONS.get(choice.finish_reason, "stop"))
        ended(self.name, seen)

    def _read(self, delta: Any, fragments: "Fragments") -> list[Piece]:
        pieces: list[Piece] = []
        if delta is None:
            return pieces
        if getattr(delta, "refusal", None):
            fragments.reason = "refused"
        if delta.content:
            pieces.append(Words(delta.content + ""))
        pieces += [fragments.of(one) for one in delta.tool_calls or ()]
        return pieces

    def _wanted(self, prompt: Prompt) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "model": self.model,
            "messages": [message(said) for said in prompt.messages],
            "stream": True,
            **self._bounds(prompt),
        }
        if prompt.functions:
            wanted["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": one.name,
                        "description": one.description,
                        "parameters": one.parameters,
                        "strict": strict(one.parameters),
                    },
                }
                for one in prompt.functions
            ]
        if prompt.schema is not None:
            wanted["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": prompt.schema, "strict": strict(prompt.schema)},
            }
        if prompt.temperature_permille is not None:
            wanted["temperature"] = prompt.temperature_permille / 1000
        if self.effort:
            wanted["reasoning_effort"] = self.effort
        if prompt.stop:
            wanted["stop"] = list(prompt.stop)
        return wanted

    def _bounds(self, prompt: Prompt) -> dict[str, Any]:
        return {"max_completion_tokens": prompt.most_tokens, "stream_options": {"include_usage": True}}


class Fragments:
    """Which call a fragment belongs to. By its index; but some servers number all calls 0 and give each its id."""

    def __init__(self) -> None:
        self.reason: Reason | None = None
        self._keys: dict[int, tuple[str, str]] = {}
        self._made = 0

    def of(self, one: Any) -> Fragment:
        """A fragment, as the vendor sent it."""
        index = int(one.index or 0)
        key, id_ = self._keys.get(index, ("", ""))
        if not key or (one.id and one.id != id_):
            self._made += 1
            key, id_ = str(self._made), one.id or ""
            self._keys[index] = key, id_
        function = one.function
        return Fragment(key, id_, (function and function.name) or "", (function and function.arguments) or "")


def message(said: Said) -> dict[str, Any]:
    """A message, as chat completions want it."""
    if said.role == "tool":
        return {"role": "tool", "tool_call_id": said.call, "content": said.text}
    made: dict[str, Any] = {"role": said.role, "content": said.text}
    if said.calls:
        made["content"] = said.text or None
        made["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": json.dumps(call.arguments, ensure_ascii=False),
                },
            }
            for call in said.calls
        ]
    return made
