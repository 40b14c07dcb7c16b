"""What the emulated vendors of language models have in common: scripted answers, streamed in small pieces."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.engine.providers.emulators.emulator import Emulator, Script, hang_up

PIECE = 5
"""Characters in a piece: no word, number or JSON comes whole."""


@dataclass(frozen=True)
class Reply:
    """What the model answers: text, and calls as name and JSON arguments. ``reason`` is stop, length or refused."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    reason: str = "stop"
    read: int = 40
    cached: int = 10
    written: int = 7


@dataclass
class Talk(Script):
    """``replies`` one after the other, the last one again and again. ``trouble`` may also be ``stall`` (falls silent in
    the middle), ``clipped`` (ends without an end), ``overloaded`` (says so in the middle), ``endless``, ``too_long``,
    ``censored`` and ``poor`` (no credit left)."""

    replies: tuple[Reply, ...] = (Reply("Good morning. Your table is ready."),)


class Bad(Exception):
    """The vendor would refuse such a request."""


class LlmEmulator(Emulator):
    """A vendor. Its file says how its protocol looks."""

    def __init__(self, script: Script | None = None) -> None:
        super().__init__(script if isinstance(script, Talk) else Talk())
        self.open_streams = 0

    @property
    def talk(self) -> Talk:
        assert isinstance(self.script, Talk)
        return self.script

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """To the request for a stream."""
        trouble = await self.admit(request)
        wanted = await request.json()
        try:
            self.inspect(wanted)
        except Bad as bad:
            return self.refusal(400, "invalid_request_error", str(bad))
        await self.note(wanted)
        await self.think()
        if trouble == "too_long":
            return self.too_long()
        if trouble == "poor":
            return self.refusal(429, "insufficient_quota", "You exceeded your current quota")
        if trouble == "censored":
            return await self.censored(request)
        if trouble == "silent":
            await asyncio.Event().wait()
        number = min(len(self.messages) - 1, len(self.talk.replies) - 1)
        return await self.stream(request, self.answering(self.talk.replies[number], trouble), trouble)

    async def stream(
        self, request: web.Request, pieces: AsyncIterator[bytes], trouble: str = ""
    ) -> web.StreamResponse:
        """Server-sent events."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        self.open_streams += 1
        try:
            async for piece in pieces:
                if piece == HANG_UP:
                    hang_up(request)
                    return response
                await response.write(piece)
            await response.write_eof()
        except (ConnectionResetError, asyncio.CancelledError):
            pass
        finally:
            async with self.changed:
                self.open_streams -= 1
                self.changed.notify_all()
        return response

    async def answering(self, reply: Reply, trouble: str) -> AsyncIterator[bytes]:
        """The reply as the vendor's stream, with its trouble in the middle."""
        for number, piece in enumerate(self.pieces(reply)):
            if number == self.script.cut_after:
                if trouble == "stall":
                    await asyncio.Event().wait()
                if trouble == "cut":
                    yield HANG_UP
                if trouble == "clipped":
                    return
                if trouble == "overloaded":
                    yield self.overloaded()
                    return
                if trouble == "garbage":
                    yield sse("{not json at all", self.event)
                while trouble == "endless":
                    for more in self.text("and so on "):
                        yield more
                    await asyncio.sleep(0)
            yield piece

    def pieces(self, reply: Reply) -> Iterator[bytes]:
        """All of a reply."""
        yield from self.start(reply)
        for part in cut(reply.text):
            yield from self.text(part)
        for number, (name, arguments) in enumerate(reply.calls):
            yield from self.call(number, name, arguments)
        yield from self.end(reply)

    event = ""

    def inspect(self, wanted: dict[str, Any]) -> None:
        """Raises `Bad`."""

    def start(self, reply: Reply) -> Iterator[bytes]:
        raise NotImplementedError

    def text(self, part: str) -> Iterator[bytes]:
        raise NotImplementedError

    def call(self, number: int, name: str, arguments: str) -> Iterator[bytes]:
        raise NotImplementedError

    def end(self, reply: Reply) -> Iterator[bytes]:
        raise NotImplementedError

    def overloaded(self) -> bytes:
        raise NotImplementedError

    def refusal(self, status: int, kind: str, text: str) -> web.Response:
        raise NotImplementedError

    def too_long(self) -> web.Response:
        raise NotImplementedError

    async def censored(self, request: web.Request) -> web.StreamResponse:
        """By a reply that says so."""
        return await self.stream(request, self.answering(Reply(reason="refused"), ""))


HANG_UP = b"\0"


def sse(data: Any, event: str = "") -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data)
    return (f"event: {event}\n" if event else "").encode() + f"data: {text}\n\n".encode()


def cut(text: str) -> list[str]:
    """In small pieces."""
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


def need(holds: object, otherwise: str) -> None:
    """Raises `Bad`."""
    if not holds:
        raise Bad(otherwise)
