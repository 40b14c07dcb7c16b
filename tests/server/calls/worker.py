"""A worker that does as a test says: it speaks the wire, and holds no sound."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from engine.conversation.voice import Speech, Utterance
from server.workers import wire
from tests.server.running import WAIT, Running


class ScriptedWorker:
    """One connected worker. What it is told is in ``told``."""

    def __init__(self, ws: Any) -> None:
        self._ws = ws
        self.told: list[wire.FromServer] = []
        self._changed = asyncio.Event()
        self._reading = asyncio.create_task(self._read())
        self._beating = asyncio.create_task(self._beat())

    async def _read(self) -> None:
        try:
            async for frame in self._ws:
                self.told.append(wire.from_server(frame))
                self._changed.set()
        except websockets.ConnectionClosed:
            pass
        self._changed.set()

    async def _beat(self) -> None:
        try:
            while True:
                await self.send(wire.Beat(()))
                await asyncio.sleep(0.5)
        except websockets.ConnectionClosed:
            return

    async def send(self, message: wire.FromWorker) -> None:
        """Say something."""
        await self._ws.send(wire.encode(message))

    async def until(self, kind: type, count: int = 1, **facts: Any) -> Any:
        """Wait for a message of a kind with these facts."""
        async with asyncio.timeout(WAIT):
            while True:
                found = [
                    m
                    for m in self.told
                    if isinstance(m, kind) and all(getattr(m, k) == v for k, v in facts.items())
                ]
                if len(found) >= count:
                    return found[count - 1]
                self._changed.clear()
                await self._changed.wait()

    async def spoken(self, count: int) -> list[str]:
        """The words of the first ``count`` utterances."""
        await self.until(wire.Tell, count, call="speak")
        speeches = [m.args[0] for m in self.told if isinstance(m, wire.Tell) and m.call == "speak"]
        return [speech["text"] for speech in speeches[:count]]

    async def take(self, count: int = 1) -> wire.Take:
        """Take a line up."""
        take: wire.Take = await self.until(wire.Take, count)
        await self.send(wire.Joined(take.seat))
        return take

    async def hears(self, seat: str, words: str) -> None:
        """The caller of a seat says something."""
        await self.send(wire.Heard(seat, "words", (Utterance(words, 900),)))

    async def finishes(self, seat: str) -> None:
        """All that was told so far was heard."""
        speeches = [m for m in self.told if isinstance(m, wire.Tell) and m.call == "speak" and m.seat == seat]
        await self.send(wire.Heard(seat, "finished", (int(speeches[-1].args[0]["number"]),)))

    async def closed(self) -> None:
        """Wait until the server has closed us."""
        await asyncio.wait_for(self._reading, WAIT)

    async def die(self) -> None:
        """As a killed process: no goodbye."""
        self._ws.transport.abort()


@asynccontextmanager
async def worker(running: Running, name: str = "w1", **facts: Any) -> AsyncIterator[ScriptedWorker]:
    """A worker that takes media and telephone lines."""
    facts = {"takes": ("media", "leg"), "seats": 4, **facts}
    async with websockets.connect(
        running.url.replace("http", "ws", 1) + wire.PATH,
        additional_headers={"Authorization": f"Bearer {running.parts.voice.hub.token}"},
        compression=None,
    ) as ws:
        await ws.send(wire.encode(wire.Register(name, "1", facts.pop("takes"), facts.pop("seats"), **facts)))
        scripted = ScriptedWorker(ws)
        await scripted.until(wire.Welcome)
        yield scripted


__all__ = ["ScriptedWorker", "Speech", "worker"]
