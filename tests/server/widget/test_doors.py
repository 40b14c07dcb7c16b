"""Who gets a session, and who gets a socket."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
import websockets

from engine.conversation import SessionRef
from server.channels.widget.tokens import BadToken, Pass, WidgetTokens
from server.kit.clock import SystemClock
from server.kit.crypto import Keys
from tests.server import flows
from tests.server.running import Running, serving, settings_for

SHOP = "https://shop.example"


async def test_only_listed_pages_get_a_session(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    refused = await running.begin(agent["public_id"], SHOP)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "ORIGIN_NOT_ALLOWED")
    assert "access-control-allow-origin" not in refused.headers

    await running.owner.ask("PUT", f"/agents/{agent['id']}/widget", json={"allowed_origins": [SHOP]})
    begun = await running.begin(agent["public_id"], SHOP)
    assert begun.status_code == 201
    assert begun.headers["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in begun.headers
    for page in (
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "null",
    ):
        assert (await running.begin(agent["public_id"], page)).status_code == 403, page


async def test_a_page_without_an_origin_gets_nothing(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    answer = await running.owner.client.post("/api/v1/widget/sessions", json={"agent_id": agent["public_id"]})
    assert answer.status_code == 403


async def test_browsers_may_ask_from_listed_pages_only(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    await running.owner.ask("PUT", f"/agents/{agent['id']}/widget", json={"allowed_origins": [SHOP]})

    async def preflight(origin: str) -> httpx2.Response:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return await running.owner.client.request("OPTIONS", "/api/v1/widget/sessions", headers=headers)

    listed, stranger = await preflight(SHOP), await preflight("https://evil.example")
    assert listed.headers["access-control-allow-origin"] == SHOP
    assert listed.headers["access-control-allow-headers"] == "authorization, content-type"
    assert "access-control-allow-origin" not in stranger.headers
    assert (await running.begin("pk_nobody", SHOP)).headers["access-control-allow-origin"] == SHOP


async def test_settings_reach_the_page(running: Running) -> None:
    agent = await running.owner.agent(flows.asking(), name="Luna")
    await running.owner.ask(
        "PUT",
        f"/agents/{agent['id']}/widget",
        json={"appearance": {"size": "large"}, "behavior": {"greeting": "Ciao"}},
    )
    session = (await running.begin(agent["public_id"])).json()
    assert session["agent"] == {"name": "Luna", "locale": "en-US"}
    assert session["widget"] == {
        "appearance": {"size": "large"},
        "behavior": {"greeting": "Ciao"},
        "branding": {},
    }
    assert session["socket"] == "/api/v1/widget/socket" and session["expires_at"].endswith("Z")


@pytest.mark.parametrize("public_id", ["pk_nobody", "", "x" * 200, "pk_\x00"])
async def test_no_such_agent(running: Running, public_id: str) -> None:
    answer = await running.begin(public_id)
    assert answer.json()["error"]["code"] in ("AGENT_NOT_FOUND", "INVALID_REQUEST")


async def test_an_agent_that_is_not_published_or_gone(running: Running) -> None:
    agent = await running.owner.agent(flows.asking(), publish=False)
    assert (await running.begin(agent["public_id"])).json()["error"]["code"] == "AGENT_NOT_PUBLISHED"
    await running.owner.ask("DELETE", f"/agents/{agent['id']}")
    assert (await running.begin(agent["public_id"])).json()["error"]["code"] == "AGENT_NOT_FOUND"


async def test_a_talk_comes_back_with_its_secret_only(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    first = (await running.begin(agent["public_id"])).json()
    known = {"session_id": first["session_id"]}

    again = (await running.begin(agent["public_id"], **known, session_secret=first["resume_secret"])).json()
    assert (again["session_id"], again["resume_secret"]) == (first["session_id"], first["resume_secret"])
    for wrong in ("", "wrong", first["resume_secret"][:-1]):
        other = (await running.begin(agent["public_id"], **known, session_secret=wrong)).json()
        assert other["session_id"] != first["session_id"]

    sibling = await running.owner.agent(flows.asking())
    other = (await running.begin(sibling["public_id"], **known, session_secret=first["resume_secret"])).json()
    assert other["session_id"] != first["session_id"]
    unknown = await running.begin(agent["public_id"], session_id="ses_0", session_secret="x")
    assert unknown.status_code == 201


async def test_sessions_are_counted_by_address(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, rest_limit=2)) as running:
        agent = await running.owner.agent(flows.asking())
        statuses = [(await running.begin(agent["public_id"])).status_code for _ in range(3)]
        refused = await running.begin(agent["public_id"])
    assert statuses == [201, 201, 429]
    assert refused.headers["retry-after"] and refused.headers["access-control-allow-origin"] == running.url


def forge(token: str, **change: Any) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode({**claims, **change}, "k" * 32, "HS256")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "x",
        lambda token: token[:-2],
        forge,
        lambda token: jwt.encode(jwt.decode(token, options={"verify_signature": False}), "", "none"),
    ],
    ids=["empty", "short", "cut", "forged", "unsigned"],
)
async def test_a_wrong_token_opens_no_socket(running: Running, spoil: Any) -> None:
    agent = await running.owner.agent(flows.asking())
    session = (await running.begin(agent["public_id"])).json()
    async with running.connect({**session, "token": spoil(session["token"])}) as visitor:
        assert (visitor.welcome["type"], visitor.welcome["code"]) == ("error", "INVALID_TOKEN")
        assert await visitor.closed() == 4401


def test_a_token_is_for_one_purpose_and_a_short_time() -> None:
    tokens = WidgetTokens(Keys(b"k" * 32), 600)
    visitor = Pass(SessionRef("org", "ses"), "ag", SHOP, "v")
    now = SystemClock().now_ms() // 1000 * 1000
    token, until = tokens.make(visitor, now)
    assert tokens.read(token) == visitor and until == now + 600_000
    old, _ = tokens.make(visitor, 1_000_000_000_000)
    with pytest.raises(BadToken):
        tokens.read(old)
    with pytest.raises(BadToken):
        WidgetTokens(Keys(b"o" * 32), 600).read(token)
    key = Keys(b"k" * 32).derive("widget tokens")
    claims = jwt.decode(token, key, ["HS256"], audience="widget")
    for lacking in ("exp", "aud", "ses", "ori"):
        spoiled = jwt.encode({k: v for k, v in claims.items() if k != lacking}, key, "HS256")
        with pytest.raises(BadToken):
            tokens.read(spoiled)
    with pytest.raises(BadToken):
        tokens.read(jwt.encode({**claims, "aud": "other"}, key, "HS256"))


@pytest.mark.parametrize("origin", [SHOP, "", "null"])
async def test_a_token_is_good_only_on_its_own_page(running: Running, origin: str) -> None:
    agent = await running.owner.agent(flows.asking())
    session = (await running.begin(agent["public_id"])).json()
    async with running.connect(session, origin=origin) as visitor:
        assert visitor.welcome["code"] == "ORIGIN_NOT_ALLOWED"
        assert await visitor.closed() == 4403


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type": "text", "client_msg_id": "1", "text": "hi"}',
        '{"type": "hello"}',
        "\x00",
    ],
)
async def test_the_first_frame_is_hello(running: Running, frame: str) -> None:
    agent = await running.owner.agent(flows.asking())
    session = (await running.begin(agent["public_id"])).json()
    async with running.connect(session, hello=False) as visitor:
        await visitor.send(frame)
        assert (await visitor.next())["code"] == "INVALID_MESSAGE"
        assert await visitor.closed() == 4400


async def test_who_says_nothing_is_let_go(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, socket_handshake=0.1)) as running:
        agent = await running.owner.agent(flows.asking())
        session = (await running.begin(agent["public_id"])).json()
        async with running.connect(session, hello=False) as visitor:
            assert await visitor.closed() == 4400
        async with running.connect(session, hello=False) as visitor:
            await visitor.ws.close()


async def test_sockets_are_few_per_address(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, sockets_per_address=1)) as running:
        agent = await running.owner.agent(flows.asking())
        session = (await running.begin(agent["public_id"])).json()
        async with running.connect(session), running.connect(session, hello=False) as second:
            assert await second.closed() == 1013
        async with running.connect(session) as third:
            assert third.welcome["type"] == "welcome"


async def test_there_are_no_other_sockets(running: Running) -> None:
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(running.url.replace("http", "ws") + "/api/v1/other")


async def test_the_token_never_reaches_the_log(tmp_path: Path) -> None:
    import io

    from server.logs import configure_logging

    stream = io.StringIO()
    settings = settings_for(tmp_path, log_level="debug")
    configure_logging(settings, stream)
    async with serving(settings) as running:
        agent = await running.owner.agent(flows.asking())
        async with running.visitor(agent["public_id"]) as visitor:
            await visitor.text("m1", "my number is +49 30 901820")
            await visitor.until("ack")
    log = stream.getvalue()
    assert log
    for secret in (running.owner.token, visitor.session["token"], visitor.session["resume_secret"], "901820"):
        assert secret not in log


async def test_strange_frames_are_refused_one_by_one_and_the_talk_goes_on(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as visitor:
        await visitor.says("What else?")
        strange = [
            "{", "null", "[1]", '"text"', json.dumps({"type": "dance"}), json.dumps({"type": "hello", "token": "x"}),
            json.dumps({"type": "text", "text": "no id"}),
            json.dumps({"type": "text", "client_msg_id": 7, "text": "x"}),
            '{"type": "text", "client_msg_id": "a", "text": "\\ud800"}',
        ]  # fmt: skip
        for frame in strange:
            await visitor.send(frame)
            refusal = await visitor.next()
            assert (refusal["type"], refusal["code"], refusal["fatal"]) == (
                "error",
                "INVALID_MESSAGE",
                False,
            ), frame
        await visitor.ws.send(b"\xff\xfe")
        assert (await visitor.next())["code"] == "INVALID_MESSAGE"
        await visitor.send({"type": "ping"})
        assert await visitor.next() == {"type": "pong"}
        await visitor.text("m1", "still here")
        await visitor.says("You said still here.")


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("a", ""),
        ("a", "  \n"),
        ("a", "nul\x00"),
        ("a", "\x1b[2J"),
        ("a", "x" * 4001),
        ("", "hi"),
        ("x" * 101, "hi"),
        ("\x00", "hi"),
    ],
    ids=["empty", "blank", "nul", "escape", "long", "no id", "long id", "nul id"],
)
async def test_words_that_cannot_be_taken(running: Running, id: str, text: str) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as visitor:
        await visitor.says("What else?")
        await visitor.text(id, text)
        refusal = await visitor.next()
        assert (refusal["code"], refusal["fatal"]) == ("INVALID_MESSAGE", False)
        await visitor.text("ok", "line one\nline two\tand a tab")
        await visitor.until("ack")


async def test_a_frame_that_is_too_large_closes_the_socket(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as visitor:
        await visitor.text("m1", "x" * 40_000)
        assert await visitor.closed() == 1009
    async with running.connect(visitor.session) as again:
        assert again.welcome["type"] == "welcome"


async def test_a_flood_is_slowed_told_and_then_closed(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as visitor:
        for i in range(200):
            await visitor.text(f"m{i}", f"word {i}")
        codes = []
        with pytest.raises(websockets.ConnectionClosed):
            while True:
                codes.append((await visitor.next()).get("code"))
        assert await visitor.closed() == 1008
    assert codes.count("RATE_LIMITED") > 40
    history = (await running.owner.ask("GET", f"/sessions/{visitor.session['session_id']}/messages")).json()
    heard = [m["text"] for m in history["messages"] if m["role"] == "visitor"]
    assert heard[:10] == [f"word {i}" for i in range(10)] and len(heard) < 30


async def test_who_reads_nothing_is_closed_and_holds_nobody_up(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, socket_queue=8, socket_rate=0, rest_limit=0)
    async with serving(settings) as running:
        agent = await running.owner.agent(flows.asking("x" * 30_000))
        session = (await running.begin(agent["public_id"])).json()
        slow = await websockets.connect(
            running.url.replace("http", "ws") + session["socket"],
            origin=websockets.Origin(running.url),
            compression=None,
            max_queue=1,
        )
        await slow.send(json.dumps({"type": "hello", "token": session["token"], "last_seq": 10**15}))
        async with running.connect(session, last_seq=10**15) as quick:
            for i in range(150):
                await quick.text(f"m{i}", f"{i}")
                await quick.until("ack", client_msg_id=f"m{i}")
        sockets = running.parts.sockets.open
        async with asyncio.timeout(30):
            while any(s._closing is None for s in sockets):
                await asyncio.sleep(0.02)
        slow.transport.abort()


async def test_an_idle_socket_is_closed_and_can_come_back(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, socket_idle=0.3)) as running:
        agent = await running.owner.agent(flows.asking())
        async with running.visitor(agent["public_id"]) as visitor:
            assert (await visitor.until("error"))[-1]["code"] == "SESSION_IDLE"
            assert await visitor.closed() == 4408
        async with running.connect(visitor.session) as again:
            assert again.welcome["status"] == "active"
