"""Google Calendar, through the whole server: connecting, calling, and all that goes wrong."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.conversation.ports import Toolbox
from engine.protocol import CallTool
from tests.server import flows
from tests.server.language.test_talking import said, told
from tests.server.running import WAIT, Owner, application, settings_for
from tests.server.tools.google import CLIENT, SECRET, Google, google

CONFIG = {"client_id": CLIENT, "client_secret": SECRET, "time_zone": "Europe/Berlin"}
DINNER = {"title": "Dinner", "start": "2026-11-27T19:30", "end": "2026-11-27T21:00"}
EVENING = {"start": "2026-11-27T18:00", "end": "2026-11-27T23:00"}


class Desk:
    """An agent whose calendar is connected."""

    def __init__(self, owner: Owner, app: Any, there: Google, agent_id: str, data: Path) -> None:
        self.owner, self.app, self.google, self.agent_id, self.data = owner, app, there, agent_id, data
        self.path = f"/agents/{agent_id}/tools/google_calendar"

    @property
    def toolbox(self) -> Toolbox:
        server = self.app.state.server
        box: Toolbox = server.toolhouse.of_agent(server.accounts.organization_id, self.agent_id)
        return box

    async def call(self, function: str, key: str = "k", timeout: int = WAIT * 1000, **arguments: Any) -> Any:
        """As a talk calls it."""
        request = CallTool("e1", "n1", f"google_calendar.{function}", arguments, timeout)
        return await asyncio.wait_for(self.toolbox.call(request, key), WAIT)

    async def address(self) -> str:
        headers = {"Host": "localhost"}
        answer = await self.owner.ask("POST", f"{self.path}/authorize", headers=headers)
        assert answer.status_code == 200, answer.text
        address: str = answer.json()["address"]
        return address

    async def back(self, query: dict[str, str]) -> Any:
        """Somebody comes back, without any token of ours."""
        return await self.owner.client.get("/api/v1/tools/callback", params=query)

    async def connect(self) -> None:
        answer = await self.back(self.google.allow(await self.address()))
        assert answer.status_code == 200 and "Google Calendar is connected" in answer.text, answer.text

    async def connection(self) -> str:
        return str((await self.owner.ask("GET", self.path)).json()["connection"])


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with google() as there:
        allow = (there.url.removeprefix("http://"),)
        settings = settings_for(tmp_path, rest_limit=0, token_limit=0, http_allow=allow)
        async with application(settings) as (app, owner):
            app.state.server.toolhouse.registry.add(there.tool())
            agent = await owner.agent(flows.asking("Yes?"))
            desk = Desk(owner, app, there, agent["id"], settings.data)
            put = await owner.ask("PUT", desk.path, json={"config": CONFIG})
            assert put.status_code == 200, put.text
            yield desk


async def test_an_account_is_connected_and_the_calendar_says_what_is_free(desk: Desk) -> None:
    assert await desk.connection() == "missing"
    assert "Connect one" in (await desk.call("free_busy", "before", **EVENING)).detail
    await desk.connect()
    assert await desk.connection() == "connected"
    desk.google.busy = [{"start": "2026-11-27T18:30:00Z", "end": "2026-11-27T20:00:00Z"}]
    found = await desk.call("free_busy", **EVENING)
    assert found.outcome == "ok", found
    assert found.value == {
        "busy": [{"start": "2026-11-27T19:30", "end": "2026-11-27T21:00"}],
        "free": [
            {"start": "2026-11-27T18:00", "end": "2026-11-27T19:30"},
            {"start": "2026-11-27T21:00", "end": "2026-11-27T23:00"},
        ],
    }


async def test_an_appointment_is_made_moved_and_cancelled(desk: Desk) -> None:
    await desk.connect()
    made = (await desk.call("create", "k1", **DINNER, guest="ada@example.com")).value
    assert (made["title"], made["start"], made["end"]) == ("Dinner", "2026-11-27T19:30", "2026-11-27T21:00")
    moved = await desk.call("move", "k2", event=made["id"], start="2026-11-28T20:00")
    assert moved.value == {**made, "start": "2026-11-28T20:00", "end": "2026-11-28T21:30"}
    for key in ("k3", "k4"):
        gone = await desk.call("cancel", key, event=made["id"])
        assert gone.value == {"id": made["id"], "cancelled": True}
    assert "no such" in (await desk.call("cancel", "k5", event="another")).detail


async def test_the_same_key_makes_one_event_even_after_a_restart(desk: Desk) -> None:
    await desk.connect()
    first, again = await asyncio.gather(*(desk.call("create", "k1", **DINNER) for _ in range(2)))
    assert first == again and desk.google.seen["POST /calendars/primary/events"] == 1
    await desk.app.state.server.toolhouse.runner.aclose()
    assert await desk.call("create", "k1", **DINNER) == first
    assert desk.google.seen["POST /calendars/primary/events"] == 2 and len(desk.google.events) == 1


async def test_what_came_of_a_change_is_unknown_when_the_answer_is_lost(desk: Desk) -> None:
    await desk.connect()
    desk.google.cuts = True
    lost = await desk.call("create", "k1", **DINNER)
    assert lost.outcome == "unknown" and "not known" in lost.detail and len(desk.google.events) == 1
    desk.google.cuts, desk.google.silent = False, True
    late = await desk.call("create", "k2", 3000, **DINNER)
    assert late.outcome == "unknown"
    desk.google.silent, desk.google.garbled = False, True
    assert (await desk.call("create", "k3", **DINNER)).outcome == "unknown"


async def test_two_talks_renew_a_token_once(desk: Desk) -> None:
    desk.google.life = 1
    await desk.connect()
    desk.google.life, desk.google.held = 3600, asyncio.Event()
    talks = [asyncio.create_task(desk.call("free_busy", f"k{i}", **EVENING)) for i in range(2)]
    async with asyncio.timeout(WAIT):
        while desk.google.seen["POST /token"] < 2:
            await asyncio.sleep(0.01)
    desk.google.held.set()
    assert [t.outcome for t in await asyncio.gather(*talks)] == ["ok", "ok"]
    assert desk.google.seen["POST /token"] == 2, "one for the code, one to renew"


async def test_a_token_refused_before_its_time_is_renewed(desk: Desk) -> None:
    await desk.connect()
    desk.google.access.clear()
    assert (await desk.call("free_busy", **EVENING)).outcome == "ok"
    assert desk.google.seen["POST /token"] == 2


async def test_an_account_that_was_taken_back_must_be_connected_again(desk: Desk) -> None:
    await desk.connect()
    desk.google.revoke()
    for key in ("k1", "k2"):
        refused = await desk.call("free_busy", key, **EVENING)
        assert refused.outcome == "error" and "Connect the account again" in refused.detail
    assert desk.google.seen["POST /token"] == 2, "a token known to be dead is not tried again"
    assert await desk.connection() == "broken"
    await desk.connect()
    assert (await desk.call("free_busy", "k3", **EVENING)).outcome == "ok"


async def test_a_wrong_secret_does_not_lose_the_account(desk: Desk) -> None:
    desk.google.life = 1
    await desk.connect()
    desk.google.life = 3600
    wrong = {**CONFIG, "client_secret": "mistyped"}
    await desk.owner.ask("PUT", desk.path, json={"config": wrong})
    refused = await desk.call("free_busy", "k1", **EVENING)
    assert refused.outcome == "error" and "invalid_client" in refused.detail
    assert await desk.connection() == "connected"
    await desk.owner.ask("PUT", desk.path, json={"config": CONFIG})
    assert (await desk.call("free_busy", "k2", **EVENING)).outcome == "ok"


async def test_who_gives_up_waiting_does_not_lose_the_renewed_token(desk: Desk) -> None:
    desk.google.life = 1
    await desk.connect()
    desk.google.life, desk.google.held = 3600, asyncio.Event()
    assert (await desk.call("free_busy", "k1", 300, **EVENING)).outcome == "timeout"
    desk.google.held.set()
    assert (await desk.call("free_busy", "k2", **EVENING)).outcome == "ok"
    assert desk.google.seen["POST /token"] == 2, "one for the code, one to renew"


async def test_a_state_is_good_once_and_for_nobody_else(desk: Desk) -> None:
    query = desk.google.allow(await desk.address())
    wrong = await desk.back({**query, "state": query["state"][:-1] + "!"})
    assert wrong.status_code == 400
    elsewhere = {**query, "state": "org_other." + query["state"].partition(".")[2]}
    assert (await desk.back(elsewhere)).status_code == 400
    assert (await desk.back(query)).status_code == 200
    again = await desk.back(query)
    assert again.status_code == 400 and "used already" in again.text
    refused = await desk.back(
        {"state": desk.google.allow(await desk.address())["state"], "error": "access_denied"}
    )
    assert refused.status_code == 400 and "access_denied" in refused.text


async def test_who_comes_back_in_vain_reads_a_page_that_runs_nothing(desk: Desk) -> None:
    state = desk.google.allow(await desk.address())["state"]
    failed = await desk.back({"state": state, "error": "<script>alert(1)</script>"})
    assert failed.status_code == 400 and failed.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>Not connected</h1>" in failed.text and "&lt;script&gt;" in failed.text
    assert "<script" not in failed.text
    policy = failed.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert failed.headers["X-Request-ID"] in failed.text
    endless = await desk.back({"state": "x" * 5000, "code": "c"})
    assert endless.status_code == 400 and "<h1>Not connected</h1>" in endless.text


async def test_a_state_ends_by_itself(desk: Desk) -> None:
    query = desk.google.allow(await desk.address())
    connection = sqlite3.connect(desk.data / "parley.db", timeout=WAIT)
    with connection:
        connection.execute("UPDATE tool_state SET expires_at = 1")
    connection.close()
    assert (await desk.back(query)).status_code == 400
    assert await desk.connection() == "missing"


async def test_nothing_secret_is_shown_or_kept_in_the_open(desk: Desk) -> None:
    await desk.connect()
    shown = await desk.owner.ask("GET", desk.path)
    assert SECRET not in shown.text and shown.json()["secrets"] == ["client_secret"]
    kept = b"".join(file.read_bytes() for file in desk.data.glob("parley.db*"))
    assert b"agent_tool" in kept
    for secret in (SECRET, "access-1", "refresh-1"):
        assert secret.encode() not in kept, secret


async def test_a_tool_that_was_removed_has_no_account_any_more(desk: Desk) -> None:
    await desk.connect()
    assert (await desk.owner.ask("DELETE", desk.path)).status_code == 204
    assert await desk.connection() == "missing"
    assert "not switched on" in (await desk.call("free_busy", **EVENING)).detail


async def test_wrong_times_are_told(desk: Desk) -> None:
    await desk.connect()
    wrong = await desk.call("create", "k1", title="x", start=DINNER["end"], end=DINNER["start"])
    assert wrong.outcome == "error" and "after the start" in wrong.detail
    assert "start" in (await desk.call("create", "k2", title="x", start="soon", end="later")).detail
    assert not desk.google.events


async def test_a_result_that_is_too_large_is_refused(desk: Desk) -> None:
    await desk.connect()
    desk.google.busy = [{"start": "2026-11-27T19:00:00Z", "end": "2026-11-27T19:01:00Z"}] * 2000
    large = await desk.call("free_busy", **EVENING)
    assert large.outcome == "error" and "larger than 64 KB" in large.detail


def booking() -> dict[str, Any]:
    """Asks for a name, and makes an appointment."""
    lost = {name: f"n_{name}" for name in ("error", "timeout", "unknown")}
    nodes: dict[str, Any] = {
        "n_name": {
            "kind": "ask",
            "type": "text",
            "prompt": {"en-US": "For whom?"},
            "save": "name",
            "out": {"understood": "n_book", "gives_up": "n_error"},
        },
        "n_book": {
            "kind": "tool",
            "function": "book",
            "arguments": {"title": "name", "start": '"2026-11-27T19:30"', "end": '"2026-11-27T21:00"'},
            "response": [{"path": "start", "to": "start"}],
            "out": {"ok": "n_bye", **lost},
        },
        "n_bye": {"kind": "end", "outcome": "booked", "text": {"en-US": "Until {{ start }}."}},
        **{f"n_{name}": {"kind": "end", "outcome": name} for name in lost},
    }
    texts = {name: {"type": "text"} for name in ("title", "start", "end")}
    flow = flows.document("n_name", nodes, {"name": {"type": "text"}, "start": {"type": "text"}})
    book = {"description": "Books.", "inputs": texts, "tool": "google_calendar.create", "replay": "never"}
    return {**flow, "functions": {"book": book}}


async def test_a_talk_makes_an_appointment(desk: Desk) -> None:
    await desk.connect()
    await desk.owner.save(desk.agent_id, booking())
    published = await desk.owner.ask("POST", f"/agents/{desk.agent_id}/publish")
    assert published.status_code == 200, published.text
    history = await told(desk.owner, {"id": desk.agent_id}, "Ada")
    assert said(history)[-1] == "Until 2026-11-27T19:30." and history["session"]["outcome"] == "booked"
    assert [event["summary"] for event in desk.google.events.values()] == ["Ada"]
    desk.google.revoke()
    assert (await told(desk.owner, {"id": desk.agent_id}, "Bob"))["session"]["outcome"] == "error"
