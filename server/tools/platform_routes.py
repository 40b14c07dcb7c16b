"""Routes under ``/tools``: the tools of agents by the names another of the documents gives them."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from server.accounts.access import Owner, owner_responses
from server.kit.clock import iso
from server.kit.errors import ApiError, ErrorCode
from server.tools.models import PlatformTool
from server.tools.registry import Auth
from server.tools.routes import Tools, callback
from server.tools.schemas import AgentToolFields, AgentToolView, FunctionView, Name

router = APIRouter(prefix="/tools", tags=["aliases"])
NO_TOOL = owner_responses(ErrorCode.AGENT_NOT_FOUND, ErrorCode.TOOL_NOT_FOUND)
Functions = Annotated[list[Name], Field(max_length=100)]


class PlatformToolView(BaseModel):
    """A tool of this version, or of an earlier one: then it is not active. ``id`` and ``name`` are the same."""

    id: str
    name: str
    description: str
    config_schema: dict[str, Any]
    tool_functions_schema: list[FunctionView]
    auth_type: Auth
    is_active: bool
    created_at: str
    updated_at: str


class PlatformToolBody(BaseModel):
    """Names a tool; what else is sent is in code already."""

    name: Name


class AgentToolBody(BaseModel):
    """How an agent uses a tool. ``sensitive_config`` is kept sealed."""

    agent_id: Name
    tool_id: Name
    config: dict[str, Any] = {}
    sensitive_config: dict[str, str] = {}
    unselected_functions: Functions = []
    is_enabled: bool = True


class AgentToolChange(BaseModel):
    """What changes; the rest stays."""

    config: dict[str, Any] | None = None
    sensitive_config: dict[str, str] = {}
    unselected_functions: Functions | None = None
    is_enabled: bool | None = None


class AgentToolAnswer(BaseModel):
    """How an agent uses a tool. Of ``sensitive_config`` only the names are shown; ``is_stale``: the tool is no longer
    in code."""

    id: str
    agent_id: str
    tool_id: str
    config: dict[str, Any]
    sensitive_config: list[str]
    unselected_functions: list[str]
    is_enabled: bool
    is_stale: bool
    created_at: str
    updated_at: str


class AuthAnswer(BaseModel):
    """Where to go to allow it."""

    auth_url: str


@router.get("/platform", responses=owner_responses())
async def list_platform_tools(
    owner: Owner, tools: Tools, only_active: bool = False
) -> list[PlatformToolView]:
    """As `GET /api/v1/tools`, and unless ``only_active`` those of earlier versions as well."""
    return [_platform(row) for row in await tools.platform(only_active)]


@router.post("/platform", responses=owner_responses(ErrorCode.INVALID_REQUEST))
async def register_platform_tool(body: PlatformToolBody, owner: Owner, tools: Tools) -> PlatformToolView:
    """A tool is registered by being in code: answers with it."""
    for row in await tools.platform(True):
        if row.name == body.name:
            return _platform(row)
    raise ApiError(
        ErrorCode.INVALID_REQUEST,
        f'Tools are written in code, and "{body.name}" is not there. See docs/tools.md.',
    )


@router.post("/agent", status_code=201, responses=NO_TOOL)
async def add_agent_tool(body: AgentToolBody, owner: Owner, tools: Tools) -> AgentToolAnswer:
    """As `PUT /api/v1/agents/{agent_id}/tools/{tool}`."""
    fields = AgentToolFields(
        enabled=body.is_enabled,
        config=body.config | body.sensitive_config,
        switched_off=body.unselected_functions,
    )
    return _answer(await tools.put(owner.organization_id, body.agent_id, body.tool_id, fields))


@router.get("/agent/{agent_id}", responses=NO_TOOL)
async def list_agent_tools(agent_id: str, owner: Owner, tools: Tools) -> list[AgentToolAnswer]:
    """As `GET /api/v1/agents/{agent_id}/tools`, without those that were never set up."""
    return [_answer(view) for view in await tools.of_agent(owner.organization_id, agent_id) if view.id]


@router.put("/agent/{agent_tool_id}", responses=NO_TOOL)
async def change_agent_tool(
    agent_tool_id: str, body: AgentToolChange, owner: Owner, tools: Tools
) -> AgentToolAnswer:
    """As `PUT /api/v1/agents/{agent_id}/tools/{tool}`, by what is left out staying as it is."""
    old = await tools.by_id(owner.organization_id, agent_tool_id)
    config = old.config if body.config is None else body.config
    fields = AgentToolFields(
        enabled=old.enabled if body.is_enabled is None else body.is_enabled,
        config=config | body.sensitive_config,
        switched_off=_off(old) if body.unselected_functions is None else body.unselected_functions,
    )
    return _answer(await tools.put(owner.organization_id, old.agent_id, old.tool, fields))


@router.get("/auth/{tool_name}", responses=NO_TOOL)
async def begin_authorization(
    tool_name: str,
    agent_id: Annotated[str, Query(max_length=100)],
    request: Request,
    owner: Owner,
    tools: Tools,
) -> AuthAnswer:
    """As `POST /api/v1/agents/{agent_id}/tools/{tool}/authorize`."""
    address = await tools.authorize(owner.organization_id, agent_id, tool_name, lambda: callback(request))
    return AuthAnswer(auth_url=address.address)


def _platform(row: PlatformTool) -> PlatformToolView:
    return PlatformToolView(
        id=row.name,
        name=row.name,
        description=row.description,
        config_schema=row.config_schema,
        tool_functions_schema=[FunctionView.model_validate(function) for function in row.functions],
        auth_type=cast(Auth, row.auth),
        is_active=row.active,
        created_at=iso(row.created_at),
        updated_at=iso(row.updated_at),
    )


def _off(view: AgentToolView) -> list[str]:
    return [function.name for function in view.functions if not function.enabled]


def _answer(view: AgentToolView) -> AgentToolAnswer:
    return AgentToolAnswer(
        id=view.id,
        agent_id=view.agent_id,
        tool_id=view.tool,
        config=view.config,
        sensitive_config=view.secrets,
        unselected_functions=_off(view),
        is_enabled=view.enabled,
        is_stale=view.stale,
        created_at=view.created_at,
        updated_at=view.updated_at,
    )
