"""all-MiniLM-L6-v2 on this machine: no key, no network, 384 numbers.

Questions are answered in a thread of this process. What comes in bulk goes to a process of its own that gives way
to all others.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.providers.embeddings.apart import Apart, Ended
from engine.providers.embeddings.contract import Vectors
from engine.providers.embeddings.minilm import DIMENSIONS, LONGEST, MISSING, MiniLm, folder
from engine.providers.embeddings.weights import WrongWeights
from engine.providers.speech import ProviderError, Trouble

TOGETHER = 8
"""Texts at once; more do not go faster, and take memory."""


class LocalEmbeddings:
    """The model, read at first use. ``where`` is the folder of its files when it is not installed."""

    name = "local"
    model = "all-MiniLM-L6-v2"
    dimensions = DIMENSIONS
    longest = LONGEST

    def __init__(self, where: Path | None = None) -> None:
        self._where = where
        self._thread = ThreadPoolExecutor(1, "embeddings")
        self._apart = Apart()

    async def embed(self, texts: Sequence[str], *, bulk: bool = False) -> Vectors:
        """See `EmbeddingModel`."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        bulk = bulk and len(texts) > TOGETHER
        # Texts of one length together: padding costs as much as words.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), TOGETHER):
            which = order[start : start + TOGETHER]
            found[which] = await self._vectors([texts[at] for at in which], bulk)
        return found

    async def check(self) -> None:
        """Whether the model is here and whole."""
        await self._vectors(["ready"], bulk=False)

    async def aclose(self) -> None:
        """Let thread and process go."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self._apart.close()

    async def _vectors(self, texts: list[str], bulk: bool) -> Vectors:
        where = self._where or folder()
        if where is None:
            raise ProviderError(self.name, Trouble.UNSUPPORTED, MISSING)
        try:
            if bulk:
                return await self._apart.vectors(where, texts)
            return await asyncio.get_running_loop().run_in_executor(self._thread, _vectors, where, texts)
        except WrongWeights as error:
            raise ProviderError(self.name, Trouble.UNSUPPORTED, str(error)) from error
        except Ended as error:
            raise ProviderError(self.name, Trouble.BROKEN, str(error)) from error


@lru_cache(1)
def _read(where: Path) -> MiniLm:
    # Kept for the process: it is read once, and never changed.
    return MiniLm(where)


def _vectors(where: Path, texts: list[str]) -> Vectors:
    return _read(where).vectors(texts)
