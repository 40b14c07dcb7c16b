"""Sound that need not be made: prepared prompts, recordings by address."""

import hashlib
from typing import Protocol

RATE = 24_000
"""Prepared sound is 16-bit little-endian mono PCM at this rate (Hz)."""


class Sounds(Protocol):
    """Where prepared sound is found. Neither method raises: None says that there is none."""

    async def find(self, content_hash: str) -> bytes | None:
        """The sound of a text, by its content hash; for the voice of this line."""
        ...

    async def fetch(self, address: str) -> bytes | None:
        """A recording a flow plays, by its address."""
        ...


class NoSounds:
    """Nothing was prepared."""

    async def find(self, content_hash: str) -> bytes | None:
        """Nothing."""
        return None

    async def fetch(self, address: str) -> bytes | None:
        """Nothing."""
        return None


def content_hash(text: str) -> str:
    """The name of a text's sound: what the compiler gives a static prompt."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest() if text else ""
