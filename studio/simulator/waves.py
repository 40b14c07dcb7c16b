"""Stretches of sound as bytes: 16 kHz, 16-bit, mono."""

import wave
from pathlib import Path

import numpy as np

RATE = 16_000
FRAME_MS = 20
FRAME = RATE * 2 * FRAME_MS // 1000
"""Bytes in 20 ms."""
LONGEST_SECONDS = 600
"""Of a wave file that is said, no more is read."""


def level(pcm: bytes) -> float:
    """How loud a stretch is, 0 to 1."""
    if len(pcm) < 2:
        return 0.0
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16).astype(np.float64)
    loud = float(np.sqrt(np.mean(samples**2))) / 32768
    return min(1.0, loud * 6)


def read_wave(path: Path) -> bytes:
    """A wave file as 16 kHz 16-bit mono. Raises ``ValueError`` with a sentence for one that cannot be used."""
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(min(file.getnframes(), rate * LONGEST_SECONDS))
    except (OSError, EOFError, wave.Error) as error:
        raise ValueError(f"{path.name} cannot be read as a wave file ({error}).") from error
    if width != 2:
        raise ValueError(f"{path.name} has {width * 8} bits a sample; save it with 16.")
    samples = np.frombuffer(data, np.int16)
    mono = samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1)
    if rate != RATE and len(mono):
        count = int(len(mono) * RATE / rate)
        mono = np.interp(np.arange(count) * (rate / RATE), np.arange(len(mono)), mono)
    return mono.astype(np.int16).tobytes()
