"""The client's end of an audio socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from tests.server.running import WAIT, Frame, Running


class Client:
    """One connected client: frames that are words in ``frames``, sound in ``sound``."""

    def __init__(self, ws: Any) -> None:
        self.ws = ws
        self.frames: list[Frame] = []
        self.sound = bytearray()
        self._changed = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for message in self.ws:
                if isinstance(message, bytes):
                    self.sound += message
                else:
                    self.frames.append(json.loads(message))
                self._changed.set()
        except websockets.ConnectionClosed:
            pass
        finally:
            self._changed.set()

    async def send(self, **frame: Any) -> None:
        """One frame of words."""
        await self.ws.send(json.dumps(frame))

    async def until(self, type: str, **facts: Any) -> Frame:
        """Wait for a frame."""
        async with asyncio.timeout(WAIT):
            while True:
                for frame in self.frames:
                    if frame["type"] == type and all(frame.get(k) == v for k, v in facts.items()):
                        return frame
                assert not self._reading.done(), self.frames
                self._changed.clear()
                await self._changed.wait()

    async def hears(self, count: int) -> bytes:
        """Wait for so many bytes of sound."""
        async with asyncio.timeout(WAIT):
            while len(self.sound) < count:
                self._changed.clear()
                await self._changed.wait()
        return bytes(self.sound)

    async def closed(self) -> int:
        """Wait for the close; answers with its code."""
        await asyncio.wait_for(self.ws.wait_closed(), WAIT)
        return int(self.ws.close_code)


async def rehearse(running: Running, flow: Frame, **wishes: Any) -> Frame:
    """A rehearsal's entrance."""
    answer = await running.owner.ask("POST", "/rehearsals", json={"flow": flow, **wishes})
    assert answer.status_code == 201, answer.text
    entrance: Frame = answer.json()
    return entrance


@asynccontextmanager
async def connected(running: Running, entrance: Frame, **hello: Any) -> AsyncIterator[Client]:
    """A client that has said hello."""
    address = running.url.replace("http", "ws", 1) + entrance["url"]
    async with websockets.connect(address, compression=None, max_size=2**22) as ws:
        client = Client(ws)
        await client.send(**{"type": "hello", "token": entrance["token"], "rate": 16000, **hello})
        yield client
