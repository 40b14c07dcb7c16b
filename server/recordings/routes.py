"""Routes: recordings for owners, and the way workers bring them."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from server.accounts.access import Owner, owner_responses
from server.calls.hub import Hub
from server.kit.errors import ApiError, ErrorCode
from server.recordings.files import Misplaced
from server.recordings.growing import GrowingFileResponse
from server.recordings.schemas import RecordedView, RecordingView, TranscriptView
from server.recordings.service import RecordingService
from server.workers.wire import RECORDING_PATH

router = APIRouter(prefix="/sessions/{session_id}/recordings", tags=["recordings"])
lists = APIRouter(prefix="/recordings", tags=["recordings"])
inner = APIRouter(include_in_schema=False)
MISSING = owner_responses(ErrorCode.SESSION_NOT_FOUND, ErrorCode.RECORDING_NOT_FOUND)


def _service(request: Request) -> RecordingService:
    return cast(RecordingService, request.app.state.recordings)


Recordings = Annotated[RecordingService, Depends(_service)]


@router.get("", responses=owner_responses(ErrorCode.SESSION_NOT_FOUND))
async def list_recordings(session_id: str, owner: Owner, recordings: Recordings) -> list[RecordingView]:
    """What was recorded of a session."""
    return await recordings.of(owner.organization_id, session_id)


@router.get("/{name}", responses=MISSING, response_class=GrowingFileResponse)
async def get_recording(
    session_id: str, name: str, owner: Owner, recordings: Recordings
) -> GrowingFileResponse:
    """A recording: Opus in Ogg, stereo for calls; during the call, as much as there is. Ranges are served."""
    path = await recordings.path(owner.organization_id, session_id, name)
    return GrowingFileResponse(path, media_type="audio/ogg", filename=f"{session_id}-{name}")


@router.get("/{name}/transcript", responses=MISSING)
async def get_transcript(session_id: str, name: str, owner: Owner, recordings: Recordings) -> TranscriptView:
    """What was said in the session, on the recording's time, and where the recording was paused."""
    return await recordings.transcript(owner.organization_id, session_id, name)


@lists.get("", responses=owner_responses())
async def newest_recordings(
    owner: Owner,
    recordings: Recordings,
    agent_id: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[RecordedView]:
    """The recordings of the newest sessions, with the sessions they are of."""
    return await recordings.newest(owner.organization_id, agent_id, limit)


@router.delete("/{name}", status_code=204, responses=MISSING)
async def delete_recording(session_id: str, name: str, owner: Owner, recordings: Recordings) -> None:
    """Forget it now."""
    await recordings.delete(owner.organization_id, session_id, name)


@inner.patch(RECORDING_PATH + "{seat}/{name}")
async def append_recording(
    seat: str,
    name: str,
    request: Request,
    recordings: Recordings,
    offset: Annotated[int, Query(ge=0)],
    age: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The next piece of a recording, from the worker that holds the seat; it began ``age`` milliseconds ago."""
    hub = cast(Hub, request.app.state.hub)
    if not hub.admits(request.headers.get("authorization", "")):
        raise ApiError(ErrorCode.INVALID_TOKEN, "This is for workers only.")
    data = await request.body()
    try:
        session = seat.partition(":")[0]
        length = await recordings.append(session, name, offset, data, seat=seat, age=age)
    except Misplaced as misplaced:
        return JSONResponse({"length": misplaced.length}, 409)
    return JSONResponse({"length": length})
