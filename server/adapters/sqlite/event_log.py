"""The event log and the sessions' rows in SQLite: all the SQL on them that does not go through the ORM."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from engine.conversation import Busy, Duplicate, Fenced, SessionRef
from engine.protocol import End, Record, decode_effects, decode_event, encode_effects, encode_event
from server.adapters.sqlite.writer import Row, Stale, Writer, WriterBusy, connect
from server.kit.clock import Clock
from server.sessions.ports import NewSession

EVENT, EFFECTS, FAULT = 0, 1, 2
READERS = 2

READ = (
    "SELECT seq, part, payload FROM session_event"
    " WHERE session_id = ? AND organization_id = ? AND seq > ? ORDER BY seq, part"
)
KEYS = "SELECT idem, seq FROM session_event WHERE session_id = ? AND organization_id = ? AND idem IS NOT NULL"
CREATE = (
    "INSERT INTO session(id, organization_id, agent_id, release_id, channel, modality, status, outcome, owner,"
    " epoch, lease_until, header, visitor_id, origin, secret, started_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 'active', '', ?, 1, ?, ?, ?, ?, ?, ?)"
)
CLAIM = (
    "UPDATE session SET owner = ?, epoch = epoch + 1, lease_until = ?"
    " WHERE id = ? AND organization_id = ? AND status = 'active' AND (owner IS NULL OR lease_until < ?)"
    " RETURNING epoch"
)
RENEW = "UPDATE session SET lease_until = ? WHERE owner = ? AND status = 'active'"
RELEASE = (
    "UPDATE session SET owner = NULL, lease_until = 0 WHERE id = ? AND organization_id = ? AND epoch = ?"
)
ABANDON = "UPDATE session SET owner = NULL, lease_until = 0 WHERE owner IS NOT NULL"
FINISH = (
    "UPDATE session SET status = 'ended', outcome = ?, ended_at = ?, owner = NULL, lease_until = 0"
    " WHERE id = ? AND organization_id = ? AND epoch = ?"
)


class SqliteEventLog:
    """`server.sessions.ports.SessionStore` on one file."""

    def __init__(self, path: Path, clock: Clock, queue_limit: int) -> None:
        self.clock = clock
        self.writer = Writer(path, queue_limit)
        self._path = path
        self._readers = ThreadPoolExecutor(READERS, "log-reader")
        self._local = threading.local()
        self._held: dict[str, dict[str, int]] = {}

    def start(self) -> None:
        """Start writing; the tables exist already."""
        self.writer.start()

    async def stop(self) -> None:
        """Write what waits and stop."""
        await self.writer.stop()
        self._readers.shutdown()

    @property
    def healthy(self) -> bool:
        """Whether it takes writes."""
        return self.writer.alive and self.writer.waiting < self.writer.limit

    async def append(
        self, session: SessionRef, epoch: int, records: Sequence[Record], *, key: str = ""
    ) -> None:
        """Durable when it returns. Raises `Fenced` when the epoch is old, `Duplicate` for a key seen before,
        `Busy` when too much waits."""
        organization, id, now = session.organization, session.session, self.clock.now_ms()
        rows: list[Row] = []
        ended = ""
        held = self._held.get(id) if key else None
        if held is not None:
            if key in held:
                raise Duplicate(held[key])
            held[key] = records[0].seq
        unique = key
        for record in records:
            event, seq = record.event, record.seq
            rows.append(
                (
                    id,
                    seq,
                    EVENT,
                    organization,
                    epoch,
                    str(event.__struct_config__.tag),
                    encode_event(event),
                    key or None,
                    now,
                )
            )
            key = ""
            rows.append(
                (id, seq, EFFECTS, organization, epoch, "effects", encode_effects(record.effects), None, now)
            )
            if record.fault:
                rows.append((id, seq, FAULT, organization, epoch, "fault", record.fault.encode(), None, now))
            for effect in record.effects:
                if type(effect) is End:
                    ended = effect.outcome or "ended"
        job = self._finish(session, epoch, ended, now) if ended else None
        try:
            await self.writer.submit(rows, job)
        except BaseException as error:
            if held is not None:
                del held[unique]
            if isinstance(error, Stale):
                raise Fenced(f"Session {id} has another owner.") from None
            if isinstance(error, WriterBusy | sqlite3.OperationalError):
                raise Busy("Too many turns wait to be written, or the disk takes no more.") from error
            raise

    async def read(self, session: SessionRef, after: int = 0) -> list[Record]:
        """The session's records after number ``after``, in order."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, session, after)

    async def keys(self, session: SessionRef) -> dict[str, int]:
        """The keys events came with, and the events' numbers; the same map as long as the session is held here."""
        held = self._held.get(session.session)
        if held is not None:
            return held
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._keys, session)

    async def create(self, session: NewSession, owner: str, lease_until: int) -> int:
        """Store a session that ``owner`` holds; its epoch is 1."""
        ref = session.ref
        values = (
            *(ref.session, ref.organization, session.agent_id, session.release_id),
            *(session.channel, session.modality, owner, lease_until, session.header),
            *(session.visitor_id, session.origin, session.secret, session.started_at),
        )
        await self._run(CREATE, values)
        self._held[ref.session] = {}
        return 1

    async def claim(self, session: SessionRef, owner: str, now: int, lease_until: int) -> int | None:
        """Take an active session that nobody holds; answers with the new epoch, or None when somebody
        does."""
        rows = await self._run(CLAIM, (owner, lease_until, session.session, session.organization, now))
        if not rows:
            return None
        self._held.pop(session.session, None)
        self._held[session.session] = await self.keys(session)
        epoch: int = rows[0][0]
        return epoch

    async def renew(self, owner: str, lease_until: int) -> None:
        """Keep everything the owner holds."""
        await self._run(RENEW, (lease_until, owner))

    async def release(self, session: SessionRef, epoch: int) -> None:
        """Give a session back."""
        self._held.pop(session.session, None)
        await self._run(RELEASE, (session.session, session.organization, epoch))

    async def abandon_all(self) -> None:
        """Take every session from its owner: for the process that has just locked the store."""
        await self._run(ABANDON, ())

    async def finish(self, session: SessionRef, epoch: int, outcome: str, now: int) -> None:
        """Say that a session is over."""
        await self.writer.run(self._finish(session, epoch, outcome, now))

    def _finish(self, session: SessionRef, epoch: int, outcome: str, now: int) -> Any:
        values = (outcome, now, session.session, session.organization, epoch)
        return lambda connection: connection.execute(FINISH, values).rowcount

    async def _run(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        def job(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(sql, values).fetchall()

        try:
            rows: list[Any] = await self.writer.run(job)
        except WriterBusy:
            raise Busy("Too many turns wait to be written.") from None
        return rows

    def _read(self, session: SessionRef, after: int) -> list[Record]:
        return read_records(self._reader(), session, after)

    def _keys(self, session: SessionRef) -> dict[str, int]:
        return dict(self._reader().execute(KEYS, (session.session, session.organization)).fetchall())

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
            connection.execute("PRAGMA query_only=ON")
        return connection


def read_records(connection: sqlite3.Connection, session: SessionRef, after: int) -> list[Record]:
    """A session's records after number ``after``, in order."""
    records: list[Record] = []
    for seq, part, payload in connection.execute(READ, (session.session, session.organization, after)):
        if part == EVENT:
            records.append(Record(seq, decode_event(payload)))
        elif part == EFFECTS:
            records[-1] = replace(records[-1], effects=decode_effects(payload))
        else:
            records[-1] = replace(records[-1], fault=payload)
    return records
