"""Somebody calls us."""

import asyncio

import pytest

from server.channels.phone.edge import SipEdge
from server.channels.phone.port import Ended, State, Trunk
from server.channels.phone.ports import Ports
from tests.phone.caller import Phone
from tests.phone.edges import HOME, House, edge_house, until
from tests.phone.sounds import heard_ms, tone
from tests.ports import free_port


async def test_both_hear_each_other_and_the_caller_hangs_up(house: House, phone: Phone) -> None:
    house.tone_hz = 1000
    call = await phone.call(house.uri("+15550100"), X_Order="7")
    await call.up()
    taken = await house.call()
    call.say(tone(440, 3000))
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 500)
    await call.until(lambda: heard_ms(call.heard, 1000) >= 500)
    await call.hang_up()
    assert await taken.over() == "caller_hung_up"
    assert call.codes[0] in (100, 180) and call.codes[-1] == 200
    leg = taken.leg
    assert (leg.direction, leg.caller, leg.callee, leg.trunk) == ("in", "caller", "+15550100", "home")
    assert leg.headers["x-order"] == "7"
    assert taken.states == [State.OFFERED, State.RINGING, State.ANSWERING, State.UP, State.ENDED]


async def test_we_hang_up(house: House, phone: Phone) -> None:
    call = await phone.call(house.uri())
    await call.up()
    taken = await house.call()
    taken.leg.hang_up("agent_hung_up", {"X-Outcome": "booked\r\nEvil: 1"})
    assert await call.over() == "bye"
    assert taken.ends == [("agent_hung_up", 0)]
    bye = call.requests[-1]
    assert ("X-Outcome", "booked Evil: 1") in bye[1]
    assert ("Reason", "Q.850;cause=16") in bye[1]


async def test_keys_are_heard_one_by_one(house: House, phone: Phone) -> None:
    call = await phone.call(house.uri())
    await call.up()
    taken = await house.call()
    await call.press("11#*9A")
    await until(lambda: len(taken.keys) == 6)
    assert taken.keys == "11#*9A"
    await call.hang_up()


async def test_we_press_keys(house: House, phone: Phone) -> None:
    call = await phone.call(house.uri())
    await call.up()
    taken = await house.call()
    await taken.leg.send_keys("1159w#")
    await call.until(lambda: len(call.keys) == 5)
    assert call.keys == "1159#"
    with pytest.raises(ValueError, match="cannot be pressed"):
        await taken.leg.send_keys("12x")
    await call.hang_up()


async def test_the_caller_gives_up_while_it_rings(house: House, phone: Phone) -> None:
    house.answers = False
    call = await phone.call(house.uri())
    await call.until(lambda: 180 in call.codes)
    call.cancel()
    assert await call.over() == "487"
    taken = house.calls[0]
    assert await taken.over() == "caller_gave_up"
    with pytest.raises(Ended, match="caller_gave_up"):
        await taken.leg.answer()
    taken.leg.reject(486)
    taken.leg.hang_up()
    assert taken.ends == [("caller_gave_up", 487)]


async def test_a_call_is_refused(house: House, phone: Phone) -> None:
    house.answers = False
    call = await phone.call(house.uri())
    await until(lambda: house.calls)
    house.calls[0].leg.reject(486, "busy", {"Retry-After": "9"})
    assert await call.over() == "486"
    assert house.calls[0].ends == [("busy", 486)]
    assert any(("Retry-After", "9") in message[1] for message in phone.seen)


async def test_hold_stops_our_sound_and_resume_brings_it_back(house: House, phone: Phone) -> None:
    house.tone_hz = 1000
    call = await phone.call(house.uri())
    await call.up()
    taken = await house.call()
    await call.until(lambda: heard_ms(call.heard, 1000) >= 100)
    for direction, answer in (("sendonly", "recvonly"), ("inactive", "inactive")):
        assert await call.hold(direction) == 200
        await until(lambda: taken.holds[-1:] == [True])
        assert any(f"a={answer}".encode() in message[2] for message in phone.seen)
        await asyncio.sleep(0.1)
        packets = call.packets
        heard = len(taken.heard)
        await asyncio.sleep(0.3)
        assert call.packets == packets
        assert len(taken.heard) == heard
        assert await call.hold("sendrecv") == 200
        call.packets = 0
        await call.until(lambda: call.packets > 10)
    assert taken.holds == [True, False, True, False]
    await call.hang_up()


