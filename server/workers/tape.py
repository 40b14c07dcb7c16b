"""Where a line's recordings go: to the server, piece by piece."""

import asyncio
from urllib.parse import quote

import httpx2

from server.workers.wire import RECORDING_PATH

ATTEMPTS = 30
"""How often a piece is tried while the server is away, a second apart."""
CONFLICT = 409


class RecordingLost(Exception):
    """A piece could not be kept; what follows cannot be either."""


class Tape:
    """`server.channels.voice.recording.RecordingSink` of one seat."""

    def __init__(self, client: httpx2.AsyncClient, seat: str) -> None:
        self._client = client
        self._seat = seat

    async def append(self, name: str, offset: int, data: bytes) -> None:
        """Append a piece; one that had arrived although nobody said so counts as appended. Raises
        `RecordingLost`."""
        path = f"{RECORDING_PATH}{quote(self._seat, safe=':')}/{quote(name)}?offset={offset}"
        why = ""
        for _ in range(ATTEMPTS):
            try:
                answer = await self._client.patch(path, content=data)
            except httpx2.HTTPError as error:
                why = str(error)
                await asyncio.sleep(1.0)
                continue
            if answer.status_code < 300:
                return
            if answer.status_code == CONFLICT and answer.json().get("length") == offset + len(data):
                return
            why = f"the server answered {answer.status_code}"
            if answer.status_code < 500:
                break
            await asyncio.sleep(1.0)
        raise RecordingLost(f"{name} could not be kept: {why}.")
