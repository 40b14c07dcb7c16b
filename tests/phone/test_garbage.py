"""What cannot be read does no harm."""

import asyncio
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.channels.phone.messages import Malformed, read
from server.channels.phone.port import Trunk
from server.channels.phone.rtp import read as read_rtp
from tests.phone.caller import Phone
from tests.phone.edges import HOME, edge_house, until
from tests.phone.mutations import mutated
from tests.phone.sounds import heard_ms


async def test_two_thousand_wounded_datagrams_and_a_call_in_between() -> None:
    chance = random.Random(7)
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
    guarded = Trunk(
        id="g", username="u", password="p", challenge=True, numbers=("7",), allowed=("127.0.0.1",)
    )
    async with (
        edge_house(HOME, guarded, calls=5000, rtp_ports="0-0") as house,
        Phone() as phone,
        Phone() as vandal,
    ):
        house.answers = False
        house.tone_hz = 1000
        sink = ("127.0.0.1", house.edge.port)
        for number in range(1000):
            vandal.send(mutated(chance, number, 9), sink)
            if number % 50 == 0:
                await asyncio.sleep(0.001)
        house.answers = True
        call = await phone.call(house.uri())
        await call.up()
        house.answers = False
        for number in range(1000, 2000):
            vandal.send(mutated(chance, number, 9), sink)
            if number % 50 == 0:
                await asyncio.sleep(0.001)
        await call.hears(1000, 300)
        await call.press("123")
        taken = next(t for t in house.calls if t.leg.caller == "caller")
        await until(lambda: taken.keys == "123")
        assert not taken.ends
        await call.hang_up()
        assert heard_ms(call.heard, 1000) >= 300
        assert house.edge.counts.get("failed", 0) == 0
        assert not faults
        assert house.edge.counts["malformed"] > 100
        for leftover in house.edge.live:
            leftover.hang_up()
        await until(lambda: not house.edge.live)
        await until(lambda: house.edge.counts["transactions"] == 0 and house.edge.counts["dialogs"] == 0)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        read(data)
    except Malformed:
        return


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_any_bytes_are_sound_or_nothing(data: bytes) -> None:
    packet = read_rtp(data)
    assert packet is None or (0 <= packet.payload_type < 128 and len(packet.payload) <= len(data) - 12)
