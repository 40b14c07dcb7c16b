"""Datagrams get lost and come twice: what a peer sees of us, one datagram at a time."""

import asyncio
import secrets

import pytest

from tests.phone.caller import Phone
from tests.phone.edges import House, until
from tests.phone.sip_text import Message, header, headers, status

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


class Peer:
    """Writes requests of one Call-ID by hand, and counts what comes back."""

    def __init__(self, phone: Phone, house: House) -> None:
        self.phone = phone
        self.house = house
        self.call_id = secrets.token_hex(8)
        self.to = "<sip:100@edge>"
        self.tag = "a1"
        self.routes: tuple[str, ...] = ()

    def write(self, method: str, branch: str = "", cseq: str = "", body: str = "", **more: str) -> str:
        """A request."""
        lines = [
            f"{method} sip:100@127.0.0.1:{self.house.edge.port} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.phone.port};branch=z9hG4bK{branch or secrets.token_hex(4)};rport",
            "Max-Forwards: 70",
            f"From: <sip:peer@127.0.0.1>;tag={self.tag}",
            f"To: {self.to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq or '1 ' + method}",
            f"Contact: <{self.phone.uri}>",
            *(f"Record-Route: {route}" for route in self.routes),
            *(f"{name.replace('_', '-')}: {value}" for name, value in more.items()),
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])

    def send(self, text: str) -> None:
        """A datagram."""
        self.phone.send(text, ("127.0.0.1", self.house.edge.port))

    def answers(self, method: str = "INVITE", at_least: int = 101) -> list[Message]:
        """Answers to requests of a method, 100 left out."""
        return [
            m for m in self.phone.seen if status(m) >= at_least and header(m, "CSeq").endswith(" " + method)
        ]

    def codes(self, method: str = "INVITE") -> list[int]:
        """Their codes."""
        return [status(m) for m in self.answers(method)]

    async def answered(self, code: int, method: str = "INVITE", times: int = 1) -> Message:
        """Wait for an answer."""
        await until(lambda: self.codes(method).count(code) >= times)
        return next(m for m in reversed(self.answers(method)) if status(m) == code)

    async def up(self) -> None:
        """A call that is answered and acknowledged."""
        self.send(self.write("INVITE", "i1", body=OFFER))
        self.to = header(await self.answered(200), "To")
        self.send(self.write("ACK", "k1", "1 ACK"))
        await self.house.call()


@pytest.fixture
def peer(phone: Phone, house: House) -> Peer:
    """A peer that can do everything wrong."""
    return Peer(phone, house)


async def test_an_invite_that_comes_again_is_one_call(peer: Peer, house: House) -> None:
    house.answers = False
    invite = peer.write("INVITE", "b1", body=OFFER)
    for _ in range(3):
        peer.send(invite)
        await peer.answered(180)
    await until(lambda: len(peer.codes()) == 3)
    assert len(house.calls) == 1
    assert len({header(m, "To") for m in peer.answers()}) == 1
    house.calls[0].leg.reject(486)
    refusal = await peer.answered(486)
    peer.send(invite)
    await peer.answered(486, times=2)
    assert header(refusal, "To") == header(peer.answers()[0], "To")
    assert len(house.calls) == 1


async def test_after_the_answer_the_answer_is_repeated(peer: Peer, house: House) -> None:
    invite = peer.write("INVITE", "b1", body=OFFER)
    peer.send(invite)
    await peer.answered(200)
    peer.send(invite)
    await peer.answered(200, times=2)
    assert len(house.calls) == 1


async def test_an_answer_is_repeated_until_its_ack_and_no_longer(peer: Peer) -> None:
    await peer.up()
    assert 200 in peer.codes()
    before = len(peer.codes())
    await asyncio.sleep(0.5)
    assert len(peer.codes()) == before


async def test_without_an_ack_the_call_is_given_up_with_a_bye(peer: Peer, house: House) -> None:
    peer.send(peer.write("INVITE", body=OFFER))
    await peer.answered(200, times=4)
    taken = house.calls[0]
    assert await taken.over() == "no_ack"
    await until(lambda: any(m[0].startswith("BYE") for m in peer.phone.seen))
    assert taken.refused is not None and taken.refused.reason == "no_ack"


