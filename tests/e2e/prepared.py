"""Sound that servers of earlier tests prepared. Each begins on an empty folder, and would spend half a minute of a core
on the sentences of the same sample agents; what it finds it does not make again."""

import hashlib
import os
import shutil
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKERS = (
    "engine/providers/local_voice.py",
    "engine/providers/sound.py",
    "server/speech/configuration.py",
    "server/speech/prepared.py",
)
"""What sound depends on besides its name, which holds the text and the voice."""


def lend(data: Path) -> None:
    """Give a server what others have prepared, before it starts."""
    _link(_kept(), data / "sound")


def keep(data: Path) -> None:
    """Take what a server has prepared, for those to come."""
    _link(data / "sound", _kept())


@cache
def _kept() -> Path:
    made_by = hashlib.sha256(b"".join((ROOT / path).read_bytes() for path in MAKERS))
    return ROOT / "build" / "sound" / made_by.hexdigest()[:16]


def _link(source: Path, target: Path) -> None:
    """Only what was spoken: recordings that were fetched lie a folder deeper, with their own names."""
    for voice in (folder for folder in source.glob("*") if folder.name != "played"):
        (target / voice.name).mkdir(parents=True, exist_ok=True)
        for path in voice.glob("*.pcm"):
            one_more = target / voice.name / path.name
            if not one_more.exists():
                _copy(path, one_more)


def _copy(path: Path, target: Path) -> None:
    """Whole or not at all: others read it and bring the same."""
    written = target.with_suffix(f".{os.getpid()}")
    try:
        os.link(path, written)
    except OSError:  # another file system
        shutil.copyfile(path, written)
    written.replace(target)
