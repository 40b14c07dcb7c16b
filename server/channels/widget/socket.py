"""The widget's socket, as plain ASGI: a turn costs one frame in, one commit, and the frames out.

Nobody has a task of their own: the task that reads a visitor's frame also writes what came of it. Frames that
come by themselves (a timer, an answer from outside, another tab) are written by a task made for the occasion.
"""

import asyncio
import time
from collections import deque
from typing import Any

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from engine.conversation import Busy, Fenced
from engine.conversation.conversation import Closed
from server.channels.widget.frames import (
    FRAME_ID,
    Ack,
    FromClient,
    Hello,
    Ping,
    Pong,
    Press,
    Problem,
    Text,
    Typing,
    Welcome,
    decode,
    encode,
    presentable,
)
from server.channels.widget.tokens import BadToken, Pass, WidgetTokens
from server.kit.errors import ApiError, ErrorCode
from server.kit.limits import Bucket, Slots, network_of
from server.sessions.host import SessionHost
from server.sessions.live import LiveSession
from server.sessions.messages import PLACES, Shown, history

POLICY, FAILED, RESTARTING, BUSY = 1008, 1011, 1012, 1013
BAD_HELLO, UNAUTHORIZED, FORBIDDEN, GONE, IDLE = 4400, 4401, 4403, 4404, 4408
PATIENCE = 50
"""Refused messages in a row after which a socket is closed."""
SWEEP = 5.0
CATCHING_UP = 2**62
"""No message is newer: until the history is written, news wait in the log."""

log = structlog.get_logger()
_pong = encode(Pong())
_typing = {True: encode(Typing(True)), False: encode(Typing(False))}


class SocketLimits(msgspec.Struct, frozen=True):
    """Seconds, letters, frames: see the settings of the same names."""

    rate: float
    burst: int
    text: int
    handshake: float
    idle: float
    queue: int


class Refused(Exception):
    """The socket closes with a code, after a last frame that says why."""

    def __init__(self, close: int, code: ErrorCode, message: str = "") -> None:
        super().__init__(message or code.message)
        self.close = close
        self.problem = encode(Problem(code.value, message or code.message, True))


class WidgetSockets:
    """The ASGI application behind the socket's address."""

    def __init__(self, host: SessionHost, tokens: WidgetTokens, limits: SocketLimits, slots: Slots) -> None:
        self.host = host
        self.tokens = tokens
        self.limits = limits
        self.slots = slots
        self.open: set[WidgetSocket] = set()
        self._sweeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to close idle sockets."""
        self._sweeper = asyncio.create_task(self._sweep())

    def stop(self) -> None:
        """Close every socket: the visitor's page comes back by itself."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for socket in tuple(self.open):
            socket.shut(RESTARTING, "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket."""
        await receive()
        await send({"type": "websocket.accept"})
        address = network_of((scope.get("client") or ("unknown", 0))[0])
        if not self.slots.take(address):
            await send({"type": "websocket.close", "code": BUSY, "reason": "too many connections"})
            return
        socket = WidgetSocket(self, receive, send)
        self.open.add(socket)
        try:
            await socket.run(_header(scope, b"origin"))
        finally:
            self.open.discard(socket)
            self.slots.give_back(address)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(SWEEP, self.limits.idle / 4))
            before = time.monotonic() - self.limits.idle
            for socket in [s for s in self.open if s.spoke < before]:
                idle = ErrorCode.SESSION_IDLE
                socket.shut(IDLE, encode(Problem(idle.value, idle.message, True)))


