"""A tone as long as a text takes to say."""

import math
import struct
from functools import lru_cache

MS_A_CHARACTER = 60


def length_ms(text: str) -> int:
    """How long the text sounds."""
    return MS_A_CHARACTER * len(text.strip())


@lru_cache(maxsize=256)
def tone(milliseconds: int, rate: int) -> bytes:
    """440 Hz, not loud."""
    count = milliseconds * rate // 1000
    return struct.pack(
        f"<{count}h", *(int(6000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(count))
    )


def spoken(text: str, rate: int) -> bytes:
    """The sound of a text."""
    return tone(length_ms(text), rate)


def silence(milliseconds: int, rate: int) -> bytes:
    """Nothing, for so long."""
    return bytes(2 * (milliseconds * rate // 1000))
