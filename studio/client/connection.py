"""Whether a server is there: looks now and then, tells when that changes."""

import asyncio
from collections.abc import Callable

from studio.client.api import Api

SECONDS = 5.0


class Connection:
    """``api`` is None when no server was named. ``up`` says whether it answered the last time."""

    def __init__(self, api: Api | None) -> None:
        self.api = api
        self.up = False
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever the state changes."""
        self._listeners.append(listener)

    @property
    def words(self) -> str:
        """The state in few words."""
        if self.api is None:
            return ""
        return "connected" if self.up else "server away"

    async def look(self) -> None:
        """Look once."""
        if self.api is None:
            return
        up = await self.api.ready()
        if up != self.up:
            self.up = up
            for listener in tuple(self._listeners):
                listener()

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while self.api is not None:
            await self.look()
            await asyncio.sleep(SECONDS)

    async def close(self) -> None:
        """Let go of the server."""
        if self.api is not None:
            await self.api.close()
