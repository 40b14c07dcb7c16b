"""Telephone keys both ways, as RFC 4733 events in the stream of sound."""

import asyncio
from collections import deque
from collections.abc import Iterator

from server.channels.phone.rtp import SIGNS, TICK, Packet, read_event, write_event

PRESSED = 6
"""Ticks a key sounds."""
BETWEEN = 4
"""Ticks of sound between two keys."""
WAIT = 25
"""Ticks of a ``w``."""
LAST = 3
"""How often a key's end is sent."""


class KeyReader:
    """Tells each key once, at its end; a key whose end was lost is told when the next one begins."""

    def __init__(self) -> None:
        self._timestamp: int | None = None
        self._sign = ""
        self._told = True

    def read(self, packet: Packet) -> str:
        """The keys this packet completes: none, one, or two."""
        event = read_event(packet.payload)
        if event is None:
            return ""
        done = ""
        if packet.timestamp != self._timestamp:
            if self._timestamp is not None and (self._timestamp - packet.timestamp) % 2**32 < 2**31:
                return ""
            done = self.flush()
            self._timestamp, self._sign, self._told = packet.timestamp, event.sign, False
        if event.end and not self._told:
            self._told = True
            done += event.sign
        return done

    def flush(self) -> str:
        """The key that began and never ended, if any: sound has gone on after it."""
        if self._told:
            return ""
        self._told = True
        return self._sign


class Stroke:
    """One packet of a key: its payload, and whether it is the key's first."""

    def __init__(self, payload: bytes, timestamp: int, first: bool) -> None:
        self.payload = payload
        self.timestamp = timestamp
        self.first = first


class KeyWriter:
    """Keys to send, one tick after the other."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()
        self._playing: Iterator[list[Stroke] | None] | None = None
        self._done: asyncio.Future[None] | None = None
        self._now = 0

    async def send(self, keys: str) -> None:
        """Send keys; returns when the last is out, or the call over. Raises ``ValueError`` for what is no
        key."""
        keys = keys.upper().replace(" ", "").replace(",", "W")
        if wrong := sorted(set(keys) - set(SIGNS) - {"W"}):
            raise ValueError(f"{''.join(wrong)} cannot be pressed: use 0-9, *, #, A-D, and w to wait.")
        if not keys:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((keys, done))
        await done

    def tick(self, timestamp: int) -> list[Stroke] | None:
        """What goes out instead of the sound of this tick; None when sound may."""
        self._now = timestamp
        while True:
            if self._playing is None:
                if not self._waiting:
                    return None
                keys, self._done = self._waiting.popleft()
                self._playing = self._play(keys)
            try:
                return next(self._playing)
            except StopIteration:
                self._playing = None
                self._settle()

    def _play(self, keys: str) -> Iterator[list[Stroke] | None]:
        for sign in keys:
            if sign == "W":
                for _ in range(WAIT):
                    yield None
                continue
            began = self._now
            for n in range(1, PRESSED + 1):
                yield [Stroke(write_event(sign, False, n * TICK), began, n == 1)]
            yield [Stroke(write_event(sign, True, PRESSED * TICK), began, False) for _ in range(LAST)]
            for _ in range(BETWEEN - 1):
                yield None

    def _settle(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)
        self._done = None

    def close(self) -> None:
        """The call is over: nobody waits any longer."""
        self._playing = None
        self._settle()
        while self._waiting:
            _, self._done = self._waiting.popleft()
            self._settle()
