"""Documents as they were brought: ``knowledge/<organisation>/<name>`` in the data folder."""

import asyncio
import os
import re
from pathlib import Path

from server.kit.ids import new_id
from server.knowledge.parsing.blocks import Unparsable

NAME = re.compile(r"file_[0-9a-z]{26}")


class SourceFiles:
    """Keeps documents in ``folder``. Their names are made here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def keep(self, organization_id: str, data: bytes) -> str:
        """Write a document to the disk; answers with its name."""
        name = new_id("file")
        await asyncio.to_thread(_write, self._path(organization_id, name), data)
        return name

    async def read(self, organization_id: str, name: str) -> bytes:
        """The document; raises `Unparsable` when it is gone."""
        try:
            return await asyncio.to_thread(self._path(organization_id, name).read_bytes)
        except OSError as error:
            raise Unparsable("Its file is gone from the server. Bring it again.") from error

    async def forget(self, organization_id: str, name: str) -> None:
        """Delete a document."""
        if name:
            await asyncio.to_thread(self._path(organization_id, name).unlink, True)

    async def sweep(self, kept: set[str]) -> None:
        """Delete what no source names: a crash came between."""
        await asyncio.to_thread(_sweep, self.folder, kept)

    def _path(self, organization_id: str, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise Unparsable("Its file is gone from the server. Bring it again.")
        return self.folder / organization_id / name


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sweep(folder: Path, kept: set[str]) -> None:
    for path in folder.glob("*/file_*"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
