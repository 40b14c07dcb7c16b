"""Functions a program calls that no tool of its agent offers: found when it is published."""

from typing import Any

import msgspec

from engine.compiler.finding import Finding
from engine.flow import Severity
from engine.kinds.program import Program
from engine.kinds.thoughts import Generate, Use
from server.kit.database import Database
from server.tools.call import ToolFailed
from server.tools.models import AgentTool
from server.tools.registry import Registry
from server.tools.repository import ToolRepository
from server.tools.setup import Setup

CODE = "T001"
WHERE = "in the agent's tools"


class MissingTools:
    """Compares what programs name with what agents have. They are warnings: tools can be set up after publishing."""

    def __init__(self, database: Database, registry: Registry, setup: Setup) -> None:
        self._database, self._registry, self._setup = database, registry, setup

    async def findings(self, organization_id: str, agent_id: str, program: Program) -> list[dict[str, Any]]:
        """One warning a function, as the compiler would say it."""
        named = {name: code.tool for name, code in program.functions.items() if code.tool}
        if not named:
            return []
        async with self._database.read(organization_id) as session:
            rows = {row.tool: row for row in await ToolRepository(session).of_agent(agent_id)}
        found: list[dict[str, Any]] = []
        for name, target in sorted(named.items()):
            id, _, wanted = target.partition(".")
            why, fix = self._why(id, wanted, rows.get(id))
            if why:
                message = f'The function "{name}" calls "{target}", but {why}; each call of it fails.'
                where = f"functions.{name}.tool"
                nodes = _nodes(program, name)
                finding = Finding(CODE, message, Severity.WARNING, nodes=nodes, field=where, fix=fix)
                found.append({**msgspec.to_builtins(finding), "severity": str(Severity.WARNING)})
        return found

    def _why(self, id: str, wanted: str, row: AgentTool | None) -> tuple[str, str]:
        """What is missing, and what to do; nothing when it is there."""
        tool = self._registry.find(id)
        if tool is None:
            known = ", ".join(tool.id for tool in self._registry.all())
            return f'there is no tool "{id}"', f"Name one of these: {known}."
        if row is None:
            return f"{tool.title} is not set up for this agent", f"Set it up {WHERE}, under {id}."
        functions = tool.functions(row.offered)
        if wanted not in functions:
            known = ", ".join(list(functions)[:20]) or "none"
            again = f" Or have it list them again {WHERE}." if tool.listed else ""
            return f'{tool.title} has no function "{wanted}"', f"Name one it has: {known}.{again}"
        if not row.enabled:
            return f"{tool.title} is switched off for this agent", f"Switch it on {WHERE}."
        if wanted in row.switched_off:
            return "it is switched off for this agent", f"Switch it on {WHERE}."
        try:
            self._setup.config(row, tool)
        except ToolFailed as error:
            return f"{tool.title} cannot be used as it is set up", str(error)
        return "", ""


def _nodes(program: Program, name: str) -> tuple[str, ...]:
    """The nodes that call it."""
    calling = (
        i.node
        for i in program.instructions
        if (isinstance(i, Use) and i.function == name) or (isinstance(i, Generate) and name in i.functions)
    )
    return tuple(dict.fromkeys(calling))
