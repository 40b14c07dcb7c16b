"""The journal: every edit since the last save, one line of JSON each, so that a crash loses nothing.

The first line names the files the edits stand on. Lines are written at once and flushed to the disk by a thread of
their own, so that typing never waits for it. A torn last line is passed over.
"""

import contextlib
import hashlib
import os
import threading
from pathlib import Path
from typing import BinaryIO

import msgspec

from studio.document.patch import Patch

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]


class Header(msgspec.Struct, frozen=True, tag="parley-journal", tag_field="format"):
    """What the edits stand on: the document's path and the digest of its files (empty for one never saved)."""

    path: str
    base: str
    schema: int = 1


class Line(msgspec.Struct, frozen=True, tag="edit", tag_field="format"):
    """One change: an edit, an undo or a redo, as the patch that was applied."""

    label: str
    patch: Patch


class Recovery(msgspec.Struct, frozen=True):
    """Work that was never saved. ``stale`` says that the files have changed since it was done."""

    journal: Path
    path: str
    lines: tuple[Line, ...]
    stale: bool

    @property
    def edits(self) -> tuple[str, ...]:
        """The words of each edit, oldest first."""
        return tuple(line.label for line in self.lines)

    def describe(self) -> str:
        """A sentence for people: how much there is and what came last."""
        count = len(self.lines)
        edits = "1 edit was" if count == 1 else f"{count} edits were"
        changed = " The file was changed since by something else." if self.stale else ""
        return f"{edits} not saved; the last one: {self.lines[-1].label}.{changed}"

    def discard(self) -> None:
        """Throw the work away."""
        self.journal.unlink(missing_ok=True)


class JournalBusyError(Exception):
    """Another window has this document open."""


class Journal:
    """An open journal. Nothing is on disk until the first edit."""

    def __init__(self, path: Path, header: Header) -> None:
        """Raises `JournalBusyError` when another process holds it, ``OSError`` when the place cannot be written."""
        self.path = path
        self._header = header
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("ab")
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                self._file.close()
                raise JournalBusyError(str(path)) from error
        self._set_aside()
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._flush_forever, name="journal", daemon=True)
        self._thread.start()

    def append(self, label: str, patch: Patch) -> None:
        """Write one change. Raises ``OSError`` when the disk refuses it."""
        if self._file.tell() == 0:
            self._write(self._header)
        self._write(Line(label, patch))
        self._wake.set()

    def restart(self, header: Header) -> None:
        """Forget everything: it was saved. Later lines stand on ``header``."""
        self._header = header
        self._file.truncate(0)
        self._file.seek(0)
        self._wake.set()

    def close(self, *, discard: bool) -> None:
        """Let go of the file; with ``discard`` it goes, else it stays for the next start."""
        self._closing = True
        self._wake.set()
        self._thread.join()
        empty = self._file.tell() == 0
        if discard or empty:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def _set_aside(self) -> None:
        """Work of an earlier crash that nobody has decided about yet is kept for the next start."""
        if self._file.tell():
            left_over(self.path).write_bytes(self.path.read_bytes())
            self._file.truncate(0)
            self._file.seek(0)

    def _write(self, value: Header | Line) -> None:
        self._file.write(msgspec.json.encode(value) + b"\n")
        self._file.flush()

    def _flush_forever(self) -> None:
        while not self._closing:
            self._wake.wait()
            self._wake.clear()
            with contextlib.suppress(OSError, ValueError):
                os.fsync(self._file.fileno())


def journal_path(document: Path | None, folder: Path | None) -> Path | None:
    """Where a document's journal lives: in ``folder``, or hidden beside the document; None when there is no place."""
    if folder is not None:
        name = hashlib.sha256(str(document.resolve()).encode()).hexdigest()[:16] if document else "untitled"
        return folder / f"{name}.journal"
    return document.with_name(f".{document.name}.journal") if document else None


def left_over(path: Path) -> Path:
    """Where the work of an earlier crash is kept while a new journal is being written."""
    return path.with_suffix(".left")


def read_journal(path: Path, digest: str) -> Recovery | None:
    """The work in a journal, or None when there is none or its window is still open."""
    return (_read(path, digest) if not _held(path) else None) or _read(left_over(path), digest)


def _held(path: Path) -> bool:
    if fcntl is None or not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _read(path: Path, digest: str) -> Recovery | None:
    """Lines that cannot be read (a torn last one) end the journal."""
    try:
        raw = path.read_bytes().splitlines()
    except OSError:
        return None
    try:
        header = msgspec.json.decode(raw[0], type=Header) if raw else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        header = None
    if header is None:
        return None
    lines = []
    for data in raw[1:]:
        try:
            lines.append(msgspec.json.decode(data, type=Line))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            break
    return Recovery(path, header.path, tuple(lines), header.base != digest) if lines else None
