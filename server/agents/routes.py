"""Routes: agents, their drafts, checks, publishing."""

import re
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Request, Response

from server.accounts.access import Owner, owner_responses
from server.agents.drafting import DraftService
from server.agents.schemas import (
    DRAFT_SCHEMA,
    AgentCreate,
    AgentUpdate,
    AgentView,
    CheckView,
    DraftView,
    SavedView,
    read_draft_body,
)
from server.agents.service import AgentService
from server.kit.errors import ApiError, ErrorCode
from server.kit.pagination import Page, PagingQuery

router = APIRouter(tags=["agents"])
MISSING = owner_responses(ErrorCode.AGENT_NOT_FOUND)
UNREADABLE = owner_responses(ErrorCode.AGENT_NOT_FOUND, ErrorCode.FLOW_UNREADABLE)
ETAG = re.compile(r'(?:W/)?"?(\d{1,15})"?')


def _agents(request: Request) -> AgentService:
    return cast(AgentService, request.app.state.agents)


def _drafts(request: Request) -> DraftService:
    return cast(DraftService, request.app.state.drafts)


Agents = Annotated[AgentService, Depends(_agents)]
Drafts = Annotated[DraftService, Depends(_drafts)]


@router.post("/agents", status_code=201, responses=owner_responses())
async def create_agent(wanted: AgentCreate, owner: Owner, agents: Agents) -> AgentView:
    """Make an agent with an empty draft."""
    return await agents.create(owner.organization_id, wanted)


@router.get("/agents", responses=owner_responses(ErrorCode.INVALID_CURSOR))
async def list_agents(paging: PagingQuery, owner: Owner, agents: Agents) -> Page[AgentView]:
    """Agents, newest first."""
    return await agents.page(owner.organization_id, paging)


@router.get("/agents/{agent_id}", responses=MISSING)
async def get_agent(agent_id: str, owner: Owner, agents: Agents) -> AgentView:
    """One agent, by its id or public id."""
    return await agents.get(owner.organization_id, agent_id)


@router.patch("/agents/{agent_id}", responses=MISSING)
async def update_agent(agent_id: str, change: AgentUpdate, owner: Owner, agents: Agents) -> AgentView:
    """Change an agent's name, its description, or how it hears and speaks."""
    return await agents.update(owner.organization_id, agent_id, change)


@router.delete("/agents/{agent_id}", status_code=204, responses=MISSING)
async def delete_agent(agent_id: str, owner: Owner, agents: Agents) -> None:
    """Take an agent out of service; what happened with it stays on record."""
    await agents.delete(owner.organization_id, agent_id)


@router.get("/agents/{agent_id}/flow", responses=MISSING)
async def get_flow(agent_id: str, owner: Owner, drafts: Drafts, response: Response) -> DraftView:
    """The draft; its revision is also the ETag."""
    draft = await drafts.read(owner.organization_id, agent_id)
    response.headers["ETag"] = f'"{draft.revision}"'
    return draft


@router.put(
    "/agents/{agent_id}/flow",
    openapi_extra=DRAFT_SCHEMA,
    responses=owner_responses(
        ErrorCode.AGENT_NOT_FOUND,
        ErrorCode.FLOW_UNREADABLE,
        ErrorCode.REVISION_MISMATCH,
        ErrorCode.REVISION_REQUIRED,
    ),
)
async def put_flow(
    agent_id: str,
    request: Request,
    response: Response,
    owner: Owner,
    drafts: Drafts,
    if_match: Annotated[str | None, Header(description='The revision you change, or "*" for any.')] = None,
) -> SavedView:
    """Save the draft. `If-Match` must name the revision it was made from."""
    expected = _expected(if_match)
    saved = await drafts.save(
        owner.organization_id, agent_id, read_draft_body(await request.body()), expected
    )
    response.headers["ETag"] = f'"{saved.revision}"'
    return saved


@router.post("/agents/{agent_id}/check", responses=UNREADABLE)
async def check_draft(agent_id: str, owner: Owner, drafts: Drafts) -> CheckView:
    """What the compiler says about the draft."""
    return await drafts.check(owner.organization_id, agent_id)


@router.post("/check", openapi_extra=DRAFT_SCHEMA, responses=UNREADABLE)
async def check_flow(request: Request, owner: Owner, drafts: Drafts) -> CheckView:
    """What the compiler says about a flow that is sent and not kept."""
    return await drafts.check_flow(bytes(read_draft_body(await request.body()).flow))


def _expected(if_match: str | None) -> int | None:
    if if_match is None:
        raise ApiError(ErrorCode.REVISION_REQUIRED)
    if if_match.strip() == "*":
        return None
    match = ETAG.fullmatch(if_match.strip())
    if match is None:
        raise ApiError(ErrorCode.BAD_REQUEST, 'If-Match must be one revision, like "7".')
    return int(match[1])
