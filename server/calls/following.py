"""Watching a session as it happens: all records so far, then each as it is committed, and what the line tells."""

import asyncio
from collections import deque
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from engine.conversation import SessionRef
from engine.conversation.voice import TurnTimes
from engine.protocol import Record
from server.accounts.service import AccountService
from server.calls.lines import HeldLine
from server.calls.service import CallService
from server.kit.errors import ApiError, ErrorCode
from server.sessions.host import SessionHost
from server.sessions.live import LiveSession
from server.sessions.messages import Shown

PREFIX, SUFFIX = "/api/v1/sessions/", "/live"
UNAUTHORIZED, GONE, SLOW = 4401, 4404, 1013
QUEUE = 1024


class FollowSockets:
    """The ASGI application below `PREFIX`."""

    def __init__(self, accounts: AccountService, host: SessionHost, calls: CallService) -> None:
        self.accounts = accounts
        self.host = host
        self.calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one onlooker."""
        await receive()
        headers = {key.decode(): value.decode("latin-1") for key, value in scope["headers"]}
        path: str = scope["path"]
        try:
            who = self.accounts.authenticate(headers.get("authorization", ""), headers.get("origin"))
            if not path.endswith(SUFFIX):
                raise ApiError(ErrorCode.NOT_FOUND)
            ref = SessionRef(who.organization_id, path.removeprefix(PREFIX).removesuffix(SUFFIX))
            live = await self.host.open(ref)
        except ApiError as error:
            code = GONE if error.code.status == 404 or error.code.status == 409 else UNAUTHORIZED
            await send({"type": "websocket.close", "code": code, "reason": error.message[:120]})
            return
        await send({"type": "websocket.accept"})
        onlooker = Onlooker(live)
        held = self.calls.lines.get(ref.session)
        onlooker.look(held)
        try:
            await onlooker.run(await self._records(live), receive, send)
        finally:
            onlooker.leave()

    async def _records(self, live: LiveSession) -> list[Record]:
        return await live.conversation.read()


class Onlooker:
    """One socket (`server.calls.lines.Onlooker`, `server.sessions.live.Watcher`)."""

    def __init__(self, live: LiveSession) -> None:
        self._live = live
        self._frames: deque[str] = deque()
        self._wake = asyncio.Event()
        self._held: HeldLine | None = None
        self._seen = 0
        self._over = False
        live.watchers.append(self)
        live.followers.append(self.recorded)

    def look(self, held: HeldLine | None) -> None:
        """Look at the line as well, when there is one."""
        if held is not None:
            self._held = held
            held.watch.onlookers.append(self)

    def leave(self) -> None:
        """Look away."""
        if self in self._live.watchers:
            self._live.watchers.remove(self)
        if self.recorded in self._live.followers:
            self._live.followers.remove(self.recorded)
        if self._held is not None and self in self._held.watch.onlookers:
            self._held.watch.onlookers.remove(self)

    async def run(self, records: list[Record], receive: Receive, send: Send) -> None:
        """Until either side has enough."""
        run = self._live.conversation.run
        waiting, self._frames = self._frames, deque()
        self._tell(
            type="ready",
            session_id=run.header.session,
            header=msgspec.to_builtins(run.header),
            program=run.program.hash,
        )
        self._seen = 0
        for record in records:
            self.recorded(record)
        self._frames.extend(f for f in waiting if '"type":"record"' not in f)
        if self._live.conversation.ended:
            self.over("", "")
        reading = asyncio.create_task(self._until_closed(receive))
        try:
            await self._write(send, reading)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _until_closed(self, receive: Receive) -> None:
        while (await receive())["type"] == "websocket.receive":
            pass
        self._over = True
        self._wake.set()

    async def _write(self, send: Send, reading: "asyncio.Task[None]") -> None:
        try:
            while True:
                while self._frames:
                    await send({"type": "websocket.send", "text": self._frames.popleft()})
                if self._over:
                    await send({"type": "websocket.close", "code": 1000})
                    return
                self._wake.clear()
                await self._wake.wait()
        except (OSError, RuntimeError):
            return

    def recorded(self, record: Record) -> None:
        """A record was committed."""
        if record.seq > self._seen:
            self._seen = record.seq
            self._tell(type="record", record=msgspec.to_builtins(record))

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
        self._tell(type="ended", reason=reason, outcome=self._live.conversation.state.outcome)
        self._over = True
        self._wake.set()

    def shown(self, own: Shown | None, key: str, messages: list[Shown], waiting: bool) -> None:
        """Messages are for chats; a talk that ended is over here as well, unless a line tells it."""
        if self._held is None and self._live.conversation.ended:
            self.over("", "")

    def lost(self) -> None:
        """The session leaves this process."""
        self._over = True
        self._wake.set()

    def _tell(self, **frame: Any) -> None:
        if len(self._frames) >= QUEUE:
            self._over = True
        else:
            self._frames.append(msgspec.json.encode(frame).decode())
        self._wake.set()
