"""One process holds a data folder."""

import fcntl
import os
from pathlib import Path


class Locked(Exception):
    """Another process holds the folder; the message says which and what to do."""


class ProcessLock:
    """An advisory lock on ``server.lock``; the kernel releases it when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "server.lock"
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises `Locked`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise Locked(
                f"Another Parley server (process {holder}) holds {self.path.parent}. "
                "Stop it, or give this one another folder with --data or PARLEY_DATA."
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle

    def release(self) -> None:
        """Give it back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
