"""Sound as plain bytes: 16-bit little-endian mono PCM in, the same out.

Everything here is a pure function but `Resampler`, which keeps the few samples its filter still needs.
"""

import io
import wave
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

PROMPT_LOUDNESS = -16.0
"""dBFS of prompts for browsers."""
TELEPHONE_LOUDNESS = -20.0
"""dBFS of prompts for telephones, where a louder one is squeezed by the network."""
PEAK = 29204
"""-1 dBFS: no sample is louder after `normalize`."""
BLOCK_MS = 400
HOP_MS = 100
SILENT = -60.0
"""dBFS below which a block counts as silence, not as quiet speech."""
MU_BIAS = 0x84
A_LAW_FLIP = 0x55


class Resampler:
    """Another rate for a stream of sound. Feed it in any pieces, then ``flush`` once.

    It is libswresample's windowed sinc, so speech keeps its band and nothing folds back.
    """

    def __init__(self, source: int, target: int) -> None:
        if source <= 0 or target <= 0:
            raise ValueError(f"A sample rate must be positive; got {source} and {target}.")
        self.source = source
        self.target = target
        self._odd = b""
        self._filter: Any = None
        if source != target:
            from av.audio.resampler import AudioResampler

            self._filter = AudioResampler(format="s16", layout="mono", rate=target)

    def feed(self, pcm: bytes) -> bytes:
        """What is ready of the converted sound; a sample cut in half waits for its other half."""
        pcm = self._odd + pcm
        whole = len(pcm) // 2 * 2
        self._odd = pcm[whole:]
        if self._filter is None or not whole:
            return pcm[:whole]
        from av.audio.frame import AudioFrame

        samples = np.frombuffer(pcm[:whole], np.int16).reshape(1, -1)
        frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = self.source
        return self._take(frame)

    def flush(self) -> bytes:
        """What the filter still held."""
        self._odd = b""
        return b"" if self._filter is None else self._take(None)

    def _take(self, frame: Any) -> bytes:
        return b"".join(made.to_ndarray().tobytes() for made in self._filter.resample(frame))


def resample(pcm: bytes, source: int, target: int) -> bytes:
    """A whole stretch of sound at another rate."""
    if source == target or len(pcm) < 2:
        return pcm[: len(pcm) // 2 * 2]
    converter = Resampler(source, target)
    made = converter.feed(pcm) + converter.flush()
    return made[: len(pcm) // 2 * target // source * 2]


def duration_ms(pcm: bytes, rate: int) -> int:
    """How long it sounds."""
    return len(pcm) // 2 * 1000 // rate


def samples_of(pcm: bytes) -> Samples:
    """As numbers; a last byte without its other half is dropped."""
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], np.dtype("<i2"))


