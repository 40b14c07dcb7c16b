"""Anthropic's messages API."""

import contextlib
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from engine.providers.failures import closed, network_of, unreadable
from engine.providers.llm.contract import Prompt, Reason, Said, Usage, Words
from engine.providers.llm.draft import By, Counted, Ended, Fragment, Piece
from engine.providers.llm.troubles import of_kind, of_status
from engine.providers.llm.vendor import VendorModel, ended
from engine.providers.speech import ProviderError, Trouble

REASONS: dict[str, Reason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "calls",
    "refusal": "refused",
}
OPENING = "(The conversation begins.)"
"""A talk has to begin with the user; ours begins with a greeting."""


class Anthropic(VendorModel):
    """Anthropic as a `LanguageModel`. Its API has no temperature any more: a prompt's is left out."""

    name = "anthropic"
    usual_window = 200_000

    async def check(self) -> None:
        """Whether the key is known."""
        await self.warm()
        with self._troubles():
            await self._client().models.list(limit=1)

    def _client(self) -> Any:
        if self._made is None:
            try:
                import anthropic
            except ImportError as error:
                raise missing(self.name, "anthropic") from error
            self._made = anthropic.AsyncAnthropic(
                api_key=self._key, base_url=self._url or None, max_retries=0, timeout=self._patience
            )
        return self._made

    async def _pieces(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        answer = await self._client().messages.create(**self._wanted(prompt))
        seen, counted = False, Usage()
        async with answer as events:
            async for event in events:
                match event.type:
                    case "message_start":
                        yield By(event.message.model or "")
                        counted = usage(event.message.usage, counted)
                    case "content_block_start" if event.content_block.type == "tool_use":
                        yield Fragment(str(event.index), event.content_block.id, event.content_block.name)
                    case "content_block_delta" if event.delta.type == "text_delta":
                        yield Words(event.delta.text + "")
                    case "content_block_delta" if event.delta.type == "input_json_delta":
                        yield Fragment(str(event.index), arguments=event.delta.partial_json + "")
                    case "message_delta":
                        counted = usage(event.usage, counted)
                        yield Counted(counted)
                        yield Ended(REASONS.get(event.delta.stop_reason, "stop"))
                    case "message_stop":
                        seen = True
        ended(self.name, seen)

    def _wanted(self, prompt: Prompt) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "model": self.model,
            "messages": messages(prompt.messages),
            "max_tokens": prompt.most_tokens,
            "stream": True,
        }
        system = "\n\n".join(said.text for said in prompt.messages if said.role == "system" and said.text)
        if system:
            # What every turn repeats is kept at the vendor for some minutes: a tenth of the price, and sooner.
            wanted["system"] = [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]
        if prompt.functions:
            wanted["tools"] = [
                {"name": one.name, "description": one.description, "input_schema": one.parameters}
                for one in prompt.functions
            ]
        output: dict[str, Any] = {}
        if self.effort == "none":
            wanted["thinking"] = {"type": "disabled"}
        elif self.effort:
            output["effort"] = self.effort
        if prompt.schema is not None:
            from anthropic import transform_schema

            output["format"] = {"type": "json_schema", "schema": transform_schema(prompt.schema)}
        if output:
            wanted["output_config"] = output
        if prompt.stop:
            wanted["stop_sequences"] = list(prompt.stop)
        return wanted

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        import anthropic
        import httpx2

        try:
            with network_of(self.name):
                yield
        except ProviderError:
            raise
        except anthropic.APIStatusError as error:
            kind, detail = said(error.body)
            if error.status_code == 200:
                raise of_kind(self.name, kind, detail, key=self._key) from None
            raise of_status(
                self.name, error.status_code, error.response.headers, detail, key=self._key
            ) from None
        except (anthropic.APITimeoutError, httpx2.TimeoutException):
            raise ProviderError(self.name, Trouble.TIMEOUT, "no answer in time") from None
        except (anthropic.APIResponseValidationError, ValueError, TypeError, AttributeError) as error:
            raise unreadable(self.name, error) from None
        except anthropic.APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.RemoteProtocolError | httpx2.ReadError):
                raise closed(self.name) from None
            raise ProviderError(
                self.name, Trouble.UNREACHABLE, "cannot be reached. Check address and network."
            ) from None
        except (anthropic.AnthropicError, httpx2.HTTPError) as error:
            raise closed(self.name, type(error).__name__) from None


def missing(provider: str, package: str) -> ProviderError:
    """Its SDK is an extra that nobody installed."""
    return ProviderError(
        provider,
        Trouble.UNSUPPORTED,
        f"its package is not installed. Run `pip install {package}`, or name another model.",
    )


def said(body: Any) -> tuple[str, str]:
    """The kind of an error and the vendor's words."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("type") or ""), str(error.get("message") or "")
    return "", str(body or "")


def usage(counted: Any, before: Usage) -> Usage:
    """The vendor counts what was kept apart from the rest, and says only what changed."""
    if counted is None:
        return before
    read = getattr(counted, "cache_read_input_tokens", None)
    fresh = getattr(counted, "input_tokens", None)
    written = getattr(counted, "cache_creation_input_tokens", None) or 0
    cached = before.cached if read is None else read
    read_in = before.input if fresh is None else fresh + written + cached
    return Usage(read_in, cached, int(counted.output_tokens or 0))


def messages(talk: tuple[Said, ...]) -> list[dict[str, Any]]:
    """Without the system's; the results of tools stand in one message of the user."""
    made: list[dict[str, Any]] = []
    for one in talk:
        if one.role == "system":
            continue
        role = "assistant" if one.role == "assistant" else "user"
        blocks = _blocks(one)
        if not blocks:
            continue
        if made and made[-1]["role"] == role:
            made[-1]["content"] += blocks
        else:
            made.append({"role": role, "content": blocks})
    if not made or made[0]["role"] != "user":
        made.insert(0, {"role": "user", "content": [{"type": "text", "text": OPENING}]})
    return made


def _blocks(one: Said) -> list[dict[str, Any]]:
    if one.role == "tool":
        return [{"type": "tool_result", "tool_use_id": one.call, "content": one.text}]
    # An empty text is refused, and so is one that ends in blanks.
    text = one.text.rstrip() if one.role == "assistant" else one.text
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
    return blocks + [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments} for call in one.calls
    ]