async def test_a_hang_up_before_the_ack_waits_for_it(peer: Peer, house: House) -> None:
    peer.send(peer.write("INVITE", "b1", body=OFFER))
    peer.to = header(await peer.answered(200), "To")
    house.calls[0].leg.hang_up("agent_hung_up")
    assert house.calls[0].ends == [("agent_hung_up", 0)]
    await asyncio.sleep(0.1)
    assert not [m for m in peer.phone.seen if m[0].startswith("BYE")]
    peer.send(peer.write("ACK", "k1", "1 ACK"))
    await until(lambda: any(m[0].startswith("BYE") for m in peer.phone.seen))


async def test_a_refusal_is_repeated_until_its_ack(peer: Peer, house: House) -> None:
    house.answers = False
    peer.send(peer.write("INVITE", "b1", body=OFFER))
    await until(lambda: house.calls)
    house.calls[0].leg.reject(486)
    peer.to = header(await peer.answered(486, times=3), "To")
    peer.send(peer.write("ACK", "b1", "1 ACK"))
    await asyncio.sleep(0.05)
    before = peer.codes().count(486)
    await asyncio.sleep(0.6)
    assert peer.codes().count(486) == before


async def test_a_second_invite_of_a_call_is_a_loop(peer: Peer, house: House) -> None:
    house.answers = False
    peer.send(peer.write("INVITE", "b1", body=OFFER))
    await peer.answered(180)
    peer.send(peer.write("INVITE", "b2", body=OFFER))
    await peer.answered(482)
    peer.tag = "another"
    peer.send(peer.write("INVITE", "b3", body=OFFER))
    await peer.answered(482, times=2)
    assert len(house.calls) == 1 and not house.calls[0].ends


async def test_a_bye_that_comes_again_gets_the_same_answer(peer: Peer, house: House) -> None:
    await peer.up()
    bye = peer.write("BYE", "b9", "2 BYE")
    for _ in range(3):
        peer.send(bye)
    await peer.answered(200, "BYE", times=3)
    assert set(peer.codes("BYE")) == {200}
    assert house.calls[0].ends == [("caller_hung_up", 0)]


async def test_a_bye_stands_for_the_ack_that_was_lost(peer: Peer, house: House) -> None:
    peer.send(peer.write("INVITE", "b1", body=OFFER))
    peer.to = header(await peer.answered(200), "To")
    peer.send(peer.write("BYE", "b2", "2 BYE"))
    await peer.answered(200, "BYE")
    assert await house.calls[0].over() == "caller_hung_up"
    before = peer.codes().count(200)
    await asyncio.sleep(0.6)
    assert peer.codes().count(200) == before


async def test_a_cancel_is_answered_and_so_is_what_it_cancels(peer: Peer, house: House) -> None:
    house.answers = False
    peer.send(peer.write("INVITE", "b1", body=OFFER))
    await peer.answered(180)
    peer.send(peer.write("CANCEL", "b1", "1 CANCEL", Reason="Q.850;cause=26"))
    await peer.answered(200, "CANCEL")
    await peer.answered(487, times=2)
    assert house.calls[0].ends == [("caller_gave_up", 487)]


async def test_a_cancel_that_comes_too_late_changes_nothing(peer: Peer, house: House) -> None:
    await peer.up()
    peer.send(peer.write("CANCEL", "i1", "1 CANCEL"))
    await peer.answered(200, "CANCEL")
    assert not house.calls[0].ends


async def test_what_belongs_to_no_call(peer: Peer) -> None:
    peer.send(peer.write("CANCEL", "nothing", "1 CANCEL"))
    await peer.answered(481, "CANCEL")
    peer.to = "<sip:100@edge>;tag=nobody"
    for method in ("BYE", "INVITE", "NOTIFY", "INFO"):
        peer.send(peer.write(method))
        await peer.answered(481, method)


async def test_an_old_number_is_out_of_order(peer: Peer, house: House) -> None:
    await peer.up()
    peer.send(peer.write("BYE", cseq="1 BYE"))
    await peer.answered(500, "BYE")
    assert not house.calls[0].ends


async def test_somebody_elses_tags_end_no_call(peer: Peer, house: House) -> None:
    await peer.up()
    peer.tag = "stranger"
    peer.send(peer.write("BYE", cseq="2 BYE"))
    await peer.answered(481, "BYE")
    assert not house.calls[0].ends


