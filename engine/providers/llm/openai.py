"""OpenAI's responses API."""

import json
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from engine.providers.llm.contract import Prompt, Said, Words
from engine.providers.llm.draft import By, Counted, Ended, Fragment, Piece
from engine.providers.llm.openai_family import OpenAiFamily, censored, strict, usage
from engine.providers.llm.stopping import stopped
from engine.providers.llm.troubles import of_kind
from engine.providers.llm.vendor import ended


class OpenAiResponses(OpenAiFamily):
    """Responses as a `LanguageModel`. Nothing is stored at OpenAI."""

    def _pieces(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        return stopped(self._answer(prompt), prompt.stop)

    async def _answer(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        import openai

        try:
            answer = await self._begin(self._client().responses.create, self._wanted(prompt))
        except openai.BadRequestError as error:
            if censored(error):
                yield Ended("refused")
                return
            raise
        seen = refused = False
        async with answer as events:
            async for event in events:
                refused = refused or event.type == "response.refusal.delta"
                seen = seen or event.type in ("response.completed", "response.incomplete")
                for piece in self._read(event):
                    yield piece
        ended(self.name, seen)
        if refused:
            yield Ended("refused")

    def _read(self, event: Any) -> Iterator[Piece]:
        match event.type:
            case "response.output_text.delta":
                yield Words(event.delta + "")
            case "response.output_item.added" if event.item.type == "function_call":
                yield Fragment(event.item.id or event.item.call_id, event.item.call_id, event.item.name)
            case "response.function_call_arguments.delta":
                yield Fragment(event.item_id, arguments=event.delta + "")
            case "response.completed" | "response.incomplete":
                answer = event.response
                yield By(answer.model or "")
                if answer.usage is not None:
                    yield Counted(usage(answer.usage, "input_tokens", "output_tokens"))
                cut = getattr(answer.incomplete_details, "reason", None)
                yield Ended(
                    "refused"
                    if cut == "content_filter"
                    else "length"
                    if event.type.endswith("incomplete")
                    else "stop"
                )
            case "response.failed":
                trouble = event.response.error
                raise of_kind(self.name, str(trouble.code), str(trouble.message), key=self._key)
            case "error":
                raise of_kind(self.name, str(event.code), str(event.message), key=self._key)

    def _wanted(self, prompt: Prompt) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "model": self.model,
            "input": [item for said in prompt.messages for item in items(said)],
            "stream": True,
            "store": False,
            "max_output_tokens": max(16, prompt.most_tokens),
        }
        if prompt.functions:
            wanted["tools"] = [
                {
                    "type": "function",
                    "name": one.name,
                    "description": one.description,
                    "parameters": one.parameters,
                    "strict": strict(one.parameters),
                }
                for one in prompt.functions
            ]
        if prompt.schema is not None:
            form = {"name": "answer", "schema": prompt.schema, "strict": strict(prompt.schema)}
            wanted["text"] = {"format": {"type": "json_schema", **form}}
        if self.effort:
            wanted["reasoning"] = {"effort": self.effort}
        if prompt.temperature_permille is not None:
            wanted["temperature"] = prompt.temperature_permille / 1000
        return wanted


def items(said: Said) -> list[dict[str, Any]]:
    """A message, as the responses API wants it: calls and their results are items of their own."""
    if said.role == "tool":
        return [{"type": "function_call_output", "call_id": said.call, "output": said.text}]
    text = [{"role": said.role, "content": said.text}] if said.text or not said.calls else []
    return [
        *text,
        *(
            {
                "type": "function_call",
                "call_id": call.id,
                "name": call.name,
                "arguments": json.dumps(call.arguments, ensure_ascii=False),
            }
            for call in said.calls
        ),
    ]
