"""Who gets in."""

import asyncio
import time

import pytest

from server.channels.phone.admission import Pace, host_of, port_of, same_number
from server.channels.phone.digest import Guard, Verdict
from server.channels.phone.messages import read
from server.channels.phone.port import Trunk
from tests.phone.caller import Phone
from tests.phone.edges import House, edge_house, until
from tests.phone.sip_text import digest, header, headers, status
from tests.phone.test_transactions import OFFER, Peer

GUARDED = Trunk(
    id="pbx", username="u1", password="p1", challenge=True, numbers=("100",), allowed=("127.0.0.0/8",)
)


async def test_strangers_hear_nothing_at_all(phone: Phone) -> None:
    async with edge_house(Trunk(id="far", numbers=("*",), allowed=("192.0.2.0/24",))) as house:
        peer = Peer(phone, house)
        for text in (peer.write("INVITE", body=OFFER), peer.write("OPTIONS"), "BYE nonsense\r\n\r\n"):
            peer.send(text)
        await until(lambda: house.edge.counts.get("unwelcome") == 2)
        assert not phone.seen
        assert not house.calls


async def test_the_trunks_own_address_calls_when_no_other_is_named(phone: Phone) -> None:
    async with edge_house(Trunk(id="t", address="127.0.0.1:5099", numbers=("*",))) as house:
        call = await phone.call(house.uri())
        await call.up()
        await call.hang_up()


async def test_a_name_stands_for_its_addresses(phone: Phone) -> None:
    async with edge_house(Trunk(id="t", address="localhost", numbers=("*",))) as house:
        await until(lambda: house.edge._admission.knows(("127.0.0.1", 1)))
        call = await phone.call(house.uri())
        await call.up()
        await call.hang_up()


async def test_an_unknown_number_is_not_found(house: House, phone: Phone) -> None:
    house.edge.trunks((Trunk(id="t", numbers=("100",), allowed=("127.0.0.1",)),))
    call = await phone.call(house.uri("101"))
    assert await call.over() == "404"
    assert not house.calls


async def test_the_account_and_its_numbers(phone: Phone) -> None:
    trunk = Trunk(id="t", username="acc", numbers=("+15550100", "acc"), allowed=("127.0.0.1",))
    async with edge_house(trunk) as house:
        peer = Peer(phone, house)
        peer.to = "<sip:+15550100@provider.example>"
        peer.send(peer.write("INVITE", body=OFFER).replace("sip:100@", "sip:acc@", 1))
        await until(lambda: house.calls)
        assert house.calls[0].leg.callee == "+15550100"
        call = await phone.call(house.uri("acc"))
        await call.up()
        assert house.calls[1].leg.callee == "acc"
        await call.hang_up()


async def test_the_right_password_gets_in(phone: Phone) -> None:
    async with edge_house(GUARDED) as house:
        call = await phone.call(house.uri(), "u1", "p1")
        await call.up()
        assert 401 not in call.codes
        await call.hang_up()


@pytest.mark.parametrize(("name", "word"), [("u1", "wrong"), ("u2", "p1")])
async def test_the_wrong_password_does_not(phone: Phone, name: str, word: str) -> None:
    async with edge_house(GUARDED) as house:
        call = await phone.call(house.uri(), name, word)
        assert await call.over() == "401"
        assert not house.calls


async def test_a_line_that_takes_all_is_no_way_round_the_password(phone: Phone) -> None:
    everything = Trunk(id="near", numbers=("*",), allowed=("127.0.0.0/8",))
    async with edge_house(everything, GUARDED) as house:
        refused = await phone.call(house.uri("100"))
        assert await refused.over() == "401"
        call = await phone.call(house.uri("100"), "u1", "p1")
        await call.up()
        assert (await house.call()).leg.trunk == "pbx"
        other = await phone.call(house.uri("101"))
        await other.up()
        await other.hang_up()
        await call.hang_up()


