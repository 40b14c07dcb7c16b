"""Tools in code: their schemas, and what calls of them come to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field

from engine.protocol import CallTool
from server.tools.call import Call
from server.tools.registry import Registry, Tool, ToolConfig, all_tools, function
from tests.server import flows
from tests.server.running import WAIT, Owner, application, settings_for


class LampConfig(ToolConfig):
    """Which lamp."""

    room: str = Field(min_length=1)


class Lamp(Tool):
    """Counts what it does. ``gate`` holds it back."""

    id = "lamp"
    title = "Lamp"
    description = "Lights a room."
    config = LampConfig

    def __init__(self) -> None:
        self.lit: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()

    @function(changes=True)
    async def light(self, call: Call, level: int, color: Literal["warm", "cold"] = "warm") -> Any:
        """Turns it on.

        level: How bright,
            in percent.
        color: Of the light.
        """
        await self.gate.wait()
        self.lit.append(level)
        return {"room": call.config.room, "level": level, "color": color, "watts": level / 10}

    @function()
    async def stories(self, call: Call, size: int) -> Any:
        """Tells as much as it is asked for."""
        return "x" * size

    @function()
    async def breaks(self, call: Call) -> Any:
        """Does not work."""
        raise RuntimeError("the bulb is secret")


class Room:
    """An agent with a lamp."""

    def __init__(self, owner: Owner, app: Any, lamp: Lamp, agent_id: str) -> None:
        self.owner, self.app, self.lamp, self.agent_id = owner, app, lamp, agent_id
        self.path = f"/agents/{agent_id}/tools/lamp"
        self.registry: Registry = app.state.server.toolhouse.registry

    async def put(self, **fields: Any) -> Any:
        return await self.owner.ask("PUT", self.path, json={"config": {"room": "hall"}, **fields})

    async def call(self, name: str, key: str, timeout: int = WAIT * 1000, **arguments: Any) -> Any:
        server = self.app.state.server
        box = server.toolhouse.of_agent(server.accounts.organization_id, self.agent_id)
        request = CallTool("e1", "n1", name, arguments, timeout)
        return await asyncio.wait_for(box.call(request, key), WAIT)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with application(settings_for(tmp_path, rest_limit=0, token_limit=0)) as (app, owner):
        lamp = Lamp()
        app.state.server.toolhouse.registry.add(lamp)
        agent = await owner.agent(flows.asking("Yes?"), publish=False)
        yield Room(owner, app, lamp, agent["id"])


def test_types_and_docstring_say_what_a_function_takes() -> None:
    light = Lamp().functions()["light"]
    assert light.description == "Turns it on." and light.changes
    schema = light.schema
    assert schema["required"] == ["level"] and schema["additionalProperties"] is False
    assert schema["properties"]["level"]["type"] == "integer"
    assert schema["properties"]["level"]["description"] == "How bright, in percent."
    assert schema["properties"]["color"]["enum"] == ["warm", "cold"]


@pytest.mark.parametrize("tool", all_tools(), ids=lambda tool: str(tool.id))
def test_every_tool_says_what_its_functions_and_arguments_are(tool: Tool) -> None:
    assert tool.id and tool.title and tool.description and bool(tool.functions()) is not tool.listed
    assert (tool.auth == "oauth2") == (tool.oauth is not None)
    for found in tool.functions().values():
        assert found.description, found.name
        for name, argument in found.schema["properties"].items():
            assert argument.get("description"), f"{found.name}: {name}"


async def test_the_registry_is_listed(room: Room) -> None:
    listed = (await room.owner.ask("GET", "/tools")).json()
    calendar, mcp, lamp = listed
    assert mcp["listed"] and not mcp["functions"] and not calendar["listed"]
    assert [f["name"] for f in calendar["functions"]] == ["free_busy", "create", "move", "cancel"]
    assert calendar["config_schema"]["properties"]["client_secret"]["format"] == "password"
    assert lamp["functions"][0]["arguments"]["required"] == ["level"]


async def test_a_tool_is_called_once_it_is_switched_on(room: Room) -> None:
    assert "not switched on" in (await room.call("lamp.light", "k0", level=1)).detail
    assert (await room.put(enabled=False)).status_code == 200
    assert "not switched on" in (await room.call("lamp.light", "k1", level=1)).detail
    await room.put()
    done = await room.call("lamp.light", "k2", level=5, color=None)
    assert done.value == {"room": "hall", "level": 5, "color": "warm", "watts": "0.5"}, "floats become text"
    await room.put(switched_off=["light"])
    assert "switched off" in (await room.call("lamp.light", "k3", level=1)).detail
    assert room.lamp.lit == [5]


async def test_arguments_are_held_against_the_schema(room: Room) -> None:
    await room.put()
    for arguments, told in (
        ({}, "level"),
        ({"level": "bright"}, "level"),
        ({"level": 1, "color": "red"}, "color"),
        ({"level": 1, "call": "x"}, "call"),
    ):
        refused = await room.call("lamp.light", f"k{arguments}", **arguments)
        assert refused.outcome == "error" and told in refused.detail
    assert room.lamp.lit == []


async def test_a_key_seen_before_answers_the_same_even_while_it_is_under_way(room: Room) -> None:
    await room.put()
    room.lamp.gate.clear()
    calls = [asyncio.create_task(room.call("lamp.light", "k", level=7)) for _ in range(3)]
    await asyncio.sleep(0)
    calls[0].cancel()
    room.lamp.gate.set()
    assert (await calls[1]) == (await calls[2]) == (await room.call("lamp.light", "k", level=7))
    assert room.lamp.lit == [7]


async def test_every_trouble_is_an_outcome(room: Room) -> None:
    await room.put()
    room.lamp.gate.clear()
    assert (await room.call("lamp.light", "k1", 50, level=1)).outcome == "timeout"
    broken = await room.call("lamp.breaks", "k2")
    assert broken.outcome == "error" and "secret" not in broken.detail
    large = await room.call("lamp.stories", "k3", size=70_000)
    assert large.outcome == "error" and "larger than 64 KB" in large.detail
    assert (await room.call("lamp.stories", "k4", size=60_000)).outcome == "ok"
    for name in ("lamp.__init__", "lamp.functions", "lamp", "nothing.at_all", "", "."):
        assert (await room.call(name, f"k {name}")).outcome == "error"


async def test_the_test_panel_calls_what_is_not_switched_on_yet(room: Room) -> None:
    trial = {"function": "light", "arguments": {"level": 3}}
    early = await room.owner.ask("POST", f"{room.path}/test", json=trial)
    assert early.status_code == 409 and early.json()["error"]["code"] == "TOOL_NOT_SET_UP"
    await room.put(enabled=False)
    tried = (await room.owner.ask("POST", f"{room.path}/test", json=trial)).json()
    assert tried["outcome"] == "ok" and tried["value"]["level"] == 3 and tried["milliseconds"] >= 0
    assert "no account" in (await room.owner.ask("POST", f"{room.path}/authorize")).text


async def test_settings_that_do_not_fit_are_refused_and_change_nothing(room: Room) -> None:
    await room.put()
    for config in ({}, {"room": ""}, {"room": "hall", "lamp": "red"}):
        answer = await room.owner.ask("PUT", room.path, json={"config": config, "enabled": False})
        assert answer.status_code == 422 and "settings do not fit" in answer.text
    assert (await room.owner.ask("GET", room.path)).json()["enabled"]
    nowhere = await room.owner.ask("PUT", f"/agents/{room.agent_id}/tools/toaster", json={})
    assert nowhere.status_code == 404


async def test_names_no_longer_in_code_are_kept_shown_and_never_called(room: Room) -> None:
    await room.put(switched_off=["flicker"])
    shown = (await room.owner.ask("GET", room.path)).json()
    assert ("flicker", False, True) in [(f["name"], f["enabled"], f["stale"]) for f in shown["functions"]]
    assert (await room.call("lamp.flicker", "k1")).outcome == "error"
    room.registry.drop("lamp")
    listed = (await room.owner.ask("GET", f"/agents/{room.agent_id}/tools")).json()
    stale = next(view for view in listed if view["tool"] == "lamp")
    assert stale["stale"] and stale["config"] == {"room": "hall"} and "no longer there" in stale["problem"]
    assert "here any more" in (await room.call("lamp.light", "k2", level=1)).detail
    assert room.lamp.lit == []
    assert (await room.owner.ask("DELETE", room.path)).status_code == 204
    assert (await room.owner.ask("GET", room.path)).status_code == 404
