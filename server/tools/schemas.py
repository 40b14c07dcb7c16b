"""Tools as the API shows and takes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.tools.registry import Auth, Tool
from server.tools.setup import Connection

Name = Annotated[str, Field(min_length=1, max_length=100)]


class FunctionView(BaseModel):
    """A function. ``arguments`` is JSON Schema; ``changes``: something is different afterwards."""

    name: str
    description: str
    arguments: dict[str, Any]
    changes: bool


class ToolView(BaseModel):
    """A tool of this version. Settings whose format is ``password`` are kept sealed and never shown. The functions of
    a ``listed`` one are those a service lists, and an agent may have several of it: ``mcp``, ``mcp_orders``."""

    id: str
    title: str
    description: str
    auth: Auth
    config_schema: dict[str, Any]
    functions: list[FunctionView]
    listed: bool = False


class FunctionState(BaseModel):
    """A function of an agent's tool, and whether it is switched on. ``stale``: it is not there, and never called.
    ``arguments`` is JSON Schema; ``changes``: something is different afterwards."""

    name: str
    enabled: bool
    stale: bool
    description: str = ""
    arguments: dict[str, Any] = {}
    changes: bool = False


class AgentToolView(BaseModel):
    """How an agent uses a tool. ``id`` is empty when it was never set up; ``secrets`` names those that are set;
    ``problem`` says why it cannot be used as it is."""

    id: str
    agent_id: str
    tool: str
    title: str
    enabled: bool
    config: dict[str, Any]
    secrets: list[str]
    functions: list[FunctionState]
    stale: bool
    connection: Connection
    problem: str
    created_at: str = ""
    updated_at: str = ""


class AgentToolFields(BaseModel):
    """What is set up. Secrets that are left out or empty stay what they were; ``switched_off`` names functions."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool = True
    config: dict[str, Any] = {}
    switched_off: Annotated[list[Name], Field(max_length=100)] = []


class Trial(BaseModel):
    """A call from the test panel; ``timeout`` in milliseconds."""

    model_config = ConfigDict(extra="forbid")
    function: Name
    arguments: dict[str, Any] = {}
    timeout: Annotated[int, Field(ge=1, le=60_000)] = 8000


class TrialView(BaseModel):
    """What came of it, and how long it took."""

    outcome: Literal["ok", "error", "timeout", "unknown"]
    value: Any
    detail: str
    milliseconds: int


class Address(BaseModel):
    """Where to go to allow it, good until then."""

    address: str
    expires_at: str


def tool_view(tool: Tool) -> ToolView:
    """The tool as it is shown."""
    functions = [
        FunctionView(name=f.name, description=f.description, arguments=f.schema, changes=f.changes)
        for f in tool.functions().values()
    ]
    return ToolView(
        id=tool.id,
        title=tool.title,
        description=tool.description,
        auth=tool.auth,
        config_schema=tool.config.model_json_schema(),
        functions=functions,
        listed=tool.listed,
    )
