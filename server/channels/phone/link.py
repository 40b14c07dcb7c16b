"""A telephone call as a link of a voice session."""

import asyncio
from collections.abc import AsyncIterator, Callable

from server.channels.phone.port import Leg, State

ENDED_BY_CALLER = frozenset(("caller_hung_up", "callee_hung_up", "caller_gave_up"))
ENDED_BY_US = frozenset(("agent_hung_up", "we_hung_up", "transferred", "max_duration"))
WAITING = 100
"""Stretches of the caller's sound that may wait (two seconds); older ones are dropped."""


class LegLink:
    """`server.channels.voice.link.AudioLink` over a `Leg`. ``on_key`` is called with each key she presses."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.rate = leg.rate
        self.on_key: Callable[[str], None] = lambda digit: None
        self._heard: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)
        self._over: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self._pressing: set[asyncio.Task[None]] = set()
        self._given = False
        leg.on_audio = self._hear
        leg.on_digit = self._key

    def ended(self, reason: str) -> None:
        """The call is over (told by who owns the leg)."""
        if not self._over.done():
            by = "caller" if reason in ENDED_BY_CALLER else "agent" if reason in ENDED_BY_US else "line"
            self._over.set_result((by, reason))
        self._put(None)

    def give(self) -> None:
        """The call is somebody else's from now on; the line ends when its session says goodbye."""
        self._given = True

    def _key(self, digit: str) -> None:
        self.on_key(digit)

    def _hear(self, pcm: bytes) -> None:
        self._put(pcm)

    def _put(self, item: bytes | None) -> None:
        if self._heard.full():
            self._heard.get_nowait()
        self._heard.put_nowait(item)

    async def frames(self) -> AsyncIterator[bytes]:
        """What the caller says."""
        while (pcm := await self._heard.get()) is not None:
            yield pcm

    def play(self, pcm: bytes) -> None:
        """The next 20 ms for the caller."""
        if self.leg.state in (State.UP, State.EARLY) and not self._given:
            self.leg.push(pcm)

    def clear(self) -> None:
        """Forget what has not sounded."""
        if not self._given:
            self.leg.clear()

    def press(self, keys: str) -> None:
        """Send telephone keys."""
        if self._given:
            return
        task = asyncio.get_running_loop().create_task(self.leg.send_keys(keys))
        self._pressing.add(task)
        task.add_done_callback(self._pressing.discard)

    def hang_up(self, cause: str) -> None:
        """End the call once all has sounded; one that was given away goes on without us."""
        if self._given:
            self.ended("transferred")
        elif unsent := self.leg.unsent:
            asyncio.get_running_loop().call_later(unsent, self.leg.hang_up, cause)
        else:
            self.leg.hang_up(cause)

    async def closed(self) -> tuple[str, str]:
        """Wait until the call is over."""
        return await asyncio.shield(self._over)

    async def aclose(self) -> None:
        """The call itself belongs to the edge."""
        for task in self._pressing:
            task.cancel()
