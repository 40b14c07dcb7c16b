"""Talking aloud over the server: rehearsals of a draft, calls placed and followed, and the sockets they go by."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from engine.flow import Flow, dump_flow
from engine.protocol import Header, Record
from studio.client.api import Api, ServerTrouble

RATE = 16_000
"""Samples a second, both ways: 16-bit mono."""
AWAY = "The server cannot be reached. The talk so far stays here."


class Entrance(msgspec.Struct, frozen=True):
    """How to get into a rehearsal: by an audio socket (``media``), or as somebody who is called (``call``)."""

    session_id: str
    way: Literal["media", "call"] = "media"
    url: str = ""
    token: str = ""
    live: str = ""


class CallFacts(msgspec.Struct, frozen=True):
    """A session somebody is in right now."""

    id: str
    channel: str
    started_at: str


class Ready(msgspec.Struct, frozen=True, tag="ready", omit_defaults=True):
    """The line is up. ``header`` is the session's."""

    session_id: str = ""
    rate: int = RATE
    header: Header | None = None
    program: str = ""


class Happened(msgspec.Struct, frozen=True, tag="record"):
    """Something was committed."""

    record: Record


class Caption(msgspec.Struct, frozen=True, tag="caption"):
    """Words as they are heard or spoken."""

    who: str
    text: str
    final: bool = True


class Turned(msgspec.Struct, frozen=True, tag="turn"):
    """The times of a turn, in milliseconds from the end of the caller's speech."""

    number: int = 0
    transcript: int | None = None
    decision: int | None = None
    audio: int | None = None
    stt: str = ""
    tts: str = ""
    prepared: bool = False


class Doing(msgspec.Struct, frozen=True, tag="state"):
    """``listening``, ``thinking`` or ``speaking``."""

    state: str


class CallNews(msgspec.Struct, frozen=True, tag="call"):
    """Where a placed call stands."""

    state: str
    reason: str = ""


class Clear(msgspec.Struct, frozen=True, tag="clear"):
    """Be silent now."""


class Failure(msgspec.Struct, frozen=True, tag="error"):
    """Something is wrong; the socket closes after a fatal one."""

    message: str
    code: str = ""
    fatal: bool = False


class Over(msgspec.Struct, frozen=True, tag="ended"):
    """The talk is over."""

    reason: str = ""
    outcome: str = ""


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """The server lives."""


Frame = bytes | Ready | Happened | Caption | Turned | Doing | CallNews | Clear | Failure | Over | Pong
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    Ready | Happened | Caption | Turned | Doing | CallNews | Clear | Failure | Over | Pong
)


async def begin_rehearsal(api: Api, flow: Flow, locale: str, call_to: str = "") -> Entrance:
    """A session on the flow as it is, which nobody else sees; with ``call_to`` the server calls that SIP address.

    Raises `ServerTrouble`.
    """
    wish: dict[str, Any] = {"flow": msgspec.json.decode(dump_flow(flow)), "locale": locale}
    if call_to:
        wish["call_to"] = call_to
    body, _ = await api.call("POST", "/api/v1/rehearsals", json=wish)
    return msgspec.convert(body, Entrance)


async def live_calls(api: Api, agent_id: str = "") -> list[CallFacts]:
    """Who is talking to the agent (or to any) now, newest first. Raises `ServerTrouble`."""
    of = f"&agent_id={agent_id}" if agent_id else ""
    body, _ = await api.call("GET", f"/api/v1/sessions?status=active&limit=50{of}")
    return [msgspec.convert(item, CallFacts) for item in body["items"]]


class Socket:
    """One open socket. Iterate it for frames; it ends when the other side closes."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def __aiter__(self) -> AsyncIterator[Frame]:
        return self._frames()

    async def _frames(self) -> AsyncIterator[Frame]:
        try:
            async for message in self._connection:
                if isinstance(message, bytes):
                    yield message
                    continue
                try:
                    yield _decoder.decode(message)
                except msgspec.DecodeError:
                    continue  # a frame of a newer server
        except ConnectionClosed:
            return

    async def sound(self, pcm: bytes) -> None:
        """What the microphone hears."""
        await self._send(pcm)

    async def keys(self, keys: str) -> None:
        """Telephone keys."""
        await self._send(msgspec.json.encode({"type": "keys", "keys": keys}).decode())

    async def text(self, words: str) -> None:
        """Words that are typed in the middle of it."""
        await self._send(msgspec.json.encode({"type": "text", "text": words}).decode())

    async def mute(self, on: bool) -> None:
        """The microphone is off, or on again."""
        await self._send(msgspec.json.encode({"type": "mute", "on": on}).decode())

    async def close(self) -> None:
        """Hang up."""
        try:
            await self._send('{"type": "bye"}')
            await self._connection.close()
        finally:
            # Who is cancelled here has no time left for manners, but the line is free.
            self._connection.transport.abort()

    async def _send(self, frame: bytes | str) -> None:
        try:
            await self._connection.send(frame)
        except ConnectionClosed:
            return


@asynccontextmanager
async def open_sound(api: Api, entrance: Entrance) -> AsyncIterator[Socket]:
    """The audio socket of a rehearsal. Raises `ServerTrouble`."""
    async with _open(api, entrance.url) as socket:
        hello = {"type": "hello", "token": entrance.token, "rate": RATE, "encoding": "pcm16"}
        await socket._send(msgspec.json.encode(hello).decode())
        yield socket


def follow(api: Api, session_id: str) -> AbstractAsyncContextManager[Socket]:
    """Watch a session: all that happened, then what happens. Raises `ServerTrouble`."""
    return _open(api, f"/api/v1/sessions/{session_id}/live")


@asynccontextmanager
async def _open(api: Api, path: str) -> AsyncIterator[Socket]:
    socket = Socket(await _connect(api, path))
    try:
        yield socket
    finally:
        await socket.close()


async def _connect(api: Api, path: str) -> ClientConnection:
    address = "ws" + api.address.removeprefix("http") + path
    try:
        return await connect(
            address,
            additional_headers={"Authorization": f"Bearer {api.token}"},
            max_size=4 * 1024 * 1024,
            compression=None,
            proxy=None,
        )
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
        raise ServerTrouble(AWAY, "unreachable", details=str(error)) from error
