"""RTP packets (RFC 3550), as few bytes of them as calls need, and telephone-events (RFC 4733)."""

import struct
from typing import NamedTuple

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
SIGNS = "0123456789*#ABCD"
TICK = 160
"""Timestamps in 20 ms, for each of our codecs."""


class Packet(NamedTuple):
    """What came."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def read(data: bytes) -> Packet | None:
    """Parse; None for what is no RTP (RTCP among it)."""
    if len(data) < 12 or data[0] >> 6 != 2 or 192 <= data[1] <= 223:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    start = 12 + 4 * (first & 0x0F)
    end = len(data)
    if first & 0x10:
        if end < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        end -= data[-1]
    if start > end:
        return None
    return Packet(second & 0x7F, sequence, timestamp, ssrc, data[start:end])


def write(payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool) -> bytes:
    """Serialize."""
    second = payload_type | 0x80 if marker else payload_type
    return _HEADER.pack(0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


class KeyEvent(NamedTuple):
    """A telephone-event's payload; ``duration`` counts timestamps."""

    sign: str
    end: bool
    duration: int


def read_event(payload: bytes) -> KeyEvent | None:
    """Parse; None for events that are no keys."""
    if len(payload) < 4:
        return None
    event, flags, duration = _EVENT.unpack_from(payload)
    return KeyEvent(SIGNS[event], bool(flags & 0x80), duration) if event < len(SIGNS) else None


def write_event(sign: str, end: bool, duration: int) -> bytes:
    """Serialize, at -10 dBm0."""
    return _EVENT.pack(SIGNS.index(sign), 0x8A if end else 0x0A, duration)
