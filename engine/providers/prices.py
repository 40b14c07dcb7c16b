"""What speech and language models cost, in millionths of a US dollar.

List prices for paying by use, as listed by third parties and by vendors' own estimates in June 2026; they are
for comparing, not for accounting. What a contract says goes into a file, see `load_prices`.
"""

import re
from pathlib import Path

import msgspec

_DATE = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


class Price(msgspec.Struct, frozen=True, omit_defaults=True):
    """``minute`` is for a minute of sound, ``thousand`` for 1,000 characters of text; ``read``, ``cached`` and
    ``written`` are for a million tokens of a prompt, of what of it the vendor still had, and of an answer."""

    minute: int = 0
    thousand: int = 0
    read: int = 0
    cached: int = 0
    written: int = 0


def list_prices() -> dict[str, Price]:
    """By ``provider/model``; ``provider/*`` holds for its other models."""
    return {
        "deepgram/nova-3": Price(minute=7_700),
        "deepgram/flux-general-en": Price(minute=6_500),
        "deepgram/flux-general-multi": Price(minute=7_800),
        "deepgram/*": Price(minute=7_700),
        "openai/whisper-1": Price(minute=6_000),
        "openai/gpt-4o-transcribe": Price(minute=6_000),
        "openai/gpt-4o-mini-transcribe": Price(minute=3_000),
        # Billed by the token of sound; OpenAI estimates 1.5 cents a minute, which is about 900 characters.
        "openai/gpt-4o-mini-tts": Price(thousand=16_700),
        "openai/tts-1": Price(thousand=15_000),
        "openai/tts-1-hd": Price(thousand=30_000),
        # A credit a character; 49 dollars buy 1,250,000 credits.
        "cartesia/*": Price(thousand=39_200),
        "local/*": Price(),
        **_of_models(),
    }


def _of_models() -> dict[str, Price]:
    # As a reseller that takes the vendors' list prices had them in October 2026; for prompts of common length.
    dollars = {
        "openai/gpt-5.4": (2.50, 0.25, 15),
        "openai/gpt-5.4-mini": (0.75, 0.075, 4.50),
        "openai/gpt-5.4-nano": (0.20, 0.02, 1.25),
        "openai/gpt-5.5": (5, 0.50, 30),
        "openai/gpt-5.6-luna": (0.20, 0.02, 1.20),
        "openai/gpt-5.6-terra": (2, 0.20, 12),
        "openai/gpt-5.6-sol": (5, 0.50, 30),
        "openai/gpt-5-mini": (0.25, 0.025, 2),
        "openai/gpt-4.1": (2, 0.50, 8),
        "openai/gpt-4.1-mini": (0.40, 0.10, 1.60),
        "openai/gpt-4o-mini": (0.15, 0.075, 0.60),
        "anthropic/claude-haiku-4-5": (1, 0.10, 5),
        "anthropic/claude-sonnet-4-6": (3, 0.30, 15),
        "anthropic/claude-sonnet-5": (2, 0.20, 10),
        "anthropic/claude-opus-5": (5, 0.50, 25),
        "gemini/gemini-2.5-flash": (0.30, 0.03, 2.50),
        "gemini/gemini-3.1-pro-preview": (2, 0.20, 12),
        "gemini/gemini-3.5-flash": (1.50, 0.15, 9),
    }
    return {
        name: Price(read=round(1e6 * read), cached=round(1e6 * cached), written=round(1e6 * written))
        for name, (read, cached, written) in dollars.items()
    }


def load_prices(path: Path | None) -> dict[str, Price]:
    """The list, with what a JSON file says instead: ``{"deepgram/nova-3": {"minute": 4300}}``.

    Raises ``ValueError`` with the file's name when it cannot be read.
    """
    prices = list_prices()
    if path is not None:
        try:
            own = msgspec.json.decode(path.read_bytes(), type=dict[str, Price])
        except (OSError, msgspec.DecodeError) as error:
            raise ValueError(
                f"The prices in {path} cannot be read ({error}). "
                'They look like {"deepgram/nova-3": {"minute": 4300}}.'
            ) from error
        if any(part < 0 for price in own.values() for part in msgspec.structs.astuple(price)):
            raise ValueError(f"A price in {path} is negative.")
        prices.update(own)
    return prices


def cost_micros(
    prices: dict[str, Price], provider: str, model: str, *, sound_ms: int = 0, characters: int = 0
) -> int:
    """What it costs, rounded up; nothing for what has no price."""
    price = _price(prices, provider, model)
    return -(-price.minute * sound_ms // 60_000) - (-price.thousand * characters // 1000)


def tokens_micros(
    prices: dict[str, Price], provider: str, model: str, *, read: int, cached: int, written: int
) -> int:
    """What so many tokens cost, rounded up; ``read`` counts the ``cached`` ones too.

    A model that is one of the list with a date behind its name has that one's price.
    """
    price = _price(prices, provider, model)
    fresh = max(0, read - cached)
    return -(-(price.read * fresh + price.cached * cached + price.written * written) // 1_000_000)


def _price(prices: dict[str, Price], provider: str, model: str) -> Price:
    undated = _DATE.sub("", model)
    for name in (model, undated, "*"):
        if (price := prices.get(f"{provider}/{name}")) is not None:
            return price
    return Price()
