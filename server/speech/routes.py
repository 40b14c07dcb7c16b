"""Routes: how far a release's sound is, and the sound itself for workers."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse

from server.accounts.access import Owner, owner_responses
from server.calls.hub import Hub
from server.kit.errors import ApiError, ErrorCode
from server.speech.prepared import PreparedSound
from server.speech.recordings import Unfetchable
from server.speech.schemas import SoundView, VoicesView, voices_view
from server.workers.wire import SOUND_PATH

router = APIRouter(tags=["releases"])
lists = APIRouter(tags=["speech"])
inner = APIRouter(include_in_schema=False)


def _sound(request: Request) -> PreparedSound:
    return cast(PreparedSound, request.app.state.sound)


def _for_workers(request: Request) -> None:
    hub = cast(Hub, request.app.state.hub)
    if not hub.admits(request.headers.get("authorization", "")):
        raise ApiError(ErrorCode.INVALID_TOKEN, "This is for workers only.")


Sounds = Annotated[PreparedSound, Depends(_sound)]


@router.get("/releases/{release_id}/sound", responses=owner_responses(ErrorCode.RELEASE_NOT_FOUND))
async def release_sound(release_id: str, owner: Owner, sounds: Sounds, request: Request) -> SoundView:
    """How much of what the release says is prepared, and how much it can say without a provider."""
    server = request.app.state.server
    released = await server.host.released(owner.organization_id, release_id)
    standing = sounds.want(released.program, server.speaking(released.speech))
    return SoundView(
        texts=standing.texts,
        prepared=standing.ready,
        coverage=standing.coverage,
        open=list(standing.open),
        recordings=standing.recordings,
        fetched=standing.fetched,
        trouble=standing.trouble,
    )


@lists.get("/voices", responses=owner_responses())
async def list_voices(
    owner: Owner,
    request: Request,
    locale: Annotated[str, Query(max_length=35, description="Only those that speak it, like it-IT.")] = "",
    provider: Annotated[str, Query(max_length=35)] = "",
) -> VoicesView:
    """Who can speak, of each provider that is set up."""
    return await voices_view(request.app.state.server.own_voices, locale, provider)


@inner.get(SOUND_PATH + "address")
async def recording_at(
    of: Annotated[str, Query(max_length=2000)], request: Request, sounds: Sounds
) -> FileResponse:
    """A recording that a flow plays, for workers."""
    _for_workers(request)
    try:
        path = await sounds.recordings.get(of)
    except Unfetchable as error:
        raise ApiError(ErrorCode.NOT_FOUND, str(error)) from error
    return FileResponse(path, media_type="application/octet-stream")


@inner.get(SOUND_PATH + "{key}/{name}")
async def prepared_sound(key: str, name: str, request: Request, sounds: Sounds) -> FileResponse:
    """A prepared sound, for workers."""
    _for_workers(request)
    path = sounds.path(key, name)
    if path is None:
        raise ApiError(ErrorCode.NOT_FOUND)
    return FileResponse(path, media_type="application/octet-stream")
