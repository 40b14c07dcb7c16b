"""What is common to all that are asked by OpenAI's SDK."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from engine.providers.failures import closed, network_of, unreadable
from engine.providers.llm.contract import Usage
from engine.providers.llm.troubles import of_kind, of_status
from engine.providers.llm.vendor import VendorModel
from engine.providers.speech import ProviderError, Trouble


class OpenAiFamily(VendorModel):
    """The client, made at first use, and what its failures mean."""

    name = "openai"
    usual_window = 272_000
    _even = False
    """The model has refused to be given a temperature."""

    async def check(self) -> None:
        """Whether the key is known."""
        await self.warm()
        with self._troubles():
            await self._client().models.list()

    def _headers(self) -> dict[str, str]:
        return {}

    async def _begin(self, ask: Callable[..., Awaitable[Any]], wanted: dict[str, Any]) -> Any:
        """The stream. A model that takes no temperature, as those that think, is asked without one from then on."""
        import openai

        if self._even:
            wanted.pop("temperature", None)
        try:
            return await ask(**wanted)
        except openai.BadRequestError as error:
            if "temperature" not in wanted or "temperature" not in said(error):
                raise
            self._even = True
            del wanted["temperature"]
            return await ask(**wanted)

    def _client(self) -> Any:
        if self._made is None:
            from openai import AsyncOpenAI

            self._made = AsyncOpenAI(
                api_key=self._key or "none",
                base_url=self._url or None,
                default_headers=self._headers(),
                max_retries=0,
                timeout=self._patience,
            )
        return self._made

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        import httpx2
        import openai

        try:
            with network_of(self.name):
                yield
        except ProviderError:
            raise
        except openai.APIStatusError as error:
            raise of_status(
                self.name, error.status_code, error.response.headers, said(error), key=self._key
            ) from None
        except (openai.APITimeoutError, httpx2.TimeoutException):
            raise ProviderError(self.name, Trouble.TIMEOUT, "no answer in time") from None
        except (openai.APIResponseValidationError, ValueError, TypeError, AttributeError) as error:
            raise unreadable(self.name, error) from None
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.RemoteProtocolError | httpx2.ReadError):
                raise closed(self.name) from None
            raise ProviderError(
                self.name, Trouble.UNREACHABLE, "cannot be reached. Check address and network."
            ) from None
        except openai.APIError as error:
            # In the middle of a stream, where the status was 200.
            raise of_kind(self.name, str(error.code or error.type), error.message, key=self._key) from None
        except httpx2.HTTPError as error:
            raise closed(self.name, type(error).__name__) from None


def said(error: Any) -> str:
    """The vendor's own words, with its code."""
    if isinstance(error.body, dict):
        return f"{error.body.get('message') or ''} {error.body.get('code') or ''}".strip()
    return str(error.body or "")


def censored(error: Any) -> bool:
    """The vendor's filter refused the prompt itself: an answer, not a failure."""
    return isinstance(error.body, dict) and error.body.get("code") in (
        "content_filter",
        "content_policy_violation",
    )


def strict(schema: Mapping[str, Any]) -> bool:
    """Whether OpenAI can hold the model to the schema: each object names all its properties and has no other."""
    if schema.get("type") == "object":
        known = schema.get("properties", {})
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(known):
            return False
        if not all(strict(one) for one in known.values()):
            return False
    inner = [schema["items"]] if isinstance(schema.get("items"), Mapping) else []
    return all(strict(one) for one in [*inner, *schema.get("anyOf", ())])


def usage(counted: Any, read: str, written: str) -> Usage:
    """The counts, which the two APIs name otherwise."""
    details = getattr(counted, f"{read}_details", None)
    return Usage(
        int(getattr(counted, read, 0) or 0),
        int(getattr(details, "cached_tokens", 0) or 0),
        int(getattr(counted, written, 0) or 0),
    )
