"""Recordings on disk: ``recordings/<organisation>/<session>/<name>.ogg`` in the data folder.

A worker appends while the call goes on, so what a crash leaves behind is playable up to a few seconds before it.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from engine.conversation import SessionRef
from engine.protocol import Record, Recording
from server.kit.clock import iso
from server.kit.errors import ApiError, ErrorCode
from server.recordings import files
from server.recordings.schemas import (
    MomentView,
    PauseView,
    RecordedView,
    RecordingView,
    SpokenView,
    TranscriptView,
)
from server.recordings.transcript import paused, spoken
from server.sessions.host import SessionHost
from server.sessions.models import SessionRow

DAY = 86_400.0
LOOK = 3_600.0
"""Seconds between two looks for what is too old."""

log = structlog.get_logger()


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

    async def append(
        self, session_id: str, name: str, offset: int, data: bytes, *, seat: str = "", age: int = 0
    ) -> int:
        """A piece of a live session's recording, from the line with this seat; answers with the length it has now.
        ``age`` is how long ago it began, in milliseconds.

        Raises `ApiError` for a session that is not live here, `files.Misplaced` when the piece does not follow.
        """
        live = self.host.live.get(session_id)
        if live is None or live.rehearsal or not files.NAME.fullmatch(name):
            raise ApiError(ErrorCode.SESSION_NOT_FOUND)
        facts = files.Facts(seat, max(0, self.host.clock.now_ms() - live.started_ms - age))
        return await asyncio.to_thread(files.append, self._path(live.ref, name), offset, data, facts)

    async def of(self, organization_id: str, session_id: str) -> list[RecordingView]:
        """A session's recordings; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        await self.host.row(ref)
        return await self._listed(ref)

    async def newest(self, organization_id: str, agent_id: str, limit: int) -> list[RecordedView]:
        """The newest sessions' recordings, of one agent's or (empty) of all."""
        folder = self.folder / organization_id
        sessions = await asyncio.to_thread(_sessions, folder)
        found: list[RecordedView] = []
        for session_id in sessions:
            ref = SessionRef(organization_id, session_id)
            try:
                row = await self.host.row(ref)
            except ApiError:
                continue
            if agent_id and row.agent_id != agent_id:
                continue
            found += [_recorded(view, row) for view in await self._listed(ref)]
            if len(found) >= limit:
                break
        return found[:limit]

    async def transcript(self, organization_id: str, session_id: str, name: str) -> TranscriptView:
        """What was said, on the recording's time; raises `ApiError`."""
        path = await self.path(organization_id, session_id, name)
        records = await self.host.store.read(SessionRef(organization_id, session_id))
        view = await asyncio.to_thread(_view, path, _first_recorded(records))
        start, end = view.at_ms, view.at_ms + view.ms
        return TranscriptView(
            session_id=session_id,
            recording=view,
            lines=[
                SpokenView(
                    seq=line.seq,
                    who="agent" if line.who == "agent" else "caller",
                    text=line.text,
                    from_ms=line.start - start,
                    to_ms=line.end - start,
                    node=line.node,
                    heard=line.heard,
                )
                for line in spoken(records)
            ],
            moments=[MomentView(seq=r.seq, ms=r.event.at - start) for r in records],
            pauses=[PauseView(from_ms=a - start, to_ms=b - start) for a, b in paused(records, start, end)],
        )

    async def path(self, organization_id: str, session_id: str, name: str) -> Path:
        """Where a recording is; raises `ApiError`."""
        ref = SessionRef(organization_id, session_id)
        await self.host.row(ref)
        path = self._path(ref, name) if files.NAME.fullmatch(name) else None
        if path is None or not path.is_file():
            raise ApiError(ErrorCode.RECORDING_NOT_FOUND)
        return path

    async def delete(self, organization_id: str, session_id: str, name: str) -> None:
        """Forget one now; raises `ApiError`."""
        files.remove(await self.path(organization_id, session_id, name))

    def forget(self, now: float) -> int:
        """Delete what is older than ``days``, by ``now`` (seconds since 1970); answers with how many were."""
        gone = 0
        for path in self.folder.glob("*/*/*.ogg"):
            if path.stat().st_mtime < now - self.days * DAY:
                files.remove(path)
                gone += 1
        return gone

    def _path(self, ref: SessionRef, name: str) -> Path:
        return self.folder / ref.organization / ref.session / name

    async def _listed(self, ref: SessionRef) -> list[RecordingView]:
        return await asyncio.to_thread(_views, self._path(ref, "call.ogg").parent)

    async def _sweep(self) -> None:
        while True:
            gone = await asyncio.to_thread(self.forget, time.time())
            if gone:
                log.info("recordings forgotten", count=gone, days=self.days)
            await asyncio.sleep(LOOK)


def _sessions(folder: Path) -> list[str]:
    """Sessions with recordings, newest first: their ids grow with time."""
    if not folder.is_dir():
        return []
    return sorted({path.parent.name for path in folder.glob("*/*.ogg")}, reverse=True)


def _views(folder: Path) -> list[RecordingView]:
    paths = folder.glob("*.ogg") if folder.is_dir() else ()
    views = [_view(path) for path in paths]
    return sorted(views, key=lambda view: (view.at_ms, len(view.name), view.name))


def _view(path: Path, began: int = 0) -> RecordingView:
    """``began`` is when it began if nothing was kept of that."""
    facts = files.read_facts(path)
    return RecordingView(
        name=path.name,
        kind="message" if path.name.startswith("message") else "call",
        bytes=path.stat().st_size,
        ms=files.length_ms(path),
        at_ms=facts.at if facts is not None else began,
    )


def _recorded(view: RecordingView, row: SessionRow) -> RecordedView:
    return RecordedView(
        **view.model_dump(),
        session_id=row.id,
        agent_id=row.agent_id,
        release_id=row.release_id,
        channel=row.channel,
        outcome=row.outcome,
        started_at=iso(row.started_at),
    )


def _first_recorded(records: Sequence[Record]) -> int:
    for record in records:
        if any(isinstance(effect, Recording) and effect.action == "on" for effect in record.effects):
            return record.event.at
    return 0
