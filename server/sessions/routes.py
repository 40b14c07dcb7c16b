"""Routes: sessions."""

from typing import Annotated, Literal, cast

import structlog
from fastapi import APIRouter, Depends, Query, Request

from server.accounts.access import Owner, owner_responses
from server.kit.errors import ErrorCode
from server.kit.pagination import Page, PagingQuery
from server.sessions.schemas import (
    ContextView,
    EventsView,
    HistoryView,
    MessageCreate,
    SessionCreate,
    SessionView,
    TurnView,
)
from server.sessions.service import SessionService

router = APIRouter(prefix="/sessions", tags=["sessions"])
MISSING = owner_responses(ErrorCode.SESSION_NOT_FOUND)
Filter = Annotated[str, Query(max_length=100)]


def _service(request: Request) -> SessionService:
    session_id = request.path_params.get("session_id")
    if session_id:
        structlog.contextvars.bind_contextvars(session=session_id)
    return cast(SessionService, request.app.state.sessions)


Sessions = Annotated[SessionService, Depends(_service)]


@router.post(
    "",
    status_code=201,
    responses=owner_responses(
        ErrorCode.AGENT_NOT_FOUND, ErrorCode.AGENT_NOT_PUBLISHED, ErrorCode.RELEASE_NOT_FOUND
    ),
)
async def begin_session(wanted: SessionCreate, owner: Owner, sessions: Sessions) -> TurnView:
    """Begin a conversation; the answer holds what the agent says first."""
    return await sessions.begin(owner.organization_id, wanted)


@router.get("", responses=owner_responses(ErrorCode.INVALID_CURSOR, ErrorCode.AGENT_NOT_FOUND))
async def list_sessions(
    paging: PagingQuery,
    owner: Owner,
    sessions: Sessions,
    agent_id: Filter = "",
    status: Literal["", "active", "ended"] = "",
    channel: Filter = "",
    outcome: Filter = "",
) -> Page[SessionView]:
    """Sessions, newest first."""
    return await sessions.page(
        owner.organization_id, paging, agent_id=agent_id, status=status, channel=channel, outcome=outcome
    )


@router.get("/{session_id}", responses=MISSING)
async def get_session(session_id: str, owner: Owner, sessions: Sessions) -> SessionView:
    """One session."""
    return await sessions.get(owner.organization_id, session_id)


@router.post(
    "/{session_id}/messages",
    responses=owner_responses(ErrorCode.SESSION_NOT_FOUND, ErrorCode.SESSION_ENDED),
)
async def send_message(session_id: str, said: MessageCreate, owner: Owner, sessions: Sessions) -> TurnView:
    """Say something; the answer holds what the agent says to it."""
    return await sessions.message(owner.organization_id, session_id, said)


@router.get("/{session_id}/messages", responses=MISSING)
async def get_history(session_id: str, owner: Owner, sessions: Sessions) -> HistoryView:
    """Everything said, in order."""
    return await sessions.history(owner.organization_id, session_id)


@router.get("/{session_id}/context", responses=MISSING)
async def get_context(session_id: str, owner: Owner, sessions: Sessions) -> ContextView:
    """Where the session stands: its node and its variables."""
    return await sessions.context(owner.organization_id, session_id)


@router.get("/{session_id}/events", responses=MISSING)
async def get_events(
    session_id: str,
    owner: Owner,
    sessions: Sessions,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> EventsView:
    """The session's log: each event, and what it led to."""
    return await sessions.events(owner.organization_id, session_id, after, limit)