class WidgetSocket:
    """One visitor's page. Watches its session from the welcome on."""

    __slots__ = (
        "_bucket",
        "_buffer",
        "_busy",
        "_closing",
        "_flushing",
        "_live",
        "_mine",
        "_receive",
        "_refused",
        "_seen",
        "_send",
        "_sockets",
        "_typing",
        "_writing",
        "spoke",
    )

    def __init__(self, sockets: WidgetSockets, receive: Receive, send: Send) -> None:
        self._sockets, self._receive, self._send = sockets, receive, send
        self.spoke = time.monotonic()
        self._bucket = Bucket(sockets.limits.rate, sockets.limits.burst, self.spoke)
        self._buffer: deque[str] = deque()
        self._busy = True
        self._closing: tuple[int, str] | None = None
        self._flushing = False
        self._live: LiveSession | None = None
        self._mine: set[str] = set()
        self._refused = 0
        self._seen = -1
        self._typing = False
        self._writing: asyncio.Task[None] | None = None

    async def run(self, origin: str) -> None:
        """From hello to close."""
        try:
            if await self._greet(origin):
                await self._listen()
        except Refused as refusal:
            self.shut(refusal.close, refusal.problem)
        except (Closed, Fenced):
            self.shut(RESTARTING, "")
        except Exception:
            log.exception("socket failed")
            wrong = ErrorCode.INTERNAL_ERROR
            self.shut(FAILED, encode(Problem(wrong.value, wrong.message, True)))
        finally:
            if self._live is not None and self in self._live.watchers:
                self._live.watchers.remove(self)
            self._busy = False
            if self._writing is not None:
                await self._writing
            await self._write()

    # What the session says.

    def shown(self, own: Shown | None, key: str, messages: list[Shown], waiting: bool) -> None:
        """A record was committed (`server.sessions.live.Watcher`)."""
        if self._seen == CATCHING_UP:
            return
        if own is not None:
            if key and key in self._mine:
                self._mine.discard(key)
                self._push(encode(Ack(key, own.seq)))
            elif own.seq > self._seen:
                self._push(encode(own))
        if self._typing and not waiting:
            self._typing = False
            self._push(_typing[False])
        for message in messages:
            if message.seq > self._seen:
                self._push(encode(message))
        if waiting and not self._typing:
            self._typing = True
            self._push(_typing[True])

    def lost(self) -> None:
        """The session leaves this process (`server.sessions.live.Watcher`)."""
        self.shut(RESTARTING, "")

    def tell(self, frame: str) -> None:
        """A frame about the visitor's line."""
        if self._seen not in (-1, CATCHING_UP):
            self._push(frame)

    def shut(self, code: int, last: str) -> None:
        """Close after what is buffered and a last frame."""
        if self._closing is None:
            self._closing = (code, last)
            self._wake()

    # What the visitor says.

    async def _frame(self) -> str | bytes | None:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return None
        text = message.get("text")
        return text if text is not None else message.get("bytes")

    async def _greet(self, origin: str) -> bool:
        """Read hello, find the session, send what was missed. False when the visitor has gone."""
        try:
            async with asyncio.timeout(self._sockets.limits.handshake):
                frame = await self._frame()
        except TimeoutError:
            raise Refused(BAD_HELLO, ErrorCode.INVALID_MESSAGE, "No hello came. Connect again.") from None
        if frame is None:
            return False
        hello = self._parse(frame)
        if not isinstance(hello, Hello):
            raise Refused(
                BAD_HELLO, ErrorCode.INVALID_MESSAGE, "The first frame must be hello, with the token."
            )
        visitor = self._admit(hello.token, origin)
        await self._catch_up(visitor, max(-1, hello.last_seq))
        return True

    def _admit(self, token: str, origin: str) -> Pass:
        try:
            visitor = self._sockets.tokens.read(token)
        except BadToken:
            raise Refused(
                UNAUTHORIZED, ErrorCode.INVALID_TOKEN, "The token is too old or not ours."
            ) from None
        if origin != visitor.origin:
            raise Refused(FORBIDDEN, ErrorCode.ORIGIN_NOT_ALLOWED)
        structlog.contextvars.bind_contextvars(
            session=visitor.ref.session, organization=visitor.ref.organization
        )
        return visitor

    async def _catch_up(self, visitor: Pass, last_seq: int) -> None:
        host = self._sockets.host
        self._seen = CATCHING_UP
        try:
            self._live = await host.open(visitor.ref)
            self._live.watchers.append(self)
        except ApiError as error:
            if error.code is ErrorCode.SERVER_BUSY:
                raise Refused(BUSY, error.code, error.message) from None
            if error.code is not ErrorCode.SESSION_ENDED:
                raise Refused(GONE, ErrorCode.SESSION_NOT_FOUND) from None
        row = await host.row(visitor.ref)
        shown: list[Shown] = []
        read = -1
        while True:
            # What is committed while we read is read too: the loop ends when log and memory agree, with no
            # await after.
            records = await host.store.read(visitor.ref)
            last = records[-1].seq if records else 0
            if self._live is None or last >= self._live.seq or last == read:
                break
            read = last
        keys = self._live.keys if self._live else await host.store.keys(visitor.ref)
        shown = history(records, row.started_at, keys)
        ended = self._live is None or self._live.conversation.ended
        self._seen = max((m.seq for m in shown), default=0)
        self._push(encode(Welcome(visitor.ref.session, "ended" if ended else "active", self._seen)))
        for message in shown:
            if message.seq > last_seq:
                self._push(encode(message))
        if self._live is not None and self._live.conversation.state.pending:
            self._typing = True
            self._push(_typing[True])
        log.info("visitor connected", channel="widget", seq=self._seen, ended=ended)
        await self._write()

    async def _listen(self) -> None:
        while self._closing is None:
            self._busy = False
            frame = await self._frame()
            self._busy = True
            if frame is None:
                return
            try:
                await self._take(self._parse(frame))
            except Busy as busy:
                raise Refused(BUSY, ErrorCode.SERVER_BUSY, str(busy)) from None
            if self._buffer:
                await self._write()

    async def _take(self, said: FromClient | None) -> None:
        now = time.monotonic()
        if type(said) is Ping:
            self._push(_pong)
            return
        if not isinstance(said, Text | Press):
            self._refuse(ErrorCode.INVALID_MESSAGE, "", "Only text, button and ping follow the hello.")
            return
        key = said.client_msg_id
        if not self._bucket.take(now):
            self._refuse(ErrorCode.RATE_LIMITED, key, "Too fast. Wait a second, then send it again.")
            return
        self.spoke = now
        if not 0 < len(key) <= FRAME_ID or not presentable(key):
            self._refuse(ErrorCode.INVALID_MESSAGE, "", "client_msg_id must have 1 to 100 printable letters.")
            return
        live = self._live
        if live is None or live.conversation.ended:
            self._refuse(ErrorCode.SESSION_ENDED, key)
            return
        words = said.text if isinstance(said, Text) else said.button
        if not words.strip() or len(words) > self._sockets.limits.text or not presentable(words):
            limit = self._sockets.limits.text
            self._refuse(ErrorCode.INVALID_MESSAGE, key, f"Send 1 to {limit} letters, no control characters.")
            return
        self._refused = 0
        self._mine.add(key)
        known = await (live.say(words, key) if isinstance(said, Text) else live.press(words, key))
        if known is not None:
            self._mine.discard(key)
            self._push(encode(Ack(key, known * PLACES)))

    def _parse(self, frame: str | bytes) -> FromClient | None:
        try:
            return decode(frame)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def _refuse(self, code: ErrorCode, key: str, message: str = "") -> None:
        self._refused += 1
        if self._refused > PATIENCE:
            raise Refused(POLICY, code, "Too many refused messages.")
        self._push(encode(Problem(code.value, message or code.message, False, key[:FRAME_ID])))

    # What goes out.

    def _push(self, frame: str) -> None:
        if self._closing is not None:
            return
        if len(self._buffer) >= self._sockets.limits.queue:
            self._buffer.clear()
            self._closing = (BUSY, "")
        else:
            self._buffer.append(frame)
        self._wake()

    def _wake(self) -> None:
        if not self._busy and self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_apart())

    async def _write_apart(self) -> None:
        try:
            await self._write()
        finally:
            self._writing = None

    async def _write(self) -> None:
        if self._flushing:
            return
        self._flushing = True
        buffer, send = self._buffer, self._send
        try:
            while buffer:
                await send({"type": "websocket.send", "text": buffer.popleft()})
            if self._closing is not None:
                code, last = self._closing
                self._closing = (code, "")
                if last:
                    await send({"type": "websocket.send", "text": last})
                await send({"type": "websocket.close", "code": code})
        except (OSError, RuntimeError):
            # The visitor has gone, or the close was sent already: both end here.
            buffer.clear()
        finally:
            self._flushing = False


def _header(scope: Scope, name: bytes) -> str:
    values: list[Any] = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""
