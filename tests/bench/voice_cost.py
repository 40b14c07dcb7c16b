"""What ten calls cost the worker that holds them, with its telephone edge, and the server behind it; no room."""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import REFERENCE, Figure, loop_speed
from tests.bench.processes import resident
from tests.bench.voice_barge_in import FLOW, NUMBER
from tests.e2e.telephones import Line, telephones
from tests.phone import pcap
from tests.phone.sipp import Sipp
from tests.phone.sounds import silence

CALLS = 10
SECONDS = 15.0


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


async def measured(folder: Path) -> tuple[float, float, float]:
    """Reference CPU seconds of a call second: the worker's and the server's; MiB a call takes in the worker."""
    sound = pcap.write(folder / "nothing.pcap", silence(100_000))
    with telephones(folder, INVITE_BURST="100") as server:
        line = Line(server)
        await line.ready()
        await line.number(NUMBER, await line.agent("Story", FLOW))
        assert server.process is not None
        pids = (child_of(server.process.pid), server.process.pid)
        at, one = line.uri(NUMBER), {"sound": sound, "ms": 90_000, "patience": 120}
        async with Sipp("caller", folder, at=at, **one):
            await up(line, 1)
            await asyncio.sleep(5)
            before = resident(pids[0])
            async with Sipp("caller", folder, at=at, calls=CALLS - 1, **one):
                await up(line, CALLS)
                await asyncio.sleep(3)
                speed, began = loop_speed(), time.monotonic()
                spent = [cpu_of(pid) for pid in pids]
                await asyncio.sleep(SECONDS)
                wall = time.monotonic() - began
                each = [
                    (cpu_of(p) - s) * speed / REFERENCE / wall / CALLS
                    for p, s in zip(pids, spent, strict=True)
                ]
                mib = (resident(pids[0]) - before) / 2**20 / (CALLS - 1)
        await line.house.client.aclose()
    return each[0], each[1], mib


def figures() -> Iterator[Figure]:
    """CPU and memory of a call."""
    with tempfile.TemporaryDirectory() as temporary:
        worker, server, mib = asyncio.run(measured(Path(temporary)))
    told = f"{CALLS} calls, no room: worker and edge {worker:.3g}, server {server:.3g}"
    yield Figure("call_cpu_ref_fraction", worker + server, "cpu s/call s", told)
    yield Figure("call_mib", mib, "MiB", f"goal 25; each of {CALLS - 1} after the first")
