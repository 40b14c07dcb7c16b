"""Calling out: a session on an agent's release, and the telephone that brings somebody to it."""

from server.agents.repository import AgentRepository
from server.calls.ports import CallFacts
from server.calls.service import CallService
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id
from server.sessions.host import Beginning, SessionHost
from server.telephony.near import DIRECT
from server.telephony.repository import TelephonyRepository
from server.telephony.schemas import CallCreate, CallView
from server.telephony.service import TelephonyService
from server.workers import wire


class CallingService:
    """Places calls and ends them."""

    def __init__(self, telephony: TelephonyService, host: SessionHost, calls: CallService) -> None:
        self.telephony = telephony
        self.host = host
        self.calls = calls

    async def place(self, organization_id: str, wanted: CallCreate) -> CallView:
        """Call somebody; raises `ApiError`. It is ``dialing`` when this returns."""
        async with self.host.database.read(organization_id) as session:
            agent = await AgentRepository(session).get(wanted.agent_id)
            repository = TelephonyRepository(session)
            trunk = wanted.trunk_id
            if not trunk:
                chosen = await repository.chosen_trunk()
                trunk = chosen.id if chosen is not None else DIRECT
            elif trunk != DIRECT:
                trunk = (await repository.trunk(trunk)).id
        if agent.release_id is None:
            raise ApiError(ErrorCode.AGENT_NOT_PUBLISHED)
        if trunk == DIRECT and not wanted.to.startswith(("sip:", "sips:")):
            raise ApiError(
                ErrorCode.TRUNK_NOT_FOUND,
                "A number needs a trunk to a provider; add one, or give a sip: address.",
            )
        if self.calls.phone.edge(trunk) is None:
            raise ApiError(ErrorCode.SERVER_BUSY, "No telephone line is free.", headers={"Retry-After": "10"})
        live = await self.host.begin(
            Beginning(
                organization_id=organization_id,
                agent_id=agent.id,
                release_id=agent.release_id,
                channel="phone",
                modality="voice",
                inputs=wanted.inputs,
                visitor_id=wanted.to,
            ),
            speak=False,
        )
        call = new_id("call")
        facts = CallFacts(
            call, "out", trunk, wanted.caller_id, wanted.to, live.ref.session, organization_id, agent.id
        )
        await self.telephony.call_began(facts)
        dial = wire.Dial(
            call,
            trunk,
            wanted.to,
            wanted.caller_id,
            wanted.ring_seconds * 1000,
            wanted.longest_seconds * 1000,
            wanted.detect_machine,
            wanted.headers,
        )
        await self.calls.phone.dial(live, dial, recorded=wanted.recorded)
        return await self.telephony.call_of(organization_id, call)

    async def end(self, organization_id: str, call_id: str) -> CallView:
        """End a call; one that is over stays over. Raises `ApiError`."""
        await self.telephony.call_of(organization_id, call_id)
        self.calls.phone.hang_up(call_id)
        return await self.telephony.call_of(organization_id, call_id)