@cache
def _mu_law() -> tuple[Samples, NDArray[np.uint8]]:
    """G.711 mu-law, both ways: 256 values, and a code for each of the 65,536 samples."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + MU_BIAS) << ((code & 0x70) >> 4)) - MU_BIAS
    values = np.where(code & 0x80, -size, size).astype(np.int16)
    sample = np.arange(-32768, 32768, dtype=np.int32)
    # 14-bit ranges with the bias of G.711; the clip keeps the loudest sample inside the last segment.
    biased = np.minimum(np.abs(sample), 32635) + MU_BIAS
    segment = np.floor(np.log2(biased)).astype(np.int32) - 7
    codes = ~(np.where(sample < 0, 0x80, 0) | segment << 4 | (biased >> (segment + 3)) & 0x0F)
    return values, (codes & 0xFF).astype(np.uint8)


@cache
def _a_law() -> tuple[Samples, NDArray[np.uint8]]:
    """G.711 A-law, both ways."""
    code = np.arange(256, dtype=np.int32) ^ A_LAW_FLIP
    segment, step = (code & 0x70) >> 4, (code & 0x0F) << 4
    size = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    values = np.where(code & 0x80, size, -size).astype(np.int16)
    sample = np.arange(-32768, 32768, dtype=np.int32)
    positive = np.where(sample >= 0, sample, -sample - 1) >> 3
    segment = np.where(positive < 32, 0, np.floor(np.log2(np.maximum(positive, 1))).astype(np.int32) - 4)
    step = np.where(segment < 2, positive >> 1, positive >> np.maximum(segment, 1)) & 0x0F
    codes = (segment << 4 | step) ^ np.where(sample >= 0, 0xD5, A_LAW_FLIP)
    return values, codes.astype(np.uint8)


def mu_law_encode(pcm: bytes) -> bytes:
    """G.711 mu-law (PCMU): a byte a sample."""
    return _mu_law()[1][samples_of(pcm).astype(np.int32) + 32768].tobytes()


def mu_law_decode(codes: bytes) -> bytes:
    """PCM of G.711 mu-law."""
    return _mu_law()[0][np.frombuffer(codes, np.uint8)].tobytes()


def a_law_encode(pcm: bytes) -> bytes:
    """G.711 A-law (PCMA): a byte a sample."""
    return _a_law()[1][samples_of(pcm).astype(np.int32) + 32768].tobytes()


def a_law_decode(codes: bytes) -> bytes:
    """PCM of G.711 A-law."""
    return _a_law()[0][np.frombuffer(codes, np.uint8)].tobytes()


def _decibels(power: float) -> float:
    return float(10 * np.log10(max(power, 1e-3) / 32768**2))


def loudness(pcm: bytes, rate: int) -> float | None:
    """dBFS of what is spoken, None when nothing is.

    The gating of ITU-R BS.1770 (blocks of 400 ms every 100 ms; those under `SILENT` do not count, then those
    10 dB under the rest) without its K-weighting, which moves speech by less than a decibel.
    """
    sound = samples_of(pcm).astype(np.float64)
    size, hop = max(1, rate * BLOCK_MS // 1000), max(1, rate * HOP_MS // 1000)
    if not len(sound):
        return None
    starts = np.arange(0, max(1, len(sound) - size + 1), hop)
    ends = np.minimum(starts + size, len(sound))
    so_far = np.concatenate(([0.0], np.cumsum(sound**2)))
    powers = (so_far[ends] - so_far[starts]) / (ends - starts)
    powers = powers[powers > 32768**2 * 10 ** (SILENT / 10)]
    if not len(powers):
        return None
    return _decibels(float(np.mean(powers[powers >= np.mean(powers) / 10])))


def gain(pcm: bytes, decibels: float) -> bytes:
    """Louder or softer; what would not fit is clipped."""
    louder = np.rint(samples_of(pcm).astype(np.float64) * 10 ** (decibels / 20))
    return np.clip(louder, -32768, 32767).astype("<i2").tobytes()


def normalize(pcm: bytes, rate: int, target: float = PROMPT_LOUDNESS) -> bytes:
    """As loud as ``target`` dBFS, or as near as the loudest sample allows without clipping. Silence stays."""
    now = loudness(pcm, rate)
    if now is None:
        return pcm
    highest = int(np.abs(samples_of(pcm).astype(np.int32)).max())
    room = float(20 * np.log10(PEAK / highest))
    return gain(pcm, min(target - now, room))


def trim(pcm: bytes, rate: int, margin_ms: int = 60, threshold: float = -45.0) -> bytes:
    """Without the silence before and after, but for ``margin_ms`` of it. All silence: nothing is left.

    ``threshold`` is in dB under the loudest 10 ms.
    """
    sound = samples_of(pcm)
    size = max(1, rate // 100)
    if not len(sound):
        return b""
    starts = np.arange(0, len(sound), size)
    powers = np.add.reduceat(sound.astype(np.float64) ** 2, starts) / np.minimum(size, len(sound) - starts)
    if powers.max() < 1:
        return b""
    loud = np.flatnonzero(powers >= powers.max() * 10 ** (threshold / 10))
    margin = rate * margin_ms // 1000
    return sound[max(0, loud[0] * size - margin) : (loud[-1] + 1) * size + margin].tobytes()


def write_wav(pcm: bytes, rate: int) -> bytes:
    """A WAV file, mono, 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(pcm)
    return file.getvalue()


def read_wav(data: bytes) -> tuple[bytes, int]:
    """Sound and rate of a WAV file; several channels are mixed. Raises ``ValueError`` for all but 16-bit PCM."""
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            pcm = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(
            f"This is not a WAV file with PCM sound ({error}). Export it as 16-bit PCM."
        ) from error
    if width != 2 or rate <= 0:
        raise ValueError(f"This WAV file has {width * 8} bits a sample. Export it as 16-bit PCM.")
    if channels > 1:
        whole = samples_of(pcm)
        mixed = whole[: len(whole) // channels * channels].reshape(-1, channels).astype(np.int32).mean(axis=1)
        pcm = np.rint(mixed).astype("<i2").tobytes()
    return pcm, rate
