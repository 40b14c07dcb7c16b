"""Routes: the tools there are, and those of an agent."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from server.accounts.access import Owner, owner_responses
from server.kit.envelope import request_id
from server.kit.errors import ApiError, ErrorCode
from server.kit.origin import own_origin
from server.tools.pages import page
from server.tools.schemas import Address, AgentToolFields, AgentToolView, ToolView, Trial, TrialView
from server.tools.service import ToolService

CALLBACK = "/api/v1/tools/callback"
LONGEST_STATE, LONGEST_CODE = 300, 2000
NOT_CONNECTED = (ErrorCode.BAD_REQUEST, ErrorCode.TOOL_NOT_FOUND, ErrorCode.TOOL_NOT_SET_UP)
router = APIRouter(tags=["tools"])
NO_TOOL = owner_responses(ErrorCode.AGENT_NOT_FOUND, ErrorCode.TOOL_NOT_FOUND)
NOT_SET_UP = owner_responses(
    ErrorCode.AGENT_NOT_FOUND, ErrorCode.TOOL_NOT_FOUND, ErrorCode.TOOL_NOT_SET_UP, ErrorCode.BAD_REQUEST
)


def service_of(request: Request) -> ToolService:
    """The application's."""
    return cast(ToolService, request.app.state.toolhouse.service)


Tools = Annotated[ToolService, Depends(service_of)]


def callback(request: Request) -> str:
    """Where people come back to, as they reach this server; raises `ApiError` when that is not known."""
    public = request.app.state.server.settings.public_url
    origin = own_origin(request.url.scheme, request.headers.get("host", ""), public)
    if origin is None:
        raise ApiError(
            ErrorCode.BAD_REQUEST, "Set PARLEY_PUBLIC_URL: the address under which people reach this server."
        )
    return f"{origin}{CALLBACK}"


@router.get("/tools", responses=owner_responses())
async def list_tools(owner: Owner, tools: Tools) -> list[ToolView]:
    """The tools of this version."""
    return tools.tools()


@router.get(
    "/tools/callback",
    response_class=HTMLResponse,
    responses={code.status: {"description": "A page that says why."} for code in NOT_CONNECTED},
)
async def authorized(
    request: Request, tools: Tools, state: str = "", code: str = "", error: str = ""
) -> HTMLResponse:
    """Where people come back to after they allowed a tool to act for them, or did not. Answers with a page."""
    try:
        if len(state) > LONGEST_STATE or len(code) > LONGEST_CODE:
            raise ApiError(ErrorCode.BAD_REQUEST, "This link is no link of ours. Start to connect anew.")
        title = await tools.came_back(state, code, error)
    except ApiError as failed:
        note = f"Request {request_id(request.scope)}"
        return page("Not connected", failed.message, failed.code.status, note)
    return page("Connected", f"{title} is connected. You can close this page.")


@router.get("/agents/{agent_id}/tools", responses=owner_responses(ErrorCode.AGENT_NOT_FOUND))
async def list_agent_tools(agent_id: str, owner: Owner, tools: Tools) -> list[AgentToolView]:
    """Every tool as the agent uses it, and those it used that are no longer there."""
    return await tools.of_agent(owner.organization_id, agent_id)


@router.get("/agents/{agent_id}/tools/{tool}", responses=NO_TOOL)
async def get_agent_tool(agent_id: str, tool: str, owner: Owner, tools: Tools) -> AgentToolView:
    """A tool as the agent uses it."""
    return await tools.one(owner.organization_id, agent_id, tool)


@router.put("/agents/{agent_id}/tools/{tool}", responses=NO_TOOL)
async def put_agent_tool(
    agent_id: str, tool: str, fields: AgentToolFields, owner: Owner, tools: Tools
) -> AgentToolView:
    """Set a tool up for an agent, switch it or single functions on and off."""
    return await tools.put(owner.organization_id, agent_id, tool, fields)


@router.delete("/agents/{agent_id}/tools/{tool}", status_code=204, responses=NO_TOOL)
async def remove_agent_tool(agent_id: str, tool: str, owner: Owner, tools: Tools) -> None:
    """Forget the settings, the secrets and the account."""
    await tools.remove(owner.organization_id, agent_id, tool)


@router.post("/agents/{agent_id}/tools/{tool}/test", responses=NOT_SET_UP)
async def try_agent_tool(agent_id: str, tool: str, trial: Trial, owner: Owner, tools: Tools) -> TrialView:
    """Call a function now, as a talk would. What it changes is changed."""
    return await tools.try_out(owner.organization_id, agent_id, tool, trial)


@router.post("/agents/{agent_id}/tools/{tool}/refresh", responses=NOT_SET_UP)
async def refresh_agent_tool(agent_id: str, tool: str, owner: Owner, tools: Tools) -> AgentToolView:
    """Have the service list its functions again: of an MCP server, whose functions are not in code."""
    return await tools.refresh(owner.organization_id, agent_id, tool)


@router.post("/agents/{agent_id}/tools/{tool}/authorize", responses=NOT_SET_UP)
async def authorize_agent_tool(
    agent_id: str, tool: str, request: Request, owner: Owner, tools: Tools
) -> Address:
    """Begin to connect an account: send somebody to the address."""
    return await tools.authorize(owner.organization_id, agent_id, tool, lambda: callback(request))
