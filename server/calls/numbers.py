"""Numbers before anybody has drawn any: whoever is near may call the sample agents by name."""

from collections.abc import Mapping

import structlog

from server.agents.repository import AgentRepository
from server.calls.ports import CallFacts, Route
from server.channels.phone.port import Registration, Trunk
from server.kit.database import Database

TRUNK = "near"
DIRECT = "direct"
"""The trunk of addresses that are called without a provider."""
NEAR = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
"""This machine, and networks nobody reaches from outside."""
DEMO = "pk_demo_"

log = structlog.get_logger()


class SampleNumbers:
    """`server.calls.ports.Telephones` of a server with nothing set up."""

    def __init__(self, database: Database, demo: bool) -> None:
        self.database = database
        self.demo = demo

    async def trunks(self) -> tuple[Trunk, ...]:
        """One line for the neighbourhood, and one to call addresses without a provider."""
        near = (Trunk(TRUNK, "Callers near by", numbers=("*",), allowed=NEAR),) if self.demo else ()
        return (*near, Trunk(DIRECT, "Addresses"))

    async def route(self, trunk: str, caller: str, callee: str, headers: Mapping[str, str]) -> Route | None:
        """The sample agent of that name."""
        public_id = callee if callee.startswith(DEMO) else f"{DEMO}{callee}"
        async with self.database.system_session("a caller names a sample agent") as session:
            agent = await AgentRepository(session).find_public(public_id)
        if agent is None or agent.release_id is None:
            return None
        return Route(agent.organization_id, agent.id, agent.release_id)

    async def call_began(self, call: CallFacts) -> None:
        """Noted in the log only."""
        log.info("call began", call=call.id, session=call.session, caller=call.caller, callee=call.callee)

    async def call_changed(self, call_id: str, state: str, answered_by: str) -> None:
        """Noted in the log only."""
        log.info("call changed", call=call_id, state=state)

    async def call_ended(self, call_id: str, reason: str, code: int) -> None:
        """Noted in the log only."""
        log.info("call ended", call=call_id, reason=reason, code=code)

    def registered(self, registrations: tuple[Registration, ...]) -> None:
        """Nobody registers here."""
