"""The control plane's database: one writing connection, a few reading ones, sessions bound to a tenant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from server.kit.tenant import SYSTEM, TenantSession, guard_engine

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "wal_autocheckpoint=1000",
    "journal_size_limit=67108864",
    "temp_store=MEMORY",
)
READERS = 4


class Database:
    """SQLite behind SQLAlchemy. Writers queue for one connection, because many of them only wait for each
    other's locks; readers never wait."""

    def __init__(self, path: Path) -> None:
        url = f"sqlite+aiosqlite:///{path}"
        self.writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=30)
        self.reader = create_async_engine(url, pool_size=READERS, max_overflow=0, pool_timeout=30)
        _prepare(self.writer, "BEGIN IMMEDIATE")
        _prepare(self.reader, "BEGIN", read_only=True)
        self._write = async_sessionmaker(
            self.writer, sync_session_class=TenantSession, expire_on_commit=False
        )
        self._read = async_sessionmaker(self.reader, sync_session_class=TenantSession, expire_on_commit=False)

    @asynccontextmanager
    async def write(self, tenant: str) -> AsyncIterator[AsyncSession]:
        """A session for one organisation that commits at the end, or rolls back when the block raises."""
        async with self._write(info={"tenant": tenant}) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self, tenant: str) -> AsyncIterator[AsyncSession]:
        """A session for one organisation that can only read."""
        async with self._read(info={"tenant": tenant}) as session:
            yield session

    @asynccontextmanager
    async def system_session(self, reason: str, *, write: bool = False) -> AsyncIterator[AsyncSession]:
        """A session that sees every organisation, for the few things that come before one is known; say
        why."""
        make = self._write if write else self._read
        async with make(info={"tenant": SYSTEM, "reason": reason}) as session, session.begin():
            yield session

    async def close(self) -> None:
        """Close every connection."""
        await self.writer.dispose()
        await self.reader.dispose()


def _prepare(engine: AsyncEngine, begin: str, read_only: bool = False) -> None:
    sync = engine.sync_engine
    guard_engine(sync)

    @event.listens_for(sync, "connect")
    def connected(connection: Any, record: object) -> None:
        # The driver's own transactions begin too late (at the first write) to be IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(sync, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql(begin)
