"""Talking aloud to the flow on the canvas, with a real server and its worker: the window hears, speaks and shows it."""

import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QPushButton

from engine.flow import Flow, FlowNode, dump_flow
from engine.protocol import BargeIn, Digit, Heard, SpeechFinished
from studio.client.api import Api, ServerTrouble
from studio.simulator.followed import FollowedTalk
from studio.simulator.lines import Voice
from studio.simulator.sound import FileSound
from studio.window.window import Window
from tests.phone.caller import Call, Phone
from tests.ports import free_port
from tests.studio.serving import served
from tests.studio.table import booking
from tests.studio.window.conftest import Room

# Where there is no sound card, the multimedia library says so.
pytestmark = pytest.mark.qt_log_ignore("PulseAudio", "propagateSizeHints", "ALSA", extend=True)
PICTURES = os.environ.get("PARLEY_PICTURES", "")
"""A folder for pictures of the window, for people to look at."""
LEARNT = 4 * 32_000
"""Bytes of four seconds."""
LONG = (
    "Good evening, and welcome to the house at the harbour. We have tables inside and under the trees, and the "
    "kitchen is open until eleven. There is fish from the morning's market, and there is music on Fridays and on "
    "Saturdays, for as long as anybody listens. Now let us see what we can do."
)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[Api]:
    """A server that can be talked to."""
    folder = tmp_path_factory.mktemp("voice")
    settings = {
        "VOICE": "1",
        "PHONE": "1",
        "SIP_HOST": "127.0.0.1",
        "SIP_PORT": str(free_port()),
        "DRAIN": "1",
    }
    with served(folder, checkout, **{f"PARLEY_{name}": value for name, value in settings.items()}) as api:
        yield api


def wave(folder: Path, words: str) -> str:
    """Somebody says it."""
    path = folder / f"{words[:20]}.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), words], check=True)
    return str(path)


def picture(window: Window, name: str) -> None:
    if PICTURES:
        window.grab().save(str(Path(PICTURES) / f"{name}.png"))


class Aloud:
    """A window that is on the line."""

    def __init__(self, room: Room, window: Window, folder: Path) -> None:
        self.room = room
        self.window = window
        self.folder = folder

    @property
    def talk(self) -> FollowedTalk:
        talk = self.window.desk.dock.talk
        assert isinstance(talk, FollowedTalk)
        return talk

    def until(self, condition: Callable[[], object]) -> None:
        self.room.until(condition)

    def begin(self) -> None:
        """Press the microphone."""
        self.window.calls.toggle()
        self.until(lambda: isinstance(self.window.desk.dock.talk, FollowedTalk))

    def happened(self, kind: type) -> bool:
        return any(isinstance(record.event, kind) for record in self.talk.records)

    def says(self, words: str) -> None:
        self.window.calls.say_file(wave(self.folder, words))


