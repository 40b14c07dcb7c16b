"""The audio socket of browsers and studios, and its other end at a worker: sound passes, words beside it."""

import asyncio
import time
from collections import deque
from typing import Any, Literal

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from engine.conversation.voice import TurnTimes
from engine.protocol import Record
from engine.providers import sound
from server.calls.hub import Hub
from server.calls.service import CallService
from server.calls.tokens import BadMediaToken, MediaTokens
from server.kit.errors import ApiError, ErrorCode
from server.kit.limits import Slots, network_of
from server.sessions.host import SessionHost
from server.sessions.live import LiveSession
from server.sessions.messages import Shown
from server.workers import wire

PATH = "/api/v1/media"
HANDSHAKE = 10.0
IDLE = 60.0
"""Seconds without any sound after which a socket is closed: a page sends silence as well."""
AHEAD = 2.0
"""Seconds of sound a client may send faster than it sounds."""
FRAMES = 100
"""Frames that may wait for a slow reader: two seconds of sound."""
FRAME_BYTES = 24_000 * 2
BAD_HELLO, UNAUTHORIZED, BUSY, TOO_FAST, FAILED = 4400, 4401, 1013, 4429, 1011

log = structlog.get_logger()


class Hello(msgspec.Struct, tag="hello"):
    """The first frame."""

    token: str
    rate: Literal[8000, 16000, 24000] = 16000
    encoding: Literal["pcm16", "mulaw", "alaw"] = "pcm16"


class Keys(msgspec.Struct, tag="keys"):
    """Telephone keys."""

    keys: str


class Text(msgspec.Struct, tag="text"):
    """Words typed in the middle of it."""

    text: str


class Mute(msgspec.Struct, tag="mute"):
    """The microphone is off, or on again."""

    on: bool


class Bye(msgspec.Struct, tag="bye"):
    """I hang up."""


class Ping(msgspec.Struct, tag="ping"):
    """Are you there?"""


_decoder: msgspec.json.Decoder[Hello | Keys | Text | Mute | Bye | Ping] = msgspec.json.Decoder(
    Hello | Keys | Text | Mute | Bye | Ping
)


class Refused(Exception):
    """The socket closes with a code, after a frame that says why."""

    def __init__(self, close: int, code: ErrorCode, message: str = "") -> None:
        super().__init__(message or code.message)
        self.close = close
        self.code = code


class Pipe:
    """Sound between a client and the worker's end, each as fast as it is read. The worker's end may be
    another one after a while."""

    def __init__(self) -> None:
        self.to_worker: deque[bytes] = deque(maxlen=FRAMES)
        self.to_client: deque[bytes | str] = deque()
        self.keys: deque[str] = deque()
        self.wake_worker = asyncio.Event()
        self.wake_client = asyncio.Event()
        self.closed: tuple[int, str] | None = None

    def from_client(self, pcm: bytes) -> None:
        """Sound for the worker; the oldest is dropped when it does not keep up."""
        self.to_worker.append(pcm)
        self.wake_worker.set()

    def tell(self, frame: bytes | str) -> None:
        """A frame for the client; sound it does not read in time is dropped."""
        if isinstance(frame, bytes) and len(self.to_client) >= FRAMES:
            return
        self.to_client.append(frame)
        self.wake_client.set()

    def clear(self) -> None:
        """The caller cut in: what waits is not wanted any more."""
        kept = [frame for frame in self.to_client if isinstance(frame, str)]
        self.to_client.clear()
        self.to_client.extend(kept)
        self.tell('{"type":"clear"}')

    def close(self, code: int = 1000, last: str = "") -> None:
        """End both ends, after what waits."""
        if self.closed is None:
            self.closed = (code, last)
            self.wake_client.set()
            self.wake_worker.set()


