"""Routes: recordings for owners, and the way workers bring them."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from server.accounts.access import Owner, owner_responses
from server.calls.hub import Hub
from server.kit.errors import ApiError, ErrorCode
from server.recordings.schemas import RecordingView
from server.recordings.service import Misplaced, RecordingService
from server.workers.wire import RECORDING_PATH

router = APIRouter(prefix="/sessions/{session_id}/recordings", tags=["recordings"])
inner = APIRouter(include_in_schema=False)
MISSING = owner_responses(ErrorCode.SESSION_NOT_FOUND, ErrorCode.RECORDING_NOT_FOUND)


def _service(request: Request) -> RecordingService:
    return cast(RecordingService, request.app.state.recordings)


Recordings = Annotated[RecordingService, Depends(_service)]


@router.get("", responses=owner_responses(ErrorCode.SESSION_NOT_FOUND))
async def list_recordings(session_id: str, owner: Owner, recordings: Recordings) -> list[RecordingView]:
    """What was recorded of a session."""
    return await recordings.of(owner.organization_id, session_id)


@router.get("/{name}", responses=MISSING, response_class=FileResponse)
async def get_recording(session_id: str, name: str, owner: Owner, recordings: Recordings) -> FileResponse:
    """A recording: Opus in Ogg, stereo for calls. Ranges are served."""
    path = await recordings.path(owner.organization_id, session_id, name)
    return FileResponse(path, media_type="audio/ogg", filename=f"{session_id}-{name}")


@router.delete("/{name}", status_code=204, responses=MISSING)
async def delete_recording(session_id: str, name: str, owner: Owner, recordings: Recordings) -> None:
    """Forget it now."""
    await recordings.delete(owner.organization_id, session_id, name)


@inner.patch(RECORDING_PATH + "{seat}/{name}")
async def append_recording(
    seat: str, name: str, request: Request, recordings: Recordings, offset: Annotated[int, Query(ge=0)]
) -> Response:
    """The next piece of a recording, from the worker that holds the seat."""
    hub = cast(Hub, request.app.state.hub)
    if not hub.admits(request.headers.get("authorization", "")):
        raise ApiError(ErrorCode.INVALID_TOKEN, "This is for workers only.")
    data = await request.body()
    try:
        length = await recordings.append(seat.partition(":")[0], name, offset, data)
    except Misplaced as misplaced:
        return JSONResponse({"length": misplaced.length}, 409)
    return JSONResponse({"length": length})
