"""Routes: publishing, releases."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request

from server.accounts.access import Owner, owner_responses
from server.agents.schemas import PublishRequest
from server.kit.errors import ErrorCode
from server.kit.pagination import Page, PagingQuery
from server.releases.schemas import PublishedView, ReleaseView
from server.releases.service import ReleaseService

router = APIRouter(tags=["releases"])
MISSING = owner_responses(ErrorCode.RELEASE_NOT_FOUND)


def _service(request: Request) -> ReleaseService:
    return cast(ReleaseService, request.app.state.releases)


Releases = Annotated[ReleaseService, Depends(_service)]


@router.post(
    "/agents/{agent_id}/publish",
    responses=owner_responses(
        ErrorCode.AGENT_NOT_FOUND,
        ErrorCode.REVISION_CONFLICT,
        ErrorCode.FLOW_HAS_ERRORS,
        ErrorCode.FLOW_UNREADABLE,
    ),
)
async def publish(
    agent_id: str, owner: Owner, releases: Releases, wanted: PublishRequest | None = None
) -> PublishedView:
    """Make a release of the draft. New sessions run it; running ones keep theirs."""
    wanted = wanted or PublishRequest()
    return await releases.publish(owner.organization_id, agent_id, wanted.revision, wanted.note)


@router.get(
    "/agents/{agent_id}/releases",
    responses=owner_responses(ErrorCode.AGENT_NOT_FOUND, ErrorCode.INVALID_CURSOR),
)
async def list_releases(
    agent_id: str, paging: PagingQuery, owner: Owner, releases: Releases
) -> Page[ReleaseView]:
    """An agent's releases, newest first."""
    return await releases.page(owner.organization_id, agent_id, paging)


@router.get("/releases/{release_id}", responses=MISSING)
async def get_release(release_id: str, owner: Owner, releases: Releases) -> ReleaseView:
    """One release."""
    return await releases.get(owner.organization_id, release_id)


@router.get("/releases/{release_id}/flow", responses=MISSING)
async def get_release_flow(release_id: str, owner: Owner, releases: Releases) -> dict[str, Any]:
    """The flow and layout as they were published."""
    return await releases.documents(owner.organization_id, release_id)
