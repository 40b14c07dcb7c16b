"""Routes: metrics, and how the speech providers do."""

import ipaddress
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.access import Owner, owner_responses
from server.accounts.service import AccountService
from server.kit.envelope import responses
from server.kit.errors import ApiError, ErrorCode
from server.operations.metrics import CONTENT_TYPE, Metrics
from server.operations.providers import ProvidersView, providers_view
from server.speech.configuration import orders

router = APIRouter(tags=["operations"])
looks = APIRouter(prefix="/operations", tags=["operations"])
PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers that say: a proxy on this machine asks for somebody else."""


def _metrics(request: Request) -> Metrics:
    """For the owner of this server, and for who is on this very machine."""
    if not _from_here(request):
        accounts = cast(AccountService, request.app.state.accounts)
        headers = request.headers
        who = accounts.authenticate(headers.get("authorization", ""), headers.get("origin"))
        if who.organization_id != accounts.organization_id:
            raise ApiError(ErrorCode.NOT_FOUND)
    return cast(Metrics, request.app.state.metrics)


def _from_here(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get(
    "/metrics",
    response_class=Response,
    responses=responses(
        ErrorCode.AUTHENTICATION_REQUIRED,
        ErrorCode.INVALID_TOKEN,
        ErrorCode.KEY_IN_BROWSER,
        ErrorCode.NOT_FOUND,
    ),
)
async def metrics(counted: Annotated[Metrics, Depends(_metrics)]) -> Response:
    """Everything that is counted, as Prometheus reads it. Open to this machine; elsewhere to the owner."""
    return Response(counted.text(), media_type=CONTENT_TYPE)


@looks.get("/providers", responses=owner_responses())
async def providers(owner: Owner, request: Request) -> ProvidersView:
    """How each speech provider does, and what it said when it failed last."""
    server = request.app.state.server
    hearing, voice = orders(server.settings)
    return providers_view({"hearing": hearing, "voice": voice}, server.standing().workers)