async def test_the_way_back_is_told_in_each_answer(peer: Peer) -> None:
    peer.routes = (f"<sip:127.0.0.1:{peer.phone.port};lr>", "<sip:10.0.0.1;lr>")
    peer.send(peer.write("INVITE", "b1", body=OFFER))
    for code in (180, 200):
        assert tuple(headers(await peer.answered(code), "Record-Route")) == peer.routes
    peer.to = header(await peer.answered(200), "To")
    peer.send(peer.write("ACK", "k1", "1 ACK"))
    taken = await peer.house.call()
    taken.leg.hang_up()
    await until(lambda: any(m[0].startswith("BYE") for m in peer.phone.seen))
    bye = next(m for m in peer.phone.seen if m[0].startswith("BYE"))
    assert tuple(headers(bye, "Route")) == peer.routes
    assert bye[0] == f"BYE {peer.phone.uri} SIP/2.0"


async def test_a_reinvite_that_comes_again(peer: Peer, house: House) -> None:
    await peer.up()
    again = peer.write("INVITE", "r1", "2 INVITE", OFFER)
    before = peer.codes().count(200)
    peer.send(again)
    peer.send(again)
    await until(lambda: peer.codes().count(200) >= before + 2)
    assert set(peer.codes()) <= {180, 200}
    peer.send(peer.write("ACK", "k2", "2 ACK"))
    await asyncio.sleep(0.05)
    before = peer.codes().count(200)
    await asyncio.sleep(0.5)
    assert peer.codes().count(200) == before
    assert len(house.calls) == 1


async def test_a_reinvite_without_an_offer_gets_ours(peer: Peer, house: House) -> None:
    await peer.up()
    before = peer.codes().count(200)
    peer.send(peer.write("INVITE", "r1", "2 INVITE"))
    await until(lambda: peer.codes().count(200) > before)
    assert b"m=audio" in peer.answers()[-1][2]
    peer.send(peer.write("ACK", "k2", "2 ACK", OFFER + "a=sendonly\r\n"))
    await until(lambda: house.calls[0].holds == [True])


async def test_a_reinvite_nobody_can_serve_leaves_the_call_alone(peer: Peer, house: House) -> None:
    await peer.up()
    peer.send(peer.write("INVITE", "r1", "2 INVITE", OFFER.replace("0 101", "18 101")))
    await peer.answered(488)
    peer.send(peer.write("INVITE", "r2", "3 INVITE", OFFER.replace("audio 9", "audio x")))
    await peer.answered(400)
    assert not house.calls[0].ends


async def test_questions_outside_a_call(peer: Peer) -> None:
    peer.send(peer.write("OPTIONS"))
    assert "INVITE" in header(await peer.answered(200, "OPTIONS"), "Allow")
    for method in ("MESSAGE", "SUBSCRIBE", "REGISTER", "PUBLISH", "REFER", "FOO"):
        peer.send(peer.write(method))
        assert header(await peer.answered(405, method), "Allow")


async def test_what_an_invite_may_not_want(peer: Peer, house: House) -> None:
    peer.send(peer.write("INVITE", body=OFFER, Require="100rel"))
    assert header(await peer.answered(420), "Unsupported") == "100rel"
    peer.call_id = "other"
    peer.send(peer.write("INVITE", body=OFFER).replace("Max-Forwards: 70", "Max-Forwards: 0"))
    await peer.answered(483)
    assert not house.calls


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("CSeq: 1 INVITE", "CSeq: x INVITE"),
        ("CSeq: 1 INVITE", "CSeq: 1 BYE"),
        ("Max-Forwards: 70", "Max-Forwards: many"),
        ("Call-ID:", "X-Call:"),
        ("From:", "X-From:"),
        ("Content-Length: ", "Content-Length: 9"),
        ("m=audio 9", "m=audio x"),
        ("sip:100@", "http://100@"),
    ],
)
async def test_what_cannot_be_read_is_answered(peer: Peer, house: House, wrong: str, right: str) -> None:
    peer.send(peer.write("INVITE", body=OFFER).replace(wrong, right, 1))
    await until(lambda: any(status(m) == 400 for m in peer.phone.seen))
    assert not house.calls


async def test_callers_older_than_the_standard_are_one_call_too(peer: Peer, house: House) -> None:
    invite = peer.write("INVITE", "b1", body=OFFER).replace("branch=z9hG4bKb1", "branch=1")
    peer.send(invite)
    peer.send(invite)
    await peer.answered(200, times=2)
    assert len(house.calls) == 1
