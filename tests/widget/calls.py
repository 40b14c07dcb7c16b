"""The other end of the audio socket: hears what a page sends, and says what a test tells it."""

import asyncio
import json
import math
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

RATE = 16_000
FRAME = RATE // 50
Frame = dict[str, Any]


def loudness(pcm: bytes) -> float:
    """Root mean square of 16-bit samples, 0 to 1."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    return math.sqrt(sum(s * s for s in samples) / len(samples)) / 32768


def pitch(pcm: bytes) -> float:
    """Hertz of a lasting tone, by its zero crossings."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    rising = [at for at in range(1, len(samples)) if samples[at - 1] < 0 <= samples[at]]
    return (len(rising) - 1) * RATE / (rising[-1] - rising[0]) if len(rising) > 1 else 0.0


def tone(hertz: float, seconds: float) -> list[bytes]:
    """Frames of 20 ms at half of full scale."""
    samples = [round(16384 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(round(seconds * RATE))]
    return [struct.pack(f"<{FRAME}h", *samples[at : at + FRAME]) for at in range(0, len(samples), FRAME)]


@dataclass
class Calls:
    """How the server answers the wish to talk, and what came over its audio sockets."""

    answer: tuple[int, Frame] | None = None
    """Another status and body than the audio socket's."""
    first: list[Frame] = field(default_factory=lambda: [{"type": "state", "state": "listening"}])
    """What follows `ready`."""
    closes: int | None = None
    """Closes every socket with this code instead of taking the call."""
    asked: list[Frame] = field(default_factory=list)
    bearers: list[str] = field(default_factory=list)
    hellos: list[Frame] = field(default_factory=list)
    words: list[Frame] = field(default_factory=list)
    sound: list[bytes] = field(default_factory=list)
    socket: WebSocket | None = None
    loop: asyncio.AbstractEventLoop | None = None
    news: threading.Condition = field(default_factory=threading.Condition)

    async def grant(self, request: Request) -> Response:
        """The answer to `POST .../voice`."""
        body = await request.json()
        self.asked.append(body)
        self.bearers.append(request.headers.get("authorization", ""))
        if self.answer is not None and body.get("way") != "media":
            status, answer = self.answer
            return JSONResponse(answer, status)
        return JSONResponse({"way": "media", "url": "/api/v1/media", "token": f"line-{len(self.asked)}"})

    async def serve(self, socket: WebSocket) -> None:
        """One call."""
        await socket.accept()
        self.loop = asyncio.get_running_loop()
        try:
            hello = await socket.receive_json()
            with self.news:
                self.hellos.append(hello)
                self.news.notify_all()
            if self.closes is not None:
                return await socket.close(self.closes)
            # Before the page can see that it is on the line: a test may do something with it then.
            self.socket = socket
            await socket.send_json({"type": "ready", "session_id": "s1", "rate": RATE})
            for frame in self.first:
                await socket.send_json(frame)
            while True:
                await self._hear(socket, await socket.receive())
        except (WebSocketDisconnect, RuntimeError):
            return None

    async def _hear(self, socket: WebSocket, message: Any) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        with self.news:
            if message.get("bytes") is not None:
                self.sound.append(message["bytes"])
            else:
                self.words.append(json.loads(message["text"]))
            self.news.notify_all()
        if self.words and self.words[-1]["type"] == "ping":
            await socket.send_json({"type": "pong"})

    # What tests do.

    def say(self, *frames: Frame | bytes) -> None:
        """Send words and sound to the page."""

        async def each() -> None:
            assert self.socket is not None
            for frame in frames:
                if isinstance(frame, bytes):
                    await self.socket.send_bytes(frame)
                else:
                    await self.socket.send_json(frame)

        self._run(each())

    def cut(self, code: int = 1011) -> None:
        """Close the present socket."""
        assert self.socket is not None
        self._run(self.socket.close(code))

    def wait(self, happened: Callable[[], bool]) -> None:
        """Until something came that makes `happened` true."""
        with self.news:
            assert self.news.wait_for(happened, timeout=30), "nothing of the kind came within 30 s"

    def lately(self, frames: int = 25) -> bytes:
        """Half a second of sound that comes from now on."""
        start = len(self.sound)
        self.wait(lambda: len(self.sound) >= start + frames)
        return b"".join(self.sound[start : start + frames])

    def until_loud(self, loud: bool) -> bytes:
        """The first stretch that is a tone throughout, or silence throughout."""
        for _ in range(200):
            stretch = self.lately(10)
            if all(
                (loudness(stretch[at : at + 640]) > 0.05) == loud and (loud or not any(stretch))
                for at in range(0, len(stretch), 640)
            ):
                return stretch
        raise AssertionError("the microphone did not become " + ("loud" if loud else "silent"))

    def until_pitch(self, hertz: float) -> None:
        """Until a stretch of the microphone's sound is a tone of this height: a busy machine may garble one."""
        heard = 0.0
        for _ in range(200):
            heard = pitch(self.until_loud(True))
            if abs(heard - hertz) < 15:
                return
        raise AssertionError(f"the microphone hums at {heard:.0f} Hz")

    def _run(self, what: Any) -> None:
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(what, self.loop).result(30)
