"""The one thread that writes sessions and their events.

What arrives while a commit is under way is committed together: a disk that syncs 200 times a second still
takes thousands of turns. The statement itself compares the epoch, so a session that has another owner by now
inserts nothing. When a batch fails, it is repeated item by item under savepoints, and only what cannot be
written fails.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import structlog

from server.kit.database import PRAGMAS

SIZES = (64, 32, 16, 8, 4, 2, 1)
"""Rows in one statement. Few large statements: Python's lock is let go and asked for again at each."""

INTO = "INSERT INTO session_event(session_id, seq, part, organization_id, epoch, type, payload, idem, at)"
ROW = "(?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?)"
FENCE = "WHERE column5 = (SELECT epoch FROM session WHERE id = column1 AND organization_id = column4)"
INSERT = {size: f"{INTO} SELECT * FROM (VALUES {', '.join([ROW] * size)}) {FENCE}" for size in SIZES}  # noqa: S608
BATCH = 256
STOP: Final = None

Row = tuple[str, int, int, str, int, str, bytes, str | None, int]
Job = Callable[[sqlite3.Connection], Any]

log = structlog.get_logger()


class Stale(Exception):
    """The rows carried an epoch that is not the session's."""


class WriterBusy(Exception):
    """More is waiting to be written than may wait."""


class _Item:
    """Rows to insert and perhaps a job to do after them, all or nothing; ``future`` gets the job's result."""

    __slots__ = ("future", "job", "rows")

    def __init__(self, rows: Sequence[Row], job: Job | None, future: "asyncio.Future[Any]") -> None:
        self.rows, self.job, self.future = rows, job, future


class Writer:
    """Owns the writing connection. Its methods are for the event loop it was started in."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path = path
        self.limit = limit
        self.waiting = 0
        self.commits = 0
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Start the thread; the tables exist already."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._supervise, name="writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Write what waits, then end the thread."""
        if self._thread is not None:
            self._queue.put(STOP)
            await asyncio.to_thread(self._thread.join)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def submit(self, rows: Sequence[Row], job: Job | None = None) -> "asyncio.Future[Any]":
        """Write durably; the future is done once it is. Raises `WriterBusy` at once; the future raises
        `Stale` or ``sqlite3.Error``."""
        if self._loop is None or self.waiting >= self.limit:
            raise WriterBusy
        future: asyncio.Future[Any] = self._loop.create_future()
        self.waiting += 1
        self._queue.put(_Item(rows, job, future))
        return future

    def run(self, job: Job) -> "asyncio.Future[Any]":
        """Do a job in a transaction of its own; see `submit`."""
        return self.submit((), job)

    # Below: the writer's thread.

    def _supervise(self) -> None:
        while (item := self._queue.get()) is not STOP:
            try:
                connection = connect(self.path)
            except sqlite3.Error as error:
                log.error("event log cannot be opened", error=str(error))
                self._finish([(item, None, error)])
                continue
            try:
                self._serve(connection, item)
                return
            except Exception:
                log.exception("event log writer failed and starts again")
            finally:
                connection.close()

    def _serve(self, connection: sqlite3.Connection, item: _Item | None) -> None:
        while True:
            batch: list[_Item] = []
            while item is not STOP:
                batch.append(item)
                if len(batch) == BATCH:
                    break
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
            if batch:
                self._write(connection, batch)
            if item is STOP:
                return
            item = self._queue.get()

    def _write(self, connection: sqlite3.Connection, batch: list[_Item]) -> None:
        try:
            if not self._together(connection, batch):
                self._finish(self._one_by_one(connection, batch))
                return
        except Exception as error:
            # Nothing of a batch is known to be written unless its commit came back.
            self._finish([(item, None, error) for item in batch])
            raise
        self._finish([(item, None, None) for item in batch])

    def _together(self, connection: sqlite3.Connection, batch: list[_Item]) -> bool:
        """One transaction for all; False when that did not work and nothing was written."""
        if any(item.job for item in batch):
            return False
        rows = [row for item in batch for row in item.rows]
        try:
            connection.execute("BEGIN IMMEDIATE")
            if _insert(connection, rows) == len(rows):
                connection.execute("COMMIT")
                self.commits += 1
                return True
        except sqlite3.Error:
            pass
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return False

    def _one_by_one(
        self, connection: sqlite3.Connection, batch: list[_Item]
    ) -> list[tuple[_Item, Any, Exception | None]]:
        results: list[tuple[_Item, Any, Exception | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for item in batch:
                connection.execute("SAVEPOINT item")
                try:
                    results.append((item, _perform(connection, item), None))
                except Exception as error:
                    connection.execute("ROLLBACK TO item")
                    results.append((item, None, error))
                connection.execute("RELEASE item")
            connection.execute("COMMIT")
            self.commits += 1
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return [(item, None, error) for item in batch]
        return results

    def _finish(self, results: list[tuple[_Item, Any, Exception | None]]) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._resolve, results)
        except RuntimeError:
            log.warning("event loop ended before its last commit was reported", items=len(results))

    # Below: the event loop's thread again.

    def _resolve(self, results: list[tuple[_Item, Any, Exception | None]]) -> None:
        self.waiting -= len(results)
        for item, value, error in results:
            if item.future.done():
                continue
            if error is None:
                item.future.set_result(value)
            else:
                item.future.set_exception(error)


def connect(path: Path) -> sqlite3.Connection:
    """A connection with our pragmas and hand-made transactions; raises ``sqlite3.Error``."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=64)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _insert(connection: sqlite3.Connection, rows: Sequence[Row]) -> int:
    """Insert rows whose epoch is still their session's; answers with how many."""
    done = inserted = 0
    for size in SIZES:
        while len(rows) - done >= size:
            values = tuple(chain.from_iterable(rows[done : done + size]))
            inserted += connection.execute(INSERT[size], values).rowcount
            done += size
    return inserted


def _perform(connection: sqlite3.Connection, item: _Item) -> Any:
    if _insert(connection, item.rows) != len(item.rows):
        raise Stale
    return item.job(connection) if item.job else None
