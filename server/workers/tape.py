"""Where a line's recordings go: to the server, piece by piece."""

import asyncio
import re
from urllib.parse import quote

import httpx2

from server.workers.wire import RECORDING_PATH

ATTEMPTS = 30
"""How often a piece is tried while the server is away, a second apart."""
CONFLICT = 409
TAKEN = -1
"""The length the server tells of a recording that another line has made."""
NUMBERED = re.compile(r"(?P<stem>.*?)(?:-(?P<number>\d+))?\.ogg")


class RecordingLost(Exception):
    """A piece could not be kept; what follows cannot be either."""


class Tape:
    """`server.channels.voice.recording.RecordingSink` of one seat."""

    def __init__(self, client: httpx2.AsyncClient, seat: str) -> None:
        self._client = client
        self._seat = seat
        self._kept: dict[str, str] = {}

    async def append(self, name: str, offset: int, data: bytes, began: float) -> str:
        """Append a piece; one that had arrived although nobody said so counts as appended. A name that an earlier
        line of the session has taken is counted up. Raises `RecordingLost`."""
        kept = self._kept.get(name) or self._own(name)
        why = ""
        for _ in range(ATTEMPTS):
            try:
                answer = await self._piece(kept, offset, data, began)
            except httpx2.HTTPError as error:
                why = str(error)
                await asyncio.sleep(1.0)
                continue
            length = answer.json().get("length") if answer.status_code == CONFLICT else None
            if answer.status_code < 300 or length == offset + len(data):
                self._kept[name] = kept
                return kept
            if length == TAKEN and offset == 0:
                kept = self._own(_next(kept))
                continue
            why = f"the server answered {answer.status_code}"
            if answer.status_code < 500:
                break
            await asyncio.sleep(1.0)
        raise RecordingLost(f"{name} could not be kept: {why}.")

    def _own(self, name: str) -> str:
        while name in self._kept.values():
            name = _next(name)
        return name

    async def _piece(self, name: str, offset: int, data: bytes, began: float) -> httpx2.Response:
        age = max(0, int((asyncio.get_running_loop().time() - began) * 1000))
        path = f"{RECORDING_PATH}{quote(self._seat, safe=':')}/{quote(name)}?offset={offset}&age={age}"
        return await self._client.patch(path, content=data)


def _next(name: str) -> str:
    """``call.ogg``, ``call-2.ogg``, ``call-3.ogg``, ..."""
    found = NUMBERED.fullmatch(name)
    if found is None:
        return name
    return f"{found['stem']}-{int(found['number'] or 1) + 1}.ogg"
