"""The contract of embedding models: a vector for each text."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""One row a text, each of length 1: their products are cosines."""


@runtime_checkable
class EmbeddingModel(Protocol):
    """A model. Vectors of two models cannot be compared: keep ``name``, ``model`` and ``dimensions`` beside
    them."""

    @property
    def name(self) -> str:
        """The provider."""
        ...

    @property
    def model(self) -> str:
        """Its model."""
        ...

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def longest(self) -> int:
        """Tokens of a text that count, about; what comes after them is not seen."""
        ...

    async def embed(self, texts: Sequence[str], *, bulk: bool = False) -> Vectors:
        """A vector of length 1 for each text, in their order; no texts give an empty array. ``bulk``: nobody
        waits for it, and it must not be in the way of those who wait.

        Raises `engine.providers.speech.ProviderError`.
        """
        ...

    async def check(self) -> None:
        """Whether it would answer now; raises `engine.providers.speech.ProviderError`."""

    async def aclose(self) -> None:
        """Let connections and threads go."""


def unit(vectors: Vectors) -> Vectors:
    """The same directions with length 1; a vector of nothing stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
