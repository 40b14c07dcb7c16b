"""What goes over the wire as sound, packet by packet."""

import asyncio
import itertools
import struct
from collections.abc import AsyncIterator

import pytest
from G722 import G722

from server.channels.phone.link import LegLink
from tests.phone.caller import Phone
from tests.phone.edges import HOME, House, edge_house, until
from tests.phone.rtp_peer import Sender, answered, description, refused
from tests.phone.sounds import encode, heard_ms, silence, tone


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    """A socket for sound."""
    async with Sender() as sender:
        yield sender


async def play(sender: Sender, to: tuple[str, int], pcm: bytes, ms: int = 20, lost: int = 0) -> None:
    """Send sound in packets of ``ms``, one of ``lost`` left out."""
    loop = asyncio.get_running_loop()
    due, size = loop.time(), 16 * ms
    for n, start in enumerate(range(0, len(pcm) - size + 1, size)):
        if lost and n % lost == lost - 1:
            sender.timestamp += size // 2
            sender.sequence += 1
        else:
            sender.send(to, encode(pcm[start : start + size]))
        due += ms / 1000
        await asyncio.sleep(max(0.0, due - loop.time()))


@pytest.mark.parametrize("ms", [10, 20, 30, 40, 60])
async def test_packets_of_any_length_are_heard_whole(
    house: House, phone: Phone, sender: Sender, ms: int
) -> None:
    _, taken, far = await answered(house, phone, sender)
    await play(sender, far, tone(440, 1200) + silence(400), ms)
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 1100)
    taken.leg.hang_up()


async def test_who_hangs_up_is_heard_to_the_last_word(house: House, phone: Phone) -> None:
    call = await phone.call(house.uri())
    await call.up()
    taken = await house.call()
    link = LegLink(taken.leg)
    for start in range(0, 16 * 300, 320):
        link.play(tone(440, 300)[start : start + 320])
    link.hang_up("agent_hung_up")
    assert await call.over() == "bye"
    assert heard_ms(call.heard, 440) >= 280
    assert await taken.over() == "agent_hung_up"


async def test_a_tenth_of_the_packets_lost_is_covered_up(house: House, phone: Phone, sender: Sender) -> None:
    _, taken, far = await answered(house, phone, sender)
    await play(sender, far, tone(440, 1500) + silence(300), lost=10)
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 1200)
    assert len(taken.heard) >= 16 * 1500


async def test_packets_that_overtake_each_other(house: House, phone: Phone, sender: Sender) -> None:
    _, taken, far = await answered(house, phone, sender)
    pcm = tone(440, 1000)
    frames = [encode(pcm[i : i + 320]) for i in range(0, len(pcm), 320)]
    for n in range(0, len(frames) - 1, 2):
        sender.send(far, frames[n + 1], at=sender.timestamp + 160, step=0)
        sender.send(far, frames[n], step=320)
        await asyncio.sleep(0.04)
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 700)


async def test_another_source_within_the_call(house: House, phone: Phone, sender: Sender) -> None:
    _, taken, far = await answered(house, phone, sender)
    await play(sender, far, tone(440, 500))
    sender.ssrc += 1
    sender.timestamp, sender.sequence = 9_000_000, 7
    await play(sender, far, tone(700, 800))
    await until(lambda: heard_ms(bytes(taken.heard), 700) >= 600)


async def test_comfort_noise_is_a_quiet_sound(house: House, phone: Phone, sender: Sender) -> None:
    _, taken, far = await answered(house, phone, sender)
    await play(sender, far, tone(440, 300))
    sender.send(far, bytes([50]), kind=13, step=160)
    await until(lambda: len(taken.heard) >= 16 * 900)
    tail = struct.unpack("<800h", bytes(taken.heard[-1600:]))
    assert 0 < max(tail) < 600


async def test_a_strangers_sound_is_not_heard_and_he_hears_nothing(
    house: House, phone: Phone, sender: Sender
) -> None:
    house.tone_hz = 1000
    _, taken, far = await answered(house, phone, sender)
    async with Sender("127.0.0.2") as stranger:
        await play(sender, far, tone(440, 200))
        await play(stranger, far, tone(700, 400))
        assert heard_ms(bytes(taken.heard), 700) == 0
        assert not stranger.came
        assert sender.came


