"""What the parts say."""

import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from engine import VERSION
from server.accounts.repository import AccountRepository
from server.kit.clock import Clock, iso
from server.kit.database import Database

ROOM = 64 * 1024 * 1024
"""Bytes the data folder needs free."""


class Health(msgspec.Struct):
    """What one part says."""

    status: str
    detail: str = ""
    response_ms: float | None = None


class OperationsService:
    """``parts`` are checks beside the database and the disk: name -> (healthy, detail)."""

    def __init__(
        self, database: Database, clock: Clock, data: Path, parts: dict[str, Callable[[], tuple[bool, str]]]
    ) -> None:
        self.database = database
        self.clock = clock
        self.data = data
        self.parts = parts
        self.ready = False
        self._started = time.monotonic()

    async def report(self) -> dict[str, Any]:
        """Everything at once: a superset of what monitors of every kind ask for."""
        components = {"database": await self._database(), "disk": self._disk()}
        for name, check in self.parts.items():
            healthy, detail = check()
            components[name] = Health("healthy" if healthy else "unhealthy", detail)
        well = all(part.status == "healthy" for part in components.values())
        plain = {name: msgspec.to_builtins(part) for name, part in components.items()}
        return {
            "status": "healthy" if well and self.ready else "starting" if not self.ready else "unhealthy",
            "timestamp": iso(self.clock.now_ms()),
            "version": VERSION,
            "ready": self.ready and well,
            "uptime_s": round(time.monotonic() - self._started, 1),
            "components": plain,
            "services": {name: part["status"] for name, part in plain.items()},
            "process": _process(),
        }

    async def _database(self) -> Health:
        started = time.perf_counter()
        try:
            async with self.database.system_session("health") as session:
                await AccountRepository(session).first_organization()
        except Exception as error:
            return Health("unhealthy", f"{type(error).__name__}: it does not answer")
        return Health("healthy", "", round((time.perf_counter() - started) * 1000, 2))

    def _disk(self) -> Health:
        free = shutil.disk_usage(self.data).free
        detail = f"{free // 2**20} MB free"
        return Health("healthy" if free > ROOM else "unhealthy", detail)


def _process() -> dict[str, Any]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "pid": os.getpid(),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_memory_bytes": usage.ru_maxrss * unit,
    }
