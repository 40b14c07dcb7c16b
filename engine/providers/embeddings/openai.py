"""OpenAI's embeddings, and any address that speaks its API."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.providers.embeddings.contract import Vectors, unit
from engine.providers.failures import unreadable
from engine.providers.openai_speech import PATIENCE, OpenAiClient

MODEL = "text-embedding-3-small"
DIMENSIONS = 1536
LONGEST = 8191
TOGETHER = 256
"""Texts in a request."""
LARGEST = 400_000
"""Letters in a request: it takes 300,000 tokens at most, and some scripts have more than a token for two letters."""
LONGEST_TEXT = 16_000
"""Letters of a text that are sent; a longer one would be refused."""


class OpenAiEmbeddings(OpenAiClient):
    """OpenAI as an `EmbeddingModel`. ``dimensions`` asks for shorter vectors than the model's own."""

    longest = LONGEST

    def __init__(
        self, api_key: str, model: str = "", url: str = "", dimensions: int = 0, patience: float = PATIENCE
    ) -> None:
        super().__init__(api_key, url, patience)
        self.model = model or MODEL
        self.dimensions = dimensions or DIMENSIONS
        self._shorter = dimensions != 0

    async def embed(self, texts: Sequence[str], *, bulk: bool = False) -> Vectors:
        """See `EmbeddingModel`."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for start, end in _requests(texts):
            found[start:end] = await self._ask([text[:LONGEST_TEXT] or " " for text in texts[start:end]])
        return unit(found)

    async def _ask(self, texts: list[str]) -> Vectors:
        wanted: dict[str, Any] = {"model": self.model, "input": texts, "encoding_format": "base64"}
        if self._shorter:
            wanted["dimensions"] = self.dimensions
        with self._troubles():
            answer = await self._client().embeddings.create(**wanted)
            rows = {each.index: _vector(each.embedding) for each in answer.data}
            if set(rows) != set(range(len(texts))) or any(r.size != self.dimensions for r in rows.values()):
                raise unreadable(self.name, ValueError("other vectors than were asked for"))
            return np.stack([rows[at] for at in range(len(texts))])


def _vector(given: Any) -> Vectors:
    """As base64, or as numbers from those who do not know it; raises ``ValueError``."""
    row = (
        np.frombuffer(base64.b64decode(given), "<f4") if isinstance(given, str) else np.asarray(given, "<f4")
    )
    if row.ndim != 1 or not np.isfinite(row).all():
        raise ValueError("no vector")
    return row


def _requests(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Which texts go together: first and past the last."""
    found: list[tuple[int, int]] = []
    start, letters = 0, 0
    for at, text in enumerate(texts):
        size = min(len(text), LONGEST_TEXT)
        if at > start and (at - start == TOGETHER or letters + size > LARGEST):
            found.append((start, at))
            start, letters = at, 0
        letters += size
    return [*found, (start, len(texts))] if texts else []
