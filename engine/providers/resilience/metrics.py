"""What a provider did, counted."""

from typing import Any

LATENCIES = (50, 100, 200, 300, 500, 800, 1200, 2000, 4000, 8000)
"""Upper bounds of the histogram, in milliseconds; the last column holds what took longer."""


class ProviderMetrics:
    """Counters of one provider. ``export`` gives them as plain data; ``trouble`` is the last failure in words,
    empty once it has answered again."""

    def __init__(self, name: str, model: str) -> None:
        self.name = name
        self.model = model
        self.requests = 0
        self.failures: dict[str, int] = {}
        self.latency = [0] * (len(LATENCIES) + 1)
        self.latency_total_ms = 0
        self.sound_ms = 0
        self.characters = 0
        self.cost_micros = 0
        self.tokens_read = 0
        self.tokens_cached = 0
        self.tokens_written = 0
        self.between = [0] * (len(LATENCIES) + 1)
        self.between_max_ms = 0
        self.trouble = ""

    def answered(self, milliseconds: int) -> None:
        """The first answer of a request came after so long."""
        self.latency[_column(milliseconds)] += 1
        self.latency_total_ms += milliseconds
        self.trouble = ""

    def failed(self, trouble: str, words: str = "") -> None:
        """A request failed."""
        self.trouble = words or trouble
        self.failures[trouble] = self.failures.get(trouble, 0) + 1

    def used(self, sound_ms: int = 0, characters: int = 0, cost_micros: int = 0) -> None:
        """What will be billed."""
        self.sound_ms += sound_ms
        self.characters += characters
        self.cost_micros += cost_micros

    def counted(self, read: int, cached: int, written: int) -> None:
        """Tokens of a language model; ``read`` counts the ``cached`` ones too."""
        self.tokens_read += read
        self.tokens_cached += cached
        self.tokens_written += written

    def paced(self, median_ms: int, longest_ms: int) -> None:
        """How long one waited between the pieces of an answer."""
        self.between[_column(median_ms)] += 1
        self.between_max_ms = max(self.between_max_ms, longest_ms)

    def export(self) -> dict[str, Any]:
        """All counters. ``latency_ms`` maps upper bounds to counts, ``inf`` for the rest."""
        bounds = [*map(str, LATENCIES), "inf"]
        return {
            "provider": self.name,
            "model": self.model,
            "requests": self.requests,
            "failures": dict(sorted(self.failures.items())),
            "trouble": self.trouble,
            "latency_ms": dict(zip(bounds, self.latency, strict=True)),
            "latency_total_ms": self.latency_total_ms,
            "sound_ms": self.sound_ms,
            "characters": self.characters,
            "cost_micros": self.cost_micros,
            "tokens_read": self.tokens_read,
            "tokens_cached": self.tokens_cached,
            "tokens_written": self.tokens_written,
            "between_ms": dict(zip(bounds, self.between, strict=True)),
            "between_max_ms": self.between_max_ms,
        }


def _column(milliseconds: int) -> int:
    return next((i for i, bound in enumerate(LATENCIES) if milliseconds <= bound), len(LATENCIES))