class MediaSockets:
    """The two ASGI applications: `serve_client` at `PATH`, `serve_worker` below `wire.MEDIA_PATH`."""

    def __init__(
        self, host: SessionHost, calls: CallService, hub: Hub, tokens: MediaTokens, slots: Slots
    ) -> None:
        self.host = host
        self.calls = calls
        self.hub = hub
        self.tokens = tokens
        self.slots = slots
        self.pipes: dict[str, Pipe] = {}

    def stop(self) -> None:
        """Close every socket."""
        for pipe in tuple(self.pipes.values()):
            pipe.close(1012)

    async def serve_worker(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The worker's end of a client's socket."""
        await receive()
        header = next((v for k, v in scope["headers"] if k == b"authorization"), b"")
        seat = scope["path"].removeprefix(wire.MEDIA_PATH)
        pipe = self.pipes.get(seat.partition(":")[0])
        held = self.calls.lines.get(seat.partition(":")[0])
        if not self.hub.admits(header.decode("latin-1")) or pipe is None or held is None or held.seat != seat:
            await send({"type": "websocket.close", "code": UNAUTHORIZED})
            return
        await send({"type": "websocket.accept"})
        writing = asyncio.create_task(self._to_worker(pipe, send))
        reading = asyncio.create_task(self._from_worker(pipe, receive))
        await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        for task in (writing, reading):
            task.cancel()
        await asyncio.gather(writing, reading, return_exceptions=True)

    async def _to_worker(self, pipe: Pipe, send: Send) -> None:
        try:
            while True:
                while pipe.keys:
                    keys = msgspec.json.encode({"type": "keys", "keys": pipe.keys.popleft()}).decode()
                    await send({"type": "websocket.send", "text": keys})
                while pipe.to_worker:
                    await send({"type": "websocket.send", "bytes": pipe.to_worker.popleft()})
                if pipe.closed is not None:
                    await send({"type": "websocket.close", "code": 1000})
                    return
                pipe.wake_worker.clear()
                await pipe.wake_worker.wait()
        except (OSError, RuntimeError):
            return

    async def _from_worker(self, pipe: Pipe, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            data = message.get("bytes")
            if data:
                pipe.tell(data)
            elif message.get("text"):
                pipe.clear()

    async def serve_client(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A browser's or a studio's socket."""
        await receive()
        await send({"type": "websocket.accept"})
        address = network_of((scope.get("client") or ("unknown", 0))[0])
        if not self.slots.take(address):
            await send({"type": "websocket.close", "code": BUSY, "reason": "too many connections"})
            return
        try:
            await Client(self, receive, send).run(_origin(scope))
        finally:
            self.slots.give_back(address)


class Client:
    """One client's socket (`server.calls.lines.Onlooker`, `server.sessions.live.Watcher`)."""

    def __init__(self, sockets: MediaSockets, receive: Receive, send: Send) -> None:
        self._sockets = sockets
        self._receive, self._send = receive, send
        self._pipe = Pipe()
        self._hello = Hello("")
        self._live: LiveSession | None = None
        self._muted = False
        self._credit = AHEAD
        self._since = time.monotonic()

    async def run(self, origin: str) -> None:
        """From hello to close."""
        writing = asyncio.create_task(self._write())
        try:
            await self._begin(origin)
            await self._listen()
        except Refused as refusal:
            self._pipe.close(refusal.close, _error(refusal.code, str(refusal)))
        except ApiError as error:
            self._pipe.close(BUSY, _error(error.code, error.message))
        except Exception:
            log.exception("audio socket failed")
            self._pipe.close(FAILED, _error(ErrorCode.INTERNAL_ERROR))
        finally:
            await self._leave()
            self._pipe.close()
            await writing

    async def _begin(self, origin: str) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE):
                message = await self._receive()
            hello = _decoder.decode(message.get("text") or b"")
        except (TimeoutError, msgspec.DecodeError):
            hello = None
        if not isinstance(hello, Hello):
            raise Refused(
                BAD_HELLO, ErrorCode.INVALID_MESSAGE, "The first frame must be hello, with the token."
            )
        try:
            ref, page = self._sockets.tokens.read(hello.token)
        except BadMediaToken:
            raise Refused(
                UNAUTHORIZED, ErrorCode.INVALID_TOKEN, "The token is too old or not ours."
            ) from None
        if page != origin:
            raise Refused(UNAUTHORIZED, ErrorCode.ORIGIN_NOT_ALLOWED)
        self._hello = hello
        live = self._live = await self._sockets.host.open(ref)
        live.watchers.append(self)
        if live.rehearsal:
            live.followers.append(self.recorded)
        if ref.session in self._sockets.pipes:
            self._sockets.pipes[ref.session].close(1000)
        self._sockets.pipes[ref.session] = self._pipe
        run = live.conversation.run
        ready: dict[str, Any] = {"type": "ready", "session_id": ref.session, "rate": hello.rate}
        if live.rehearsal:
            ready |= {"header": msgspec.to_builtins(run.header), "program": run.program.hash}
        self._pipe.tell(msgspec.json.encode(ready).decode())
        await self._sockets.calls.begin(
            live,
            "media",
            lambda held: wire.MediaWay(f"{wire.MEDIA_PATH}{held.seat}", hello.rate),
            ends=live.rehearsal,
            onlookers=(self,),
        )

    async def _listen(self) -> None:
        while self._pipe.closed is None:
            try:
                async with asyncio.timeout(IDLE):
                    message = await self._receive()
            except TimeoutError:
                raise Refused(BUSY, ErrorCode.SESSION_IDLE) from None
            if message["type"] != "websocket.receive":
                return
            data = message.get("bytes")
            if data is not None:
                self._hear(data)
            elif not await self._take(message.get("text") or ""):
                return

    def _hear(self, data: bytes) -> None:
        if len(data) > FRAME_BYTES:
            raise Refused(
                BAD_HELLO, ErrorCode.PAYLOAD_TOO_LARGE, "Send at most a second of sound in a frame."
            )
        encoding = self._hello.encoding
        if encoding == "mulaw":
            data = sound.mu_law_decode(data)
        elif encoding == "alaw":
            data = sound.a_law_decode(data)
        now = time.monotonic()
        self._credit = min(AHEAD, self._credit + now - self._since) - len(data) / 2 / self._hello.rate
        self._since = now
        if self._credit < -AHEAD:
            raise Refused(TOO_FAST, ErrorCode.RATE_LIMITED, "Sound must come in real time.")
        data = data[: len(data) // 2 * 2]
        self._pipe.from_client(bytes(len(data)) if self._muted else data)

    async def _take(self, text: str) -> bool:
        try:
            said = _decoder.decode(text)
        except (msgspec.DecodeError, RecursionError):
            self._pipe.tell(_error(ErrorCode.INVALID_MESSAGE))
            return True
        if isinstance(said, Ping):
            self._pipe.tell('{"type":"pong"}')
        elif isinstance(said, Mute):
            self._muted = said.on
        elif isinstance(said, Keys):
            keys = "".join(k for k in said.keys[:32] if k in "0123456789*#ABCD")
            self._pipe.keys.append(keys)
            self._pipe.wake_worker.set()
        elif isinstance(said, Text) and self._live is not None and 0 < len(said.text) <= 4000:
            await self._live.say(said.text)
        return not isinstance(said, Bye)

    async def _leave(self) -> None:
        live = self._live
        if live is None:
            return
        if self in live.watchers:
            live.watchers.remove(self)
        if self.recorded in live.followers:
            live.followers.remove(self.recorded)
        if self._sockets.pipes.get(live.ref.session) is self._pipe:
            del self._sockets.pipes[live.ref.session]
            await self._sockets.calls.leave(live.ref.session)

    async def _write(self) -> None:
        pipe = self._pipe
        try:
            while True:
                while pipe.to_client:
                    frame = pipe.to_client.popleft()
                    if isinstance(frame, str):
                        await self._send({"type": "websocket.send", "text": frame})
                    else:
                        await self._send({"type": "websocket.send", "bytes": self._encoded(frame)})
                if pipe.closed is not None:
                    code, last = pipe.closed
                    if last:
                        await self._send({"type": "websocket.send", "text": last})
                    await self._send({"type": "websocket.close", "code": code})
                    return
                pipe.wake_client.clear()
                await pipe.wake_client.wait()
        except (OSError, RuntimeError):
            pipe.close()

    def _encoded(self, pcm: bytes) -> bytes:
        if self._hello.encoding == "mulaw":
            return sound.mu_law_encode(pcm)
        return sound.a_law_encode(pcm) if self._hello.encoding == "alaw" else pcm

    # What happens on the line, and in the session.

    def caption(self, who: str, text: str, final: bool) -> None:
        """Words."""
        self._tell(type="caption", who=who, text=text, final=final)

    def state(self, name: str) -> None:
        """What the agent does."""
        self._tell(type="state", state=name)

    def turn(self, times: TurnTimes) -> None:
        """The times of a turn."""
        self._tell(type="turn", **msgspec.to_builtins(times))

    def over(self, by: str, reason: str) -> None:
        """The line is over."""
        live = self._live
        outcome = live.conversation.state.outcome if live is not None else ""
        last = msgspec.json.encode({"type": "ended", "reason": reason, "outcome": outcome}).decode()
        self._pipe.close(1000, last)

    def recorded(self, record: Record) -> None:
        """A record was committed (rehearsals show it)."""
        self._tell(type="record", record=msgspec.to_builtins(record))

    def shown(self, own: Shown | None, key: str, messages: list[Shown], waiting: bool) -> None:
        """Messages are for chats."""

    def lost(self) -> None:
        """The session leaves this process."""
        self._pipe.close(1012)

    def _tell(self, **frame: Any) -> None:
        self._pipe.tell(msgspec.json.encode(frame).decode())


def _error(code: ErrorCode, message: str = "") -> str:
    frame = {"type": "error", "code": code.value, "message": message or code.message, "fatal": True}
    return msgspec.json.encode(frame).decode()


def _origin(scope: Scope) -> str:
    values = [value for key, value in scope["headers"] if key == b"origin"]
    return values[0].decode("latin-1") if len(values) == 1 else ""