async def test_our_sound_goes_where_theirs_comes_from(house: House, phone: Phone, sender: Sender) -> None:
    house.tone_hz = 1000
    _, taken, far = await answered(house, phone, sender, description(9))
    assert not sender.came
    await play(sender, far, tone(440, 200))
    await until(lambda: len(sender.came) > 10)
    async with Sender() as other:
        await play(other, far, tone(700, 200))
        assert not other.came
        await asyncio.sleep(1.2)
        await play(other, far, tone(700, 500))
        await until(lambda: other.came and heard_ms(bytes(taken.heard), 700) > 200)


async def test_sound_that_is_left_from_another_call_of_the_same_host_does_not_take_the_line(
    house: House, phone: Phone, sender: Sender
) -> None:
    house.tone_hz = 1000
    _, taken, far = await answered(house, phone, sender)
    async with Sender() as left:

        async def goes_on() -> None:
            while True:
                await play(left, far, tone(700, 200))

        going = asyncio.create_task(goes_on())
        try:
            await until(lambda: left.came)
            await play(sender, far, tone(440, 400))
            await until(lambda: heard_ms(bytes(taken.heard), 440) >= 300)
            taken.heard.clear()
            mine, theirs = len(sender.came), len(left.came)
            # She is silent for longer than it takes to move to another port.
            await until(lambda: len(sender.came) >= mine + 75)
            assert heard_ms(bytes(taken.heard), 700) == 0
            assert len(left.came) == theirs
        finally:
            going.cancel()


async def test_what_we_send_is_an_even_stream(house: House, phone: Phone, sender: Sender) -> None:
    house.tone_hz = 1000
    _, taken, far = await answered(house, phone, sender)
    await play(sender, far, silence(600))
    await taken.leg.send_keys("5")
    await until(lambda: len(sender.came) > 50)
    sound = [p for p in sender.came if p[1] & 0x7F == 0]
    sequences = [int.from_bytes(p[2:4], "big") for p in sender.came]
    assert [(b - a) % 65_536 for a, b in itertools.pairwise(sequences)] == [1] * (len(sequences) - 1)
    stamps = [int.from_bytes(p[4:8], "big") for p in sound]
    assert {(b - a) % 2**32 % 160 for a, b in itertools.pairwise(stamps)} == {0}
    assert {len(p) for p in sound} == {172}
    assert len({p[8:12] for p in sender.came}) == 1
    keys = [p for p in sender.came if p[1] & 0x7F == 101]
    assert len({p[4:8] for p in keys}) == 1
    assert [bool(p[1] & 0x80) for p in keys] == [True, *[False] * (len(keys) - 1)]
    assert [bool(p[13] & 0x80) for p in keys[-3:]] == [True] * 3


async def test_the_number_of_keys_is_the_offers(house: House, phone: Phone, sender: Sender) -> None:
    sdp = description(sender.port, "0 96", "a=rtpmap:96 telephone-event/8000")
    call, taken, far = await answered(house, phone, sender, sdp)
    assert any(b"a=rtpmap:96 telephone-event/8000" in m[2] for m in phone.seen)
    start = sender.timestamp
    for n in range(1, 4):
        sender.send(far, struct.pack("!BBH", 7, 10, n * 160), kind=96, at=start, step=160)
    sender.send(far, struct.pack("!BBH", 7, 0x8A, 480), kind=96, at=start)
    await until(lambda: taken.keys == "7")
    await play(sender, far, silence(200))
    await taken.leg.send_keys("8")
    await until(lambda: any(p[1] & 0x7F == 96 for p in sender.came))
    await call.hang_up()


async def test_a_key_whose_end_is_lost_is_a_key(house: House, phone: Phone, sender: Sender) -> None:
    _, taken, far = await answered(house, phone, sender)
    start = sender.timestamp
    sender.send(far, struct.pack("!BBH", 3, 10, 160), kind=101, at=start, step=480)
    await play(sender, far, silence(200))
    await until(lambda: taken.keys == "3")


async def test_the_codec_goes_by_its_name(house: House, phone: Phone, sender: Sender) -> None:
    sdp = description(sender.port, "97 101", "a=rtpmap:97 PCMU/8000", "a=rtpmap:101 telephone-event/8000")
    _, taken, far = await answered(house, phone, sender, sdp)
    assert any(b"m=audio" in m[2] and b"RTP/AVP 97 101" in m[2] for m in phone.seen)
    pcm = tone(440, 600)
    for i in range(0, len(pcm), 320):
        sender.send(far, encode(pcm[i : i + 320]), kind=97)
        await asyncio.sleep(0.02)
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 400)
    await until(lambda: any(p[1] & 0x7F == 97 for p in sender.came))


