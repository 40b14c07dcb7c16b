"""Weights in a ``safetensors`` file: eight bytes of length, a JSON header, then the numbers.

The file is mapped, not read: several processes share its pages.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from engine.providers.embeddings.contract import Vectors

TYPES = {"F32": np.float32, "I64": np.int64, "F16": np.float16}
LONGEST_HEADER = 1 << 20


class WrongWeights(Exception):
    """The file is not what it should be; the message says what to do."""


def read_weights(path: Path) -> dict[str, Vectors]:
    """Each array by its name; raises `WrongWeights` and ``OSError``."""
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    length = int(raw[:8].view(np.uint64)[0]) if raw.size > 8 else 0
    if not 2 <= length <= min(LONGEST_HEADER, raw.size - 8):
        raise WrongWeights(f"{path.name} is no safetensors file. Install the model again.")
    try:
        header: dict[str, Any] = json.loads(raw[8 : 8 + length].tobytes())
        return {
            name: _array(raw[8 + length :], facts) for name, facts in header.items() if name != "__metadata__"
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongWeights(f"{path.name} is damaged ({error}). Install the model again.") from error


def _array(raw: Any, facts: dict[str, Any]) -> Any:
    first, last = facts["data_offsets"]
    return raw[first:last].view(TYPES[facts["dtype"]]).reshape(facts["shape"])


def verify(path: Path, digest: str) -> None:
    """Raises `WrongWeights` unless the file has this SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        raise WrongWeights(f"{path.name} is not the file that was published. Install the model again.")
