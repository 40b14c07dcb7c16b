"""Sound for calls, and what was heard of it: tones, G.711, WAV. Nothing here comes from what is tested."""

import math
import struct
import wave
from pathlib import Path

RATE = 8000
FRAME = 160
_BIAS, _CLIP = 0x84, 32_635


def _to_ulaw(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    value = min(abs(sample), _CLIP) + _BIAS
    exponent = max(0, value.bit_length() - 8)
    return ~(sign | exponent << 4 | (value >> (exponent + 3)) & 0x0F) & 0xFF


def _from_ulaw(byte: int) -> int:
    byte = ~byte & 0xFF
    value = (((byte & 0x0F) << 3) + _BIAS << (byte >> 4 & 7)) - _BIAS
    return -value if byte & 0x80 else value


_DECODED = [_from_ulaw(b) for b in range(256)]
_ENCODED = bytes(_to_ulaw(v if v < 32_768 else v - 65_536) for v in range(65_536))
ULAW_SILENCE = b"\xff" * FRAME


def encode(pcm: bytes) -> bytes:
    """s16le to mu-law."""
    return bytes(_ENCODED[v] for v in struct.unpack(f"<{len(pcm) // 2}H", pcm))


def decode(ulaw: bytes) -> bytes:
    """Mu-law to s16le."""
    return struct.pack(f"<{len(ulaw)}h", *(_DECODED[b] for b in ulaw))


def tone(hz: float, ms: int, rate: int = RATE, level: int = 8000) -> bytes:
    """A sine, s16le."""
    count = rate * ms // 1000
    return struct.pack(
        f"<{count}h", *(round(level * math.sin(2 * math.pi * hz * i / rate)) for i in range(count))
    )


def silence(ms: int, rate: int = RATE) -> bytes:
    """Nothing, s16le."""
    return bytes(2 * (rate * ms // 1000))


def strength(pcm: bytes, hz: float, rate: int = RATE) -> float:
    """How much of a sound is one frequency: 0 to 1 (Goertzel). Frequencies beside it count a little."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm[: len(pcm) // 2 * 2])
    energy = sum(s * s for s in samples)
    if not samples or energy < len(samples) * 100:
        return 0.0
    factor = 2 * math.cos(2 * math.pi * hz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    power = last * last + before * before - factor * last * before
    return float(min(1.0, 2 * power / (len(samples) * energy)))


def heard_ms(pcm: bytes, hz: float, rate: int = RATE, window_ms: int = 20) -> int:
    """For how long a tone was there."""
    size = 2 * rate * window_ms // 1000
    return window_ms * sum(
        strength(pcm[i : i + size], hz, rate) > 0.7 for i in range(0, len(pcm) - size + 1, size)
    )


def write_wav(path: Path, pcm: bytes, rate: int = RATE) -> None:
    """Mono, 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)


def read_wav(path: Path) -> tuple[bytes, int]:
    """Mono s16le, and its rate."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2), path
        return file.readframes(file.getnframes()), file.getframerate()
