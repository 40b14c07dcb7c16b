"""Recorded calls in the studio: the list, the script that follows the sound, the path on the canvas."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from engine.flow import dump_flow
from server.channels.voice.opus import OpusWriter
from studio.client.api import Api
from studio.simulator.lines import Voice
from studio.simulator.script_view import ScriptView
from studio.window.window import Window
from tests.studio.table import booking
from tests.studio.window.conftest import Room
from tests.studio.window.test_aloud import picture

pytestmark = pytest.mark.qt_log_ignore("PulseAudio", "propagateSizeHints", "ALSA", extend=True)


@pytest.fixture(scope="module")
def workers(server: Api, folder: Path, checkout: Path) -> str:
    """The token workers bring."""
    command = [sys.executable, "-m", "server", "token", "--worker", "--data", str(folder / "data")]
    shown = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    return shown.stdout.split()[-1]


def silence(ms: int) -> bytes:
    """A recording in which nobody speaks."""
    writer = OpusWriter(16_000, 2)
    return writer.encode(bytes(ms * 64)) + writer.close()


async def record(api: Api, workers: str) -> str:
    """A talk with the booking flow, recorded from its first word on; answers with the session."""
    agent, _ = await api.call("POST", "/api/v1/agents", json={"name": "Booking"})
    where = f"/api/v1/agents/{agent['id']}"
    draft = {"flow": msgspec.json.decode(dump_flow(booking()[0]))}
    await api.call("PUT", f"{where}/flow", json=draft, headers={"If-Match": "*"})
    await api.call("POST", f"{where}/publish", json={})
    turn: Any
    turn, _ = await api.call("POST", "/api/v1/sessions", json={"agent_id": agent["id"]})
    session = str(turn["session"]["id"])
    async with httpx2.AsyncClient(base_url=api.address, timeout=30) as worker:
        answer = await worker.patch(
            f"/internal/v1/recordings/{session}:1/call.ogg?offset=0&age=0",
            content=silence(60_000),
            headers={"Authorization": f"Bearer {workers}"},
        )
        assert answer.status_code == 200, answer.text
    await asyncio.sleep(1.5)  # so that what is said later is later in the recording
    await api.call("POST", f"/api/v1/sessions/{session}/messages", json={"text": "four"})
    return session


def test_a_recorded_call_is_heard_with_its_script_and_its_path(
    room: Room, window: Window, workers: str, tmp_path: Path
) -> None:
    assert window.connection.api is not None
    room.run(record(window.connection.api, workers))
    desk = window.desk
    desk.turn_drawer("live")
    listed = desk.recordings.list
    room.until(lambda: listed.count() == 1)
    assert "1:00" in listed.item(0).text()
    listed.itemClicked.emit(listed.item(0))
    room.until(lambda: window.hearing.talk is not None)
    talk = window.hearing.talk
    assert talk is not None and desk.side.page == "rehearse"
    assert desk.dock.player.isVisible() and not desk.dock.bar.isVisible()

    # From its beginning on the path grows with the sound; nobody touches anything.
    assert talk.way.current == "n_many"
    picture(window, "recording-begins")
    room.until(lambda: talk.way.current != "n_many")
    assert "n_free" in talk.way.nodes

    # A click on a line goes there.
    script = desk.dock.findChild(ScriptView)
    question = next(i for i, line in enumerate(talk.lines) if line.text == "For how many?")
    answer = next(i for i, line in enumerate(talk.lines) if line.voice is Voice.YOU)
    script.clicked.emit(script.script.index(question))
    assert talk.row == question and talk.way.current == "n_many"
    assert {v.name: v.now for v in talk.values}["guests"] is None
    script.clicked.emit(script.script.index(answer))
    assert talk.row >= answer and {v.name: v.now for v in talk.values}["guests"] == 4
    picture(window, "recording-answered")

    window.hearing.save(str(tmp_path / "kept.ogg"))
    assert (tmp_path / "kept.ogg").read_bytes() == talk.tape.sound
    desk.dock.player.left.emit()
    assert window.hearing.talk is None and desk.dock.bar.isVisible()


def test_without_recordings_the_place_says_how_they_come_about(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.desk.turn_drawer("live")
    assert "on the server" in window.desk.recordings.words
