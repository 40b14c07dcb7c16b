"""Google's Gemini API on loopback."""

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from tests.engine.providers.emulators.llm import LlmEmulator, Reply, need, sse

FINISHED = {"stop": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"}


class GeminiEmulator(LlmEmulator):
    """It streams calls whole, as the vendor does; a call that is no JSON it reports itself."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/models/{model}:streamGenerateContent", self.answer),
            web.get("/v1/models/{model}", self.models),
        ]

    def given_key(self, request: web.Request) -> str:
        return request.headers.get("x-goog-api-key", "")

    async def models(self, request: web.Request) -> web.Response:
        await self.admit(request)
        return web.json_response({"name": "models/x", "displayName": "x"})

    def inspect(self, wanted: dict[str, Any]) -> None:
        need(wanted["contents"] and wanted["contents"][0]["role"] == "user", "begin with the user")
        for content in wanted["contents"]:
            need(content["role"] in ("user", "model"), "no such role")
            need(all(part for part in content["parts"]), "empty part")

    def refusal(self, status: int, kind: str, text: str) -> web.Response:
        error = {"code": status, "message": text, "status": kind.upper()}
        return web.json_response({"error": error}, status=status)

    def too_long(self) -> web.Response:
        text = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
        return self.refusal(400, "INVALID_ARGUMENT", text)

    def start(self, reply: Reply) -> Iterator[bytes]:
        yield chunk({"text": "I should greet them.", "thought": True})

    def text(self, part: str) -> Iterator[bytes]:
        yield chunk({"text": part})

    def call(self, number: int, name: str, arguments: str) -> Iterator[bytes]:
        try:
            made = {
                "functionCall": {"name": name, "args": json.loads(arguments)},
                "thoughtSignature": "c2VhbA==",
            }
        except ValueError:
            yield chunk(None, "MALFORMED_FUNCTION_CALL")
        else:
            yield chunk(made)

    def end(self, reply: Reply) -> Iterator[bytes]:
        counted = {
            "promptTokenCount": reply.read,
            "cachedContentTokenCount": reply.cached,
            "candidatesTokenCount": reply.written - 2,
            "thoughtsTokenCount": 2,
        }
        yield chunk({"text": ""}, FINISHED[reply.reason], counted)

    def overloaded(self) -> bytes:
        return sse({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}})

    async def censored(self, request: web.Request) -> web.StreamResponse:
        async def blocked() -> Any:
            yield sse({"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "the-model-itself"})

        return await self.stream(request, blocked())


def chunk(part: dict[str, Any] | None, finish: str = "", counted: Any = None) -> bytes:
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": [part] if part else []}}
    if finish:
        candidate["finishReason"] = finish
    made = {"candidates": [candidate], "modelVersion": "the-model-itself"}
    return sse(made | ({"usageMetadata": counted} if counted else {}))
