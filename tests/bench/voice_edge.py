"""What the telephone edge alone costs: twenty calls with sound both ways, and nothing behind them."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import structlog

from server.channels.phone.port import Leg
from tests.bench.figures import REFERENCE, Figure, loop_speed
from tests.phone import pcap
from tests.phone.edges import HOME, House, Taken, edge_house, until
from tests.phone.sipp import Sipp
from tests.phone.sounds import tone

CALLS = 20
SECONDS = 10.0
GOAL = 0.02


class Echoing(House):
    """Gives each caller her own sound back: as much goes out as comes in, and making it costs nothing."""

    def take(self, leg: Leg) -> Taken:
        """Own a call."""
        taken = super().take(leg)
        leg.on_audio = leg.push
        return taken


async def spent(folder: Path) -> float:
    """CPU seconds of the reference core for a second of one call."""
    sound = pcap.write(folder / "tone.pcap", tone(440, 60_000))
    async with edge_house(HOME, calls=CALLS * 2) as house:
        echoing = Echoing(house.edge)
        async with Sipp(
            "caller", folder, at=echoing.uri(), calls=CALLS, sound=sound, ms=40_000, patience=120
        ):
            await until(lambda: sum(leg.state.value == "up" for leg in house.edge.live) == CALLS)
            speed = loop_speed()
            cpu, wall = time.process_time(), time.monotonic()
            await asyncio.sleep(SECONDS)
            cpu, wall = time.process_time() - cpu, time.monotonic() - wall
            for leg in house.edge.live:
                leg.hang_up()
        return cpu * speed / REFERENCE / wall / CALLS


def figures() -> Iterator[Figure]:
    """The edge alone."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as temporary:
        fraction = asyncio.run(spent(Path(temporary)))
    yield Figure("edge_cpu_ref_fraction", fraction, "cpu s/call s", f"goal {GOAL}; {CALLS} calls, G.711")
