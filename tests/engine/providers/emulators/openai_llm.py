"""OpenAI's chat completions and responses on loopback."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from tests.engine.providers.emulators.llm import LlmEmulator, Reply, cut, need, sse

FINISHED = {"stop": "stop", "length": "length", "refused": "content_filter"}


class OpenAiLlmEmulator(LlmEmulator):
    """What both have in common. ``thinks``: the model takes no temperature."""

    thinks = False

    def warm(self, wanted: dict[str, Any]) -> None:
        need(not self.thinks or "temperature" not in wanted, "Unsupported parameter: 'temperature'")

    def given_key(self, request: web.Request) -> str:
        return request.headers.get("api-key") or super().given_key(request)

    async def models(self, request: web.Request) -> web.Response:
        await self.admit(request)
        return web.json_response({"object": "list", "data": []})

    def refusal(self, status: int, kind: str, text: str) -> web.Response:
        error = {"message": text, "type": kind, "code": kind, "param": None}
        return web.json_response({"error": error}, status=status)

    def too_long(self) -> web.Response:
        return self.refusal(
            400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."
        )

    async def censored(self, request: web.Request) -> web.StreamResponse:
        return self.refusal(400, "content_filter", "The prompt was filtered.")


class ChatEmulator(OpenAiLlmEmulator):
    """Chat completions. ``careless``: as small servers are, it numbers all calls 0, sends them whole, and counts
    nothing."""

    careless = False

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/chat/completions", self.answer), web.get("/models", self.models)]

    def inspect(self, wanted: dict[str, Any]) -> None:
        need(wanted["stream"] is True and wanted["model"], "streams only")
        self.warm(wanted)
        open_calls: set[str] = set()
        for message in wanted["messages"]:
            need(message["role"] in ("system", "user", "assistant", "tool"), "no such role")
            if message["role"] == "tool":
                need(message["tool_call_id"] in open_calls, "a tool's answer must follow its call")
            open_calls |= {call["id"] for call in message.get("tool_calls", ())}
            need(message.get("content") is not None or message.get("tool_calls"), "no content")

    def start(self, reply: Reply) -> Iterator[bytes]:
        # Azure's first one has no choices.
        yield chunk(None)
        yield chunk({"role": "assistant", "content": ""})

    def text(self, part: str) -> Iterator[bytes]:
        yield chunk({"content": part})

    def call(self, number: int, name: str, arguments: str) -> Iterator[bytes]:
        index = 0 if self.careless else number
        begun = {"name": name, "arguments": arguments if self.careless else ""}
        first = {"index": index, "id": f"call_{name}_{number}", "type": "function", "function": begun}
        yield chunk({"tool_calls": [first]})
        for part in () if self.careless else cut(arguments):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": part}}]})

    def end(self, reply: Reply) -> Iterator[bytes]:
        yield chunk({}, "tool_calls" if reply.calls and reply.reason == "stop" else FINISHED[reply.reason])
        if not self.careless:
            counted = {
                "prompt_tokens": reply.read,
                "completion_tokens": reply.written,
                "total_tokens": reply.read + reply.written,
                "prompt_tokens_details": {"cached_tokens": reply.cached},
            }
            yield sse({**CHUNK, "choices": [], "usage": counted})
        yield sse("[DONE]")

    def overloaded(self) -> bytes:
        return sse({"error": {"message": "The server is overloaded", "type": "server_error", "code": None}})


CHUNK = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "the-model-itself"}


def chunk(delta: dict[str, Any] | None, finish: str | None = None) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return sse({**CHUNK, "choices": choices})


class ResponsesEmulator(OpenAiLlmEmulator):
    """The responses API."""

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/responses", self.answer), web.get("/models", self.models)]

    def inspect(self, wanted: dict[str, Any]) -> None:
        need(wanted["stream"] is True and wanted["store"] is False, "it would be stored")
        self.warm(wanted)
        open_calls: set[str] = set()
        for item in wanted["input"]:
            if item.get("type") == "function_call":
                open_calls.add(item["call_id"])
            elif item.get("type") == "function_call_output":
                need(item["call_id"] in open_calls, "a tool's answer must follow its call")
            else:
                need(item["role"] in ("system", "user", "assistant"), "no such role")
        need("stop" not in wanted, "there are no stop sequences")

    def start(self, reply: Reply) -> Iterator[bytes]:
        yield event("response.created", response=response("in_progress"))
        yield event("response.in_progress", response=response("in_progress"))

    def text(self, part: str) -> Iterator[bytes]:
        yield event("response.output_text.delta", item_id="m1", output_index=0, content_index=0, delta=part)

    def call(self, number: int, name: str, arguments: str) -> Iterator[bytes]:
        item = {
            "type": "function_call",
            "id": f"fc_{number}",
            "call_id": f"call_{name}_{number}",
            "name": name,
        }
        where = {"item_id": item["id"], "output_index": number + 1}
        yield event("response.output_item.added", output_index=number + 1, item={**item, "arguments": ""})
        for part in cut(arguments):
            yield event("response.function_call_arguments.delta", delta=part, **where)
        yield event("response.function_call_arguments.done", arguments=arguments, name=name, **where)

    def end(self, reply: Reply) -> Iterator[bytes]:
        usage = {
            "input_tokens": reply.read,
            "input_tokens_details": {"cached_tokens": reply.cached},
            "output_tokens": reply.written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": reply.read + reply.written,
        }
        if reply.reason == "refused":
            yield event("response.refusal.delta", item_id="m1", output_index=0, content_index=0, delta="No.")
        if reply.reason == "length":
            ended = response("incomplete", usage, {"reason": "max_output_tokens"})
            yield event("response.incomplete", response=ended)
        else:
            yield event("response.completed", response=response("completed", usage))

    def overloaded(self) -> bytes:
        failed = {**response("failed"), "error": {"code": "server_error", "message": "overloaded"}}
        return event("response.failed", response=failed)


def event(kind: str, **fields: Any) -> bytes:
    return sse({"type": kind, "sequence_number": 1, **fields}, kind)


def response(status: str, usage: Any = None, incomplete: Any = None) -> dict[str, Any]:
    return {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "the-model-itself",
        "output": [],
        "usage": usage,
        "incomplete_details": incomplete,
        "error": None,
    }
