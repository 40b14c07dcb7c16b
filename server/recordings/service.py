"""Recordings on disk: ``recordings/<organisation>/<session>/<name>.ogg`` in the data folder.

A worker appends while the call goes on, so what a crash leaves behind is playable up to a few seconds before it.
"""

import asyncio
import re
import time
from pathlib import Path

import structlog

from engine.conversation import SessionRef
from server.kit.errors import ApiError, ErrorCode
from server.recordings.schemas import RecordingView
from server.sessions.host import SessionHost

NAME = re.compile(r"(call|message)(-\d{1,4})?\.ogg")
LARGEST = 512 * 1024 * 1024
"""Bytes one recording may have: a week of speech."""
DAY = 86_400.0
LOOK = 3_600.0
"""Seconds between two looks for what is too old."""

log = structlog.get_logger()


class Misplaced(Exception):
    """A piece does not follow what is there; ``length`` is how much that is."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} bytes are there.")
        self.length = length


class RecordingService:
    """Keeps recordings in ``folder`` for ``days``; 0 keeps them for ever."""

    def __init__(self, host: SessionHost, folder: Path, days: int) -> None:
        self.host = host
        self.folder = folder
        self.days = days
        self._sweeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to forget what is too old."""
        if self.days:
            self._sweeper = asyncio.create_task(self._sweep())

    def stop(self) -> None:
        """Forget nothing more."""
        if self._sweeper is not None:
            self._sweeper.cancel()

    async def append(self, session_id: str, name: str, offset: int, data: bytes) -> int:
        """A piece of a live session's recording; answers with the length it has now.

        Raises `ApiError` for a session that is not live here, `Misplaced` when the piece does not follow.
        """
        live = self.host.live.get(session_id)
        if live is None or live.rehearsal or not NAME.fullmatch(name):
            raise ApiError(ErrorCode.SESSION_NOT_FOUND)
        return await asyncio.to_thread(_append, self._path(live.ref, name), offset, data)

    async def of(self, organization_id: str, session_id: str) -> list[RecordingView]:
        """A session's recordings; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        await self.host.row(ref)
        folder = self._path(ref, "call.ogg").parent
        return await asyncio.to_thread(_listed, folder)

    async def path(self, organization_id: str, session_id: str, name: str) -> Path:
        """Where a recording is; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        await self.host.row(ref)
        path = self._path(ref, name) if NAME.fullmatch(name) else None
        if path is None or not path.is_file():
            raise ApiError(ErrorCode.RECORDING_NOT_FOUND)
        return path

    async def delete(self, organization_id: str, session_id: str, name: str) -> None:
        """Forget one now; raises `ApiError`."""
        (await self.path(organization_id, session_id, name)).unlink(missing_ok=True)

    def forget(self, now: float) -> int:
        """Delete what is older than ``days``, by ``now`` (seconds since 1970); answers with how many were."""
        gone = 0
        for path in self.folder.glob("*/*/*.ogg"):
            if path.stat().st_mtime < now - self.days * DAY:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _path(self, ref: SessionRef, name: str) -> Path:
        return self.folder / ref.organization / ref.session / name

    async def _sweep(self) -> None:
        while True:
            gone = await asyncio.to_thread(self.forget, time.time())
            if gone:
                log.info("recordings forgotten", count=gone, days=self.days)
            await asyncio.sleep(LOOK)


def _append(path: Path, offset: int, data: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        length = file.tell()
        if length != offset or length + len(data) > LARGEST:
            raise Misplaced(length)
        file.write(data)
        return length + len(data)


def _listed(folder: Path) -> list[RecordingView]:
    views = []
    for path in sorted(folder.glob("*.ogg")) if folder.is_dir() else []:
        facts = path.stat()
        kind = "message" if path.name.startswith("message") else "call"
        views.append(RecordingView(name=path.name, kind=kind, bytes=facts.st_size))
    return views
