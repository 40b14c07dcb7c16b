"""What the studio remembers between two starts: recent flows, which agent a flow was published to."""

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

MOST_RECENT = 12


class Target(msgspec.Struct, frozen=True):
    """The agent a flow was published to, and the draft's revision after that."""

    agent: str
    revision: int


class Kept(msgspec.Struct, frozen=True):
    """The file's contents. ``targets`` is by server and path."""

    recent: tuple[str, ...] = ()
    targets: dict[str, Target] = {}
    still: bool = False


class Keepsakes:
    """One JSON file in the studio's own folder. What cannot be read or written is forgotten, never an error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / "studio.json"
        self._kept = self._read()

    def _read(self) -> Kept:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return Kept()

    def _write(self, **changes: Any) -> None:
        self._kept = msgspec.structs.replace(self._kept, **changes)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                file.write(msgspec.json.encode(self._kept))
            os.replace(file.name, self._path)
        except OSError:
            return

    @property
    def journals(self) -> Path:
        """Where journals of unsaved work live."""
        return self.folder / "journals"

    @property
    def recent(self) -> list[Path]:
        """Flows that were open lately and are still there, the newest first."""
        return [path for name in self._kept.recent if (path := Path(name)).exists()]

    def opened(self, path: Path) -> None:
        """A flow was opened or saved."""
        name = str(path.resolve())
        others = (n for n in self._kept.recent if n != name)
        self._write(recent=(name, *others)[:MOST_RECENT])

    @property
    def still(self) -> bool:
        """Whether nothing may move by itself."""
        return self._kept.still

    def be_still(self, still: bool) -> None:
        """Remember whether anything may move by itself."""
        self._write(still=still)

    def target(self, server: str, path: Path | None) -> Target | None:
        """Where a flow was published to, or None."""
        return self._kept.targets.get(f"{server} {path.resolve()}") if path is not None else None

    def published(self, server: str, path: Path | None, target: Target) -> None:
        """A flow was published."""
        if path is not None:
            self._write(targets={**self._kept.targets, f"{server} {path.resolve()}": target})
