"""What a vendor's refusal means: in the family of `engine.providers.failures`, with what only language models know."""

import re
from collections.abc import Mapping

from engine.providers.failures import LONGEST_DETAIL, from_status, retry_after, without_secrets
from engine.providers.llm.contract import ContextTooLong
from engine.providers.speech import ProviderError, Trouble

_TOO_LONG = re.compile(
    r"context.{0,3}(length|window|size)|maximum context|prompt is too long|exceed.{0,20}context"
    r"|input token count.{0,40}exceed|too many (input )?tokens|input is too long|context_length_exceeded",
    re.IGNORECASE | re.DOTALL,
)
_NO_MONEY = re.compile(
    r"insufficient_quota|current quota|credit balance|billing (hard )?limit", re.IGNORECASE
)
_KEY = re.compile(
    r"api.?key (not valid|expired|not found)|invalid.{0,3}api.?key|API_KEY_INVALID", re.IGNORECASE
)


def of_status(
    provider: str,
    status: int,
    headers: Mapping[str, str],
    detail: str,
    *,
    key: str = "",
    wait: float | None = None,
) -> ProviderError:
    """What an HTTP status and the vendor's words mean; ``wait`` is a pause in seconds that it asked for in them.

    A prompt that is refused says nothing about the vendor's health: it is ``UNSUPPORTED``, and opens no breaker.
    """
    detail = without_secrets(detail, key)
    if status in (400, 413, 422) and _TOO_LONG.search(detail):
        return ContextTooLong(provider)
    if status == 400 and _KEY.search(detail):
        return from_status(provider, 401)
    if status == 402 or (status in (400, 403, 429) and _NO_MONEY.search(detail)):
        return ProviderError(
            provider, Trouble.REJECTED, "the account has no credit left. Look at the vendor's billing page."
        )
    if status == 404:
        return ProviderError(
            provider,
            Trouble.REJECTED,
            f"it does not know the model, or the address is wrong (HTTP 404): {detail[:LONGEST_DETAIL]}",
        )
    if status in (400, 409, 413, 422):
        return ProviderError(
            provider,
            Trouble.UNSUPPORTED,
            f"it cannot answer this prompt (HTTP {status}): {detail[:LONGEST_DETAIL]}. "
            "Check model, functions and schema.",
        )
    if status == 429 and wait is None:
        wait = retry_after(headers)
    failed = from_status(provider, status, headers, detail)
    if wait is not None:
        failed.retry_after = wait
    return failed


def of_kind(provider: str, kind: str, detail: str, *, key: str = "") -> ProviderError:
    """What an error means that came in the middle of a stream, where there is no status any more."""
    kind = kind.lower()
    if "context" in kind or _TOO_LONG.search(detail):
        return ContextTooLong(provider)
    for word, status in (("rate", 429), ("overloaded", 529), ("auth", 401), ("permission", 403)):
        if word in kind:
            return from_status(provider, status, {}, without_secrets(detail, key))
    return from_status(provider, 500, {}, without_secrets(detail, key))
