"""Environments of the peers: each lock of packaging/locks/peers-*.txt in an environment of its own, in the cache."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def peer_python(name: str) -> Path:
    """The interpreter of the environment with the peers ``name``; made when it is not there."""
    sys.path.insert(0, str(ROOT / "packaging" / "setup"))
    try:
        from environment import LOCKS, installed
    finally:
        sys.path.pop(0)
    return installed(LOCKS / f"peers-{name}.txt") / "bin" / "python"
