"""The tools an agent may use: setting them up, connecting accounts, trying them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from studio.client.api import Api

TRIAL_MS = 15_000
"""How long a function that is tried may take."""


class ToolFunction(msgspec.Struct, frozen=True):
    """A function. ``arguments`` is JSON Schema; ``changes``: something is different afterwards."""

    name: str
    description: str
    arguments: dict[str, Any]
    changes: bool = False


class ToolFacts(msgspec.Struct, frozen=True):
    """A tool of the server's version. ``auth`` is ``none``, ``secret`` or ``oauth2``. The functions of a ``listed`` one
    are those a service lists; an agent may have several of it: ``mcp``, ``mcp_orders``."""

    id: str
    title: str
    description: str
    auth: str
    config_schema: dict[str, Any]
    functions: tuple[ToolFunction, ...] = ()
    listed: bool = False


class FunctionState(msgspec.Struct, frozen=True):
    """Whether a function may be called; a ``stale`` one is no longer there. ``arguments`` is JSON Schema."""

    name: str
    enabled: bool
    stale: bool = False
    description: str = ""
    arguments: dict[str, Any] = {}
    changes: bool = False


class AgentTool(msgspec.Struct, frozen=True):
    """How an agent uses a tool. ``id`` is empty when it was never set up; ``connection`` is ``not_needed``,
    ``missing``, ``connected`` or ``broken``."""

    id: str
    tool: str
    title: str
    enabled: bool
    config: dict[str, Any]
    secrets: tuple[str, ...] = ()
    functions: tuple[FunctionState, ...] = ()
    stale: bool = False
    connection: str = "not_needed"
    problem: str = ""


class Trial(msgspec.Struct, frozen=True):
    """What came of a call: ``ok``, ``error``, ``timeout`` or ``unknown``."""

    outcome: str
    value: Any = None
    detail: str = ""
    milliseconds: int = 0


async def list_tools(api: Api) -> list[ToolFacts]:
    """The tools there are. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", "/api/v1/tools")
    return [msgspec.convert(item, ToolFacts) for item in body]


async def tools_of(api: Api, agent: str) -> list[AgentTool]:
    """Every tool as the agent uses it. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", f"/api/v1/agents/{agent}/tools")
    return [msgspec.convert(item, AgentTool) for item in body]


async def read_tool(api: Api, agent: str, tool: str) -> AgentTool:
    """One tool as the agent uses it. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", f"/api/v1/agents/{agent}/tools/{tool}")
    return msgspec.convert(body, AgentTool)


async def put_tool(
    api: Api, agent: str, tool: str, *, enabled: bool, config: Mapping[str, Any], switched_off: Sequence[str]
) -> AgentTool:
    """Set a tool up; secrets that are left out stay what they were. Raises `ServerTrouble`."""
    wanted = {"enabled": enabled, "config": dict(config), "switched_off": list(switched_off)}
    body, _ = await api.call("PUT", f"/api/v1/agents/{agent}/tools/{tool}", json=wanted)
    return msgspec.convert(body, AgentTool)


async def list_again(api: Api, agent: str, tool: str) -> AgentTool:
    """Have the service list its functions again. Raises `ServerTrouble`."""
    body, _ = await api.call("POST", f"/api/v1/agents/{agent}/tools/{tool}/refresh")
    return msgspec.convert(body, AgentTool)


async def forget_tool(api: Api, agent: str, tool: str) -> None:
    """Forget the settings, the secrets and the account. Raises `ServerTrouble`."""
    await api.call("DELETE", f"/api/v1/agents/{agent}/tools/{tool}")


async def try_function(api: Api, agent: str, tool: str, function: str, arguments: Mapping[str, Any]) -> Trial:
    """Call a function now; it is really done. Raises `ServerTrouble`."""
    wanted = {"function": function, "arguments": dict(arguments), "timeout": TRIAL_MS}
    body, _ = await api.call("POST", f"/api/v1/agents/{agent}/tools/{tool}/test", json=wanted)
    return msgspec.convert(body, Trial)


async def connect_address(api: Api, agent: str, tool: str) -> str:
    """Where somebody allows the tool to act for an account. Raises `ServerTrouble`."""
    body, _ = await api.call("POST", f"/api/v1/agents/{agent}/tools/{tool}/authorize")
    return str(body["address"])
