"""The paths under ``/voice``: one contract a path."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2

from server.workers import wire
from tests.server.calls.worker import worker
from tests.server.flows import greeting
from tests.server.running import WAIT, Frame, Running, application, settings_for


async def ask(running: Running, method: str, path: str, **more: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {running.owner.token}"}
    return await running.owner.client.request(method, f"/voice{path}", headers=headers, **more)


async def two_trunks(running: Running) -> tuple[str, str]:
    return tuple([(await running.owner.ask("POST", "/trunks", json={"name": n})).json()["id"] for n in ("Old", "New")])  # type: ignore[return-value]  # fmt: skip


async def test_nothing_is_open_to_strangers(running: Running) -> None:
    client = running.owner.client
    for method, path in (
        ("GET", "/voice/providers"),
        ("GET", "/voice/providers/current"),
        ("GET", "/voice/providers/test"),
        ("POST", "/voice/providers/switch"),
        ("GET", "/voice/providers/x/capabilities"),
        ("POST", "/voice/calls/initiate"),
        ("GET", "/voice/calls/x/status"),
        ("POST", "/voice/calls/x/end"),
    ):
        assert (await client.request(method, path)).status_code == 401, path


async def test_providers_are_listed_with_the_current_one(running: Running) -> None:
    empty = (await ask(running, "GET", "/providers")).json()
    assert empty == {"available_providers": [], "current_provider": "", "providers": {}}
    none = await ask(running, "GET", "/providers/current")
    assert none.status_code == 404 and "Add one" in none.json()["error"]["message"]
    old, new = await two_trunks(running)
    listed = (await ask(running, "GET", "/providers")).json()
    assert listed["available_providers"] == [old, new] and listed["current_provider"] == old
    assert listed["providers"][new]["name"] == "New"
    assert {"capabilities", "status"} <= listed["providers"][new].keys()


async def test_switching_holds_for_new_calls(running: Running) -> None:
    old, new = await two_trunks(running)
    switched = (await ask(running, "POST", "/providers/switch", json={"provider": "New"})).json()
    assert switched["provider"] == new
    assert (await ask(running, "GET", "/providers/current")).json()["provider"] == new
    agent = await running.owner.agent(greeting())
    async with worker(running) as held:
        wanted = {"phone_number": "+12025550123", "agent_id": agent["id"]}
        called = await ask(running, "POST", "/calls/initiate", json=wanted)
        assert called.status_code == 201, called.text
        assert (await held.until(wire.Dial)).trunk == new
    again = await ask(running, "POST", "/providers/switch", json={"provider": old})
    assert again.json()["provider"] == old
    wrong = await ask(running, "POST", "/providers/switch", json={"provider": "twilio"})
    assert wrong.status_code == 404 and wrong.json()["error"]["code"] == "TRUNK_NOT_FOUND"


async def test_what_a_provider_can_do(running: Running) -> None:
    old, _ = await two_trunks(running)
    found = (await ask(running, "GET", f"/providers/{old}/capabilities")).json()
    assert found["provider"] == old and "voice" in found["capabilities"]
    assert (await ask(running, "GET", "/providers/nobody/capabilities")).status_code == 404


async def test_how_the_providers_stand(running: Running) -> None:
    old, new = await two_trunks(running)
    assert (await ask(running, "GET", "/providers/test")).json() == {old: "active", new: "active"}


async def test_a_call_is_begun_looked_at_and_ended(running: Running) -> None:
    old, _ = await two_trunks(running)
    nobody = await ask(running, "POST", "/calls/initiate", json={"phone_number": "+12025550123"})
    assert nobody.status_code == 404 and "agent_id" in nobody.json()["error"]["message"]
    agent = await running.owner.agent(greeting())
    number = {"trunk_id": old, "agent_id": agent["id"], "number": "100"}
    await running.owner.ask("POST", "/numbers", json=number)
    async with worker(running) as held:
        options = {"recording": True, "transcription": True}
        wanted = {"phone_number": "+12025550123", "options": options}
        begun: Frame = (await ask(running, "POST", "/calls/initiate", json=wanted)).json()
        assert begun["status"] == "initiated"
        call = begun["call_id"]
        assert (await held.until(wire.Dial)).call == call
        await held.send(wire.CallState(call, "ringing"))
        await status(running, call, "ringing")
        ended = await ask(running, "POST", f"/calls/{call}/end")
        assert ended.status_code == 200
        assert (await held.until(wire.HangUp)).call == call
        await held.send(wire.CallState(call, "ended", "busy", 486))
        assert (await status(running, call, "failed"))["reason"] == "busy"
    assert (await ask(running, "GET", "/calls/call_nobody/status")).status_code == 404


async def status(running: Running, call: str, wanted: str) -> Frame:
    async with asyncio.timeout(WAIT):
        while True:
            found: Frame = (await ask(running, "GET", f"/calls/{call}/status")).json()
            if found["status"] == wanted:
                return found
            await asyncio.sleep(0.05)


async def test_guessing_tokens_is_counted_here_as_well(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path, rest_limit=3)) as (_, owner):
        guesses = [
            await owner.client.get("/voice/providers", headers={"Authorization": "Bearer x"})
            for _ in range(4)
        ]
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]
