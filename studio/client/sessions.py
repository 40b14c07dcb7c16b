"""Talks that were held with an agent."""

from urllib.parse import quote

import msgspec

from studio.client.api import Api


class PastSession(msgspec.Struct, frozen=True):
    """A session as the server lists it."""

    id: str
    agent_id: str
    release_id: str
    channel: str
    status: str
    outcome: str
    started_at: str


async def newest_sessions(api: Api, agent_id: str = "", limit: int = 12) -> list[PastSession]:
    """The newest talks, of one agent when it is named. Raises `ServerTrouble`."""
    of = f"&agent_id={quote(agent_id)}" if agent_id else ""
    body, _ = await api.call("GET", f"/api/v1/sessions?limit={limit}{of}")
    return [msgspec.convert(item, PastSession) for item in body["items"]]
