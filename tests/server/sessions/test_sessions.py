"""Sessions over the API."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server import flows
from tests.server.kit.test_http_guard import http, listening
from tests.server.running import Owner, application, serving, settings_for


async def test_a_talk_by_requests(owner: Owner) -> None:
    agent = await owner.agent(flows.asking())
    begun = await owner.ask("POST", "/sessions", json={"agent_id": agent["id"], "user_id": "u-1"})
    assert begun.status_code == 201
    session = begun.json()["session"]
    assert [m["text"] for m in begun.json()["messages"]] == ["What else?"]

    path = f"/sessions/{session['id']}"
    turn = (await owner.ask("POST", f"{path}/messages", json={"text": "hello", "client_msg_id": "1"})).json()
    again = (await owner.ask("POST", f"{path}/messages", json={"text": "hello", "client_msg_id": "1"})).json()
    assert [m["text"] for m in turn["messages"]] == ["You said hello.", "What else?"]
    assert [m["text"] for m in again["messages"] if m["role"] == "agent"] == ["You said hello.", "What else?"]

    history = (await owner.ask("GET", f"{path}/messages")).json()["messages"]
    assert [(m["role"], m["text"]) for m in history] == [
        ("agent", "What else?"),
        ("visitor", "hello"),
        ("agent", "You said hello."),
        ("agent", "What else?"),
    ]
    assert [m["seq"] for m in history] == sorted({m["seq"] for m in history})
    assert history[1]["client_msg_id"] == "1"


async def test_where_a_session_stands_and_what_its_log_holds(owner: Owner) -> None:
    agent = await owner.agent(flows.asking())
    session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    path = f"/sessions/{session['id']}"
    await owner.ask("POST", f"{path}/messages", json={"text": "blue"})

    context = (await owner.ask("GET", f"{path}/context")).json()
    assert context["variables"] == {"words": "blue"}
    assert (context["node"], context["phase"], context["events"]) == ("n_ask", "listening", 2)

    first = (await owner.ask("GET", f"{path}/events?limit=1")).json()
    rest = (await owner.ask("GET", f"{path}/events?after={first['next_after']}")).json()
    assert [e["event"]["type"] for e in first["items"] + rest["items"]] == ["started", "text"]
    assert rest["items"][0]["event"]["text"] == "blue" and not rest["has_more"]
    assert first["header"]["session"] == session["id"]


async def test_buttons_keys_and_the_end(owner: Owner) -> None:
    agent = await owner.agent(flows.choosing())
    session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["public_id"]})).json()["session"]
    path = f"/sessions/{session['id']}/messages"
    ended = (await owner.ask("POST", path, json={"button": "tea"})).json()
    assert [m["text"] for m in ended["messages"]] == ["Tea it is."]
    assert (ended["session"]["status"], ended["session"]["outcome"]) == ("ended", "tea")
    assert ended["session"]["ended_at"] is not None
    refused = await owner.ask("POST", path, json={"text": "more"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "SESSION_ENDED")
    assert refused.json()["error"]["details"] == {"outcome": "tea"}


async def test_digits_reach_the_flow(owner: Owner) -> None:
    agent = await owner.agent(flows.asking())
    session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    answer = await owner.ask("POST", f"/sessions/{session['id']}/messages", json={"digit": "1"})
    assert answer.status_code == 200
    events = (await owner.ask("GET", f"/sessions/{session['id']}/events")).json()["items"]
    assert events[-1]["event"]["type"] == "digit"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "a", "button": "b"},
        {"digit": "12"},
        {"text": "x" * 4001},
        {"text": "nul\x00"},
        {"text": "a", "wait_ms": 10**9},
        {"text": "a", "client_msg_id": "x" * 200},
    ],
    ids=str,
)
async def test_wrong_messages_are_refused_and_leave_no_trace(owner: Owner, body: dict[str, object]) -> None:
    agent = await owner.agent(flows.asking())
    session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    answer = await owner.ask("POST", f"/sessions/{session['id']}/messages", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_REQUEST")
    events = (await owner.ask("GET", f"/sessions/{session['id']}/events")).json()["items"]
    assert len(events) == 1


async def test_sessions_are_listed_by_what_is_asked(owner: Owner) -> None:
    asking, choosing = await owner.agent(flows.asking()), await owner.agent(flows.choosing())
    for agent in (asking, choosing, choosing):
        begun = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    await owner.ask("POST", f"/sessions/{begun['id']}/messages", json={"button": "tea"})

    async def count(query: str) -> int:
        return len((await owner.ask("GET", f"/sessions?{query}")).json()["items"])

    assert await count("") == 3
    assert await count(f"agent_id={choosing['id']}") == 2
    assert await count("status=active") == 2
    assert await count("status=ended&outcome=tea") == 1
    assert await count("channel=widget") == 0
    page = (await owner.ask("GET", "/sessions?limit=2")).json()
    assert page["has_more"] and await count(f"cursor={page['next_cursor']}") == 1
    assert (await owner.ask("GET", f"/sessions/{begun['id']}")).json()["outcome"] == "tea"


@pytest.mark.parametrize("path", ["", "/messages", "/context", "/events"])
async def test_no_such_session(owner: Owner, path: str) -> None:
    answer = await owner.ask("GET", f"/sessions/ses_0{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SESSION_NOT_FOUND")


async def test_an_agent_without_a_release_does_not_talk(owner: Owner) -> None:
    agent = await owner.agent(flows.asking(), publish=False)
    answer = await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "AGENT_NOT_PUBLISHED")
    unknown = await owner.ask("POST", "/sessions", json={"agent_id": "ag_0"})
    assert unknown.status_code == 404


async def test_a_slow_answer_is_waited_for(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, demo=True, rest_limit=0)) as running:
        agent = await running.owner.agent(flows.calling("demo:/orders/{{ words }}"))
        begun = await running.owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})
        path = f"/sessions/{begun.json()['session']['id']}/messages"
        turn = (await running.owner.ask("POST", path, json={"text": "100235"})).json()
    assert [m["text"] for m in turn["messages"]] == ["It is delivered."]
    assert not turn["working"] and turn["session"]["outcome"] == "answered"


async def test_who_does_not_wait_is_told_that_the_agent_works(tmp_path: Path) -> None:
    come = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await come.wait()
        writer.write(http("200 OK", b'{"status": "late"}'))

    async with listening(slow) as port:
        settings = settings_for(tmp_path, http_allow=(f"127.0.0.1:{port}",))
        async with application(settings) as (_, owner):
            agent = await owner.agent(flows.calling(f"http://127.0.0.1:{port}/", timeout=30_000))
            begun = await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})
            path = f"/sessions/{begun.json()['session']['id']}/messages"
            turn = (await owner.ask("POST", path, json={"text": "1", "wait_ms": 0})).json()
            waiting = asyncio.create_task(owner.ask("POST", path, json={"text": "and?"}))
            come.set()
            await waiting
            history = (await owner.ask("GET", path)).json()
    assert turn["working"] and turn["messages"] == []
    assert history["messages"][-1]["text"] == "It is late."


async def test_a_session_goes_on_from_its_log_after_a_restart(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings) as (_, owner):
        agent = await owner.agent(flows.asking())
        session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
        await owner.ask("POST", f"/sessions/{session['id']}/messages", json={"text": "before"})
    async with application(settings) as (_, owner):
        stands = (await owner.ask("GET", f"/sessions/{session['id']}/context")).json()
        turn = await owner.ask("POST", f"/sessions/{session['id']}/messages", json={"text": "after"})
    assert stands["variables"] == {"words": "before"}
    assert [m["text"] for m in turn.json()["messages"]] == ["You said after.", "What else?"]


async def test_a_session_nobody_speaks_in_leaves_memory_and_comes_back(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path, session_rest=0, lease=1)) as (app, owner):
        agent = await owner.agent(flows.choosing())
        session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
        await owner.ask("POST", f"/sessions/{session['id']}/messages", json={"button": "tea"})
        host = app.state.server.host
        await eventually(lambda: session["id"] not in host.live)
        history = (await owner.ask("GET", f"/sessions/{session['id']}/messages")).json()
    assert [m["text"] for m in history["messages"]][-1] == "Tea it is."


async def test_a_session_nobody_came_back_to_is_ended(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings) as (_, owner):
        agent = await owner.agent(flows.asking())
        session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    async with application(settings) as (app, owner):
        host = app.state.server.host
        host.life = -1.0
        await host._end_forgotten()
        ended = (await owner.ask("GET", f"/sessions/{session['id']}")).json()
    assert ended["status"] == "ended" and ended["outcome"]


async def test_a_log_that_this_engine_cannot_go_on_with_ends_the_session(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings) as (_, owner):
        agent = await owner.agent(flows.asking())
        session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    connection = sqlite3.connect(settings.data / "parley.db")
    connection.execute("UPDATE session SET header = replace(header, '\"semantics\":', '\"semantics\":99')")
    connection.commit()
    connection.close()
    async with application(settings) as (_, owner):
        path = f"/sessions/{session['id']}"
        for _ in range(2):
            refused = await owner.ask("POST", f"{path}/messages", json={"text": "hello"})
            assert refused.json()["error"]["code"] == "SESSION_ENDED"
        assert (await owner.ask("GET", path)).json()["outcome"] == "outdated"
        assert len((await owner.ask("GET", f"{path}/messages")).json()["messages"]) == 1


async def eventually(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)
