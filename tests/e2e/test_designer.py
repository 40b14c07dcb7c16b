"""A designer's hour: open, edit, mend a mistake, rehearse, go back, publish; then a visitor hears the new words."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from studio.client.api import Api
from studio.client.connection import Connection
from studio.panels.editors.source_edit import SourceEdit
from studio.simulator.lines import Voice
from studio.window.window import Window
from tests.e2e.conftest import TABLE
from tests.e2e.days import open_day
from tests.e2e.serving import ROOT, Server
from tests.studio.conftest import look
from tests.studio.window.conftest import Room, room

__all__ = ["look", "room"]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True),
]
NEW = "Buona sera! Luna speaking, with brand new words."


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A copy of the restaurant's flow."""
    return Path(shutil.copytree(ROOT / "flows" / "table-reservation", tmp_path / "table-reservation"))


def prompt_of(window: Window, node: str, field: str) -> SourceEdit:
    """The field of a node's words in the inspector."""
    window.desk.open_node(node)
    found = window.desk.inspector.editors()[field].first_field()
    assert isinstance(found, SourceEdit)
    return found


def write(room: Room, field: SourceEdit, text: str) -> None:
    """Replace what a field holds, as a hand would."""
    field.selectAll()
    room.qtbot.keyClicks(field, text)


def said(window: Window) -> list[str]:
    """What the agent said in the rehearsal."""
    assert window.desk.dock.talk is not None
    return [line.text for line in window.desk.dock.talk.lines if line.voice is Voice.AGENT]


def answer(room: Room, window: Window, text: str) -> None:
    """Type an answer into the rehearsal."""
    field = window.desk.dock.bar.field
    field.setText(text)
    room.qtbot.keyClick(field, Qt.Key.Key_Return)


def visit(server: Server, *words: str, hears: str) -> None:
    """A visitor comes to the demo page."""
    address = f"{server.origin}/demo?agent={TABLE}"
    command = [sys.executable, "-m", "tests.e2e.one_visit", address, *words, "--hears", hears]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-1500:]


@pytest.mark.timeout(300)
def test_from_the_drawn_flow_to_the_next_visitor(server: Server, room: Room, table: Path) -> None:
    connection = Connection(Api(server.origin, server.token))
    window = room.open(table, connection)
    room.run(connection.look())
    assert connection.up and window.desk.newest is not None and not window.desk.newest.errors

    words = prompt_of(window, "n_welcomea", "text")
    write(room, words, "Buona sera, {{ nobody }}!")
    room.settle(window)
    assert window.desk.newest.errors, "the mistake is seen"
    write(room, words, NEW)
    room.settle(window)
    assert not window.desk.newest.errors, "and gone when it is mended"

    window.desk.rehearse()
    assert said(window)[0] == NEW
    for text in (f"{open_day()} at eight", "four", "inside"):
        answer(room, window, text)
    room.until(lambda: "Shall I book it" in said(window)[-1])
    talk = window.desk.dock.talk
    assert talk is not None and window.desk.canvas.overlays.current == "n_shalliaa"
    mine = [line for line in talk.lines if line.voice is Voice.YOU]
    window.desk.dock.go_back(mine[1])
    answer(room, window, "thirty")
    assert "long table" in said(window)[-2]

    async def publish() -> None:
        """Open the sheet and press its button, on a loop that runs all the while, as it does in the studio."""
        sheet = window.publisher.sheet
        async with asyncio.timeout(30):
            window.publish()
            while not sheet.publish_button.isEnabled():
                await asyncio.sleep(0.01)
            sheet.publish_button.click()
            while "is out" not in sheet.status:
                await asyncio.sleep(0.01)

    room.run(publish())
    visit(server, "tomorrow at eight", hears=NEW)
