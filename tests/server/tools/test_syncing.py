"""Tools in code and in the database."""

from pathlib import Path
from typing import Any

from server.tools.registry import Registry
from tests.server.running import Owner, application, settings_for
from tests.server.tools.test_registry import Lamp


async def listed(owner: Owner, query: str = "") -> dict[str, dict[str, Any]]:
    answer = await owner.ask("GET", f"/tools/platform{query}")
    assert answer.status_code == 200, answer.text
    return {tool["name"]: tool for tool in answer.json()}


async def test_what_a_version_brings_is_there_and_what_it_drops_is_known_as_inactive(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings) as (app, owner):
        house = app.state.toolhouse
        registry: Registry = house.registry
        registry.add(Lamp())
        await house.start()
        first = await listed(owner)
        assert list(first) == ["google_calendar", "lamp", "mcp"]
        assert [f["name"] for f in first["lamp"]["tool_functions_schema"]] == ["light", "stories", "breaks"]

    async with application(settings) as (app, owner):
        after = await listed(owner)
        assert {name: tool["is_active"] for name, tool in after.items()} == {
            "google_calendar": True,
            "lamp": False,
            "mcp": True,
        }
        assert list(await listed(owner, "?only_active=true")) == ["google_calendar", "mcp"]
        assert after["mcp"] == first["mcp"], "what did not change was not touched"
        assert after["lamp"]["created_at"] == first["lamp"]["created_at"]
        refused = await owner.ask("POST", "/tools/platform", json={"name": "lamp"})
        assert refused.status_code == 422
