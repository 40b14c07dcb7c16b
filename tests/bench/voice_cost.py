"""What ten calls cost everybody who has a part in them, straight to a worker and in rooms."""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench.figures import REFERENCE, Figure, loop_speed
from tests.bench.processes import resident
from tests.bench.voice_barge_in import FLOW, NUMBER
from tests.bench.voice_rooms import rooms_exchange
from tests.e2e.telephones import Line, telephones
from tests.phone import pcap
from tests.phone.sipp import Sipp
from tests.phone.sounds import silence

CALLS = 10
SECONDS = 15.0
SETTLES = 3.0
"""Seconds after which the sound of a call that began is prepared, and told."""

Cost = dict[str, tuple[float, float]]
"""By part of the house: reference CPU seconds of a call second; MiB of each call after the first."""


def cpu_of(pid: int) -> float:
    """CPU seconds a process has spent, and the children it has waited for (espeak-ng)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def child_of(pid: int) -> int:
    """The worker beside a server."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


async def up(line: Line, count: int) -> None:
    """Wait until so many lines are held."""

    async def look() -> bool:
        return f"{count} lines" in str((await line.health())["voice"]["detail"])

    await line.house.until(look, f"{count} calls were never up")


async def cost(line: Line, folder: Path, parts: Mapping[str, int]) -> Cost:
    """Call, then call nine times more, and see what that takes of the processes in ``parts``."""
    sound = pcap.write(folder / "nothing.pcap", silence(100_000))
    at, one = line.uri(NUMBER), {"sound": sound, "ms": 90_000, "patience": 120}
    async with Sipp("caller", folder, at=at, **one):
        await up(line, 1)
        await asyncio.sleep(SETTLES)
        held = {name: resident(pid) for name, pid in parts.items()}
        async with Sipp("caller", folder, at=at, calls=CALLS - 1, **one):
            await up(line, CALLS)
            await asyncio.sleep(SETTLES)
            speed, began = loop_speed(), time.monotonic()
            spent = {name: cpu_of(pid) for name, pid in parts.items()}
            await asyncio.sleep(SECONDS)
            scale = speed / REFERENCE / (time.monotonic() - began) / CALLS
            return {
                name: (
                    (cpu_of(pid) - spent[name]) * scale,
                    (resident(pid) - held[name]) / 2**20 / (CALLS - 1),
                )
                for name, pid in parts.items()
            }


async def straight(folder: Path) -> Cost:
    """Callers whom the worker beside the server holds, with its telephone edge."""
    with telephones(folder, INVITE_BURST="100") as server:
        line = Line(server)
        await line.ready()
        try:
            await line.number(NUMBER, await line.agent("Story", FLOW))
            assert server.process is not None
            pid = server.process.pid
            return await cost(line, folder, {"worker and edge": child_of(pid), "server": pid})
        finally:
            await line.house.client.aclose()


async def in_rooms(folder: Path) -> Cost:
    """Callers whom an edge brings into rooms, where a worker meets them."""
    house = rooms_exchange(folder)
    exchange = await asyncio.to_thread(house.__enter__)
    line = Line(exchange.house.server)
    try:
        worker = exchange.worker(CALLS + 2)
        async with asyncio.timeout(90):
            while not await asyncio.to_thread(lambda: worker.ready):
                await asyncio.sleep(0.2)
        await line.number(NUMBER, await line.agent("Story", FLOW))
        server, rooms = exchange.house.server.process, exchange.house.livekit.process
        assert server is not None and rooms is not None
        parts = {
            "worker": worker.process.pid,
            "edge": exchange.phone.pid,
            "server": server.pid,
            "LiveKit": rooms.pid,
        }
        return await cost(line, folder, parts)
    finally:
        await line.house.client.aclose()
        await asyncio.to_thread(house.__exit__, None, None, None)


def figures() -> Iterator[Figure]:
    """CPU and memory of a call, without a room and with one."""
    for name, way in (("", straight), ("_room", in_rooms)):
        with tempfile.TemporaryDirectory() as temporary:
            parts = asyncio.run(way(Path(temporary)))
        cpu, mib = (sum(part[i] for part in parts.values()) for i in (0, 1))
        of = [", ".join(f"{part} {both[i]:.2g}" for part, both in parts.items()) for i in (0, 1)]
        yield Figure(f"call_cpu{name}_ref_fraction", cpu, "cpu s/call s", f"{CALLS} calls at once: {of[0]}")
        yield Figure(f"call_mib{name}", mib, "MiB", f"goal 25; each of {CALLS - 1} after the first: {of[1]}")
