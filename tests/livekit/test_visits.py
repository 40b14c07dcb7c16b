"""A visitor talks aloud: page, server, LiveKit and workers, all of them real."""

from pathlib import Path
from typing import Any

import jwt
import pytest

from server.kit.errors import ErrorCode
from server.workers import wire
from tests.livekit.harness import LiveKit, until
from tests.livekit.talking import Line, ask_voice, served
from tests.server.calls.worker import worker
from tests.server.flows import choosing

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_visitor_is_greeted_and_understood(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, workers):
        await workers.start()
        agent = await running.owner.agent(choosing())
        async with running.visitor(agent["public_id"]) as page:
            assert page.session["voice"] == {"enabled": True, "pushToTalk": False}
            answer = await ask_voice(running, page.session)
            assert answer.status_code == 200, answer.text
            assert answer.json()["way"] == "livekit"
            line = Line(answer.json())
            await line.join()
            try:
                await line.visitor.hears()
                await page.until("voice", state="listening")
                await line.say("coffee please")
                frames = await page.says("Coffee it is.")
                captions = [f for f in frames if f["type"] == "caption" and f["who"] == "caller"]
                assert "coffee" in captions[-1]["text"].lower()
                await page.until("voice", state="over")
                await until(line.visitor.gone.is_set, "the end of the room")
            finally:
                await line.leave()


async def test_a_killed_worker_is_replaced_in_the_same_room(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, workers):
        first = await workers.start()
        agent = await running.owner.agent(choosing())
        async with running.visitor(agent["public_id"]) as page:
            line = Line((await ask_voice(running, page.session)).json())
            await line.join()
            try:
                await line.visitor.hears()
                await page.until("voice", state="listening")
                session = page.session["session_id"]
                (before,) = line.visitor.agents()
                assert before.startswith(f"agent_{session}:")
                await workers.start()
                first.kill()
                await until(
                    lambda: line.visitor.agents() and before not in line.visitor.agents(), "another agent"
                )
                (after,) = line.visitor.agents()
                # One more for each time somebody was asked: who stalls is not waited for.
                assert int(after.rpartition(":")[2]) > int(before.rpartition(":")[2])
                await line.visitor.hears()
                await page.until("voice", state="listening")
                await line.say("coffee please")
                await page.says("Coffee it is.")
            finally:
                await line.leave()


async def test_the_worker_beside_the_server_comes_into_rooms_too(
    livekit: LiveKit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_PHONE", "0")
    async with served(livekit, tmp_path, voice=True) as (running, _):
        places = running.parts.voice.calls.places
        await until(lambda: places.able, "the worker beside the server")
        agent = await running.owner.agent(choosing())
        async with running.visitor(agent["public_id"]) as page:
            # It tells the server of itself before LiveKit knows it; the server asks twice.
            answer = await ask_voice(running, page.session)
            assert answer.json()["way"] == "livekit"
            line = Line(answer.json())
            await line.join()
            try:
                await line.visitor.hears()
            finally:
                await line.leave()
            await until(lambda: not running.parts.voice.calls.lines, "the end of the line")
            await page.text("m1", "tea")
            await page.says("Tea it is.")


async def test_where_no_agent_comes_the_audio_socket_is_given(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, _):
        agent = await running.owner.agent(choosing())
        session = (await running.begin(agent["public_id"])).json()
        assert session["voice"]["enabled"] is False
        # The server takes it for one that LiveKit knows; LiveKit does not.
        async with worker(running, takes=("media", "room"), agent_name="parley"):
            answer = await ask_voice(running, session)
            assert answer.json()["way"] == "media", answer.text
            assert answer.json()["url"] == "/api/v1/media"
            assert not running.parts.voice.calls.lines


async def test_what_a_visitor_may_do_in_her_room(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, workers):
        await workers.start()
        agent = await running.owner.agent(choosing())
        session = (await running.begin(agent["public_id"])).json()
        entrance = (await ask_voice(running, session)).json()
        grants: dict[str, Any] = jwt.decode(entrance["token"], livekit.secret, ["HS256"])["video"]
        assert grants == {
            "roomJoin": True,
            "room": entrance["room"],
            "canPublish": True,
            "canPublishSources": ["microphone"],
            "canSubscribe": True,
            "canPublishData": False,
            "canUpdateOwnMetadata": False,
        }
        async with livekit.api() as lives:
            rooms = (await lives.room.list_rooms(_named(entrance["room"]))).rooms
        assert [(r.name, r.empty_timeout, r.departure_timeout) for r in rooms] == [(entrance["room"], 60, 20)]


async def test_who_gets_no_voice_is_told_why(livekit: LiveKit, tmp_path: Path) -> None:
    async with served(livekit, tmp_path) as (running, _):
        agent = await running.owner.agent(choosing())
        session = (await running.begin(agent["public_id"])).json()
        refused = await ask_voice(running, session)
        assert refused.json()["error"]["code"] == ErrorCode.VOICE_UNAVAILABLE
        async with worker(running, takes=("media",), seats=1) as held:
            stranger = await ask_voice(running, session, "https://evil.example")
            assert stranger.json()["error"]["code"] == ErrorCode.ORIGIN_NOT_ALLOWED
            false = await ask_voice(running, {**session, "token": "nobody"})
            assert false.json()["error"]["code"] == ErrorCode.INVALID_TOKEN
            other = await ask_voice(running, {**session, "session_id": "ses_other"})
            assert other.json()["error"]["code"] == ErrorCode.SESSION_NOT_FOUND
            assert (await ask_voice(running, session, way="media")).json()["way"] == "media"
            await held.send(wire.Beat((), draining=True))
            await until(lambda: not running.parts.voice.visits.free, "a worker that drains")
            busy = await ask_voice(running, session)
            assert busy.json()["error"]["code"] == ErrorCode.SERVER_BUSY
            assert busy.headers["retry-after"] == "5"
        behavior = {"behavior": {"voiceEnabled": False}}
        await running.owner.ask("PUT", f"/agents/{agent['id']}/widget", json=behavior)
        async with worker(running, takes=("media",)):
            off = await ask_voice(running, session)
            assert off.json()["error"]["code"] == ErrorCode.VOICE_UNAVAILABLE


def _named(room: str) -> Any:
    from livekit import api

    return api.ListRoomsRequest(names=[room])
