"""Routes under ``/voice``: trunks and calls by the names another of the documents gives them."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from server.accounts.access import Owner, owner_responses
from server.kit.errors import ErrorCode
from server.telephony.carriers import (
    CallStatus,
    CarrierService,
    CarriersView,
    CarrierView,
    InitiateBody,
    SwitchBody,
    status_of,
)

router = APIRouter(prefix="/voice", tags=["aliases"])
NO_TRUNK = owner_responses(ErrorCode.TRUNK_NOT_FOUND)
NO_CALL = owner_responses(ErrorCode.CALL_NOT_FOUND)


def _service(request: Request) -> CarrierService:
    return cast(CarrierService, request.app.state.carriers)


Carriers = Annotated[CarrierService, Depends(_service)]


@router.get("/providers", responses=owner_responses())
async def list_carriers(owner: Owner, carriers: Carriers) -> CarriersView:
    """As `GET /api/v1/trunks`: the trunks, and which one calls out go by."""
    return await carriers.all(owner.organization_id)


@router.get("/providers/current", responses=NO_TRUNK)
async def current_carrier(owner: Owner, carriers: Carriers) -> CarrierView:
    """The trunk that calls out go by."""
    return await carriers.current(owner.organization_id)


@router.get("/providers/test", responses=owner_responses())
async def carriers_stand(owner: Owner, carriers: Carriers) -> dict[str, str]:
    """How each trunk stands: `active`, `connecting` or `failed`."""
    every = await carriers.all(owner.organization_id)
    return {id: carrier.status for id, carrier in every.providers.items()}


@router.post("/providers/switch", responses=NO_TRUNK)
async def switch_carrier(wanted: SwitchBody, owner: Owner, carriers: Carriers) -> CarrierView:
    """Let calls out go by this trunk from now on; live calls stay."""
    return await carriers.switch(owner.organization_id, wanted.provider)


@router.get("/providers/{provider}/capabilities", responses=NO_TRUNK)
async def carrier_capabilities(provider: str, owner: Owner, carriers: Carriers) -> CarrierView:
    """What a trunk can do."""
    return await carriers.one(owner.organization_id, provider)


@router.post(
    "/calls/initiate",
    status_code=201,
    responses=owner_responses(
        ErrorCode.AGENT_NOT_FOUND,
        ErrorCode.AGENT_NOT_PUBLISHED,
        ErrorCode.TRUNK_NOT_FOUND,
        ErrorCode.SERVER_BUSY,
    ),
)
async def initiate_call(wanted: InitiateBody, owner: Owner, carriers: Carriers) -> CallStatus:
    """As `POST /api/v1/calls`: call somebody."""
    return await carriers.initiate(owner.organization_id, wanted)


@router.get("/calls/{call_id}/status", responses=NO_CALL)
async def call_status(call_id: str, owner: Owner, carriers: Carriers) -> CallStatus:
    """As `GET /api/v1/calls/{call_id}`: how a call stands."""
    return status_of(await carriers.telephony.call_of(owner.organization_id, call_id))


@router.post("/calls/{call_id}/end", responses=NO_CALL)
async def end_call(call_id: str, owner: Owner, carriers: Carriers) -> CallStatus:
    """As `POST /api/v1/calls/{call_id}/end`: hang up."""
    return status_of(await carriers.calling.end(owner.organization_id, call_id))
