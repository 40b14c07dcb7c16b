"""The tools of agents, by their other names."""

from typing import Any

import pytest

from tests.server import flows
from tests.server.running import Owner

GIVEN = {
    "tool_id": "google_calendar",
    "config": {"client_id": "c"},
    "sensitive_config": {"client_secret": "hidden-words"},
    "unselected_functions": ["cancel"],
}


@pytest.fixture
async def agent_id(owner: Owner) -> str:
    agent: dict[str, Any] = await owner.agent(flows.asking("Yes?"), publish=False)
    return str(agent["id"])


async def test_what_is_in_code_is_registered(owner: Owner) -> None:
    listed = (await owner.ask("GET", "/tools/platform?only_active=true")).json()
    assert [(t["name"], t["auth_type"], t["is_active"]) for t in listed] == [
        ("google_calendar", "oauth2", True),
        ("mcp", "secret", True),
    ]
    again = await owner.ask("POST", "/tools/platform", json={"name": "google_calendar"})
    assert again.json() == listed[0]
    unknown = await owner.ask("POST", "/tools/platform", json={"name": "toaster"})
    assert unknown.status_code == 422 and "written in code" in unknown.text


async def test_an_agent_is_given_a_tool_and_keeps_what_a_change_leaves_out(
    owner: Owner, agent_id: str
) -> None:
    made = await owner.ask("POST", "/tools/agent", json={**GIVEN, "agent_id": agent_id})
    assert made.status_code == 201 and "hidden-words" not in made.text
    tool = made.json()
    assert tool["sensitive_config"] == ["client_secret"] and tool["unselected_functions"] == ["cancel"]
    changed = await owner.ask("PUT", f"/tools/agent/{tool['id']}", json={"is_enabled": False})
    assert changed.json() == {**tool, "is_enabled": False, "updated_at": changed.json()["updated_at"]}
    assert tool["created_at"] <= tool["updated_at"] <= changed.json()["updated_at"]
    assert (await owner.ask("GET", f"/tools/agent/{agent_id}")).json() == [changed.json()]
    begun = await owner.ask(
        "GET", f"/tools/auth/google_calendar?agent_id={agent_id}", headers={"Host": "localhost"}
    )
    assert begun.json()["auth_url"].startswith("https://accounts.google.com/o/oauth2/v2/auth?")


async def test_nobody_comes_by_without_a_token_or_with_wrong_names(owner: Owner, agent_id: str) -> None:
    for path in (
        "/tools",
        "/tools/platform",
        f"/tools/agent/{agent_id}",
        "/tools/auth/google_calendar?agent_id=x",
    ):
        assert (await owner.client.get(f"/api/v1{path}")).status_code == 401, path
    elsewhere = await owner.ask("POST", "/tools/agent", json={**GIVEN, "agent_id": "ag_nobody"})
    assert elsewhere.status_code == 404
    assert (await owner.ask("PUT", "/tools/agent/agt_nothing", json={})).status_code == 404
    assert (await owner.ask("GET", "/tools/auth/google_calendar?agent_id=ag_nobody")).status_code == 404


async def test_who_reaches_this_server_must_be_known_before_somebody_is_sent_away(
    owner: Owner, agent_id: str
) -> None:
    await owner.ask("POST", "/tools/agent", json={**GIVEN, "agent_id": agent_id})
    begun = await owner.ask(
        "POST", f"/agents/{agent_id}/tools/google_calendar/authorize", headers={"Host": "evil.example"}
    )
    assert begun.status_code == 400 and "PARLEY_PUBLIC_URL" in begun.text
