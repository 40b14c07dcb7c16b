"""Recordings: brought piece by piece, fetched by their owner, forgotten in time."""

import os
import time
from typing import Any

import httpx2

from server.workers.wire import RECORDING_PATH
from tests.server.flows import asking
from tests.server.running import Running


async def begun(running: Running) -> str:
    """A live session."""
    agent = await running.owner.agent(asking())
    answer = await running.owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})
    return str(answer.json()["session"]["id"])


async def piece(running: Running, session: str, offset: int, data: bytes, **more: Any) -> httpx2.Response:
    """What a worker sends."""
    name = more.get("name", "call.ogg")
    token = more.get("token", running.parts.voice.hub.token)
    return await running.owner.client.patch(
        f"{RECORDING_PATH}{session}:1/{name}?offset={offset}",
        content=data,
        headers={"Authorization": f"Bearer {token}"},
    )


async def test_a_recording_grows_and_its_owner_hears_it(running: Running) -> None:
    session = await begun(running)
    assert (await piece(running, session, 0, b"OggS")).json() == {"length": 4}
    assert (await piece(running, session, 4, b"more")).json() == {"length": 8}
    listed = (await running.owner.ask("GET", f"/sessions/{session}/recordings")).json()
    assert listed == [{"name": "call.ogg", "kind": "call", "bytes": 8}]
    got = await running.owner.ask("GET", f"/sessions/{session}/recordings/call.ogg")
    assert (got.content, got.headers["content-type"]) == (b"OggSmore", "audio/ogg")
    part = await running.owner.ask(
        "GET", f"/sessions/{session}/recordings/call.ogg", headers={"Range": "bytes=4-"}
    )
    assert (part.status_code, part.content) == (206, b"more")


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