@pytest.fixture
def aloud(room: Room, voice: Api, flow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aloud:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    window = room.connected(flow, voice)
    assert window.connection.api is not None
    room.run(has_voice(window.connection.api))
    return Aloud(room, window, tmp_path)


async def has_voice(api: Api) -> None:
    """Wait until the server has somebody who speaks."""
    async with asyncio.timeout(60):
        while True:
            try:
                body, _ = await api.call("GET", "/health")
            except ServerTrouble:
                body = None  # it is not healthy before its worker is there
            if body and not str(body["components"]["voice"]["detail"]).startswith("0 workers"):
                return
            await asyncio.sleep(0.1)


def replaced(flow: Flow, nodes: dict[str, FlowNode]) -> Flow:
    return msgspec.structs.replace(flow, nodes=nodes)


def with_words(node: FlowNode, words: str) -> FlowNode:
    return msgspec.structs.replace(node, fields={**node.fields, "text": {"en-US": words}})


def agent_lines(talk: FollowedTalk) -> list[str]:
    return [line.text for line in talk.lines if line.voice is Voice.AGENT]


def test_a_draft_is_talked_to_aloud(aloud: Aloud) -> None:
    window = aloud.window
    aloud.begin()
    aloud.until(lambda: "For how many?" in agent_lines(aloud.talk))
    assert isinstance(window.calls.sound, FileSound)
    aloud.until(lambda: aloud.happened(SpeechFinished))
    picture(window, "aloud-asked")
    assert aloud.talk.way.current == "n_many"

    aloud.says("four")
    aloud.until(lambda: aloud.happened(Heard))
    aloud.until(lambda: aloud.talk.rehearsal.ended)
    said = [line.text for line in aloud.talk.lines if line.voice is Voice.YOU]
    assert said == ["four"]
    assert ("n_many", "understood") in aloud.talk.way.wires
    picture(window, "aloud-over")
    aloud.until(lambda: not window.calls.on)
    # How long the caller waited stands behind what she waited for.
    waited = [line.small for line in aloud.talk.lines if line.voice is Voice.AGENT and line.small]
    assert waited and all(words.endswith(" s") for words in waited)
    recorded = window.calls.heard
    assert recorded is not None and recorded.stat().st_size > 100_000, "what was said is in the file"


def test_the_telephone_keys_answer_as_well(aloud: Aloud) -> None:
    aloud.begin()
    aloud.until(lambda: aloud.happened(SpeechFinished))
    bar = aloud.window.desk.dock.bar
    bar.toggle_keys()
    picture(aloud.window, "aloud-keys")
    for name in ("Key 2", "Key #"):
        key = next(b for b in bar.findChildren(QPushButton) if b.accessibleName() == name)
        key.click()
    aloud.until(lambda: aloud.happened(Digit))
    aloud.until(lambda: aloud.talk.rehearsal.ended)
    assert {v.name: v.now for v in aloud.talk.values}["guests"] == 2


def test_who_speaks_over_the_agent_is_listened_to(aloud: Aloud, tmp_path: Path) -> None:
    draft = booking()[0]
    welcome = draft.nodes["n_welcome"]
    long = {**draft.nodes, "n_welcome": with_words(welcome, LONG)}
    path = tmp_path / "long" / "flow.json"
    path.parent.mkdir()
    path.write_bytes(dump_flow(replaced(draft, long)))
    aloud.window.open(path)
    aloud.room.until(lambda: aloud.window.desk.newest and aloud.window.desk.newest.program)
    aloud.room.until(lambda: aloud.window.desk.dock.newest is not None)
    aloud.begin()
    aloud.until(lambda: aloud.talk.doing == "speaking")
    # At first nobody can cut in: the echo of a loudspeaker is being learnt.
    file = aloud.window.calls.heard
    assert file is not None
    spoken = file.stat().st_size + LEARNT
    aloud.until(lambda: file.stat().st_size > spoken)
    aloud.says("four people please")
    aloud.until(lambda: aloud.happened(BargeIn))
    cut = next(line for line in aloud.talk.lines if line.heard >= 0)
    assert cut.heard < len(cut.text)
    picture(aloud.window, "aloud-cut")
    aloud.window.calls.hang_up()
    aloud.until(lambda: not aloud.window.calls.on)
    assert aloud.talk.ended


def test_the_studio_lets_itself_be_called(aloud: Aloud) -> None:
    async def called() -> None:
        async with Phone(user="me") as phone:
            aloud.window.calls.call(phone.uri)
            call: Call = await asyncio.wait_for(phone.rang.get(), 30)
            await call.answer()
            await aloud.room.happens(lambda: isinstance(aloud.window.desk.dock.talk, FollowedTalk))
            await aloud.room.happens(lambda: aloud.happened(SpeechFinished))
            picture(aloud.window, "called")
            await call.press("2#")
            await aloud.room.happens(lambda: aloud.talk.rehearsal.ended)

    aloud.room.run(called())
    assert {v.name: v.now for v in aloud.talk.values}["guests"] == 2
    aloud.until(lambda: not aloud.window.calls.on)


def test_somebody_else_s_talk_is_followed(aloud: Aloud) -> None:
    api = aloud.window.connection.api
    assert api is not None

    async def begun() -> str:
        agent, _ = await api.call("POST", "/api/v1/agents", json={"name": "Booking"})
        where = f"/api/v1/agents/{agent['id']}"
        draft = {"flow": msgspec.json.decode(dump_flow(booking()[0]))}
        await api.call("PUT", f"{where}/flow", json=draft, headers={"If-Match": "*"})
        await api.call("POST", f"{where}/publish", json={})
        turn, _ = await api.call("POST", "/api/v1/sessions", json={"agent_id": agent["id"]})
        return str(turn["session"]["id"])

    session = aloud.room.run(begun())
    aloud.window.calls.ask_follow()
    aloud.until(lambda: isinstance(aloud.window.desk.dock.talk, FollowedTalk))
    aloud.until(lambda: aloud.talk.way.current == "n_many")
    said = api.call("POST", f"/api/v1/sessions/{session}/messages", json={"text": "four"})
    aloud.room.run(said)
    aloud.until(lambda: aloud.talk.rehearsal.ended)
    assert "four" in [line.text for line in aloud.talk.lines]
    picture(aloud.window, "followed")
