"""The cache outside the tree that all checkouts share: environments, wheels, npm modules, fonts.

An entry is a folder named by what it is made from, so that it never goes stale; a file in it says that it is complete.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

COMPLETE = ".complete"


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


def say(text: str) -> None:
    """Tell the person before the screen what is being done."""
    print(f"parley: {text}", flush=True)


def cache_home() -> Path:
    """The folder of the cache: ``PARLEY_CACHE``, or ``parley`` where the desktop keeps caches."""
    given = os.environ.get("PARLEY_CACHE")
    if given:
        return Path(given).absolute()
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "parley"


def digest(*parts: bytes | str) -> str:
    """16 hex digits that change when any part does."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:16]


def interpreter_tag() -> str:
    """What compiled packages depend on: the interpreter's binary interface and the platform."""
    return f"{sysconfig.get_config_var('SOABI')}-{sys.platform}"


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """The complete entry ``name``, made by ``make(folder)`` if it is not there.

    Two set-ups at once wait for each other; one that was interrupted is begun anew.
    """
    folder = cache_home() / name
    if (folder / COMPLETE).exists():
        return folder
    with alone(name):
        if not (folder / COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            (folder / COMPLETE).touch()
    return folder


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold the lock ``name`` against other set-ups on this machine."""
    locks = cache_home() / "locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        handle = (locks / f"{name}.lock").open("w")
    except OSError as error:
        raise SetupError(
            f"cannot write to the cache {cache_home()}: {error}. Set PARLEY_CACHE to a folder you own."
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