async def test_a_call_over_ipv6() -> None:
    async with edge_house(host="::1") as house, Phone("::1") as phone:
        house.tone_hz = 1000
        call = await phone.call(house.uri(host="[::1]"))
        await call.up()
        taken = await house.call()
        await call.press("42")
        await until(lambda: taken.keys == "42")
        await call.until(lambda: heard_ms(call.heard, 1000) >= 200)
        await call.hang_up()


async def test_an_edge_on_every_address_speaks_both_families() -> None:
    async with edge_house(host="::") as house, Phone("::1") as six, Phone("127.0.0.1") as four:
        for phone, host in ((six, "[::1]"), (four, "127.0.0.1")):
            house.tone_hz = 1000
            call = await phone.call(house.uri(host=host))
            await call.up()
            await call.hears(1000, 200)
            assert any(
                f"c=IN IP{6 if ':' in host else 4} {host.strip('[]')}".encode() in m[2] for m in phone.seen
            )
            await call.hang_up()


async def test_without_sound_the_call_ends(phone: Phone) -> None:
    async with edge_house(media_timeout=0.5) as house:
        call = await phone.call(house.uri())
        call.speaking = False
        await call.up()
        taken = await house.call()
        assert await call.over() == "bye"
        assert await taken.over() == "no_media"


async def test_whoever_holds_may_be_silent(phone: Phone) -> None:
    async with edge_house(media_timeout=0.3) as house:
        call = await phone.call(house.uri())
        await call.up()
        taken = await house.call()
        await call.hold("inactive")
        call.speaking = False
        await asyncio.sleep(0.8)
        assert not taken.ends
        call.speaking = True
        await call.hold("sendrecv")
        await call.hang_up()
        assert await taken.over() == "caller_hung_up"


async def test_fifteen_calls_at_once_and_the_sixteenth_is_told_to_come_back(phone: Phone) -> None:
    async with edge_house(calls=15) as house:
        house.tone_hz = 1000
        calls = [await phone.call(house.uri()) for _ in range(15)]
        for call in calls:
            await call.up()
        late = await phone.call(house.uri())
        assert await late.over() == "503"
        assert any(name == "Retry-After" for message in phone.seen for name, _ in message[1])
        for n, call in enumerate(calls):
            await call.press(f"{n % 10}")
        for call in calls:
            await call.hears(1000, 100)
            await call.hang_up()
        await until(lambda: not house.edge.live)
        assert sorted(t.keys for t in house.calls) == sorted(str(n % 10) for n in range(15))


async def test_draining_takes_no_call_and_ends_what_stays(phone: Phone) -> None:
    async with edge_house() as house:
        call = await phone.call(house.uri())
        await call.up()
        taken = await house.call()
        draining = asyncio.create_task(house.edge.drain(1.0))
        await asyncio.sleep(0)
        late = await phone.call(house.uri())
        assert await late.over() == "503"
        assert not taken.ends
        assert await call.over() == "bye"
        assert taken.ends == [("we_hung_up", 0)]
        await draining


async def test_a_port_that_is_taken_is_told() -> None:
    async with edge_house() as house:
        with pytest.raises(OSError, match="in use"):
            await SipEdge(host="127.0.0.1", port=house.edge.port).start()


async def test_a_range_of_ports_is_shared_out(phone: Phone) -> None:
    free = free_port(2)
    async with edge_house(HOME, rtp_ports=f"{free}-{free + 1}") as house:
        first = await phone.call(house.uri())
        await first.up()
        second = await phone.call(house.uri())
        assert await second.over() == "503"
        await first.hang_up()
        await until(lambda: not house.edge.live)
        third = await phone.call(house.uri())
        await third.up()
        await third.hang_up()


def test_a_process_does_not_begin_with_the_ports_of_the_one_before() -> None:
    begun = set()
    for _ in range(20):
        ports = Ports("127.0.0.1", 20_000, 20_999)
        sock = ports.open()
        begun.add(sock.getsockname()[1])
        ports.close(sock)
    assert len(begun) > 1


async def test_a_number_of_ours_is_known_however_it_is_written(phone: Phone) -> None:
    trunk = Trunk(id="t", numbers=("+44 20 7946 0018",), allowed=("127.0.0.1",))
    async with edge_house(trunk) as house:
        for number in ("+442079460018", "442079460018", "00442079460018"):
            call = await phone.call(house.uri(number))
            await call.up()
            await call.hang_up()
        wrong = await phone.call(house.uri("+442079460019"))
        assert await wrong.over() == "404"
