"""A Parley server whose Google Calendar is an emulator on loopback, on a thread of its own beside the window."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studio.client.api import Api
from tests.server.running import WAIT, serving, settings_for
from tests.server.tools.google import Google, google


class CalendarServer:
    """``api`` is the owner's; ``google`` the emulator."""

    def __init__(self) -> None:
        self.api: Api
        self.google: Google
        self.trouble: BaseException | None = None
        self.up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ends = asyncio.Event()

    def run(self, folder: Path) -> None:
        """Serve until it is ended."""
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(folder))
        except BaseException as error:  # told to the thread that waits
            self.trouble = error
        finally:
            self.up.set()
            self._loop.close()

    async def _serve(self, folder: Path) -> None:
        async with google() as there:
            allow = (there.url.removeprefix("http://"),)
            settings = settings_for(folder, rest_limit=0, token_limit=0, http_allow=allow, voice=False)
            async with serving(settings) as running:
                running.parts.toolhouse.registry.add(there.tool())
                self.google = there
                self.api = Api(running.url, running.owner.token)
                self.up.set()
                await self._ends.wait()

    def end(self) -> None:
        """Let it end."""
        self._loop.call_soon_threadsafe(self._ends.set)


@contextmanager
def calendar_server(folder: Path) -> Iterator[CalendarServer]:
    """While it serves."""
    server: Any = CalendarServer()
    thread = threading.Thread(target=server.run, args=(folder,), daemon=True)
    thread.start()
    try:
        assert server.up.wait(WAIT), "The server did not start."
        if server.trouble is not None:
            raise server.trouble
        yield server
    finally:
        if thread.is_alive():
            server.end()
        thread.join(WAIT)
