"""Anthropic's messages API on loopback."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from tests.engine.providers.emulators.llm import LlmEmulator, Reply, cut, need, sse

FINISHED = {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"}


class AnthropicEmulator(LlmEmulator):
    """Messages, as strict as the vendor about who speaks when."""

    event = "content_block_delta"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/messages", self.answer), web.get("/v1/models", self.models)]

    async def models(self, request: web.Request) -> web.Response:
        await self.admit(request)
        return web.json_response({"data": [], "has_more": False, "first_id": None, "last_id": None})

    def inspect(self, wanted: dict[str, Any]) -> None:
        need(wanted["max_tokens"] >= 1, "max_tokens: must be at least 1")
        need(
            wanted["messages"] and wanted["messages"][0]["role"] == "user", "first message must be the user's"
        )
        need("temperature" not in wanted, "temperature: no such field")
        used: set[str] = set()
        for message in wanted["messages"]:
            need(message["role"] in ("user", "assistant"), "no such role")
            results = {b["tool_use_id"] for b in message["content"] if b["type"] == "tool_result"}
            need(results == used, "each tool_use must have its tool_result in the next message")
            used = {b["id"] for b in message["content"] if b["type"] == "tool_use"}
            texts = [b["text"] for b in message["content"] if b["type"] == "text"]
            need(all(text.strip() for text in texts), "text content blocks must be non-empty")
        need(not used, "each tool_use must have its tool_result")

    def refusal(self, status: int, kind: str, text: str) -> web.Response:
        error = {"type": "error", "error": {"type": kind, "message": text}, "request_id": "r1"}
        return web.json_response(error, status=status)

    def too_long(self) -> web.Response:
        return self.refusal(
            400, "invalid_request_error", "prompt is too long: 200001 tokens > 200000 maximum"
        )

    def start(self, reply: Reply) -> Iterator[bytes]:
        usage = {
            "input_tokens": reply.read - reply.cached,
            "cache_read_input_tokens": reply.cached,
            "cache_creation_input_tokens": 0,
            "output_tokens": 1,
        }
        message: dict[str, Any] = {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": "the-model-itself",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        yield event("message_start", message=message)
        yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        yield event("ping")

    def text(self, part: str) -> Iterator[bytes]:
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": part})

    def call(self, number: int, name: str, arguments: str) -> Iterator[bytes]:
        block = {"type": "tool_use", "id": f"call_{name}_{number}", "name": name, "input": {}}
        yield event("content_block_start", index=number + 1, content_block=block)
        for part in cut(arguments):
            delta = {"type": "input_json_delta", "partial_json": part}
            yield event("content_block_delta", index=number + 1, delta=delta)
        yield event("content_block_stop", index=number + 1)

    def end(self, reply: Reply) -> Iterator[bytes]:
        reason = "tool_use" if reply.calls and reply.reason == "stop" else FINISHED[reply.reason]
        delta = {"stop_reason": reason, "stop_sequence": None}
        yield event("content_block_stop", index=0)
        yield event("message_delta", delta=delta, usage={"output_tokens": reply.written})
        yield event("message_stop")

    def overloaded(self) -> bytes:
        return event("error", error={"type": "overloaded_error", "message": "Overloaded"})


def event(kind: str, **fields: Any) -> bytes:
    return sse({"type": kind, **fields}, kind)
