"""Before anybody has drawn a trunk: whoever is near may call the sample agents by name."""

from server.agents.repository import AgentRepository
from server.calls.ports import Route
from server.channels.phone.port import Trunk
from server.kit.addresses import own_address
from server.kit.database import Database

TRUNK = "near"
DIRECT = "direct"
"""The trunk of addresses that are called without a provider."""
NEAR = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
"""This machine, and networks nobody reaches from outside."""
DEMO = "pk_demo_"


class NearBy:
    """The neighbourhood's line, open while this is a demo."""

    def __init__(self, database: Database, demo: bool) -> None:
        self.database = database
        self.demo = demo

    def trunks(self) -> tuple[Trunk, ...]:
        """One line in, and one out to addresses."""
        near = (
            (Trunk(TRUNK, "Callers near by", numbers=("*",), allowed=(*NEAR, own_address())),)
            if self.demo
            else ()
        )
        return (*near, Trunk(DIRECT, "Addresses"))

    async def route(self, callee: str) -> Route | None:
        """The sample agent of that name."""
        public_id = callee if callee.startswith(DEMO) else f"{DEMO}{callee}"
        async with self.database.system_session("a caller names a sample agent") as session:
            agent = await AgentRepository(session).find_public(public_id)
        if not self.demo or agent is None or agent.release_id is None:
            return None
        return Route(agent.organization_id, agent.id, agent.release_id)
