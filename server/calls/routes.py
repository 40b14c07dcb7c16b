"""Routes: rehearsals aloud."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from server.accounts.access import Owner, owner_responses
from server.calls.rehearsals import RehearsalService
from server.calls.schemas import RehearsalCreate, RehearsalView
from server.kit.errors import ErrorCode

router = APIRouter(tags=["rehearsals"])


def _service(request: Request) -> RehearsalService:
    return cast(RehearsalService, request.app.state.rehearsals)


@router.post(
    "/rehearsals",
    status_code=201,
    responses=owner_responses(ErrorCode.FLOW_UNREADABLE, ErrorCode.SERVER_BUSY),
)
async def rehearse(
    wanted: RehearsalCreate, owner: Owner, service: Annotated[RehearsalService, Depends(_service)]
) -> RehearsalView:
    """Talk aloud to a flow that is no release: by an audio socket, or by being called."""
    return await service.begin(owner.organization_id, wanted)
