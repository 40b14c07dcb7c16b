"""Recordings: brought piece by piece, fetched by their owner, forgotten in time."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from server.channels.voice.opus import OpusWriter
from server.recordings.growing import GrowingFileResponse
from server.workers.tape import Tape
from server.workers.wire import RECORDING_PATH
from tests.server.flows import asking
from tests.server.running import Running


def ogg(ms: int) -> bytes:
    """A silent recording."""
    writer = OpusWriter(16_000, 2)
    return writer.encode(bytes(ms * 64)) + writer.close()


async def begun(running: Running) -> str:
    """A live session."""
    agent = await running.owner.agent(asking())
    answer = await running.owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})
    return str(answer.json()["session"]["id"])


async def piece(running: Running, session: str, offset: int, data: bytes, **more: Any) -> httpx2.Response:
    """What a worker sends."""
    name, seat, age = more.get("name", "call.ogg"), more.get("seat", 1), more.get("age", 0)
    token = more.get("token", running.parts.voice.hub.token)
    return await running.owner.client.patch(
        f"{RECORDING_PATH}{session}:{seat}/{name}?offset={offset}&age={age}",
        content=data,
        headers={"Authorization": f"Bearer {token}"},
    )


async def test_a_recording_grows_and_its_owner_hears_it(running: Running) -> None:
    session = await begun(running)
    assert (await piece(running, session, 0, b"OggS")).json() == {"length": 4}
    assert (await piece(running, session, 4, b"more")).json() == {"length": 8}
    listed = (await running.owner.ask("GET", f"/sessions/{session}/recordings")).json()
    assert [(r["name"], r["kind"], r["bytes"]) for r in listed] == [("call.ogg", "call", 8)]
    got = await running.owner.ask("GET", f"/sessions/{session}/recordings/call.ogg")
    assert (got.content, got.headers["content-type"]) == (b"OggSmore", "audio/ogg")
    part = await running.owner.ask(
        "GET", f"/sessions/{session}/recordings/call.ogg", headers={"Range": "bytes=4-"}
    )
    assert (part.status_code, part.content) == (206, b"more")


@pytest.mark.parametrize(("asked", "got"), [({}, b"OggS"), ({"range": "bytes=2-"}, b"gS")])
async def test_what_comes_while_a_recording_is_sent_is_left_out(
    tmp_path: Path, asked: dict[str, str], got: bytes
) -> None:
    path = tmp_path / "call.ogg"
    path.write_bytes(b"OggS")
    sent = b""

    async def send(message: Message) -> None:
        nonlocal sent
        if message["type"] == "http.response.start":
            with path.open("ab") as file:
                file.write(b"more")
            assert Headers(raw=message["headers"])["content-length"] == str(len(got))
        sent += message.get("body", b"")

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "headers": Headers(asked).raw, "asgi": {"spec_version": "2.4"}}
    await GrowingFileResponse(path)(scope, receive, send)
    assert sent == got


async def test_a_piece_that_does_not_follow_is_told_how_much_is_there(running: Running) -> None:
    session = await begun(running)
    await piece(running, session, 0, b"OggS")
    for offset in (0, 9):
        answer = await piece(running, session, offset, b"more")
        assert (answer.status_code, answer.json()) == (409, {"length": 4})


async def test_only_workers_bring_recordings_and_only_of_talks_that_are_held(running: Running) -> None:
    session = await begun(running)
    assert (await piece(running, session, 0, b"x", token=running.owner.token)).status_code == 401
    assert (await piece(running, "ses_nobody", 0, b"x")).status_code == 404
    assert (await piece(running, session, 0, b"x", name="..%2Fcall.ogg")).status_code == 404
    assert (await piece(running, session, 0, b"x", name="other.exe")).status_code == 404


async def test_a_recording_is_deleted_by_hand_or_by_its_age(running: Running) -> None:
    session = await begun(running)
    for name in ("call.ogg", "message.ogg"):
        await piece(running, session, 0, b"OggS", name=name)
    where = f"/sessions/{session}/recordings"
    assert (await running.owner.ask("DELETE", f"{where}/call.ogg")).status_code == 204
    assert [r["name"] for r in (await running.owner.ask("GET", where)).json()] == ["message.ogg"]
    service = running.parts.recordings
    assert service.forget(time.time()) == 0
    path = next(service.folder.glob("*/*/*.ogg"))
    os.utime(path, (0, 0))
    assert service.forget(time.time()) == 1
    assert (await running.owner.ask("GET", where)).json() == []
    missing = await running.owner.ask("GET", f"{where}/message.ogg")
    assert missing.json()["error"]["code"] == "RECORDING_NOT_FOUND"


async def test_another_line_of_the_session_makes_another_recording(running: Running) -> None:
    session = await begun(running)
    await piece(running, session, 0, b"OggS")
    taken = await piece(running, session, 0, b"OggS", seat=2)
    assert (taken.status_code, taken.json()) == (409, {"length": -1})
    late = await piece(running, session, 4, b"more", seat=2)
    assert late.json() == {"length": -1}
    assert (await piece(running, session, 4, b"more")).json() == {"length": 8}


async def test_a_tape_counts_on_where_an_earlier_line_has_recorded(running: Running) -> None:
    session = await begun(running)
    headers = {"Authorization": f"Bearer {running.parts.voice.hub.token}"}
    client = running.owner.client
    client.headers.update(headers)
    loop = asyncio.get_running_loop()
    first, second = Tape(client, f"{session}:1"), Tape(client, f"{session}:2")
    assert await first.append("call.ogg", 0, b"OggS", loop.time()) == "call.ogg"
    assert await second.append("call.ogg", 0, b"OggSOggS", loop.time()) == "call-2.ogg"
    assert await second.append("call.ogg", 8, b"more", loop.time()) == "call-2.ogg"
    assert await second.append("call-2.ogg", 0, b"OggS", loop.time()) == "call-3.ogg"
    assert await first.append("call.ogg", 4, b"more", loop.time()) == "call.ogg"


async def test_the_transcript_stands_on_the_recordings_time(running: Running) -> None:
    session = await begun(running)
    await piece(running, session, 0, ogg(3_000), age=0)
    where = f"/sessions/{session}/recordings"
    (recording,) = (await running.owner.ask("GET", where)).json()
    assert 2_950 <= recording["ms"] <= 3_050
    got = (await running.owner.ask("GET", f"{where}/call.ogg/transcript")).json()
    assert got["recording"] == recording
    line = got["lines"][0]
    assert (line["who"], line["seq"]) == ("agent", 1)
    # The agent began to speak with the session, before it was recorded.
    assert -recording["at_ms"] <= line["from_ms"] == got["moments"][0]["ms"] <= 0


async def test_the_newest_recordings_of_an_agent(running: Running) -> None:
    older, newer = await begun(running), await begun(running)
    for session in (older, newer):
        await piece(running, session, 0, b"OggS")
    listed = (await running.owner.ask("GET", "/recordings")).json()
    assert [r["session_id"] for r in listed] == [newer, older]
    agent = listed[0]["agent_id"]
    of_one = (await running.owner.ask("GET", f"/recordings?agent_id={agent}")).json()
    assert [r["session_id"] for r in of_one] == [newer]
