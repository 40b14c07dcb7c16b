"""What an answer of a model took, in words."""

from typing import Any

MICROS_IN_CENT = 10_000


def usage_words(usage: dict[str, Any]) -> str:
    """One answer: ``llama3.1: 812 tokens read, 40 written · first word after 320 ms, 1.2 s in all · 0.03 ¢``."""
    parts = [tokens_words(_count(usage, "input"), _count(usage, "output"))]
    first, whole = _count(usage, "first_ms"), _count(usage, "whole_ms")
    if whole:
        parts.append(
            f"first word after {time_words(first)}, {time_words(whole)} in all"
            if first
            else time_words(whole)
        )
    if cost := _count(usage, "cost_micros"):
        parts.append(cost_words(cost))
    model = str(usage.get("model") or "")
    return f"{model}: {' · '.join(parts)}" if model else " · ".join(parts)


def tokens_words(read: int, written: int) -> str:
    """``812 tokens read, 40 written``."""
    return f"{read:,} tokens read, {written:,} written"


def time_words(ms: int) -> str:
    """``320 ms`` or ``1.2 s``."""
    return f"{ms} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def cost_words(micros: int) -> str:
    """Millionths of a US dollar as cents, or dollars from one on."""
    if micros >= 100 * MICROS_IN_CENT:
        return f"${micros / 1_000_000:.2f}"
    cents = micros / MICROS_IN_CENT
    return f"{cents:.2f}\u00a0¢" if cents >= 0.01 else "less than 0.01\u00a0¢"


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) else 0