async def test_wideband_is_heard_and_clocked_as_the_standard_says(
    house: House, phone: Phone, sender: Sender
) -> None:
    house.tone_hz = 3000
    _, taken, far = await answered(house, phone, sender, description(sender.port, "9"))
    assert taken.leg.rate == 16_000
    encoder, pcm = G722(16_000, 64_000), tone(5000, 1000, 16_000)
    for i in range(0, len(pcm), 640):
        sender.send(far, encoder.encode(struct.unpack("<320h", pcm[i : i + 640])), kind=9, step=160)
        await asyncio.sleep(0.02)
    await until(lambda: heard_ms(bytes(taken.heard), 5000, 16_000) >= 600)
    await until(lambda: len(sender.came) > 40)
    stamps = [int.from_bytes(p[4:8], "big") for p in sender.came]
    assert {(b - a) % 2**32 for a, b in itertools.pairwise(stamps)} == {160}
    decoder = G722(16_000, 64_000)
    said = b"".join(struct.pack("<320h", *decoder.decode(p[12:])) for p in sender.came)
    assert heard_ms(said, 3000, 16_000) >= 200


async def test_a_law(house: House, phone: Phone, sender: Sender) -> None:
    _, taken, far = await answered(house, phone, sender, description(sender.port, "8"))
    for _ in range(20):
        sender.send(far, b"\x2a" * 160, kind=8)
        await asyncio.sleep(0.02)
    await until(
        lambda: max(struct.unpack(f"<{len(taken.heard) // 2}h", bytes(taken.heard)), default=0) > 20_000
    )
    assert {p[1] & 0x7F for p in sender.came} == {8}


@pytest.mark.parametrize(
    "sdp",
    [
        description(9, "18", "a=rtpmap:18 G729/8000"),
        description(9, "0", proto="RTP/SAVP"),
        description(9, "0", proto="UDP/TLS/RTP/SAVPF"),
        description(0, "0"),
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 9 RTP/AVP 96\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
    ],
    ids=["G.729", "SRTP", "WebRTC", "port 0", "video", "nothing"],
)
async def test_offers_nobody_here_can_meet(house: House, phone: Phone, sdp: str) -> None:
    assert await refused(house, phone, sdp) == "488"
    assert not house.calls


async def test_an_invite_without_an_offer(house: House, phone: Phone) -> None:
    assert await refused(house, phone, " ") == "488"


async def test_of_several_lines_one_is_taken_and_the_others_refused(
    house: House, phone: Phone, sender: Sender
) -> None:
    sdp = description(
        7,
        "0",
        "m=video 8 RTP/AVP 96",
        "a=rtpmap:96 VP8/90000",
        f"m=audio {sender.port} RTP/AVP 8",
        proto="RTP/SAVP",
    )
    await answered(house, phone, sender, sdp)
    answer = next(m[2].decode() for m in phone.seen if m[2])
    lines = [line.split()[0:4] for line in answer.split("\r\n") if line.startswith("m=")]
    assert [line[:2] for line in lines[:2]] == [["m=audio", "0"], ["m=video", "0"]]
    assert lines[2][1] != "0" and lines[2][3] == "8"


async def test_garbage_between_the_sound_does_no_harm(house: House, phone: Phone, sender: Sender) -> None:
    _, taken, far = await answered(house, phone, sender)
    for junk in (
        b"",
        b"x",
        b"\x80" * 11,
        b"\x80\xc8" + bytes(20),
        b"\xff" * 40,
        b"\x8f\x00" + bytes(12),
        b"\xb0\x00" + bytes(12),
    ):
        sender.send_raw(far, junk)
    await play(sender, far, tone(440, 600))
    await until(lambda: heard_ms(bytes(taken.heard), 440) >= 400)


async def test_what_was_pushed_is_forgotten_at_once() -> None:
    async with edge_house(HOME) as house, Phone() as phone:
        call = await phone.call(house.uri())
        await call.up()
        taken = await house.call()
        for _ in range(15):
            taken.leg.push(tone(1000, 20))
        taken.leg.clear()
        await call.until(lambda: call.packets > 20)
        assert heard_ms(call.heard, 1000) <= 40
        await call.hang_up()
