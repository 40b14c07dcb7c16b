"""A window over a small flow, on a loop that Qt turns."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.client.api import Api
from studio.client.connection import Connection
from studio.document import Document
from studio.operations.agency import NOBODY, Agency
from studio.theme import Look
from studio.window.keepsakes import Keepsakes
from studio.window.window import Window
from tests.studio.serving import served
from tests.studio.table import put_booking

SECONDS = 30
"""How long anything may take to happen, on a slow day."""


class Loop(qasync.QEventLoop):
    """A loop that is run many times. qasync's own handles what waits once more when it has ended; a task that is
    stepped then finds no running loop, and fails."""

    def run_until_complete(self, future: Any) -> Any:
        """Run until it is done."""
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(lambda _: self.stop())
        self.run_forever()
        return task.result()


class Room:
    """What the stories stand in: windows, and a way to wait for things."""

    def __init__(self, look: Look, loop: Any, folder: Path, qtbot: QtBot) -> None:
        self.look = look
        self.loop = loop
        self.folder = folder
        self.qtbot = qtbot
        self.windows: list[Window] = []

    def open(self, flow: Path | None, connection: Connection | None = None) -> Window:
        """A window over a flow (None: a new one), once its first check is done."""
        keepsakes = Keepsakes(self.folder / "studio")
        journals = keepsakes.journals
        document = Document.open(flow, journals) if flow else Document.new(journal_dir=journals)
        window = Window(self.look, document, keepsakes, connection or Connection(None))
        self.windows.append(window)
        window.show()
        self.until(lambda: window.desk.newest is not None)
        return window

    def connected(self, flow: Path, server: Api) -> Window:
        """A window over a flow that has found its server."""
        window = self.open(flow, Connection(Api(server.address, server.token)))
        self.run(self._reached(window.connection))
        return window

    async def _reached(self, connection: Connection) -> None:
        """Until the server is ready, which takes as long as its workers do."""
        async with asyncio.timeout(SECONDS):
            while not connection.up:
                await connection.look()
                await asyncio.sleep(0.05)

    def given_an_agent(self, agency: Agency) -> None:
        """Until a panel is about an agent of the server; one is made for the flow when it has none."""
        self.until(lambda: agency.words in ("", NOBODY))
        if agency.agent is None:
            agency.make()
            self.until(lambda: agency.agent is not None)

    def until(self, condition: Callable[[], object]) -> None:
        """Let the window live until something has happened."""
        self.loop.run_until_complete(self.happens(condition))

    async def happens(self, condition: Callable[[], object]) -> None:
        """The same inside of a story that runs on the loop."""
        async with asyncio.timeout(SECONDS):
            while not condition():
                await asyncio.sleep(0.005)

    async def checked(self, window: Window) -> None:
        """Until the newest state is checked."""
        checker = window.checker
        await self.happens(lambda: window.desk.newest and window.desk.newest.generation == checker.generation)

    def settle(self, window: Window) -> None:
        """Until the newest state is checked."""
        self.loop.run_until_complete(self.checked(window))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something that waits."""
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        """Close every window without a question."""
        for window in self.windows:
            if not window.closed.is_set():
                window.document.close()
                window.leave_to_journal()
            self.run(window.tasks.close())
            self.run(window.connection.close())


@pytest.fixture
def room(look: Look, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    loop = Loop(qapp, already_running=False)
    asyncio.set_event_loop(loop)
    room = Room(look, loop, tmp_path, qtbot)
    yield room
    room.close()
    loop.close()
    asyncio.set_event_loop(None)
    room.windows.clear()
    gc.collect()  # here, on the thread of the widgets


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """The folder of a small flow."""
    return put_booking(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server lives."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server(folder: Path, checkout: Path) -> Iterator[Api]:
    """A server in a process of its own, one for the stories of a file."""
    with served(folder, checkout) as api:
        yield api


@pytest.fixture
def window(room: Room, server: Api, flow: Path) -> Window:
    """A window over the small flow that is connected to the server."""
    return room.connected(flow, server)
