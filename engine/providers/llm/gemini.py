"""Google's Gemini API."""

import base64
import contextlib
import json
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from engine.providers.failures import closed, network_of, unreadable
from engine.providers.llm.anthropic import OPENING, missing
from engine.providers.llm.contract import BrokenAnswer, Prompt, Reason, Said, Usage, Words
from engine.providers.llm.draft import By, Counted, Ended, Fragment, Piece
from engine.providers.llm.troubles import of_status
from engine.providers.llm.vendor import VendorModel, ended
from engine.providers.speech import ProviderError, Trouble

REASONS: dict[str, Reason] = {"STOP": "stop", "MAX_TOKENS": "length"}
"""All others mean that the answer is not given, but for those of `BROKEN`."""
BROKEN = ("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE", "TOO_MANY_TOOL_CALLS")


class Gemini(VendorModel):
    """Gemini as a `LanguageModel`."""

    name = "gemini"
    usual_window = 1_000_000

    async def check(self) -> None:
        """Whether the key is known and the model is there."""
        await self.warm()
        with self._troubles():
            await self._client().aio.models.get(model=self.model)

    def _client(self) -> Any:
        if self._made is None:
            try:
                from google import genai
            except ImportError as error:
                raise missing(self.name, "google-genai") from error
            import httpx2

            # Its own choice of a client depends on what else is installed.
            self._streams = Streams()
            network = httpx2.AsyncClient(timeout=self._patience, event_hooks=self._streams.hooks())
            options = genai.types.HttpOptions(
                base_url=self._url or None,
                httpx_async_client=network,
                retry_options=genai.types.HttpRetryOptions(attempts=1),
                timeout=round(self._patience * 1000),
            )
            self._made = genai.Client(api_key=self._key, vertexai=False, http_options=options)
            self._network = network
        return self._made

    async def _close(self, made: Any) -> None:
        await made.aio.aclose()
        made.close()
        await self._network.aclose()

    async def _pieces(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        seen, calls = False, 0
        async with self._streams.one() as headers:
            wanted = self._wanted(prompt)
            wanted["config"]["http_options"] = {"headers": headers}
            async for chunk in await self._client().aio.models.generate_content_stream(**wanted):
                if chunk.usage_metadata is not None:
                    yield Counted(usage(chunk.usage_metadata))
                if chunk.prompt_feedback is not None and chunk.prompt_feedback.block_reason:
                    seen = True
                    yield Ended("refused")
                for candidate in (chunk.candidates or ())[:1]:
                    for part in (candidate.content and candidate.content.parts) or ():
                        calls += part.function_call is not None
                        if (piece := read(part, calls)) is not None:
                            yield piece
                    if candidate.finish_reason:
                        seen = True
                        yield By(chunk.model_version or "")
                        yield Ended(self._reason(str(candidate.finish_reason.value)))
        ended(self.name, seen)

    def _reason(self, reason: str) -> Reason:
        if reason in BROKEN:
            raise BrokenAnswer(self.name, "it wants a function in a way that cannot be read")
        return REASONS.get(reason, "refused")

    def _wanted(self, prompt: Prompt) -> dict[str, Any]:
        config: dict[str, Any] = {
            "max_output_tokens": prompt.most_tokens,
            "automatic_function_calling": {"disable": True},
            "automatic_continuation": False,
        }
        system = "\n\n".join(said.text for said in prompt.messages if said.role == "system" and said.text)
        if system:
            config["system_instruction"] = system
        if prompt.functions:
            config["tools"] = [{"function_declarations": [function(one) for one in prompt.functions]}]
        if prompt.schema is not None:
            config |= {"response_mime_type": "application/json", "response_json_schema": prompt.schema}
        if prompt.temperature_permille is not None:
            config["temperature"] = prompt.temperature_permille / 1000
        if prompt.stop:
            config["stop_sequences"] = list(prompt.stop)
        if self.effort:
            config["thinking_config"] = (
                {"thinking_budget": 0} if self.effort == "none" else {"thinking_level": self.effort}
            )
        return {"model": self.model, "contents": contents(prompt.messages), "config": config}

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        import httpx2
        from google.genai import errors

        try:
            with network_of(self.name):
                yield
        except ProviderError:
            raise
        except errors.APIError as error:
            headers = getattr(error.response, "headers", None) or {}
            detail = f"{error.message or ''} {_reasons(error.details)}".strip()
            wait = _pause(error.details)
            raise of_status(
                self.name, int(error.code or 500), headers, detail, key=self._key, wait=wait
            ) from None
        except httpx2.TimeoutException:
            raise ProviderError(self.name, Trouble.TIMEOUT, "no answer in time") from None
        except (httpx2.ReadError, httpx2.RemoteProtocolError):
            raise closed(self.name) from None
        except httpx2.HTTPError:
            raise ProviderError(
                self.name, Trouble.UNREACHABLE, "cannot be reached. Check address and network."
            ) from None
        except (errors.UnknownApiResponseError, ValueError, TypeError, AttributeError) as error:
            raise unreadable(self.name, error) from None


class Streams:
    """Closes the answers of the vendor. Its SDK leaves one that nobody reads any more open until garbage is collected:
    the model would go on, and be billed."""

    MARK = "x-parley-stream"

    def __init__(self) -> None:
        self._begun = 0
        self._open: dict[str, Any] = {}

    def hooks(self) -> dict[str, Any]:
        """For the client: a request is marked by a header, which is never sent."""
        return {"request": [self._take_mark], "response": [self._keep]}

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncGenerator[dict[str, str], None]:
        """The headers of a request whose answer is closed at the end."""
        self._begun += 1
        mark = str(self._begun)
        try:
            yield {self.MARK: mark}
        finally:
            if (response := self._open.pop(mark, None)) is not None:
                await response.aclose()

    async def _take_mark(self, request: Any) -> None:
        request.extensions["mark"] = request.headers.pop(self.MARK, "")

    async def _keep(self, response: Any) -> None:
        if mark := response.request.extensions.get("mark"):
            self._open[mark] = response


def read(part: Any, number: int) -> Piece | None:
    """A part of the answer; what the model thinks aloud is none. Calls come whole."""
    if part.function_call is not None:
        call = part.function_call
        seal = base64.b64encode(part.thought_signature).decode() if part.thought_signature else ""
        return Fragment(str(number), call.id or "", call.name or "", json.dumps(call.args or {}), seal)
    return Words(part.text) if part.text and not part.thought else None


def usage(counted: Any) -> Usage:
    """The vendor counts thoughts apart."""
    written = (counted.candidates_token_count or 0) + (counted.thoughts_token_count or 0)
    return Usage(counted.prompt_token_count or 0, counted.cached_content_token_count or 0, written)


def function(one: Any) -> dict[str, Any]:
    """A function, as the vendor wants it."""
    return {
        "name": one.name,
        "description": one.description,
        "parameters_json_schema": one.parameters,
    }


def contents(talk: tuple[Said, ...]) -> list[dict[str, Any]]:
    """Without the system's. The vendor knows results of functions by the function's name."""
    names = {call.id: call.name for one in talk for call in one.calls}
    made: list[dict[str, Any]] = []
    for one in talk:
        if one.role == "system":
            continue
        role = "model" if one.role == "assistant" else "user"
        parts = _parts(one, names)
        if not parts:
            continue
        if made and made[-1]["role"] == role:
            made[-1]["parts"] += parts
        else:
            made.append({"role": role, "parts": parts})
    if not made or made[0]["role"] != "user":
        made.insert(0, {"role": "user", "parts": [{"text": OPENING}]})
    return made


def _parts(one: Said, names: dict[str, str]) -> list[dict[str, Any]]:
    if one.role == "tool":
        answer = {"name": names.get(one.call, one.call), "response": {"result": one.text}}
        return [{"function_response": answer}]
    parts: list[dict[str, Any]] = [{"text": one.text}] if one.text.strip() else []
    for call in one.calls:
        part: dict[str, Any] = {"function_call": {"name": call.name, "args": call.arguments}}
        if call.seal:
            part["thought_signature"] = base64.b64decode(call.seal)
        parts.append(part)
    return parts


def _details(details: Any) -> list[dict[str, Any]]:
    error = details.get("error") if isinstance(details, dict) else None
    found = error.get("details") if isinstance(error, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _reasons(details: Any) -> str:
    return " ".join(str(one["reason"]) for one in _details(details) if "reason" in one)


def _pause(details: Any) -> float | None:
    for one in _details(details):
        delay = one.get("retryDelay")
        if isinstance(delay, str) and delay.endswith("s"):
            with contextlib.suppress(ValueError):
                return max(0.0, float(delay[:-1]))
    return None
