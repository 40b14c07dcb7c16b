"""Chance that replays: a hash of seed, event and node."""

import hashlib


def chance(seed: int, seq: int, node: str, out_of: int) -> int:
    """A number from 0 to below ``out_of``, the same wherever and whenever it is computed."""
    digest = hashlib.blake2b(f"{seed}:{seq}:{node}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % out_of
