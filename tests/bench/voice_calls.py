"""Fifteen callers at once, each of whom books a table with the keys of her telephone."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.voice_booking import GUESTS, HOUR, NUMBER, Bookings, booking, booking_service, fault_of
from tests.e2e.telephones import Line, telephones
from tests.phone import pcap
from tests.phone.sipp import Sipp
from tests.phone.sounds import silence

CALLS = 15
HEARD_ALL = 100_000
"""Milliseconds a caller stays on the line, if nobody hangs up on her."""


def keyed(path: Path) -> Path:
    """What a caller sends: nothing while she is greeted, her two answers, then nothing until it is over."""
    return pcap.write(path, silence(4000), GUESTS, silence(3000), HOUR, silence(HEARD_ALL))


async def calls_at_once(folder: Path, bookings: Bookings, line: Line) -> list[str]:
    """Call; what went wrong with each session, and with sipp."""
    agent = await line.agent("Booking", booking(bookings.address))
    await line.number(NUMBER, agent)
    before = await line.sessions()
    sound = keyed(folder / "keys.pcap")
    async with AsyncExitStack() as stack:
        one_each = [
            await stack.enter_async_context(
                Sipp("caller_waits", folder, at=line.uri(NUMBER), sound=sound, patience=90)
            )
            for _ in range(CALLS)
        ]
        codes = await asyncio.gather(*(sipp.over() for sipp in one_each))
        troubles = [sipp.troubles()[-300:] for sipp, code in zip(one_each, codes, strict=True) if code]
    sessions = await line.sessions() - before
    faults = [fault_of(await line.log(session)) for session in sorted(sessions)]
    faults += ["no session"] * (CALLS - len(faults))
    return [fault or trouble for fault, trouble in zip(faults, [*troubles, *[""] * CALLS], strict=False)]


async def measured() -> list[str]:
    """A whole house for them."""
    with tempfile.TemporaryDirectory() as temporary, booking_service() as bookings:
        folder = Path(temporary)
        with telephones(folder, HTTP_ALLOW=bookings.address, INVITE_BURST="100") as server:
            line = Line(server)
            await line.ready()
            faults = await calls_at_once(folder, bookings, line)
            await line.house.client.aclose()
    repeated = [key for key, times in bookings.asked.items() if times > 1]
    return faults + [f"asked twice: {repeated}"] * bool(repeated)


def figures() -> Iterator[Figure]:
    """The figure of fifteen calls."""
    faults = [fault for fault in asyncio.run(measured()) if fault]
    told = f"; {faults[0]}" if faults else ""
    yield Figure("calls_15_ok", max(0, CALLS - len(faults)), "calls", f"goal {CALLS}; sipp, by keys{told}")
