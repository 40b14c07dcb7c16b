"""Routes by an agent: what it knows, in one place (documents, addresses, frequent questions)."""

import json
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from server.accounts.access import Owner, owner_responses
from server.kit.errors import ApiError, ErrorCode
from server.knowledge.agents import AgentKnowledgeService
from server.knowledge.schemas import AgentKnowledge, AgentKnowledgeView
from server.knowledge.uploads import FORM, uploads

router = APIRouter(tags=["knowledge"])
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": AgentKnowledge.model_json_schema()},
            "multipart/form-data": FORM,
        },
    }
}


def _service(request: Request) -> AgentKnowledgeService:
    return AgentKnowledgeService(request.app.state.knowledge)


Knowledge = Annotated[AgentKnowledgeService, Depends(_service)]


@router.get("/agents/{agent_id}/knowledge-base", responses=owner_responses(ErrorCode.AGENT_NOT_FOUND))
async def get_agent_knowledge(agent_id: str, owner: Owner, knowledge: Knowledge) -> AgentKnowledgeView:
    """What an agent knows."""
    return await knowledge.get(owner.organization_id, agent_id)


@router.post(
    "/agents/{agent_id}/knowledge-base",
    status_code=202,
    openapi_extra=BODY,
    responses=owner_responses(
        ErrorCode.AGENT_NOT_FOUND, ErrorCode.DOCUMENT_UNREADABLE, ErrorCode.KNOWLEDGE_FULL
    ),
)
async def add_agent_knowledge(
    agent_id: str, request: Request, owner: Owner, knowledge: Knowledge
) -> AgentKnowledgeView:
    """Add to what an agent knows: files as a form, or documents, addresses and questions as JSON."""
    await knowledge.get(owner.organization_id, agent_id)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        for file in (await uploads(request)).files:
            await knowledge.add_file(owner.organization_id, agent_id, file)
    else:
        await knowledge.add(owner.organization_id, agent_id, _read(await request.body()))
    return await knowledge.get(owner.organization_id, agent_id)


@router.delete(
    "/agents/{agent_id}/knowledge-base", status_code=204, responses=owner_responses(ErrorCode.AGENT_NOT_FOUND)
)
async def forget_agent_knowledge(agent_id: str, owner: Owner, knowledge: Knowledge) -> None:
    """Delete all an agent knows. Releases keep what they were published with."""
    await knowledge.forget(owner.organization_id, agent_id)


@router.delete(
    "/agents/{agent_id}/knowledge-base/{source_id}",
    status_code=204,
    responses=owner_responses(ErrorCode.AGENT_NOT_FOUND, ErrorCode.KNOWLEDGE_SOURCE_NOT_FOUND),
)
async def forget_agent_source(agent_id: str, source_id: str, owner: Owner, knowledge: Knowledge) -> None:
    """Delete one document, address or set of questions an agent knows."""
    await knowledge.forget(owner.organization_id, agent_id, source_id)


def _read(body: bytes) -> AgentKnowledge:
    try:
        return AgentKnowledge.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise RequestValidationError(cast(Any, error.errors(include_url=False))) from error
        raise ApiError(ErrorCode.INVALID_JSON) from error
