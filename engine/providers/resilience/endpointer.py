"""The end of speech by its loudness, where a recogniser that finds turns gave way to one that does not."""

import numpy as np

from engine.providers.sound import samples_of

BLOCK_MS = 20
PAUSE_MS = 700
SPEECH_MS = 120
LEAST = 250.0
"""Root mean square that is speech at the least."""
OVER_FLOOR = 3.0


class Endpointer:
    """Feed it sound; it says when somebody spoke and then fell silent."""

    def __init__(self, rate: int) -> None:
        self._size = rate * BLOCK_MS // 1000 * 2
        self._held = b""
        self._floor = LEAST / OVER_FLOOR
        self._spoken = 0
        self._silent = 0

    def ended(self, pcm: bytes) -> bool:
        """Whether an utterance ends in this stretch."""
        self._held += pcm
        found = False
        while len(self._held) >= self._size:
            block, self._held = self._held[: self._size], self._held[self._size :]
            found = self._block(block) or found
        return found

    def _block(self, block: bytes) -> bool:
        power = float(np.sqrt(np.mean(samples_of(block).astype(np.float64) ** 2)))
        if power > max(LEAST, self._floor * OVER_FLOOR):
            self._spoken += BLOCK_MS
            self._silent = 0
            self._floor = min(self._floor * 1.01, power)
            return False
        self._floor += (power - self._floor) * 0.05
        self._silent += BLOCK_MS
        if self._silent < PAUSE_MS:
            return False
        ended, self._spoken = self._spoken >= SPEECH_MS, 0
        return ended
