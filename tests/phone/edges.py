"""Edges for tests, and owners that take their calls."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from server.channels.phone.edge import SipEdge
from server.channels.phone.port import Ended, Leg, Registration, State, Trunk
from server.channels.phone.server_transactions import Timers
from tests.phone.sounds import tone

FAST = Timers(t1=0.05, t2=0.3, t4=0.3)
"""RFC 3261's timers, faster: giving up takes 3.2 seconds."""
HOME = Trunk(id="home", numbers=("*",), allowed=("127.0.0.0/8", "::1"))
PATIENCE = 30.0


class Taken:
    """A call an owner has: what was heard, pressed, and told."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.heard = bytearray()
        self.keys = ""
        self.holds: list[bool] = []
        self.states: list[State] = [leg.state]
        self.ends: list[tuple[str, int]] = []
        self.refused: Ended | None = None
        self.tone_hz = 0
        leg.on_audio = self._hear
        leg.on_digit = self._press
        leg.on_hold = self.holds.append
        leg.on_state = self.states.append
        leg.on_ended = lambda reason, code: self.ends.append((reason, code))

    def _hear(self, pcm: bytes) -> None:
        assert not self.ends
        self.heard += pcm
        if self.tone_hz:
            self.leg.push(tone(self.tone_hz, 20, self.leg.rate))

    def _press(self, key: str) -> None:
        self.keys += key

    async def over(self) -> str:
        """Wait for its end."""
        await until(lambda: self.ends)
        return self.ends[0][0]


class House:
    """An edge with an owner: calls are answered (``answers``) after ringing, or left ringing, or refused."""

    def __init__(self, edge: SipEdge) -> None:
        self.edge = edge
        self.calls: list[Taken] = []
        self.registrations: list[Registration] = []
        self.answers = True
        self.rings = True
        self.tone_hz = 0
        self._tasks: set[asyncio.Task[None]] = set()
        edge.on_offered = self._offered
        edge.on_registration = self.registrations.append

    def uri(self, user: str = "100", host: str = "127.0.0.1") -> str:
        """What to call."""
        return f"sip:{user}@{host}:{self.edge.port}"

    def take(self, leg: Leg) -> Taken:
        """Own a call."""
        taken = Taken(leg)
        taken.tone_hz = self.tone_hz
        self.calls.append(taken)
        return taken

    async def call(self) -> Taken:
        """Wait for the newest call to be up."""
        await until(lambda: self.calls and self.calls[-1].leg.state is State.UP)
        return self.calls[-1]

    def _offered(self, leg: Leg) -> None:
        taken = self.take(leg)
        if self.rings:
            leg.ring()
        if self.answers:
            task = asyncio.get_running_loop().create_task(self._answer(taken))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, taken: Taken) -> None:
        try:
            await taken.leg.answer()
        except Ended as ended:
            taken.refused = ended


@asynccontextmanager
async def edge_house(*trunks: Trunk, **options: Any) -> AsyncIterator[House]:
    """An edge on loopback that serves ``trunks`` (`HOME` when there are none)."""
    usual: dict[str, Any] = {"host": "127.0.0.1", "port": 0, "rtp_ports": "0-0", "timers": FAST}
    edge = SipEdge(**(usual | {"invite_rate": 0, "goodbyes": 0.1} | options))
    await edge.start()
    house = House(edge)
    edge.trunks(trunks or (HOME,))
    try:
        yield house
    finally:
        await edge.drain(0)


async def until(true: Callable[[], Any]) -> None:
    """Wait for something to be true, 30 seconds at most."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)
