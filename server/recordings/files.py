"""Recordings as files: ``<name>.ogg``, and beside it ``<name>.json`` that says which line made it and when.

The Ogg file grows piece by piece; what is there is playable whenever it stops growing.
"""

import re
from pathlib import Path

import msgspec

NAME = re.compile(r"(call|message)(-\d{1,4})?\.ogg")
LARGEST = 512 * 1024 * 1024
"""Bytes one recording may have: a week of speech."""
TAKEN = -1
"""Told instead of a length: another line has made this recording."""
TAIL = 70_000
"""Bytes at the end of a file that hold its last page: pages have 65,307 at most."""
PAGE = b"OggS"
CLOCK = 48
"""Samples a millisecond in Opus's count, whatever rate the sound has."""
PRESKIP = 312
"""Samples at the beginning that are not heard, as libopus has them; 6 ms, so nobody reads the header for it."""


class Facts(msgspec.Struct, frozen=True):
    """Which seat made a recording, and when it began: milliseconds since the session started."""

    seat: str
    at: int


class Misplaced(Exception):
    """A piece does not follow what is there; ``length`` is how much that is, or `TAKEN`."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} bytes are there.")
        self.length = length


def append(path: Path, offset: int, data: bytes, facts: Facts) -> int:
    """Write the next piece; answers with the length there is now. Raises `Misplaced`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = read_facts(path)
    if known is not None and known.seat != facts.seat:
        raise Misplaced(TAKEN)
    if known is None and not offset:
        path.with_suffix(".json").write_bytes(msgspec.json.encode(facts))
    with path.open("ab") as file:
        length = file.tell()
        if length != offset or length + len(data) > LARGEST:
            raise Misplaced(length)
        file.write(data)
        return length + len(data)


def read_facts(path: Path) -> Facts | None:
    """What is known of a recording; None when nothing is."""
    try:
        return msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Facts)
    except (OSError, msgspec.DecodeError):
        return None


def length_ms(path: Path) -> int:
    """How long a recording is: its last page says. 0 for what is no Ogg file, or has no sound yet."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    at = tail.rfind(PAGE)
    samples = int.from_bytes(tail[at + 6 : at + 14], "little", signed=True) if at >= 0 else 0
    return max(0, samples - PRESKIP) // CLOCK


def remove(path: Path) -> None:
    """Delete a recording, and what is said of it."""
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)
