"""Calls that go by LiveKit SIP: its API and rooms are real, and the caller is let in by the very rule we made."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from livekit import api

from server.calls.exchange import NO_LIVEKIT
from tests.livekit.harness import WAIT, LiveKit, until
from tests.livekit.sip_caller import SipCaller
from tests.livekit.talking import served, spoken
from tests.server.flows import choosing
from tests.server.running import Frame, Running, serving, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = "+12025550123"
CALLER = "+12025550199"
TRUNK: Frame = {"name": "Carrier", "address": "127.0.0.1:5099", "allowed": ["127.0.0.0/8"], "way": "livekit"}


async def made(running: Running, path: str, body: Frame, status: int = 201) -> Any:
    """Something added over the API."""
    answer = await running.owner.ask("POST", path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def house(running: Running) -> tuple[Frame, Frame]:
    """An agent that a number of a trunk at LiveKit reaches."""
    agent = await running.owner.agent(choosing())
    trunk = await made(running, "/trunks", TRUNK)
    await made(running, "/numbers", {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": NUMBER})
    return agent, trunk


async def eventually(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """Look until something is there."""
    try:
        async with asyncio.timeout(WAIT):
            while not (found := await look()):
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise TimeoutError(f"no {what} within {WAIT:.0f} s") from None


async def rule_of(livekit: LiveKit, trunk: Frame) -> api.SIPDispatchRuleInfo:
    """The rule LiveKit has for a trunk, once it has it."""

    async def look() -> api.SIPDispatchRuleInfo | None:
        async with livekit.api() as lives:
            rules = (await lives.sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest())).items
        return next((rule for rule in rules if trunk["id"] in rule.metadata), None)

    found: api.SIPDispatchRuleInfo = await eventually(look, "rule at LiveKit")
    return found


async def ended(running: Running) -> Frame:
    """The newest call, once it is over."""

    async def look() -> Frame | None:
        calls: list[Frame] = (await running.owner.ask("GET", "/calls")).json()["items"]
        return calls[0] if calls and calls[0]["state"] == "ended" else None

    call: Frame = await eventually(look, "end of the call")
    return call


async def outcome(running: Running, call: Frame) -> str:
    """How its session ended, once it has."""

    async def look() -> Frame | None:
        session: Frame = (await running.owner.ask("GET", f"/sessions/{call['session_id']}")).json()
        return session if session["status"] == "ended" else None

    return str((await eventually(look, "end of the session"))["outcome"])


async def test_a_caller_of_livekit_sip_is_greeted_and_understood(
    sip_livekit: LiveKit, tmp_path: Path
) -> None:
    async with served(sip_livekit, tmp_path) as (running, workers):
        await workers.start()
        agent, trunk = await house(running)
        caller = await SipCaller.calls(
            sip_livekit, await rule_of(sip_livekit, trunk), CALLER, NUMBER, x_a="b"
        )
        try:
            await asyncio.wait_for(caller.answered.wait(), WAIT)
            await caller.publishes()
            await caller.hears()
            calls = (await running.owner.ask("GET", "/calls")).json()["items"]
            assert [(c["state"], c["caller"], c["callee"]) for c in calls] == [("up", CALLER, NUMBER)]
            await caller.falls_silent()
            await caller.says(await spoken("coffee please"))
            await until(caller.gone.is_set, "the end of the room")
        finally:
            await caller.leaves()
        call = await ended(running)
        assert (call["agent_id"], call["trunk_id"]) == (agent["id"], trunk["id"])
        assert (call["reason"], await outcome(running, call)) == ("agent_hung_up", "coffee")


async def test_who_hangs_up_is_told_by_name(sip_livekit: LiveKit, tmp_path: Path) -> None:
    async with served(sip_livekit, tmp_path) as (running, workers):
        await workers.start()
        _, trunk = await house(running)
        caller = await SipCaller.calls(sip_livekit, await rule_of(sip_livekit, trunk), CALLER, NUMBER)
        await caller.hears()
        await caller.leaves()
        call = await ended(running)
        assert (call["reason"], await outcome(running, call)) == ("caller_hung_up", "hung_up")
        voice = running.parts.voice.calls
        await until(lambda: not voice.lines and not voice.phone.calls, "an end of all that was kept of her")


async def test_a_number_nobody_has_is_not_answered(sip_livekit: LiveKit, tmp_path: Path) -> None:
    async with served(sip_livekit, tmp_path) as (running, workers):
        await workers.start()
        _, trunk = await house(running)
        rule = await rule_of(sip_livekit, trunk)
        caller = await SipCaller.calls(sip_livekit, rule, CALLER, "+12025550000")
        await until(caller.gone.is_set, "the end of the room")
        assert not caller.answered.is_set()
        await caller.leaves()


async def test_a_killed_worker_is_replaced_and_the_caller_hears_so(
    sip_livekit: LiveKit, tmp_path: Path
) -> None:
    async with served(sip_livekit, tmp_path) as (running, workers):
        first = await workers.start()
        _, trunk = await house(running)
        caller = await SipCaller.calls(sip_livekit, await rule_of(sip_livekit, trunk), CALLER, NUMBER)
        try:
            await caller.hears()
            [before] = caller.agents()
            await workers.start()
            first.kill()
            await until(
                lambda: caller.agents() not in ([], [before]) and len(caller.agents()) == 1, "another"
            )
            await caller.hears()
        finally:
            await caller.leaves()
        assert (await ended(running))["reason"] == "caller_hung_up"


async def test_a_caller_who_was_left_by_all_is_spoken_to_again(sip_livekit: LiveKit, tmp_path: Path) -> None:
    async with served(sip_livekit, tmp_path) as (running, workers):
        await workers.start()
        _, trunk = await house(running)
        caller = await SipCaller.calls(sip_livekit, await rule_of(sip_livekit, trunk), CALLER, NUMBER)
        await caller.hears()
        [before] = (await running.owner.ask("GET", "/calls")).json()["items"]
        await workers.stop()
        running.parts.voice.calls.hub.stop()
    # The same data, a new server, a new worker.
    async with served(sip_livekit, tmp_path) as (running, workers):
        await workers.start()
        await caller.hears()
        await caller.leaves()
        after = await ended(running)
        assert (after["id"], after["session_id"]) == (before["id"], before["session_id"])
        assert after["reason"] == "caller_hung_up"


async def test_a_call_out_without_a_sip_service_fails_by_name(sip_livekit: LiveKit, tmp_path: Path) -> None:
    async with served(sip_livekit, tmp_path) as (running, workers):
        await workers.start()
        agent, trunk = await house(running)
        await rule_of(sip_livekit, trunk)
        body = {"agent_id": agent["id"], "to": CALLER, "trunk_id": trunk["id"]}
        placed = await made(running, "/calls", body, 202)
        call = await ended(running)
        assert (call["id"], call["reason"], call["fault"]) == (placed["id"], "no_sip", "us")
        await outcome(running, call)


async def test_without_livekit_the_trunk_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A worker in this very process may have told its library by the environment.
    monkeypatch.delenv("LIVEKIT_URL", raising=False)
    async with serving(settings_for(tmp_path, rest_limit=0, token_limit=0)) as running:
        trunk = await made(running, "/trunks", TRUNK)
        shown = (await running.owner.ask("GET", f"/trunks/{trunk['id']}")).json()
        assert (shown["way"], shown["registration"], shown["detail"]) == ("livekit", "failed", NO_LIVEKIT)
        changed = await running.owner.ask("PUT", f"/trunks/{trunk['id']}", json={**TRUNK, "way": "edge"})
        assert (changed.json()["way"], changed.json()["registration"]) == ("edge", "off")


async def test_a_livekit_without_redis_is_told_to_the_owner(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, _):
        trunk = await made(running, "/trunks", TRUNK)

        async def look() -> bool:
            shown = (await running.owner.ask("GET", f"/trunks/{trunk['id']}")).json()
            return shown["registration"] == "failed" and "Redis" in shown["detail"]

        await eventually(look, "trouble of the trunk")
