"""From one rate to another without delay: a windowed sinc, a phase for each place between two samples."""

from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

TAPS = 32
"""Samples of the lower rate that make one: half of them, two milliseconds of a telephone's, is all the delay."""
CUT = 0.92
"""Where the filter begins to cut, of what the lower rate can carry."""


class Resampler:
    """16-bit little-endian mono PCM, piece by piece; what is left between two pieces is kept.

    The native resampler hands its output over in stretches of 110 ms (at 8 kHz), which is too late for who cuts
    in; this one gives what a piece is worth at once.
    """

    def __init__(self, source: int, target: int) -> None:
        common = gcd(source, target)
        self._up, self._down = target // common, source // common
        self._filter = _phases(self._up, self._down)
        self._taps = len(self._filter)
        self._past = np.zeros(self._taps - 1, np.float32)
        self._skip = 0

    def push(self, pcm: bytes) -> bytes:
        """What this piece becomes; half a sample at its end is dropped."""
        new = np.frombuffer(pcm, "<i2", len(pcm) // 2)
        if not len(new):
            return b""
        samples = np.concatenate((self._past, new.astype(np.float32)))
        self._past = samples[1 - self._taps :]
        fine = (sliding_window_view(samples, self._taps) @ self._filter).ravel()
        out = fine[self._skip :: self._down]
        self._skip = (self._skip - len(fine)) % self._down
        whole: bytes = np.clip(np.rint(out), -32_768, 32_767).astype("<i2").tobytes()
        return whole


def _phases(up: int, down: int) -> "NDArray[np.float32]":
    """A column of taps for each of ``up`` phases, oldest sample first."""
    each = TAPS * -(-down // up)
    length = each * up
    at = np.arange(length) - (length - 1) / 2
    cut = CUT / max(up, down)
    taps = np.sinc(at * cut) * np.kaiser(length, 7.0)
    taps *= up / taps.sum()
    phases: NDArray[np.float32] = taps.reshape(each, up)[::-1].astype(np.float32)
    return phases
