"""A soft sound while we are at work: two quiet tones that come and go, every two seconds."""

import math
from array import array

from server.channels.voice.clock import TICK_MS

AFTER = 2.0
"""Seconds of thinking before it begins."""
_PERIOD_MS = 2_000
_TONES = ((0, 523.25), (260, 659.25))
"""When (ms in the period) and how high (Hz)."""
_LENGTH_MS = 420
_LOUDNESS = 1_400
"""Of 32,767: about 27 dB below full scale."""


def hold_frames(rate: int) -> tuple[bytes, ...]:
    """One period in frames of 20 ms, 16-bit mono at ``rate``; to be played round and round."""
    samples = array("h", bytes(rate * _PERIOD_MS // 1000 * 2))
    for begin, pitch in _TONES:
        length = rate * _LENGTH_MS // 1000
        offset = rate * begin // 1000
        for i in range(length):
            swell = math.sin(math.pi * i / length) ** 2
            samples[offset + i] += int(_LOUDNESS * swell * math.sin(2 * math.pi * pitch * i / rate))
    return _framed(samples, rate)


def beep_frames(rate: int) -> tuple[bytes, ...]:
    """A quarter of a second at 1 kHz in frames of 20 ms: "speak now"."""
    length = rate * 260 // 1000
    edge = rate // 100
    samples = array("h")
    for i in range(length):
        fade = min(1.0, i / edge, (length - i) / edge)
        samples.append(int(6_000 * fade * math.sin(2 * math.pi * 1000 * i / rate)))
    return _framed(samples, rate)


def _framed(samples: "array[int]", rate: int) -> tuple[bytes, ...]:
    data = samples.tobytes()
    size = rate * TICK_MS // 1000 * 2
    return tuple(data[i : i + size] for i in range(0, len(data), size))
