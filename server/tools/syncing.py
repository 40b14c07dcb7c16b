"""The tools in code, kept in the database: what a version brings is there for all, what it drops stays known as
inactive."""

from collections.abc import Sequence

from server.kit.clock import Clock
from server.kit.database import Database
from server.tools.models import PlatformTool
from server.tools.repository import ToolRepository
from server.tools.schemas import ToolView

NOBODY = ""
"""The tenant of statements on a table that belongs to no organisation."""


async def sync(database: Database, clock: Clock, tools: Sequence[ToolView]) -> None:
    """Make the table say what is in code. A row that says so already stays as it is."""
    now = clock.now_ms()
    async with database.write(NOBODY) as session:
        rows = {row.name: row for row in await ToolRepository(session).platform()}
        for tool in tools:
            facts = tool.model_dump(mode="json", include={"title", "description", "auth", "config_schema"})
            facts |= {"functions": [f.model_dump(mode="json") for f in tool.functions], "active": True}
            row = rows.pop(tool.id, None)
            if row is None:
                session.add(PlatformTool(name=tool.id, created_at=now, updated_at=now, **facts))
            elif any(getattr(row, name) != value for name, value in facts.items()):
                for name, value in facts.items():
                    setattr(row, name, value)
                row.updated_at = now
        for row in rows.values():
            if row.active:
                row.active, row.updated_at = False, now


async def known(database: Database, *, only_active: bool) -> list[PlatformTool]:
    """Every tool there is, and unless ``only_active`` those there were, by name."""
    async with database.read(NOBODY) as session:
        rows = await ToolRepository(session).platform()
    return [row for row in rows if row.active or not only_active]
