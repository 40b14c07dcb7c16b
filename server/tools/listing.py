"""Functions that are not in code: a service lists them, and what it listed is kept for the agent."""

from typing import Any

from server.kit.database import Database
from server.kit.http_guard import GuardedClient
from server.tools.call import ToolFailed
from server.tools.models import AgentTool
from server.tools.registry import Tool, ToolConfig
from server.tools.repository import ToolRepository
from server.tools.schemas import FunctionState
from server.tools.setup import Setup

MOST_GONE = 100
"""Functions that are remembered although they are no longer listed."""


class Listing:
    """Asks services what they offer."""

    def __init__(self, database: Database, setup: Setup, client: GuardedClient) -> None:
        self._database, self._setup, self._client = database, setup, client

    async def refresh(self, organization_id: str, id: str, tool: Tool) -> None:
        """Keep what the service of this row lists now. When it cannot be asked, what it listed before stays, and the
        row says why. Functions that are gone stay named, so that flows that use them can be mended."""
        async with self._database.read(organization_id) as session:
            row = await ToolRepository(session).get(id)
        before = self.settings(row, tool)
        try:
            found = await tool.offer(self._client, self._setup.config(row, tool))
        except ToolFailed as error:
            found = {**(row.offered or {}), "problem": str(error)}
        else:
            found = {**found, "functions": found["functions"] + _gone(row.offered or {}, found)}
        async with self._database.write(organization_id) as session:
            kept = await ToolRepository(session).get(id)
            # It was set up anew meanwhile: that will be listed by itself.
            if self.settings(kept, tool) == before:
                kept.offered = found

    def settings(self, row: AgentTool, tool: Tool) -> ToolConfig | None:
        """What it would be asked with, secrets included; None when that cannot be read."""
        try:
            return self._setup.config(row, tool)
        except ToolFailed:
            return None


def _gone(before: dict[str, Any], found: dict[str, Any]) -> list[dict[str, Any]]:
    listed = {entry["name"] for entry in found["functions"]}
    gone = [{**entry, "gone": True} for entry in before.get("functions", []) if entry["name"] not in listed]
    return gone[:MOST_GONE]


def states(tool: Tool | None, row: AgentTool | None) -> list[FunctionState]:
    """The functions there are, then those that are no longer listed and those only the settings still name."""
    off = row.switched_off if row else []
    offered = (row.offered if row else None) or {}
    known = tool.functions(offered) if tool else {}
    gone = [entry["name"] for entry in offered.get("functions", []) if entry["name"] not in known]
    gone += [name for name in off if name not in known and name not in gone]
    there = [
        FunctionState(
            name=name,
            enabled=name not in off,
            stale=False,
            description=function.description,
            arguments=function.schema,
            changes=function.changes,
        )
        for name, function in known.items()
    ]
    return there + [FunctionState(name=name, enabled=name not in off, stale=True) for name in gone]


def trouble(tool: Tool, row: AgentTool) -> str:
    """What is wrong with what a service listed, in a sentence."""
    if not tool.listed:
        return ""
    offered = row.offered or {}
    if offered.get("problem"):
        return f"Its functions could not be listed: {offered['problem']}"
    left_out = offered.get("left_out") or []
    return f"Left out: {'; '.join(left_out)}." if left_out else ""
