"""MCP servers as tools, through the whole server: what they offer, calls, and all that they do wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.protocol import CallTool
from tests.server import flows
from tests.server.running import WAIT, Owner, application, settings_for
from tests.server.tools.mcp_peer import CANCEL, LOOK, TOKEN, Peer, peer


class Desk:
    """An agent with an MCP server."""

    def __init__(self, owner: Owner, app: Any, there: Peer, agent_id: str, data: Path) -> None:
        self.owner, self.app, self.peer, self.agent_id, self.data = owner, app, there, agent_id, data
        self.path = f"/agents/{agent_id}/tools/mcp_orders"

    async def put(self, **fields: Any) -> Any:
        config = {"address": f"{self.peer.url}/mcp", "token": TOKEN} | fields.pop("config", {})
        answer = await self.owner.ask("PUT", self.path, json={"config": config, **fields})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def view(self) -> Any:
        return (await self.owner.ask("GET", self.path)).json()

    async def refresh(self) -> Any:
        answer = await self.owner.ask("POST", f"{self.path}/refresh")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def call(self, function: str, key: str = "k", timeout: int = WAIT * 1000, **arguments: Any) -> Any:
        """As a talk calls it."""
        server = self.app.state.server
        box = server.toolhouse.of_agent(server.accounts.organization_id, self.agent_id)
        request = CallTool("e1", "n1", f"mcp_orders.{function}", arguments, timeout)
        return await asyncio.wait_for(box.call(request, key), WAIT)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with peer() as there:
        settings = settings_for(tmp_path, rest_limit=0, token_limit=0, http_allow=(there.endpoint,))
        async with application(settings) as (app, owner):
            agent = await owner.agent(flows.asking("Yes?"))
            desk = Desk(owner, app, there, agent["id"], settings.data)
            await desk.put()
            yield desk


async def test_its_tools_are_functions_of_the_agent(desk: Desk) -> None:
    view = await desk.view()
    assert (view["title"], view["problem"], view["secrets"]) == ("MCP server orders", "", ["token"])
    shown = [(f["name"], f["description"], f["changes"], f["enabled"]) for f in view["functions"]]
    assert shown == [
        ("look_up", "Looks an order up.", False, True),
        ("cancel", "Cancels an order.", True, True),
    ]
    assert view["functions"][0]["arguments"] == LOOK["inputSchema"]
    found = await desk.call("look_up", number=7, weight="1.5")
    assert (found.outcome, found.value) == ("ok", {"state": "sent", "weight": "1.5"})
    assert desk.peer.calls[-1]["arguments"] == {"number": 7, "weight": 1.5}


async def test_a_call_carries_its_key_and_the_headers_that_were_set(desk: Desk) -> None:
    await desk.put(config={"headers": "X-Shop: north\n"})
    await desk.call("cancel", "key-1", number=7)
    assert desk.peer.calls[-1]["_meta"]["parley/idempotency-key"] == "key-1"
    assert desk.peer.headers["X-Shop"] == "north"
    assert await desk.call("cancel", "key-1", number=7) and len(desk.peer.calls) == 1
    assert desk.peer.seen["DELETE"] == desk.peer.seen["initialize"], "sessions are ended"


async def test_an_answer_may_come_as_a_stream_and_as_data(desk: Desk) -> None:
    desk.peer.how, desk.peer.listing = "stream", "stream"
    await desk.refresh()
    desk.peer.result = {"content": [], "structuredContent": {"left": [1, 2]}}
    assert (await desk.call("look_up", number=7)).value == {"left": [1, 2]}
    picture = {"type": "image", "data": "eA==", "mimeType": "image/png"}
    desk.peer.result = {"content": [{"type": "text", "text": "Here"}, picture]}
    shown = (await desk.call("look_up", "k2", number=7)).value
    assert shown == ["Here", {"type": "image", "mime_type": "image/png"}]


@pytest.mark.parametrize(
    ("how", "look", "cancel", "words"),
    [
        ("error", "error", "error", "Unknown tool"),
        ("failed", "error", "error", "sent already"),
        ("slow", "timeout", "unknown", ""),
        ("cut", "error", "unknown", "broke"),
        ("garbage", "error", "unknown", "makes no sense"),
        ("html", "error", "unknown", "content type"),
        ("down", "error", "unknown", "status 503"),
        ("large", "error", "unknown", "larger than"),
        ("endless", "error", "unknown", "more than 500 messages"),
        ("packed", "error", "unknown", "packs"),
        ("away", "error", "unknown", "status 307"),
    ],
)
async def test_whatever_it_does_a_call_ends_and_says_how(
    desk: Desk, how: str, look: str, cancel: str, words: str
) -> None:
    desk.peer.how = how
    timeout = 3000 if how == "slow" else WAIT * 1000
    for function, outcome in (("look_up", look), ("cancel", cancel)):
        came = await desk.call(function, function, timeout, number=7)
        assert (came.outcome, came.value) == (outcome, None), came
        assert words in came.detail, came
    desk.peer.how = "json"
    assert (await desk.call("look_up", "after", number=7)).outcome == "ok"


async def test_a_server_that_does_not_let_go_holds_up_no_answer(desk: Desk) -> None:
    desk.peer.how = "clinging"
    assert (await desk.call("cancel", number=7)).outcome == "ok"


async def test_arguments_that_do_not_fit_are_not_sent(desk: Desk) -> None:
    for arguments in ({}, {"number": 0}, {"number": "seven"}, {"number": 7, "more": 1}):
        came = await desk.call("look_up", str(arguments), **arguments)
        assert came.outcome == "error" and "do not fit" in came.detail and "seven" not in came.detail
    assert not desk.peer.calls


async def test_what_it_no_longer_offers_is_stale_and_never_called(desk: Desk) -> None:
    desk.peer.tools = [LOOK, {**CANCEL, "name": "stop"}]
    view = await desk.refresh()
    assert [(f["name"], f["stale"]) for f in view["functions"]] == [
        ("look_up", False),
        ("stop", False),
        ("cancel", True),
    ]
    gone = await desk.call("cancel", number=7)
    assert gone.outcome == "error" and 'no function "cancel"' in gone.detail and not desk.peer.calls
    desk.peer.tools = [LOOK, CANCEL]
    assert ("stop", True) in [(f["name"], f["stale"]) for f in (await desk.refresh())["functions"]]
    assert (await desk.call("cancel", "again", number=7)).outcome == "ok"


async def test_what_comes_back_is_switched_as_it_was(desk: Desk) -> None:
    await desk.put(switched_off=["cancel"])
    desk.peer.tools = []
    gone = (await desk.refresh())["functions"]
    assert [(f["name"], f["enabled"], f["stale"]) for f in gone] == [
        ("look_up", True, True),
        ("cancel", False, True),
    ]
    desk.peer.tools = [LOOK, CANCEL]
    back = (await desk.refresh())["functions"]
    assert [(f["name"], f["enabled"], f["stale"]) for f in back] == [
        ("look_up", True, False),
        ("cancel", False, False),
    ]


async def test_single_functions_are_switched_off(desk: Desk) -> None:
    asked = desk.peer.seen["tools/list"]
    await desk.put(switched_off=["cancel"])
    assert desk.peer.seen["tools/list"] == asked, "for a switch nobody is asked again"
    assert "switched off" in (await desk.call("cancel", number=7)).detail
    await desk.put(enabled=False)
    assert "not switched on" in (await desk.call("look_up", "k2", number=7)).detail
    assert not desk.peer.calls


async def test_when_it_cannot_be_asked_what_it_offered_stays(desk: Desk) -> None:
    for how in ("cut", "html", "large", "down"):
        desk.peer.listing = how
        view = await desk.refresh()
        assert "could not be listed" in view["problem"], how
        assert [f["name"] for f in view["functions"]] == ["look_up", "cancel"]
    desk.peer.listing = "json"
    assert (await desk.refresh())["problem"] == ""


async def test_a_wrong_token_is_told_and_the_right_one_is_sealed(desk: Desk) -> None:
    view = await desk.put(config={"token": "another-word"})
    assert "refused this agent" in view["problem"]
    assert (await desk.put())["problem"] == ""
    kept = b"".join(file.read_bytes() for file in desk.data.glob("parley.db*"))
    assert b"mcp_orders" in kept and TOKEN.encode() not in kept
    assert TOKEN not in (await desk.owner.ask("GET", desk.path)).text


async def test_private_addresses_are_called_only_where_the_deployment_allows_it(desk: Desk) -> None:
    for address in ("http://127.0.0.1:1/mcp", "http://[::1]/mcp", "http://localhost/mcp"):
        view = await desk.put(config={"address": address})
        assert "may not be called" in view["problem"] or "private address" in view["problem"], view


@pytest.mark.parametrize(
    "config",
    [
        {"address": "file:///etc/passwd"},
        {"address": "https://user@elsewhere.example/mcp"},
        {"headers": "no header"},
        {"headers": "Host: elsewhere"},
        {"headers": "Mcp-Session-Id: 1"},
        {"token": "two words"},
    ],
)
async def test_settings_that_make_no_sense_are_refused(desk: Desk, config: dict[str, str]) -> None:
    given = {"address": f"{desk.peer.url}/mcp", **config}
    answer = await desk.owner.ask("PUT", desk.path, json={"config": given})
    assert answer.status_code == 422 and "settings do not fit" in answer.text
    assert (await desk.view())["problem"] == "", "nothing changed"


async def test_tools_that_cannot_be_used_are_left_out_and_named(desk: Desk) -> None:
    endless: dict[str, Any] = {"type": "object"}
    for _ in range(40):
        endless = {"type": "object", "properties": {"x": endless}}
    wide = {"type": "object", "description": "x" * 25_000}
    desk.peer.tools = [
        LOOK,
        {"name": "a b", "inputSchema": {"type": "object"}},
        {"name": "remote", "inputSchema": {"type": "object", "$ref": "http://127.0.0.1:1/schema"}},
        {"name": "wrong", "inputSchema": {"type": "object", "properties": {"a": {"type": 7}}}},
        {"name": "huge", "inputSchema": {"type": "object", "description": "x" * 40_000}},
        {"name": "deep", "inputSchema": endless},
        *({"name": f"wide{i}", "inputSchema": wide} for i in range(12)),
        LOOK,
    ]
    view = await desk.refresh()
    kept = [f["name"] for f in view["functions"] if not f["stale"]]
    assert kept == ["look_up", "deep", *(f"wide{i}" for i in range(10))]
    for name in ("a b", "remote", "wrong", "huge", "look_up", "wide10", "wide11"):
        assert f'"{name}"' in view["problem"], view["problem"]


async def test_an_agent_has_several_and_they_go_one_by_one(desk: Desk) -> None:
    other = f"/agents/{desk.agent_id}/tools/mcp"
    config = {"address": f"{desk.peer.url}/mcp", "token": TOKEN}
    assert (await desk.owner.ask("PUT", other, json={"config": config})).status_code == 200
    listed = (await desk.owner.ask("GET", f"/agents/{desk.agent_id}/tools")).json()
    assert [(t["tool"], bool(t["id"])) for t in listed if t["tool"].startswith("mcp")] == [
        ("mcp", True),
        ("mcp_orders", True),
    ]
    assert (await desk.owner.ask("DELETE", desk.path)).status_code == 204
    assert "not switched on" in (await desk.call("look_up", number=7)).detail
    assert (await desk.owner.ask("POST", f"{other}/refresh")).status_code == 200
    for name in ("mcp_", "mcp_A", "lamp_x", "google_calendar_x"):
        answer = await desk.owner.ask("PUT", f"/agents/{desk.agent_id}/tools/{name}", json={"config": config})
        assert answer.status_code == 404, name
