"""Twenty calls whose worker is killed in the middle: what becomes of each."""

import asyncio
import math
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.heartbeat import Heartbeat
from tests.bench.voice_booking import NUMBER, Bookings, booking, booking_service
from tests.bench.voice_rooms import RoomsExchange, Worker, rooms_exchange
from tests.e2e.calling import loud_ms
from tests.e2e.telephones import Line
from tests.phone.caller import Call, Phone

CALLS = 20
INSTANTS = 9.0
"""Seconds after the answer within which the worker is killed."""
GOES_ON = 5.0
DRAINED = 0.3
"""Seconds after which nothing is heard any more of what a dead worker sent."""
HOLDS_OUT = 90.0
"""Seconds a caller stays."""
ANSWERS = {"n_guestsaa": "4", "n_houraaaa": "1930"}


async def presses(line: Line, call: Call, session: str) -> None:
    """A caller: answers the question she was asked last, once it was said; again when it is asked again."""
    answered: tuple[int, str] = (0, "")
    async with asyncio.timeout(HOLDS_OUT):
        while not call.ended:
            await asyncio.sleep(0.5)
            asked = [
                (record["seq"], effect["node"])
                for record in await line.log(session)
                for effect in record["effects"]
                if effect["type"] == "listen"
            ]
            silent = loud_ms(call.heard[-16_000 * 7 // 10 :]) == 0
            if asked and asked[-1] != answered and silent:
                answered = asked[-1]
                await call.press(ANSWERS[answered[1]])


def went_on(log: list[dict[str, Any]], killed: float) -> bool:
    """Whether the talk was taken up again after this moment (of the wall clock)."""
    return any(
        record["event"]["type"] == "switched" and datetime.fromisoformat(record["at"]).timestamp() > killed
        for record in log
    )


async def heard_again(call: Call, killed: float) -> float:
    """Seconds from the kill to sound, once what was on its way has been heard; endless for none."""
    while time.monotonic() < killed + DRAINED:
        await asyncio.sleep(0.02)
    have = len(call.heard)
    while not call.ended and time.monotonic() < killed + HOLDS_OUT:
        if loud_ms(call.heard[have:]) > 0:
            return time.monotonic() - killed
        await asyncio.sleep(0.02)
    return math.inf


class Trial:
    """One house for all the calls; each has its own instant."""

    def __init__(self, exchange: RoomsExchange, bookings: Bookings, beat: Heartbeat) -> None:
        self.exchange = exchange
        self.bookings = bookings
        self.beat = beat
        self.line = Line(exchange.house.server)
        self.workers: list[Worker] = []
        self.took: list[float] = []

    async def staffed(self) -> None:
        """Wait for two workers: one that will die, and one that goes on."""
        self.workers = [worker for worker in self.workers if worker.process.poll() is None]
        while len(self.workers) < 2:
            self.workers.append(self.exchange.worker())
        async with asyncio.timeout(HOLDS_OUT):
            while not all([await asyncio.to_thread(lambda w=worker: w.ready) for worker in self.workers]):
                await asyncio.sleep(0.2)

    async def kill(self) -> bool:
        """Kill the worker that holds the line; whether there was one."""
        for worker in self.workers:
            if await asyncio.to_thread(lambda w=worker: w.lines):
                worker.kill()
                return True
        return False

    async def call(self, instant: float) -> str:
        """A call that loses its worker at an instant; what was wrong with that."""
        await self.staffed()
        before = await self.line.sessions()
        async with Phone() as phone:
            call = await phone.call(self.line.uri(NUMBER))
            await call.up()
            session = await self.line.newest(before)
            pressing = asyncio.create_task(presses(self.line, call, session))
            await asyncio.sleep(instant)
            if not await self.kill():
                pressing.cancel()
                return f"nobody held the line after {instant:.1f} s"
            killed, at = time.time(), time.monotonic()
            sounds = await heard_again(call, at)
            await asyncio.gather(pressing, return_exceptions=True)
            if not call.ended:
                await call.hang_up()
                return "the caller waited in vain"
        return self.judged(session, await self.line.log(session), killed, at, sounds)

    def judged(self, session: str, log: list[dict[str, Any]], killed: float, at: float, sounds: float) -> str:
        """By the log, and by what the service was asked."""
        keys = self.bookings.of(session)
        if len(keys) > 1 or any(self.bookings.asked[key] > 1 for key in keys):
            return f"booked twice: {keys}"
        end = next((e for r in log for e in r["effects"] if e["type"] == "end"), None)
        if not went_on(log, killed):
            return "" if end is not None else "neither went on nor ended"
        took = sounds - self.beat.late(at, at + sounds)
        self.took.append(took)
        if took > GOES_ON:
            return f"went on after {took:.1f} s"
        if end is None or end["outcome"] != "booked" or len(keys) != 1:
            return f"went on, and ended with {end}, {len(keys)} bookings"
        return ""


async def measured(folder: Path, bookings: Bookings) -> tuple[list[str], list[float]]:
    """What was wrong with each call, and how long each had to wait."""
    with rooms_exchange(folder, PARLEY_HTTP_ALLOW=bookings.address) as exchange, Heartbeat() as beat:
        trial = Trial(exchange, bookings, beat)
        agent = await trial.line.agent("Booking", booking(bookings.address, slowly=2))
        await trial.line.number(NUMBER, agent)
        chance = random.Random(4)
        faults = []
        for number in range(CALLS):
            fault = await trial.call(chance.uniform(0, INSTANTS))
            faults.append(f"call {number}: {fault}" if fault else "")
        await trial.line.house.client.aclose()
        return faults, trial.took


def figures() -> Iterator[Figure]:
    """Of twenty calls, those that went on or ended with an apology, and did nothing twice."""
    with tempfile.TemporaryDirectory() as temporary, booking_service() as bookings:
        faults, took = asyncio.run(measured(Path(temporary), bookings))
    wrong = [fault for fault in faults if fault]
    told = "; ".join([f"went on after {max(took, default=0):.1f} s at most", *wrong])
    yield Figure("resumed_of_20", CALLS - len(wrong), "calls", f"goal {CALLS}; {told}")
