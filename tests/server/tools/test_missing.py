"""Publishing a flow whose functions the agent does not have."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.running import Owner, application, settings_for
from tests.server.tools.mcp_peer import LOOK, TOKEN, Peer, peer
from tests.server.tools.test_calendar import CONFIG, booking


class Shop:
    """An agent that makes appointments; ``publish`` answers with what is missing."""

    def __init__(self, owner: Owner, there: Peer, agent_id: str) -> None:
        self.owner, self.peer, self.agent_id = owner, there, agent_id

    async def publish(self) -> Any:
        answer = await self.owner.ask("POST", f"/agents/{self.agent_id}/publish")
        assert answer.status_code == 200, answer.text
        return [f for f in answer.json()["findings"] if f["code"] == "T001"]

    async def set_up(self, tool: str, **fields: Any) -> None:
        answer = await self.owner.ask("PUT", f"/agents/{self.agent_id}/tools/{tool}", json=fields)
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with peer() as there:
        settings = settings_for(tmp_path, rest_limit=0, token_limit=0, http_allow=(there.endpoint,))
        async with application(settings) as (_, owner):
            agent = await owner.agent(booking(), publish=False)
            yield Shop(owner, there, agent["id"])


async def test_publishing_says_what_the_agent_lacks_and_what_to_do(shop: Shop) -> None:
    (finding,) = await shop.publish()
    assert (finding["severity"], finding["nodes"]) == ("warning", ["n_book"])
    assert finding["field"] == "functions.book.tool"
    assert '"book" calls "google_calendar.create"' in finding["message"]
    assert "not set up" in finding["message"] and "Set it up in the agent's tools" in finding["fix"]
    await shop.set_up("google_calendar", config=CONFIG, switched_off=["create"])
    assert "Switch it on" in (await shop.publish())[0]["fix"]
    await shop.set_up("google_calendar", config=CONFIG, enabled=False)
    assert "switched off for this agent" in (await shop.publish())[0]["message"]
    await shop.set_up("google_calendar", config=CONFIG)
    assert await shop.publish() == []


@pytest.mark.parametrize(
    ("target", "words", "fix"),
    [
        ("toaster.toast", 'there is no tool "toaster"', "google_calendar, mcp"),
        ("google_calendar.paint", 'no function "paint"', "free_busy, create, move, cancel"),
        ("mcp_orders.cancel", 'no function "cancel"', "look_up. Or have it list them again"),
        ("mcp_orders.look_up", "", ""),
    ],
)
async def test_names_there_are_not_are_told_with_those_there_are(
    shop: Shop, target: str, words: str, fix: str
) -> None:
    shop.peer.tools = [LOOK]
    await shop.set_up("google_calendar", config=CONFIG)
    await shop.set_up("mcp_orders", config={"address": f"{shop.peer.url}/mcp", "token": TOKEN})
    flow = booking()
    flow["functions"]["book"]["tool"] = target
    await shop.owner.save(shop.agent_id, flow)
    found = await shop.publish()
    if not words:
        assert found == []
        return
    assert words in found[0]["message"] and fix in found[0]["fix"]
