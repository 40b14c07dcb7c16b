"""Routes: turns."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from server.accounts.access import Owner, owner_responses
from server.kit.errors import ErrorCode
from server.sessions.service import SessionService
from server.turns.schemas import TurnsView
from server.turns.service import TurnService

router = APIRouter(tags=["sessions"])


def _turns(request: Request) -> TurnService:
    return cast(TurnService, request.app.state.turns)


def _sessions(request: Request) -> SessionService:
    return cast(SessionService, request.app.state.sessions)


@router.get("/sessions/{session_id}/turns", responses=owner_responses(ErrorCode.SESSION_NOT_FOUND))
async def session_turns(
    session_id: str,
    owner: Owner,
    turns: Annotated[TurnService, Depends(_turns)],
    sessions: Annotated[SessionService, Depends(_sessions)],
) -> TurnsView:
    """What each turn of a session took: the times, the providers, the cost."""
    await sessions.get(owner.organization_id, session_id)
    return await turns.list(owner.organization_id, session_id)
