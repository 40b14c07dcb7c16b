"""From what a vendor's SDK raises to `ProviderError`, with the same words for all of them."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine.providers.speech import ProviderError, Trouble

LONGEST_DETAIL = 200


def from_status(
    provider: str, status: int, headers: Mapping[str, str] | None = None, detail: str = ""
) -> ProviderError:
    """What an HTTP status means. ``detail`` must hold no key: see `without_secrets`."""
    extra = f": {detail[:LONGEST_DETAIL]}" if detail else ""
    if status in (401, 403):
        return ProviderError(
            provider,
            Trouble.REJECTED,
            f"the key was refused (HTTP {status}). Check the API key and what it allows.",
        )
    if status == 429:
        wait = retry_after(headers or {})
        return ProviderError(provider, Trouble.RATE_LIMITED, f"too many requests (HTTP 429){extra}", wait)
    if status == 408:
        return ProviderError(provider, Trouble.TIMEOUT, "it gave up waiting (HTTP 408)")
    if status >= 500 or status < 400:
        wait = retry_after(headers or {})
        return ProviderError(provider, Trouble.BROKEN, f"it failed (HTTP {status}){extra}", wait)
    return ProviderError(
        provider,
        Trouble.REJECTED,
        f"it refused the request (HTTP {status}){extra}. Check model, voice and language.",
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a ``Retry-After`` header; None when there is none, or a date."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                seconds = float(value)
            except ValueError:
                return None
            return seconds if 0 <= seconds < 3600 else None
    return None


def without_secrets(text: str, *secrets: str) -> str:
    """The text without any of the keys."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    return text


@contextmanager
def network_of(provider: str) -> Iterator[None]:
    """Turns what any network code raises into `ProviderError`. The address stays out: it may hold a token."""
    try:
        yield
    except ProviderError:
        raise
    except (TimeoutError, asyncio.TimeoutError) as error:  # noqa: UP041 # they differ before Python 3.11 in SDKs
        raise ProviderError(provider, Trouble.TIMEOUT, "no answer in time") from error
    except OSError as error:
        raise ProviderError(
            provider,
            Trouble.UNREACHABLE,
            f"cannot be reached ({type(error).__name__}). Check address and network.",
        ) from error


def unreadable(provider: str, error: Exception) -> ProviderError:
    """It answered with something its own SDK cannot read."""
    return ProviderError(provider, Trouble.BROKEN, f"an answer that cannot be read ({type(error).__name__})")


def closed(provider: str, detail: str = "") -> ProviderError:
    """It hung up in the middle."""
    extra = f" ({detail[:LONGEST_DETAIL]})" if detail else ""
    return ProviderError(provider, Trouble.UNREACHABLE, f"the connection was closed in the middle{extra}")
