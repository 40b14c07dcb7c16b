"""Carriers, as another of the documents names them: a *provider* is a trunk, the *current* one is what calls out go
by when nobody says."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from server.calls.ends import ENDS
from server.kit.clock import Clock
from server.kit.database import Database
from server.kit.errors import ApiError, ErrorCode
from server.telephony.calling import CallingService
from server.telephony.repository import TelephonyRepository
from server.telephony.schemas import CallCreate, CallView, Header, TrunkView
from server.telephony.service import TelephonyService

CAPABILITIES = ["voice", "recording", "dtmf", "transfer"]
STATUS = {"registered": "active", "off": "active", "registering": "connecting", "failed": "failed"}
CALL_STATUS = {"dialing": "initiated", "ringing": "ringing", "up": "in_progress", "ended": "completed"}
FAILED = {name for name, end in ENDS.items() if end.fault != "nobody"}


class Carrier(BaseModel):
    """A trunk."""

    name: str
    capabilities: list[str]
    status: str = Field(description="`active`, `connecting` or `failed`.")
    detail: str = ""


class CarriersView(BaseModel):
    """All trunks by id; ``current_provider`` is empty where there is none."""

    available_providers: list[str]
    current_provider: str
    providers: dict[str, Carrier]


class CarrierView(Carrier):
    """One trunk."""

    provider: str


class SwitchBody(BaseModel):
    """The id or the name of a trunk."""

    provider: Annotated[str, Field(min_length=1, max_length=200)]


class InitiateOptions(BaseModel):
    """``transcription`` is always on: what is heard is in the session's log."""

    recording: bool = False
    transcription: bool = True


class InitiateBody(BaseModel):
    """Whom to call. Without an agent: the one that the current trunk's first number reaches."""

    phone_number: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(str.strip)]
    agent_id: Annotated[str, Field(max_length=200)] = ""
    caller_id: Header = ""
    options: InitiateOptions = InitiateOptions()


class CallStatus(BaseModel):
    """A call: ``initiated``, ``ringing``, ``in_progress``, ``completed`` or ``failed``."""

    call_id: str
    status: str
    session_id: str
    duration: int
    reason: str
    message: str


class CarrierService:
    """Looks at trunks as carriers, and calls by the current one."""

    def __init__(
        self, database: Database, clock: Clock, telephony: TelephonyService, calling: CallingService
    ) -> None:
        self.database = database
        self.clock = clock
        self.telephony = telephony
        self.calling = calling

    async def all(self, organization_id: str) -> CarriersView:
        """Every trunk."""
        trunks = await self.telephony.trunks_of(organization_id)
        return CarriersView(
            available_providers=[trunk.id for trunk in trunks],
            current_provider=await self._current(organization_id),
            providers={trunk.id: Carrier(**_facts(trunk)) for trunk in trunks},
        )

    async def one(self, organization_id: str, provider: str) -> CarrierView:
        """One trunk, by its id or its name; raises `ApiError`."""
        trunk = await self._find(organization_id, provider)
        return CarrierView(provider=trunk.id, **_facts(trunk))

    async def current(self, organization_id: str) -> CarrierView:
        """What calls out go by; raises `ApiError` when there is no trunk."""
        provider = await self._current(organization_id)
        if not provider:
            raise ApiError(ErrorCode.TRUNK_NOT_FOUND, "There is no trunk yet. Add one.")
        return await self.one(organization_id, provider)

    async def switch(self, organization_id: str, provider: str) -> CarrierView:
        """Calls out go by this trunk from now on; live calls stay. Raises `ApiError`."""
        trunk = await self._find(organization_id, provider)
        async with self.database.write(organization_id) as session:
            (await TelephonyRepository(session).trunk(trunk.id)).chosen_at = self.clock.now_ms()
        return CarrierView(provider=trunk.id, **_facts(trunk))

    async def initiate(self, organization_id: str, wanted: InitiateBody) -> CallStatus:
        """Call somebody; raises `ApiError`."""
        agent = wanted.agent_id or await self._agent(organization_id)
        call = CallCreate(
            agent_id=agent,
            to=wanted.phone_number,
            caller_id=wanted.caller_id,
            recorded=wanted.options.recording,
        )
        return status_of(await self.calling.place(organization_id, call))

    async def _current(self, organization_id: str) -> str:
        async with self.database.read(organization_id) as session:
            chosen = await TelephonyRepository(session).chosen_trunk()
        return chosen.id if chosen is not None else ""

    async def _agent(self, organization_id: str) -> str:
        current = await self._current(organization_id)
        async with self.database.read(organization_id) as session:
            numbers = await TelephonyRepository(session).numbers(current) if current else ()
        if not numbers:
            raise ApiError(
                ErrorCode.AGENT_NOT_FOUND,
                "Say which agent calls (agent_id), or give the trunk a number with one.",
            )
        return numbers[0].agent_id

    async def _find(self, organization_id: str, provider: str) -> TrunkView:
        trunks = await self.telephony.trunks_of(organization_id)
        for trunk in trunks:
            if provider in (trunk.id, trunk.name):
                return trunk
        raise ApiError(ErrorCode.TRUNK_NOT_FOUND, f"There is no trunk {provider[:100]!r}.")


def status_of(call: CallView) -> CallStatus:
    """A call in the other document's words."""
    status = CALL_STATUS.get(call.state, call.state)
    if status == "completed" and call.reason in FAILED:
        status = "failed"
    return CallStatus(
        call_id=call.id,
        status=status,
        session_id=call.session_id,
        duration=call.seconds,
        reason=call.reason,
        message=call.words,
    )


def _facts(trunk: TrunkView) -> dict[str, Any]:
    return {
        "name": trunk.name,
        "capabilities": CAPABILITIES,
        "status": STATUS.get(trunk.registration, trunk.registration),
        "detail": trunk.detail,
    }
