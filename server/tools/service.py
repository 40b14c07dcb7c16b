"""What owners do with the tools of their agents."""

import time
from collections.abc import Callable
from typing import Any

from engine.protocol import CallTool
from server.agents.repository import AgentRepository
from server.kit.clock import Clock, iso
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id
from server.tools.call import ToolFailed
from server.tools.connecting import Client, Connections
from server.tools.listing import Listing, states, trouble
from server.tools.models import AgentTool, PlatformTool, ToolToken
from server.tools.registry import OAuth, Registry, Tool
from server.tools.repository import ToolRepository
from server.tools.schemas import (
    Address,
    AgentToolFields,
    AgentToolView,
    ToolView,
    Trial,
    TrialView,
    tool_view,
)
from server.tools.setup import Connection, Setup
from server.tools.syncing import known, sync
from server.tools.toolbox import ToolRunner, client_of


class ToolService:
    """Sets tools up, tries them, connects accounts. Every method that names an agent raises `ApiError` when there is
    none."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        registry: Registry,
        setup: Setup,
        connections: Connections,
        runner: ToolRunner,
        listing: Listing,
    ) -> None:
        self.database, self.clock, self.registry, self.listing = database, clock, registry, listing
        self._setup, self._connections, self._runner = setup, connections, runner

    def tools(self) -> list[ToolView]:
        """All tools of this version."""
        return [tool_view(tool) for tool in self.registry.all()]

    async def sync(self) -> None:
        """Keep in the database which tools this version has."""
        await sync(self.database, self.clock, self.tools())

    async def platform(self, only_active: bool) -> list[PlatformTool]:
        """The tools of this version, and unless ``only_active`` those of earlier ones."""
        return await known(self.database, only_active=only_active)

    async def of_agent(self, organization_id: str, agent_id: str) -> list[AgentToolView]:
        """Every tool as the agent uses it: those in code, then stale ones."""
        async with self.database.read(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            repository = ToolRepository(session)
            rows = {row.tool: row for row in await repository.of_agent(agent.id)}
            tokens = await repository.tokens([row.id for row in rows.values()])
        names = [tool.id for tool in self.registry.all()]
        names += [name for name in rows if name not in names]
        return [self._view(agent.id, name, rows.get(name), tokens) for name in names]

    async def one(self, organization_id: str, agent_id: str, name: str) -> AgentToolView:
        """One tool as the agent uses it; raises `ApiError`."""
        for view in await self.of_agent(organization_id, agent_id):
            if view.tool == name:
                return view
        raise ApiError(ErrorCode.TOOL_NOT_FOUND)

    async def by_id(self, organization_id: str, id: str) -> AgentToolView:
        """One that was set up, by its id; raises `ApiError`."""
        async with self.database.read(organization_id) as session:
            row = await ToolRepository(session).get(id)
        return await self.one(organization_id, row.agent_id, row.tool)

    async def put(
        self, organization_id: str, agent_id: str, name: str, fields: AgentToolFields
    ) -> AgentToolView:
        """Set a tool up, or anew; raises `ApiError`."""
        now = self.clock.now_ms()
        async with self.database.write(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            tool = self._tool(name)
            repository = ToolRepository(session)
            row = await repository.find(agent.id, name)
            before = self.listing.settings(row, tool) if row is not None else None
            if row is None:
                row = AgentTool(id=new_id("agt"), agent_id=agent.id, tool=name, secrets="", created_at=now)
                repository.add(row)
            with session.no_autoflush:
                self._setup.put(row, tool, fields.config)
            row.enabled, row.switched_off, row.updated_at = fields.enabled, fields.switched_off, now
        again = before is None or self.listing.settings(row, tool) != before or trouble(tool, row)
        if tool.listed and again:
            await self.listing.refresh(organization_id, row.id, tool)
        return await self.one(organization_id, agent.id, name)

    async def refresh(self, organization_id: str, agent_id: str, name: str) -> AgentToolView:
        """Have the service list its functions again; raises `ApiError`."""
        row, tool = await self._row(organization_id, agent_id, name)
        if not tool.listed:
            raise ApiError(ErrorCode.BAD_REQUEST, f"The functions of {tool.title} are in code.")
        await self.listing.refresh(organization_id, row.id, tool)
        return await self.one(organization_id, agent_id, name)

    async def remove(self, organization_id: str, agent_id: str, name: str) -> None:
        """Forget the settings and the account, also of a stale tool. Raises `ApiError`."""
        async with self.database.write(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            repository = ToolRepository(session)
            row = await repository.find(agent.id, name)
            if row is None:
                raise ApiError(ErrorCode.TOOL_NOT_FOUND)
            await repository.remove(row)

    async def try_out(self, organization_id: str, agent_id: str, name: str, trial: Trial) -> TrialView:
        """Call a function as a talk would, switched on or not; raises `ApiError`."""
        row, _ = await self._row(organization_id, agent_id, name)
        key = new_id("try")
        request = CallTool(key, "", f"{name}.{trial.function}", trial.arguments, trial.timeout, "never")
        began = time.monotonic_ns()
        came = await self._runner.call(organization_id, row.agent_id, request, key, trying=True)
        took = (time.monotonic_ns() - began) // 1_000_000
        shown: Any = came.outcome
        return TrialView(outcome=shown, value=came.value, detail=came.detail, milliseconds=took)

    async def authorize(
        self, organization_id: str, agent_id: str, name: str, redirect: Callable[[], str]
    ) -> Address:
        """Where to go so that the tool may act for an account; raises `ApiError`."""
        row, tool = await self._row(organization_id, agent_id, name)
        oauth, client = self._oauth(row, tool)
        address, until = await self._connections.begin(organization_id, row.id, oauth, client, redirect())
        return Address(address=address, expires_at=iso(until))

    async def came_back(self, state: str, code: str, error: str) -> str:
        """Somebody was asked to allow it; answers with the tool's title. Raises `ApiError`."""
        organization_id, taken = await self._connections.take(state)
        async with self.database.read(organization_id) as session:
            row = await ToolRepository(session).get(taken.agent_tool_id)
        tool = self._tool(row.tool)
        oauth, client = self._oauth(row, tool)
        if not code:
            raise ApiError(
                ErrorCode.BAD_REQUEST, f"{tool.title} was not connected: {error[:100] or 'no code came'}."
            )
        try:
            await self._connections.finish(organization_id, taken, oauth, client, code)
        except ToolFailed as failed:
            raise ApiError(ErrorCode.BAD_REQUEST, str(failed)) from failed
        return tool.title

    def _oauth(self, row: AgentTool, tool: Tool) -> tuple[OAuth, Client]:
        if tool.oauth is None:
            raise ApiError(ErrorCode.BAD_REQUEST, f"{tool.title} needs no account.")
        try:
            return tool.oauth, client_of(self._setup.config(row, tool))
        except ToolFailed as error:
            raise ApiError(ErrorCode.TOOL_NOT_SET_UP, str(error)) from error

    async def _row(self, organization_id: str, agent_id: str, name: str) -> tuple[AgentTool, Tool]:
        async with self.database.read(organization_id) as session:
            agent = await AgentRepository(session).get(agent_id)
            row = await ToolRepository(session).find(agent.id, name)
        tool = self._tool(name)
        if row is None:
            raise ApiError(ErrorCode.TOOL_NOT_SET_UP)
        return row, tool

    def _tool(self, name: str) -> Tool:
        tool = self.registry.find(name)
        if tool is None:
            raise ApiError(ErrorCode.TOOL_NOT_FOUND)
        return tool

    def _view(
        self, agent_id: str, name: str, row: AgentTool | None, tokens: dict[str, ToolToken]
    ) -> AgentToolView:
        tool = self.registry.find(name)
        token = tokens.get(row.id) if row is not None else None
        connection: Connection = "not_needed"
        if tool is not None and tool.oauth is not None:
            connection = "missing" if token is None else "broken" if token.revoked else "connected"
        return AgentToolView(
            id=row.id if row else "",
            agent_id=agent_id,
            tool=name,
            title=_title(tool, name),
            enabled=row.enabled if row else False,
            config=row.config if row else {},
            secrets=self._setup.names(row) if row else [],
            functions=states(tool, row),
            stale=tool is None,
            connection=connection,
            problem=self._problem(tool, row),
            created_at=iso(row.created_at) if row else "",
            updated_at=iso(row.updated_at) if row else "",
        )

    def _problem(self, tool: Tool | None, row: AgentTool | None) -> str:
        if tool is None:
            return "This tool is no longer there and is never called. Remove it, and its functions from the flow."
        try:
            if row is not None:
                self._setup.config(row, tool)
        except ToolFailed as error:
            return str(error)
        return trouble(tool, row) if row is not None else ""


def _title(tool: Tool | None, name: str) -> str:
    if tool is None:
        return name
    return tool.title if tool.id == name else f"{tool.title} {name.partition('_')[2]}"
