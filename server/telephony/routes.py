"""Routes: trunks, numbers, calls."""

from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Query, Request

from server.accounts.access import Owner, owner_responses
from server.kit.errors import ErrorCode
from server.kit.pagination import Page, PagingQuery
from server.telephony.calling import CallingService
from server.telephony.schemas import CallCreate, CallView, NumberFields, NumberView, TrunkFields, TrunkView
from server.telephony.service import TelephonyService

router = APIRouter(tags=["telephony"])
NO_TRUNK = owner_responses(ErrorCode.TRUNK_NOT_FOUND)
NO_CALL = owner_responses(ErrorCode.CALL_NOT_FOUND)


def _telephony(request: Request) -> TelephonyService:
    return cast(TelephonyService, request.app.state.telephony)


def _calling(request: Request) -> CallingService:
    return cast(CallingService, request.app.state.calling)


Telephony = Annotated[TelephonyService, Depends(_telephony)]
Calling = Annotated[CallingService, Depends(_calling)]


@router.get("/trunks", responses=owner_responses())
async def list_trunks(owner: Owner, telephony: Telephony) -> list[TrunkView]:
    """The lines to providers, and how each stands."""
    return await telephony.trunks_of(owner.organization_id)


@router.post("/trunks", status_code=201, responses=owner_responses())
async def add_trunk(fields: TrunkFields, owner: Owner, telephony: Telephony) -> TrunkView:
    """A new line to a provider or a PBX."""
    return await telephony.add_trunk(owner.organization_id, fields)


@router.get("/trunks/{trunk_id}", responses=NO_TRUNK)
async def get_trunk(trunk_id: str, owner: Owner, telephony: Telephony) -> TrunkView:
    """One line; the password is never shown."""
    return await telephony.trunk_of(owner.organization_id, trunk_id)


@router.put("/trunks/{trunk_id}", responses=NO_TRUNK)
async def change_trunk(trunk_id: str, fields: TrunkFields, owner: Owner, telephony: Telephony) -> TrunkView:
    """Replace it; an empty password leaves the one it has. Live calls stay."""
    return await telephony.change_trunk(owner.organization_id, trunk_id, fields)


@router.delete("/trunks/{trunk_id}", status_code=204, responses=NO_TRUNK)
async def remove_trunk(trunk_id: str, owner: Owner, telephony: Telephony) -> None:
    """Remove it with its numbers; live calls stay."""
    await telephony.remove_trunk(owner.organization_id, trunk_id)


@router.get("/numbers", responses=owner_responses())
async def list_numbers(owner: Owner, telephony: Telephony) -> list[NumberView]:
    """The numbers, and whom each reaches."""
    return await telephony.numbers_of(owner.organization_id)


@router.post(
    "/numbers",
    status_code=201,
    responses=owner_responses(ErrorCode.TRUNK_NOT_FOUND, ErrorCode.AGENT_NOT_FOUND),
)
async def add_number(fields: NumberFields, owner: Owner, telephony: Telephony) -> NumberView:
    """Let a number reach an agent; a number that is there already reaches the new one."""
    return await telephony.add_number(owner.organization_id, fields)


@router.delete("/numbers/{number_id}", status_code=204, responses=owner_responses(ErrorCode.NUMBER_NOT_FOUND))
async def remove_number(number_id: str, owner: Owner, telephony: Telephony) -> None:
    """Callers of it are told that there is no such number."""
    await telephony.remove_number(owner.organization_id, number_id)


@router.get("/calls", responses=owner_responses())
async def list_calls(
    owner: Owner,
    telephony: Telephony,
    paging: PagingQuery,
    state: Annotated[str, Query(max_length=20)] = "",
    direction: Literal["", "in", "out"] = "",
) -> Page[CallView]:
    """Calls, newest first."""
    return await telephony.calls_of(owner.organization_id, paging, state, direction)


@router.post(
    "/calls",
    status_code=202,
    responses=owner_responses(
        ErrorCode.AGENT_NOT_FOUND,
        ErrorCode.AGENT_NOT_PUBLISHED,
        ErrorCode.TRUNK_NOT_FOUND,
        ErrorCode.SERVER_BUSY,
    ),
)
async def place_call(wanted: CallCreate, owner: Owner, calling: Calling) -> CallView:
    """Call somebody: the agent speaks once they answer. Look at the call to see how it goes."""
    return await calling.place(owner.organization_id, wanted)


@router.get("/calls/{call_id}", responses=NO_CALL)
async def get_call(call_id: str, owner: Owner, telephony: Telephony) -> CallView:
    """One call."""
    return await telephony.call_of(owner.organization_id, call_id)


@router.post("/calls/{call_id}/end", responses=NO_CALL)
async def end_call(call_id: str, owner: Owner, calling: Calling) -> CallView:
    """Hang up."""
    return await calling.end(owner.organization_id, call_id)
