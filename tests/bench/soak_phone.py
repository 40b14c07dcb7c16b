"""``python -m tests.bench.soak_phone [packets] [calls]``: a telephone edge that is shot at, and called again and again.

100,000 wounded datagrams (SIP and RTP) with a call held all the while, then 2,000 short calls: none fails, nothing
stays behind, memory does not grow with them.
"""

import asyncio
import gc
import logging
import os
import random
import sys
import time

import structlog

from tests.bench.processes import resident
from tests.phone.caller import Phone
from tests.phone.edges import HOME, House, edge_house, until
from tests.phone.mutations import mutated

PACKETS = 100_000
CALLS = 2000
AT_ONCE = 20
MOST_GROWTH = 16 * 2**20
"""Bytes that memory may move by over the short calls."""


async def shoot(house: House, packets: int) -> str:
    """Wounded datagrams while a call goes on; empty when it did."""
    chance = random.Random(20_000)
    house.answers = False
    async with Phone(user="vandal") as vandal, Phone() as phone:
        house.answers = True
        call = await phone.call(house.uri())
        await call.up()
        held = await house.call()
        house.answers = False
        assert call._far is not None
        for number in range(packets):
            data = mutated(chance, number, 9)
            vandal.send(data, ("127.0.0.1", house.edge.port))
            if number % 10 == 0:
                vandal.send(b"\x80" + data[:60], call._far)
            if number % 20 == 0:
                await asyncio.sleep(0.002)
            if number % 1000 == 0:
                for taken in house.calls:
                    if taken is not held:
                        taken.leg.hang_up()
                house.calls = [held]
        await call.press("7")
        await until(lambda: held.keys.endswith("7"))
        alive = not held.ends
        await call.hang_up()
    for leg in house.edge.live:
        leg.hang_up()
    await until(lambda: not house.edge.live)
    failed = house.edge.counts.get("failed", 0)
    print(f"{packets} datagrams, {dict(house.edge.counts)}", flush=True)
    return "" if alive and not failed else f"the call lived: {alive}; failures: {failed}"


async def short(phone: Phone, house: House) -> None:
    """A call of two tenths of a second."""
    call = await phone.call(house.uri())
    await call.up()
    await asyncio.sleep(0.2)
    await call.hang_up()
    phone.forget(call)


async def calls(house: House, count: int) -> None:
    """That many, some at once."""
    house.answers = True
    async with Phone() as phone:
        for _ in range(0, count, AT_ONCE):
            await asyncio.gather(*(short(phone, house) for _ in range(AT_ONCE)))
            house.calls.clear()
    await until(lambda: not house.edge.live)


async def settled(house: House) -> None:
    """Wait until the edge has forgotten everything."""
    await until(lambda: not house.edge.counts["transactions"] and not house.edge.counts["dialogs"])
    gc.collect()


async def soak(packets: int, count: int) -> int:
    """1 when anything failed or stayed."""
    faults: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, said: faults.append(str(said)))
    async with edge_house(HOME, calls=2000) as house:
        trouble = await shoot(house, packets)
        await settled(house)
        await calls(house, min(count, 200))
        await settled(house)
        began, at = resident(os.getpid()), time.monotonic()
        await calls(house, count)
        await settled(house)
        grown = resident(os.getpid()) - began
        files = len(os.listdir("/proc/self/fd"))
        print(
            f"phone_soak_growth_mib {grown / 2**20:.1f} MiB (of {count} calls, {time.monotonic() - at:.0f} s)"
        )
        print(f"open files {files}")
    for line in [trouble, *faults[:5]]:
        if line:
            print(line, file=sys.stderr)
    return 1 if trouble or faults or grown > MOST_GROWTH or files > 60 else 0


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    given = [int(text) for text in sys.argv[1:3]]
    sys.exit(asyncio.run(soak(*([*given, *(PACKETS, CALLS)[len(given) :]]))))
