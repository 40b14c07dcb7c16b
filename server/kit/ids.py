"""Identities: prefixed, sortable by the time they were made, and never guessed from one another."""

import secrets
import time
import uuid

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26


def uuid7(now_ms: int | None = None) -> uuid.UUID:
    """A version 7 UUID (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits."""
    ms = (time.time_ns() // 1_000_000 if now_ms is None else now_ms) & (2**48 - 1)
    value = ms << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def new_id(prefix: str) -> str:
    """``prefix_`` and a version 7 UUID in 26 Crockford base32 letters; ids sort by the time they were
    made."""
    value, letters = uuid7().int, []
    for _ in range(LENGTH):
        value, digit = divmod(value, 32)
        letters.append(ALPHABET[digit])
    return f"{prefix}_" + "".join(reversed(letters))


def is_id(text: str, prefix: str) -> bool:
    """Whether the text has the shape of an id with this prefix."""
    body = text.removeprefix(f"{prefix}_")
    return len(text) == len(prefix) + 1 + LENGTH == len(body) + len(prefix) + 1 and set(body) <= set(ALPHABET)
