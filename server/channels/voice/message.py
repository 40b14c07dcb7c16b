"""A message: what a caller leaves after the beep."""

import asyncio

from engine.protocol import TakeMessage
from server.channels.voice.mic import RATE
from server.channels.voice.opus import OpusWriter
from server.channels.voice.recording import RecordingSink

PIECE = RATE * 2
"""One second in bytes: what is encoded at once."""


class Message:
    """Being taken: fed with the caller's sound, with whether she speaks, and with her keys. ``name`` is the one it
    is kept under, once it is."""

    def __init__(self, task: TakeMessage, name: str) -> None:
        self.task = task
        self.name = name
        self._sound: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._held_ms = 0
        self._silent_ms = 0
        self._speaks = False
        self._spoke = False
        self._over = False
        self._began = asyncio.get_running_loop().time()

    def heard(self, pcm: bytes) -> None:
        """The caller's next sound, at 16 kHz; time is counted by it."""
        if self._over:
            return
        self._sound.put_nowait(pcm)
        ms = len(pcm) * 500 // RATE
        self._held_ms += ms
        self._silent_ms = 0 if self._speaks else self._silent_ms + ms
        if self._held_ms >= self.task.longest or self._silent_ms >= self.task.silence:
            self.end()

    def speaking(self, on: bool) -> None:
        """Voice activity."""
        self._speaks = on
        self._spoke = self._spoke or on

    def key(self, digit: str) -> bool:
        """Whether the key ended it."""
        if digit in self.task.finish:
            self.end()
            return True
        return False

    def end(self) -> None:
        """Enough."""
        if not self._over:
            self._over = True
            self._sound.put_nowait(None)

    async def take(self, sink: RecordingSink) -> tuple[str, int]:
        """Record until it is over; ``ok`` or ``silence``, and how long it is (ms). Raises ``OSError`` and
        what the sink raises."""
        writer = await asyncio.to_thread(OpusWriter, RATE, 1)
        offset = 0
        kept = 0
        buffer = bytearray()
        while True:
            piece = await self._sound.get()
            if piece is not None:
                buffer += piece
                if len(buffer) < PIECE:
                    continue
            pages = await asyncio.to_thread(writer.encode, bytes(buffer)) if buffer else b""
            kept += len(buffer)
            buffer.clear()
            if piece is None:
                pages += await asyncio.to_thread(writer.close)
            if pages:
                self.name = await sink.append(self.name, offset, pages, self._began)
                offset += len(pages)
            if piece is None:
                return ("ok" if self._spoke else "silence"), kept * 500 // RATE
