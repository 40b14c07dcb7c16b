"""Whether a person or a machine took the call: people say a word and wait, machines talk on, or beep."""

import numpy as np

FRAME_MS = 20
SPEECH = 300.0
"""Root mean square of 16-bit samples above which somebody speaks."""
LONG_GREETING_MS = 2600
"""Speech without a pause worth the name."""
PAUSE_MS = 700
"""Silence after the first words in which a person waits for us."""
PATIENCE_MS = 8000
"""After this we do not know, and take who is there for a person."""
BEEP_MS = 300
BEEP_HZ = (350.0, 2500.0)
PURE = 0.85
"""How much of a frame's energy one frequency has when it is a tone."""


class AnswerEar:
    """Listens to the first seconds of an answered call at ``rate`` samples a second."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._elapsed = 0
        self._spoken = 0
        self._silent = 0
        self._tone_ms = 0
        self._tone_hz = 0.0

    def hear(self, pcm: bytes) -> str:
        """``person`` or ``machine`` once that is clear, else empty. ``pcm`` is about 20 ms of s16le."""
        samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float64)
        if not len(samples):
            return ""
        ms = round(1000 * len(samples) / self._rate)
        self._elapsed += ms
        loud = float(np.sqrt(np.mean(samples * samples))) >= SPEECH
        if loud and self._beeps(samples, ms):
            return "machine"
        if loud:
            self._spoken += ms + (self._silent if self._spoken else 0)
            self._silent = 0
            return "machine" if self._spoken >= LONG_GREETING_MS else ""
        self._tone_ms = 0
        self._silent += ms
        if self._spoken and self._silent >= PAUSE_MS:
            return "person"
        return "person" if self._elapsed >= PATIENCE_MS else ""

    def _beeps(self, samples: "np.ndarray[tuple[int], np.dtype[np.float64]]", ms: int) -> bool:
        """Whether a steady tone has sounded long enough."""
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
        peak = int(np.argmax(power))
        pure = float(power[max(0, peak - 2) : peak + 3].sum()) >= PURE * float(power.sum())
        hz = peak * self._rate / len(samples)
        if not pure or not BEEP_HZ[0] <= hz <= BEEP_HZ[1] or abs(hz - self._tone_hz) > 60:
            self._tone_ms, self._tone_hz = (ms if pure else 0), hz
            return False
        self._tone_ms += ms
        return self._tone_ms >= BEEP_MS
