"""We call somebody."""

import asyncio

import pytest

from server.channels.phone.port import Ended, State, Trunk
from tests.phone.caller import Call, Phone
from tests.phone.edges import House, Taken, edge_house, until
from tests.phone.sip_text import header
from tests.phone.sounds import heard_ms, silence, tone


def line_to(phone: Phone, **more: object) -> Trunk:
    """A trunk whose proxy is a phone."""
    host = f"[{phone.host}]" if ":" in phone.host else phone.host
    return Trunk(id="line", address=f"{host}:{phone.port}", **more)  # type: ignore[arg-type]


async def dialled(house: House, phone: Phone, **more: object) -> tuple[Taken, Call]:
    """A call that has reached the phone."""
    house.edge.trunks((line_to(phone),))
    taken = house.take(await house.edge.dial("line", "+15550199", **more))  # type: ignore[arg-type]
    async with asyncio.timeout(30):
        return taken, await phone.rang.get()


async def test_both_hear_each_other_and_the_callee_hangs_up(house: House, phone: Phone) -> None:
    house.tone_hz = 1000
    taken, call = await dialled(house, phone, caller_id="+15550001", headers={"X-Order": "7"})
    invite = phone.seen[0]
    assert invite[0] == f"INVITE sip:+15550199@127.0.0.1:{phone.port} SIP/2.0"
    assert header(invite, "X-Order") == "7"
    assert "sip:+15550001@" in header(invite, "From")
    call.reply(180)
    await until(lambda: taken.leg.state is State.RINGING)
    await call.answer()
    await taken.leg.answer()
    call.say(tone(440, 2000))
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 500)
    await call.until(lambda: heard_ms(call.heard, 1000) >= 500)
    await call.press("59")
    await until(lambda: taken.keys == "59")
    await taken.leg.send_keys("11#")
    await call.until(lambda: call.keys == "11#")
    await call.hang_up()
    assert await taken.over() == "callee_hung_up"
    assert taken.states == [State.DIALING, State.RINGING, State.UP, State.ENDED]


async def test_we_hang_up(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    await call.answer()
    await taken.leg.answer()
    taken.leg.hang_up("agent_hung_up")
    assert await call.over() == "bye"
    assert taken.ends == [("agent_hung_up", 0)]


async def test_early_sound_is_heard(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    call.say(tone(700, 3000))
    await call.answer(183)
    await until(lambda: heard_ms(bytes(taken.heard), 700) >= 300)
    assert taken.leg.state is State.EARLY
    await call.answer(200)
    await taken.leg.answer()
    await call.hang_up()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (403, "refused_by_trunk"),
        (404, "no_such_number"),
        (410, "no_such_number"),
        (480, "unavailable"),
        (484, "no_such_number"),
        (486, "busy"),
        (488, "no_common_codec"),
        (500, "trunk_error"),
        (502, "trunk_error"),
        (503, "trunk_unavailable"),
        (504, "trunk_error"),
        (600, "busy"),
        (603, "declined"),
        (604, "no_such_number"),
        (606, "no_common_codec"),
        (302, "trunk_error"),
        (499, "refused_by_trunk"),
    ],
)
async def test_each_refusal_has_its_name_and_its_ack(
    house: House, phone: Phone, code: int, reason: str
) -> None:
    taken, call = await dialled(house, phone)
    call.reply(code)
    await call.until(lambda: any(m[0].startswith("ACK") for m in call.requests))
    assert await taken.over() == reason
    assert taken.ends == [(reason, code)]
    invite, ack = phone.seen[0], call.requests[0]
    assert header(ack, "Via").split("branch=")[1] == header(invite, "Via").split("branch=")[1]