async def test_both_algorithms_are_offered(phone: Phone) -> None:
    async with edge_house(GUARDED) as house:
        peer = Peer(phone, house)
        peer.send(peer.write("INVITE", body=OFFER))
        challenges = headers(await peer.answered(401), "WWW-Authenticate")
        assert ["MD5" in challenges[0], "SHA-256" in challenges[1]] == [True, True]
        for n, challenge in enumerate(challenges, 2):
            peer.call_id = f"try{n}"
            proof = digest(challenge, "INVITE", house.uri(), "u1", "p1")
            peer.send(peer.write("INVITE", cseq="2 INVITE", body=OFFER, Authorization=proof))
            await peer.answered(200, times=n - 1)


async def test_an_answer_to_a_challenge_is_good_once(phone: Phone) -> None:
    async with edge_house(GUARDED) as house:
        peer = Peer(phone, house)
        peer.send(peer.write("INVITE", body=OFFER))
        challenge = header(await peer.answered(401), "WWW-Authenticate")
        proof = digest(challenge, "INVITE", house.uri(), "u1", "p1")
        peer.send(peer.write("INVITE", cseq="2 INVITE", body=OFFER, Authorization=proof))
        await until(lambda: len(house.calls) == 1)
        peer.call_id = "thief"
        peer.send(peer.write("INVITE", cseq="3 INVITE", body=OFFER, Authorization=proof))
        await until(lambda: any("stale=true" in header(m, "WWW-Authenticate") for m in phone.seen))
        peer.call_id = "owner"
        proof = digest(challenge, "INVITE", house.uri(), "u1", "p1", count=2)
        peer.send(peer.write("INVITE", cseq="4 INVITE", body=OFFER, Authorization=proof))
        await until(lambda: len(house.calls) == 2)


def test_an_old_nonce_is_stale_and_a_forged_one_wrong() -> None:
    now = 1_000_000.0
    guard = Guard(lambda: now)
    challenge = guard.challenges()[0]

    def judge(challenge: str) -> Verdict:
        proof = digest(challenge, "INVITE", "sip:100@x", "u1", "p1")
        lines = (
            "INVITE sip:100@x SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n"
            f"To: <sip:100@x>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nAuthorization: {proof}\r\n\r\n"
        )
        request = read(lines.encode())
        return guard.judge(request, "u1", "p1")  # type: ignore[arg-type]

    assert judge(challenge.replace('nonce="', 'nonce="0')) is Verdict.WRONG
    assert judge(Guard(lambda: now).challenges()[0]) is Verdict.WRONG
    assert judge(challenge) is Verdict.GOOD
    assert judge(challenge) is Verdict.STALE
    now += 61
    assert judge(challenge) is Verdict.STALE
    assert judge(guard.challenges()[0]) is Verdict.GOOD


async def test_one_source_may_not_call_too_often(phone: Phone) -> None:
    async with edge_house(invite_rate=0.001, invite_burst=3) as house:
        house.answers = False
        calls = [await phone.call(house.uri()) for _ in range(5)]
        for call in calls[3:]:
            assert await call.over() == "503"
        assert any(header(m, "Retry-After") for m in phone.seen if status(m) == 503)
        assert len(house.calls) == 3


def test_a_bucket_fills_again() -> None:
    now = time.monotonic()
    pace = Pace(2.0, 2, lambda: now)
    assert [pace.allows("a") for _ in range(3)] == [True, True, False]
    assert pace.allows("b")
    now += 0.5
    assert [pace.allows("a"), pace.allows("a")] == [True, False]


async def test_trunks_change_and_calls_stay(house: House, phone: Phone) -> None:
    call = await phone.call(house.uri())
    await call.up()
    house.edge.trunks(())
    late = await phone.call(house.uri())
    await asyncio.sleep(0.1)
    assert not late.codes
    await call.press("5")
    await until(lambda: house.calls[0].keys == "5")
    await call.hang_up()
    assert await house.calls[0].over() == "caller_hung_up"


def test_how_addresses_and_numbers_are_written() -> None:
    assert [host_of("a:5"), host_of("a"), host_of("[::1]:5"), host_of("::1")] == ["a", "a", "::1", "::1"]
    assert [port_of("a:5"), port_of("a"), port_of("[::1]:6"), port_of("::1")] == [5, 5060, 6, 5060]
    assert same_number("+1 (555) 010-0", "15550100") and same_number("0015550100", "+15550100")
    assert same_number("Alice", "alice") and not same_number("100", "101")
