"""The worker's end of an audio socket, as a link."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

CLEAR = '{"type":"clear"}'


class _Keys(msgspec.Struct, tag="keys"):
    keys: str


_decoder = msgspec.json.Decoder(_Keys)


class MediaLink:
    """`server.channels.voice.link.AudioLink` over a WebSocket: binary frames are sound. ``on_key`` is called
    with each telephone key the caller presses on her screen."""

    def __init__(self, connection: ClientConnection, rate: int) -> None:
        self.rate = rate
        self.on_key: Any = lambda digit: None
        self._connection = connection
        self._out: asyncio.Queue[bytes | str | None] = asyncio.Queue()
        self._over: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self._writing = asyncio.create_task(self._write())

    async def frames(self) -> AsyncIterator[bytes]:
        """What the caller says."""
        try:
            async for message in self._connection:
                if isinstance(message, bytes):
                    yield message
                else:
                    self._take(message)
        except ConnectionClosed:
            pass
        self._end("caller", "connection_lost")

    def _take(self, text: str) -> None:
        try:
            keys = _decoder.decode(text)
        except msgspec.DecodeError:
            return
        for key in keys.keys:
            self.on_key(key)

    def play(self, pcm: bytes) -> None:
        """The next 20 ms for the caller."""
        self._out.put_nowait(pcm)

    def clear(self) -> None:
        """Forget what has not sounded, here and where it is on its way."""
        while not self._out.empty():
            self._out.get_nowait()
        self._out.put_nowait(CLEAR)

    def press(self, keys: str) -> None:
        """A screen has no use for telephone keys."""

    def hang_up(self, cause: str) -> None:
        """End the line, after what was played."""
        self._out.put_nowait(None)
        self._end("agent", cause)

    async def closed(self) -> tuple[str, str]:
        """Wait until the line is over."""
        return await asyncio.shield(self._over)

    async def aclose(self) -> None:
        """Let the socket go."""
        self._end("line", "line_lost")
        self._writing.cancel()
        await self._connection.close()

    def _end(self, by: str, reason: str) -> None:
        if not self._over.done():
            self._over.set_result((by, reason))

    async def _write(self) -> None:
        try:
            while (frame := await self._out.get()) is not None:
                await self._connection.send(frame)
            await self._connection.close()
        except ConnectionClosed:
            self._end("caller", "connection_lost")