async def test_a_cause_says_more_than_the_code(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    call.reply(500, Reason="Q.850;cause=17;text=busy")
    assert await taken.over() == "busy"


async def test_nobody_answers_and_we_give_up(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone, ring=0.3)
    call.reply(180)
    assert await call.over() == "cancel"
    assert await taken.over() == "no_answer"
    with pytest.raises(Ended, match="no_answer"):
        await taken.leg.answer()
    await call.until(lambda: any(m[0].startswith("ACK") for m in call.requests))


async def test_an_answer_that_crosses_our_cancel_is_hung_up(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    call.reply(180)
    await until(lambda: taken.leg.state is State.RINGING)
    await call.answer()
    taken.leg.hang_up("cancelled")
    await call.until(lambda: call.ended)
    methods = [m[0].split()[0] for m in call.requests]
    await call.until(lambda: "BYE" in [m[0].split()[0] for m in call.requests])
    assert "ACK" in [m[0].split()[0] for m in call.requests], methods
    assert taken.ends == [("cancelled", 0)]


async def test_nothing_is_cancelled_before_somebody_works_on_it(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    taken.leg.hang_up("cancelled")
    await asyncio.sleep(0.2)
    assert not [m for m in call.requests if m[0].startswith("CANCEL")]
    call.reply(180)
    assert await call.over() == "cancel"


async def test_a_peer_that_is_silent_is_unreachable(house: House, phone: Phone) -> None:
    taken, _ = await dialled(house, phone)
    assert await taken.over() == "trunk_unreachable"
    invites = [m for m in phone.seen if m[0].startswith("INVITE")]
    assert len(invites) == 7  # at 0, 1, 3, 7, 15, 31 and 63 times t1


async def test_a_200_that_comes_again_is_acknowledged_again(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    await call.answer()
    await taken.leg.answer()
    call.reply(200, call.offer())
    call.reply(200, call.offer())
    await call.until(lambda: len([m for m in call.requests if m[0].startswith("ACK")]) == 3)
    assert not taken.ends
    await call.hang_up()


async def test_of_two_phones_that_answer_the_second_is_hung_up(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    await call.answer()
    await taken.leg.answer()
    first = call.local
    call.local = first.split(";tag=")[0] + ";tag=other"
    call.reply(200, call.offer())
    await call.until(lambda: any(m[0].startswith("BYE") for m in call.requests))
    bye = next(m for m in call.requests if m[0].startswith("BYE"))
    assert header(bye, "To").endswith(";tag=other")
    assert not taken.ends
    taken.leg.hang_up()


async def test_requests_go_where_the_answer_says(house: House, phone: Phone) -> None:
    async with Phone(user="desk") as proxy:
        taken, call = await dialled(house, phone)
        route = f"<sip:127.0.0.1:{proxy.port};lr>"
        await call.open()
        call.reply(200, call.offer(), Record_Route=route)
        await until(lambda: any(m[0].startswith("ACK") for m in proxy.seen))
        ack = next(m for m in proxy.seen if m[0].startswith("ACK"))
        assert header(ack, "Route") == route
        assert ack[0] == f"ACK {phone.uri} SIP/2.0"
        taken.leg.hang_up()
        await until(lambda: any(m[0].startswith("BYE") for m in proxy.seen))


@pytest.mark.parametrize("code", [401, 407])
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_a_challenge_is_answered_once_with_the_same_headers(
    phone: Phone, code: int, algorithm: str
) -> None:
    trunk = line_to(phone, username="u1", password="p1", headers={"X-Trunk": "a"})
    async with edge_house(trunk) as house:
        taken = house.take(await house.edge.dial("line", "199", headers={"X-Call": "b"}))
        call = await phone.rang.get()
        challenge = f'Digest realm="r", nonce="n", algorithm={algorithm}, qop="auth", opaque="o"'
        call.challenge(code, challenge)
        call.challenge(code, challenge)
        await call.until(lambda: any(m[0].startswith("INVITE") for m in call.requests))
        again = next(m for m in call.requests if m[0].startswith("INVITE"))
        proof = header(again, "Authorization" if code == 401 else "Proxy-Authorization")
        assert 'username="u1"' in proof and f"algorithm={algorithm}" in proof and 'opaque="o"' in proof
        assert (header(again, "X-Trunk"), header(again, "X-Call")) == ("a", "b")
        assert header(again, "CSeq") == "2 INVITE"
        assert [m for m in call.requests if m[0].startswith("ACK")]
        call.take_offer(again)
        call.challenge(code, challenge)
        assert await taken.over() == "auth_failed"


async def test_a_machine_is_told_from_a_person(house: House, phone: Phone) -> None:
    greetings = {
        "person": tone(180, 300) + tone(260, 300) + silence(1500),
        "machine": b"".join(tone(150 + 20 * (n % 7), 100) for n in range(45)),
        "machine by its beep": tone(180, 200) + silence(200) + tone(1000, 600) + silence(1000),
    }
    for who, greeting in greetings.items():
        taken, call = await dialled(house, phone, detect_machine=True)
        told: asyncio.Queue[str] = asyncio.Queue()
        taken.leg.on_answered_by = told.put_nowait
        call.say(greeting)
        await call.answer()
        async with asyncio.timeout(30):
            assert await told.get() == taken.leg.answered_by == who.split()[0], who
        taken.leg.hang_up()
        await call.over()


async def test_who_cannot_be_called(house: House) -> None:
    with pytest.raises(KeyError):
        await house.edge.dial("nothing", "1")
    house.edge.trunks((Trunk(id="bad", address="no-such-host.invalid"),))
    with pytest.raises(Ended, match="trunk_unreachable"):
        await house.edge.dial("bad", "1")


async def test_an_address_is_called_without_a_provider(house: House, phone: Phone) -> None:
    house.edge.trunks((Trunk(id="any"),))
    taken = house.take(await house.edge.dial("any", phone.uri))
    call = await phone.rang.get()
    assert phone.seen[0][0] == f"INVITE {phone.uri} SIP/2.0"
    await call.answer()
    await taken.leg.answer()
    await call.hang_up()
    assert await taken.over() == "callee_hung_up"


async def test_a_bye_nobody_answers_is_repeated_and_then_forgotten(house: House, phone: Phone) -> None:
    taken, call = await dialled(house, phone)
    await call.answer()
    await taken.leg.answer()
    real, call.received = call.received, lambda message, source: None  # type: ignore[method-assign]
    taken.leg.hang_up()
    await until(lambda: len([m for m in phone.seen if m[0].startswith("BYE")]) >= 3)
    assert not house.edge.live
    await until(lambda: house.edge.counts["transactions"] == 0 and house.edge.counts["dialogs"] == 0)
    call.received = real  # type: ignore[method-assign]
