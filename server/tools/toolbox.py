"""Tools as talks call them (`engine.conversation.ports.Toolbox`)."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from engine.conversation import Outcome
from engine.protocol import CallTool
from server.kit.database import Database
from server.kit.http_guard import GuardedClient
from server.tools.call import Call, ToolFailed, plain
from server.tools.connecting import Client, Connections
from server.tools.models import AgentTool
from server.tools.registry import Registry, Tool, ToolConfig, ToolFunction
from server.tools.repository import ToolRepository
from server.tools.setup import Setup

LARGEST = 64 * 1024
"""Bytes of a result."""
REMEMBERED = 512
"""Calls whose outcome is kept, so that the same key answers the same."""
log = structlog.get_logger()


class ToolRunner:
    """Calls functions for agents. ``trying`` (the test panel) calls what is not switched on yet as well."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        setup: Setup,
        connections: Connections,
        client: GuardedClient,
    ) -> None:
        self._database, self._registry, self._setup = database, registry, setup
        self._connections, self._client = connections, client
        self._calls: OrderedDict[tuple[str, str, str], asyncio.Task[Outcome]] = OrderedDict()

    async def call(
        self, organization_id: str, agent_id: str, request: CallTool, key: str, trying: bool = False
    ) -> Outcome:
        """What comes of it. Never raises but for being cancelled; the call itself then goes on to its end."""
        name = (organization_id, agent_id, key)
        task = self._calls.get(name)
        if task is None:
            task = asyncio.create_task(self._safely(organization_id, agent_id, request, key, trying))
            self._calls[name] = task
            self._forget()
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Stop what is under way."""
        for task in self._calls.values():
            task.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)
        self._calls.clear()

    def _forget(self) -> None:
        for name in list(self._calls):
            if len(self._calls) <= REMEMBERED:
                return
            if self._calls[name].done():
                del self._calls[name]

    async def _safely(
        self, organization_id: str, agent_id: str, request: CallTool, key: str, trying: bool
    ) -> Outcome:
        try:
            outcome = await self._call(organization_id, agent_id, request, key, trying)
        except ToolFailed as error:
            outcome = Outcome("error", None, str(error))
        except Exception as error:  # the engine must get an answer, whatever a tool thinks of
            log.exception("a tool failed oddly", node=request.node, tool=request.tool)
            outcome = Outcome("error", None, f"The tool failed: {type(error).__name__}.")
        if outcome.outcome != "ok":
            log.info("a tool did not do it", tool=request.tool, outcome=outcome.outcome, why=outcome.detail)
        return outcome

    async def _call(
        self, organization_id: str, agent_id: str, request: CallTool, key: str, trying: bool
    ) -> Outcome:
        name, _, wanted = request.tool.partition(".")
        tool = self._tool(name)
        async with self._database.read(organization_id) as session:
            row = await ToolRepository(session).find(agent_id, name)
        if row is None or not (row.enabled or trying):
            raise ToolFailed(f"{tool.title} is not switched on for this agent. Do so in the agent's tools.")
        function = _function(tool, wanted, row)
        if function.name in row.switched_off and not trying:
            raise ToolFailed(f'"{request.tool}" is switched off for this agent.')
        try:
            given = function.read({k: v for k, v in request.arguments.items() if v is not None})
        except ValueError as error:
            raise ToolFailed(f"The arguments do not fit: {error}.") from error
        config = self._setup.config(row, tool)
        seconds = request.timeout / 1000
        call = Call(self._client, config, key, seconds, self._tokens(organization_id, row, tool, config))
        return await _within(function, call, given, request.timeout)

    def _tool(self, name: str) -> Tool:
        tool = self._registry.find(name)
        if tool is None:
            raise ToolFailed(f'There is no tool "{name}" here any more, or there never was.')
        return tool

    def _tokens(
        self, organization_id: str, row: AgentTool, tool: Tool, config: ToolConfig
    ) -> Callable[[bool], Awaitable[str]]:
        last = ""

        async def token(refused: bool) -> str:
            nonlocal last
            if tool.oauth is None:
                raise ToolFailed(f"{tool.title} has no accounts.")
            client = client_of(config)
            last = await self._connections.token(
                organization_id, row, tool.oauth, client, last if refused else ""
            )
            return last

        return token


class AgentToolbox:
    """The tools of one agent."""

    def __init__(self, runner: ToolRunner, organization_id: str, agent_id: str) -> None:
        self._runner, self._organization_id, self._agent_id = runner, organization_id, agent_id

    async def call(self, request: CallTool, key: str) -> Outcome:
        """See `engine.conversation.ports.Toolbox.call`."""
        return await self._runner.call(self._organization_id, self._agent_id, request, key)


def client_of(config: ToolConfig) -> Client:
    """How the other side knows this server: the settings of every tool with OAuth have both."""
    settings: Any = config
    return Client(settings.client_id, settings.client_secret.get_secret_value())


def _function(tool: Tool, wanted: str, row: AgentTool) -> ToolFunction:
    functions = tool.functions(row.offered)
    function = functions.get(wanted)
    if function is None:
        known = ", ".join(list(functions)[:20]) or "none"
        again = " Have it list them again, in the agent's tools." if tool.listed else ""
        raise ToolFailed(f'{tool.title} has no function "{wanted}". It has: {known}.{again}')
    return function


async def _within(function: ToolFunction, call: Call, given: dict[str, Any], ms: int) -> Outcome:
    try:
        async with asyncio.timeout(ms / 1000):
            return _sized(await function.run(call, **given))
    except TimeoutError:
        return _lost(function, call, "timeout", f"No answer within {ms} ms.")
    except ToolFailed as error:
        return _lost(function, call, error.outcome, str(error))
    except Exception as error:  # what was sent before it may have been acted upon
        log.exception("a tool failed oddly", function=function.name)
        return _lost(function, call, "error", f"The tool failed: {type(error).__name__}.")


def _lost(function: ToolFunction, call: Call, outcome: str, detail: str) -> Outcome:
    if function.changes and call.sent:
        return Outcome("unknown", None, f"{detail} Whether it was done is not known.")
    return Outcome(outcome if outcome in ("timeout", "unknown") else "error", None, detail)


def _sized(value: Any) -> Outcome:
    text = msgspec.json.encode(value)
    if len(text) > LARGEST:
        raise ToolFailed(f"The result is larger than {LARGEST // 1024} KB ({len(text)} bytes). Ask for less.")
    return Outcome("ok", plain.decode(text))
