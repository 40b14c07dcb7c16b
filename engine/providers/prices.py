"""What speech costs, in millionths of a US dollar.

List prices for paying by use, as listed by third parties and by vendors' own estimates in June 2026; they are
for comparing, not for accounting. What a contract says goes into a file, see `load_prices`.
"""

from pathlib import Path

import msgspec


class Price(msgspec.Struct, frozen=True, omit_defaults=True):
    """``minute`` is for a minute of sound, ``thousand`` for 1,000 characters of text."""

    minute: int = 0
    thousand: int = 0


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
        if any(price.minute < 0 or price.thousand < 0 for price in own.values()):
            raise ValueError(f"A price in {path} is negative.")
        prices.update(own)
    return prices


def cost_micros(
    prices: dict[str, Price], provider: str, model: str, *, sound_ms: int = 0, characters: int = 0
) -> int:
    """What it costs, rounded up; nothing for what has no price."""
    price = prices.get(f"{provider}/{model}") or prices.get(f"{provider}/*") or Price()
    return -(-price.minute * sound_ms // 60_000) - (-price.thousand * characters // 1000)
