"""Trunks, numbers and calls, with a worker that does as it is told."""

import sqlite3
from typing import Any

import pytest

from server.channels.phone.port import Registration
from server.kit.crypto import Keys
from server.kit.sealing import Seal, Unreadable
from server.telephony.service import normal
from server.workers import wire
from tests.server.calls.worker import worker
from tests.server.flows import greeting
from tests.server.running import Frame, Running

TRUNK: Frame = {
    "name": "The provider",
    "address": "sip.provider.example:5060",
    "username": "house",
    "password": "s3cret-of-the-line",
    "register": True,
    "allowed": ["203.0.113.0/24"],
}


async def made(running: Running, path: str, body: Frame, status: int = 201) -> Any:
    answer = await running.owner.ask("POST", path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def house(running: Running) -> tuple[Frame, Frame, Frame]:
    """An agent that a number reaches by a trunk."""
    agent = await running.owner.agent(greeting())
    trunk = await made(running, "/trunks", TRUNK)
    number = await made(
        running,
        "/numbers",
        {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": "+1 202 555 0123", "recorded": True},
    )
    return agent, trunk, number


async def test_a_password_is_kept_sealed_and_never_shown(running: Running) -> None:
    trunk = await made(running, "/trunks", TRUNK)
    assert trunk["has_password"] and "password" not in trunk
    shown = (await running.owner.ask("GET", f"/trunks/{trunk['id']}")).text
    assert TRUNK["password"] not in shown
    stored = sqlite3.connect(running.parts.file).execute("SELECT * FROM trunk").fetchall()
    assert TRUNK["password"] not in str(stored)
    served = next(t for t in await running.parts.telephony.trunks() if t.id == trunk["id"])
    assert served.password == TRUNK["password"]
    changed = {**TRUNK, "password": "", "name": "Renamed"}
    answer = await running.owner.ask("PUT", f"/trunks/{trunk['id']}", json=changed)
    assert answer.json()["name"] == "Renamed" and answer.json()["has_password"]


def test_a_secret_opens_only_where_it_belongs() -> None:
    keys = Keys(b"x" * 32)
    seal = Seal(keys, "a purpose")
    sealed = seal.seal("words", "trk_1")
    assert seal.open(sealed, "trk_1") == "words"
    assert seal.seal("", "trk_1") == seal.open("", "trk_1") == ""
    for wrong in (Seal(keys, "another"), seal):
        with pytest.raises(Unreadable):
            wrong.open(sealed, "trk_2")
    with pytest.raises(Unreadable):
        seal.open("nonsense", "trk_1")


async def test_edges_learn_of_trunks_as_they_change(running: Running) -> None:
    async with worker(running) as held:
        trunk = await made(running, "/trunks", TRUNK)
        told = await held.until(wire.Trunks)
        assert trunk["id"] in [t.id for t in told.trunks]
        assert (await running.owner.ask("DELETE", f"/trunks/{trunk['id']}")).status_code == 204
        told = await held.until(wire.Trunks, 2)
        assert trunk["id"] not in [t.id for t in told.trunks]


async def test_a_caller_reaches_the_agent_of_the_number_she_dialed(running: Running) -> None:
    agent, trunk, _ = await house(running)
    async with worker(running) as held:
        await held.send(wire.Offered("call_1", trunk["id"], "+12025550199", "12025550123", {"x-a": "b"}))
        take = await held.until(wire.Take)
        assert take.way == wire.LegWay("call_1") and take.speaking.recorded
        await held.send(wire.Joined(take.seat))
        assert await held.spoken(1) == ["What is your name?"]
        await held.send(wire.CallState("call_1", "up", answered_by="person"))
        await held.hears(take.seat, "Anna")
        await held.until(wire.Tell, call="hang_up")
        await held.send(wire.Heard(take.seat, "gone", ("agent", "agent_hung_up")))
        await held.send(wire.CallState("call_1", "ended", "agent_hung_up"))
        call = await ended(running, "call_1")
        assert (call["agent_id"], call["direction"], call["caller"]) == (agent["id"], "in", "+12025550199")
        assert (call["reason"], call["by"], call["fault"]) == ("agent_hung_up", "agent", "nobody")
        session = (await running.owner.ask("GET", f"/sessions/{call['session_id']}")).json()
        assert (session["channel"], session["outcome"]) == ("phone", "met")


async def test_a_flow_that_forbids_it_is_not_recorded_whatever_the_number_says(running: Running) -> None:
    _, trunk, number = await house(running)
    agent = await running.owner.agent({**greeting(), "recording": "forbidden"}, name="Discreet")
    wanted = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": "100", "recorded": True}
    await made(running, "/numbers", wanted)
    async with worker(running) as held:
        await held.send(wire.Offered("call_1", trunk["id"], "a", "100"))
        take = await held.until(wire.Take)
        assert number["recorded"] and not take.speaking.recorded


async def ended(running: Running, call_id: str) -> Frame:
    """The call, once it is in the book and over."""
    while True:
        call: Frame = (await running.owner.ask("GET", f"/calls/{call_id}")).json()
        if call.get("state") == "ended":
            return call


async def test_a_number_nobody_has_is_refused_and_a_full_house_says_when_to_try_again(
    running: Running,
) -> None:
    _, trunk, number = await house(running)
    async with worker(running, seats=1) as held:
        await held.send(wire.Offered("call_1", trunk["id"], "a", "+12025550000"))
        refused = await held.until(wire.Refuse, call="call_1")
        assert (refused.code, refused.reason) == (404, "no_such_number")
        await held.send(wire.Offered("call_2", trunk["id"], "a", "+12025550123"))
        await held.take()
        await held.send(wire.Offered("call_3", trunk["id"], "a", "+12025550123"))
        refused = await held.until(wire.Refuse, call="call_3")
        assert (refused.code, refused.retry_after) == (503, 10)
        assert (await running.owner.ask("DELETE", f"/numbers/{number['id']}")).status_code == 204
        await held.send(wire.Offered("call_4", trunk["id"], "a", "+12025550123"))
        assert (await held.until(wire.Refuse, call="call_4")).code == 404


async def test_a_caller_who_gives_up_leaves_the_seat_and_ends_the_session(running: Running) -> None:
    _, trunk, _ = await house(running)
    async with worker(running) as held:
        await held.send(wire.Offered("call_1", trunk["id"], "a", "+12025550123"))
        take = await held.take()
        await held.spoken(1)
        await held.send(wire.Heard(take.seat, "gone", ("caller", "caller_hung_up")))
        await held.send(wire.CallState("call_1", "ended", "caller_hung_up"))
        call = await ended(running, "call_1")
        session = (await running.owner.ask("GET", f"/sessions/{call['session_id']}")).json()
        assert session["status"] == "ended"
        assert running.parts.voice.calls.lines == {}


@pytest.mark.parametrize("asked", [False, True], ids=["before anybody was asked", "while an agent was asked"])
async def test_a_caller_who_gives_up_at_once_is_in_the_book_all_the_same(
    running: Running, asked: bool
) -> None:
    _, trunk, _ = await house(running)
    async with worker(running) as held:
        await held.send(wire.Offered("call_1", trunk["id"], "a", "+12025550123"))
        take = await held.until(wire.Take) if asked else None
        await held.send(wire.CallState("call_1", "ended", "caller_gave_up", 487))
        if take is not None:
            await held.send(wire.NotJoined(take.seat, "'call_1'"))
        call = await ended(running, "call_1")
        assert (call["reason"], call["code"], call["fault"]) == ("caller_gave_up", 487, "nobody")
        log: Frame = {}
        while log.get("type") != "hung_up":
            events = (await running.owner.ask("GET", f"/sessions/{call['session_id']}/events")).json()[
                "items"
            ]
            log = events[-1]["event"] if events else {}
        assert (log.get("by", "caller"), log["reason"]) == ("caller", "caller_gave_up")
        assert (running.parts.voice.calls.phone.calls, running.parts.voice.calls.lines) == ({}, {})


async def test_an_edge_that_dies_ends_its_calls_with_a_name(running: Running) -> None:
    _, trunk, _ = await house(running)
    async with worker(running) as held:
        await held.send(wire.Offered("call_1", trunk["id"], "a", "+12025550123"))
        await held.take()
        await held.spoken(1)
        await held.die()
        call = await ended(running, "call_1")
        assert (call["reason"], call["fault"]) == ("edge_lost", "us")


async def test_a_call_out_speaks_once_it_is_answered(running: Running) -> None:
    agent, trunk, _ = await house(running)
    async with worker(running) as held:
        call = await made(
            running,
            "/calls",
            {"agent_id": agent["id"], "to": "+12025550177", "headers": {"X-Order": "7"}},
            202,
        )
        assert (call["state"], call["direction"]) == ("dialing", "out")
        dial = await held.until(wire.Dial)
        assert (dial.trunk, dial.to, dial.headers) == (trunk["id"], "+12025550177", {"X-Order": "7"})
        await held.send(wire.CallState(call["id"], "ringing"))
        await held.send(wire.CallState(call["id"], "up", answered_by="person"))
        await held.take()
        assert await held.spoken(1) == ["What is your name?"]
        answer = await running.owner.ask("POST", f"/calls/{call['id']}/end")
        assert answer.status_code == 200
        assert (await held.until(wire.HangUp)).call == call["id"]


async def test_a_call_nobody_answers_says_so(running: Running) -> None:
    agent, _, _ = await house(running)
    async with worker(running) as held:
        call = await made(running, "/calls", {"agent_id": agent["id"], "to": "+12025550177"}, 202)
        await held.until(wire.Dial)
        await held.send(wire.CallState(call["id"], "ended", "busy", 486))
        over = await ended(running, call["id"])
        assert (over["reason"], over["code"], over["by"]) == ("busy", 486, "callee")
        assert over["words"] == "The number was busy."


async def test_calls_that_cannot_be_placed_are_refused_in_words(running: Running) -> None:
    agent = await running.owner.agent(greeting())
    body = {"agent_id": agent["id"], "to": "+12025550177"}
    assert (await made(running, "/calls", body, 404))["error"]["code"] == "TRUNK_NOT_FOUND"
    body["to"] = "sip:anna@192.0.2.7"
    assert (await made(running, "/calls", body, 503))["error"]["code"] == "SERVER_BUSY"
    body["to"] = "sip:anna@192.0.2.7\r\nX-Evil: 1"
    assert (await made(running, "/calls", body, 422))["error"]["code"] == "INVALID_REQUEST"


async def test_health_tells_of_a_registration_that_fails(running: Running) -> None:
    trunk = await made(running, "/trunks", TRUNK)
    async with worker(running) as held:
        await held.send(wire.TrunkStates((Registration(trunk["id"], "failed", "401"),)))
        while (await running.owner.ask("GET", f"/trunks/{trunk['id']}")).json()["registration"] != "failed":
            pass
        health = (await running.owner.client.get("/health")).json()
        assert health["components"]["phone"]["status"] == "unhealthy"
        assert trunk["id"] in health["components"]["phone"]["detail"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+1 202 555 0123", "+12025550123"),
        ("sip:+12025550123@host", "+12025550123"),
        ("12025550123", "+12025550123"),
        ("100", "100"),
        ("Reception", "reception"),
        ("*", "*"),
    ],
)
def test_numbers_are_compared_as_people_mean_them(written: str, meant: str) -> None:
    assert normal(written) == meant
